"""Who is still missing: a role that nobody holds in the program, in a school, in a class; a language that nobody reads."""

from collections.abc import Iterable, Iterator, Sequence

from bluepals.domain import references
from bluepals.domain.people import Role, StaffRole, Student
from bluepals.domain.sentences import Sentence
from bluepals.roster.problems import NeedsPerson, Problem

# Without them no year can run at all.
INDISPENSABLE = {
    Role.COORDINATOR: Sentence("the program has no coordinator; add a row with the role coordinator"),
    Role.MODERATOR: Sentence(
        "the program has no moderator, so no letter could go on; add a row with the role moderator"
    ),
}
EACH_SCHOOL = (Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR)


def nobody_at_all(file: str, staff: Sequence[StaffRole]) -> Iterator[Problem]:
    held = {role.role for role in staff}
    for role, problem in INDISPENSABLE.items():
        if role not in held:
            yield Problem(file, None, "role", "", problem)


def missing(
    file: str, schools: Iterable[str], students: Iterable[Student], staff: Sequence[StaffRole]
) -> Iterator[NeedsPerson]:
    """Roles of a school that nobody holds there, where somebody holds them elsewhere; classes without a teacher; and
    children whose letters nobody there can read.
    """
    students = list(students)
    anywhere = {role.role for role in staff}
    for school in schools:
        for role in EACH_SCHOOL:
            expected = role in anywhere or role not in INDISPENSABLE
            if expected and not any(one.role is role and one.school in {None, school} for one in staff):
                yield NeedsPerson(file, None, "role", "", _nobody(role, school), f"{role} {school}", school)
        yield from _unread_languages(file, school, students, staff)
    teachers = [one for one in staff if one.role is Role.TEACHER]
    for school, class_name in sorted({(student.school, student.class_name) for student in students}):
        if not any(one.school == school and one.class_name in {None, class_name} for one in teachers):
            text = Sentence(
                "class {class_name} of {school} has no teacher, so nobody hands its letters in or out: add a row and import again",
                class_name=class_name,
                school=references.school(school),
            )
            yield NeedsPerson(file, None, "class", class_name, text, f"{school} {class_name}", school)


def _nobody(role: Role, school: str) -> Sentence:
    where = references.school(school)
    match role:
        case Role.COORDINATOR:
            return Sentence(
                "{school} has no coordinator, so nobody runs the year there: add a row and import again",
                school=where,
            )
        case Role.MODERATOR:
            return Sentence(
                "{school} has no moderator, so nobody reads its letters: add a row and import again",
                school=where,
            )
    return Sentence(
        "{school} has no counselor, so nobody is told of a child in distress: add a row and import again",
        school=where,
    )


def _unread_languages(
    file: str, school: str, students: Sequence[Student], staff: Sequence[StaffRole]
) -> Iterator[NeedsPerson]:
    """A school without a moderator has been named already."""
    readers = [one for one in staff if one.role is Role.MODERATOR and one.school in {None, school}]
    read = {language for one in readers for language in one.languages}
    spoken = {student.language for student in students if student.school == school}
    for language in sorted(spoken - read) if readers else ():
        text = Sentence(
            "{school} has children who write in {language}, and no moderator reads it: add it to the languages of one and"
            " import again",
            school=references.school(school),
            language=language,
        )
        yield NeedsPerson(file, None, "languages", "", text, f"{school} {language}", school)
