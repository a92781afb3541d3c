"""What the commands that print have in common: for whom, and where the PDF goes."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from bluepals.facts.office import Office
from bluepals.store.database import Scope
from commands.shell import out, parts_of

SchoolId = Annotated[str, typer.Option(help="For this school.")]
ClassName = Annotated[str | None, typer.Option("--class", help="Only for this class of the school.")]
PdfFile = Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help="Where to write the PDF.")]

OfSchool = Callable[[Office, Scope, str, str | None], Awaitable[bytes]]


async def print_for_school(
    of_school: OfSchool, program: str, school: str, class_name: str | None, file: Path
) -> None:
    async with parts_of(program) as service:
        pdf = await of_school(service.office, Scope.whole(program), school, class_name)
    write(file, pdf)
    say_written(file)


def write(file: Path, pdf: bytes) -> None:
    file.write_bytes(pdf)


def say_written(file: Path) -> None:
    out.print(f"Written: {file}", highlight=False)
