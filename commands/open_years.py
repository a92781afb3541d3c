"""open: start the years of a program's schools."""

from collections.abc import Sequence
from typing import Annotated

import typer

from bluepals.domain.program import Program
from bluepals.store import pauses, programs
from bluepals.store.database import Scope
from bluepals.store.pauses import OpenPause
from commands.pauses import print_paused
from commands.shell import AsJson, ProgramId, answer, parts_of, run, say
from service.opening import begin_years
from service.starts import SEED

MOST_SEED = 2**31 - 1


def open_years(
    program: ProgramId,
    seed: Annotated[
        int, typer.Option(min=0, max=MOST_SEED, help="Decides among pairs that are equally good.")
    ] = SEED,
    json: AsJson = False,
) -> None:
    """Start the program's years: matching, opening days, daily mail, retention. Again, it starts only what is missing."""
    run(_open(program, seed, json))


async def _open(program: str, seed: int, json: bool) -> None:
    async with parts_of(program) as service:
        async with service.database.transaction(Scope.whole(program)) as connection:
            definition = await programs.load(connection)
            paused = await pauses.open_pauses(connection)
        await begin_years(service, definition, seed=seed)
    years = [definition.program_year_id(school.id) for school in definition.schools]
    answer(
        {"program_years": years},
        json,
        lambda: _print(definition, years, paused),
    )


def _print(program: Program, years: Sequence[str], paused: Sequence[OpenPause]) -> None:
    verb = "is" if len(years) == 1 else "are"
    say(f"{' and '.join(years)} {verb} open. Next: starter.py match show {program.id}")
    print_paused(program, paused)
