"""open: start the years of a program's schools."""

from typing import Annotated

import typer

from bluepals.store import programs
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run
from service.opening import SEED, begin_years


def open_years(
    program: ProgramId,
    seed: Annotated[int, typer.Option(help="Decides among pairs that are equally good.")] = SEED,
    json: AsJson = False,
) -> None:
    """Start the program's years: matching, opening days, daily mail, retention. Again, it changes nothing."""
    run(_open(program, seed, json))


async def _open(program: str, seed: int, json: bool) -> None:
    async with parts_of(program) as service:
        async with service.database.transaction(Scope.whole(program)) as connection:
            definition = await programs.load(connection)
        await begin_years(service, definition, seed=seed)
    years = [definition.program_year_id(school.id) for school in definition.schools]
    opened = (
        f"The years of {len(years)} schools are open." if len(years) > 1 else "The school's year is open."
    )
    answer(
        {"program_years": years},
        json,
        lambda: out.print(f"{opened} Next: starter.py match show {program}"),
    )
