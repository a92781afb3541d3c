"""The coordinator's board: how far each school's rounds are."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from bluepals.domain.board import Board, BoardRow, SchoolRound
from bluepals.store import board
from bluepals.store.database import Connection


async def board_rounds(connection: Connection) -> Board:
    """Of the school year that runs, or else of the newest; schools by name, as far as this transaction sees them."""
    first_year = await board.year_shown(connection)
    return board_of([] if first_year is None else await board.rounds(connection, first_year))


def board_of(rounds: Sequence[SchoolRound]) -> Board:
    """Rounds by school and number, as rows and columns."""
    return Board(
        numbers=sorted({one.number for one in rounds}),
        rows=[
            BoardRow(school, name, {one.number: one for one in of_school})
            for (school, name), of_school in groupby(rounds, attrgetter("school", "school_name"))
        ],
    )
