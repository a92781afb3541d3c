"""sheets: a page for each child of a school or class, to write the next letter on."""

from pathlib import Path
from typing import Annotated

import typer

from bluepals.facts import sheets as facts
from bluepals.store.database import Scope
from commands.shell import ProgramId, out, parts_of, run


def sheets(
    program: ProgramId,
    school: Annotated[str, typer.Option(help="For the children of this school.")],
    file: Annotated[Path, typer.Option("--out", help="The PDF to be written.")],
    class_name: Annotated[
        str | None, typer.Option("--class", help="Only for this class of the school.")
    ] = None,
) -> None:
    """Print a sheet for each child's next letter: with a code, by which a scanned stack files itself at the desk."""
    run(_sheets(program, school, file, class_name))


async def _sheets(program: str, school: str, file: Path, class_name: str | None) -> None:
    async with parts_of(program) as service:
        pdf = await facts.of_school(service.office, Scope.whole(program), school, class_name)
    _write(file, pdf)
    out.print(f"Written: {file}", highlight=False)


def _write(file: Path, pdf: bytes) -> None:
    file.write_bytes(pdf)
