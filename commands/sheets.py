"""sheets: a page for each child of a school or class, to write the next letter on."""

from bluepals.facts import sheets as facts
from commands.printing import ClassName, PdfFile, SchoolId, print_for_school
from commands.shell import ProgramId, run


def sheets(program: ProgramId, school: SchoolId, file: PdfFile, class_name: ClassName = None) -> None:
    """Print a sheet for each child's next letter: with a code, by which a scanned stack files itself at the desk."""
    run(print_for_school(facts.of_school, program, school, class_name, file))
