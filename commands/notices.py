"""notices: a page for each family of a school or class, for the backpack."""

from bluepals.facts import family_notices
from commands.printing import ClassName, PdfFile, SchoolId, print_for_school
from commands.shell import ProgramId, run


def notices(program: ProgramId, school: SchoolId, file: PdfFile, class_name: ClassName = None) -> None:
    """Print a notice for each family: what their page of the desk is for, in their language, and how to open it."""
    run(print_for_school(family_notices.of_school, program, school, class_name, file))
