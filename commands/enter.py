"""enter: a link that lets somebody in at the desk, for whoever has no mail at hand."""

from typing import Annotated

import typer

from bluepals.facts import doors
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run


def enter(
    program: ProgramId,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="A staff_id or officer_id, as in the program's files.")
    ],
    json: AsJson = False,
) -> None:
    """Print a link that lets one of the staff or an officer in at the desk, once, for an hour."""
    run(_enter(program, person, json))


async def _enter(program: str, person: str, json: bool) -> None:
    async with parts_of(program) as service:
        link = await doors.link_for(service.office, program, person)
    answer({"link": link}, json, lambda: out.print(link, highlight=False, soft_wrap=True))
