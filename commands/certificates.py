"""certificates: a page for each child of a school, or each officer of an agency, to be printed."""

from pathlib import Path
from typing import Annotated

import typer

from bluepals.domain.refusals import Refused
from bluepals.facts import certificates as facts
from bluepals.store.database import Scope
from commands.printing import ClassName, PdfFile, say_written, write
from commands.shell import ProgramId, parts_of, run


def certificates(
    program: ProgramId,
    file: PdfFile,
    school: Annotated[str | None, typer.Option(help="For the children of this school.")] = None,
    class_name: ClassName = None,
    agency: Annotated[str | None, typer.Option(help="For the officers of this agency.")] = None,
) -> None:
    """Print a certificate for each child of a school or class, or for each officer of an agency."""
    run(_certificates(program, file, school, class_name, agency))


async def _certificates(
    program: str, file: Path, school: str | None, class_name: str | None, agency: str | None
) -> None:
    async with parts_of(program) as service:
        if school is not None and agency is None:
            pdf = await facts.of_school(service.office, Scope.whole(program), school, class_name)
        elif agency is not None and school is None and class_name is None:
            pdf = await facts.of_agency(service.office, Scope.whole(program), agency)
        else:
            raise Refused("Name either a school (--school, and --class if you like) or an agency (--agency).")
    write(file, pdf)
    say_written(file)
