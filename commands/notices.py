"""notices: a page for each family of a school or class, for the backpack."""

from pathlib import Path
from typing import Annotated

import typer

from bluepals.facts import family_notices
from bluepals.store.database import Scope
from commands.shell import ProgramId, out, parts_of, run


def notices(
    program: ProgramId,
    school: Annotated[str, typer.Option(help="For the families of this school.")],
    file: Annotated[Path, typer.Option("--out", help="The PDF to be written.")],
    class_name: Annotated[
        str | None, typer.Option("--class", help="Only for this class of the school.")
    ] = None,
) -> None:
    """Print a notice for each family: what their page of the desk is for, in their language, and how to open it."""
    run(_notices(program, school, file, class_name))


async def _notices(program: str, school: str, file: Path, class_name: str | None) -> None:
    async with parts_of(program) as service:
        pdf = await family_notices.of_school(service.office, Scope.whole(program), school, class_name)
    _write(file, pdf)
    out.print(f"Written: {file}", highlight=False)


def _write(file: Path, pdf: bytes) -> None:
    file.write_bytes(pdf)
