"""students, officers, staff and stock_letters -> people: one table of columns each, and what no cell can say alone."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from bluepals.domain import references
from bluepals.domain.letters import LetterRefused, TypedLetter
from bluepals.domain.people import (
    ConsentScope,
    FollowOn,
    Officer,
    OfficerKind,
    Partner,
    Role,
    StaffRole,
    StockLetter,
    Student,
)
from bluepals.domain.program import Policy
from bluepals.domain.sentences import Sentence
from bluepals.roster import cells
from bluepals.roster.problems import NeedsPerson, Problem, Unfit
from bluepals.roster.sheets import Row, Wanted, read_sheet

LANGUAGE = "en"  # where the cell is empty
SPACES = " \t\r\n\xa0"
REQUIRED = object()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """`blank`: what an empty cell means. A file may leave the column out only if it is `optional`."""

    name: str
    read: Callable[[str], Any]
    blank: Any = REQUIRED
    optional: bool = False
    verbatim: bool = False  # spaces around the value belong to it


@dataclass(slots=True)
class Read(Generic[T]):
    """What a file holds: each person or row once, with its line."""

    found: dict[str, T] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)
    needs_person: list[NeedsPerson] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class References:
    """What program.toml says that rows refer to; ids that could not be read are None."""

    schools: Collection[str] | None
    agencies: Collection[str] | None
    policy: Policy
    today: date


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was found: its name on disk and its bytes."""

    name: str
    data: bytes


# ---- students


def student_columns(to: References) -> tuple[Column, ...]:
    return (
        Column("student_id", cells.identifier),
        Column("first_name", cells.name),
        Column("last_name", cells.name),
        Column("gender", cells.gender, None),
        Column("grade", cells.is_fifth),
        Column("class", cells.label),
        Column("school", cells.known(to.schools, "schools")),
        Column("language", cells.language, LANGUAGE, optional=True),
        Column("guardian_name", cells.name, None, optional=True),
        Column("guardian_email", cells.email, None, optional=True),
        Column("consent", cells.day_until(to.today), None),
        Column("consent_visit", cells.day_until(to.today), None, optional=True),
        Column("consent_photos", cells.day_until(to.today), None, optional=True),
        Column("consent_follow_on", cells.day_until(to.today), None, optional=True),
        Column("consent_form", cells.label, None, optional=True),
        Column("consent_by", cells.first_or_second, None, optional=True),
        Column("guardian1_access", cells.yes_no, True, optional=True),
        Column("guardian2_name", cells.name, None, optional=True),
        Column("guardian2_email", cells.email, None, optional=True),
        Column("guardian2_access", cells.yes_no, True, optional=True),
    )


def read_students(file: SourceFile, to: References) -> Read[Student]:
    """The fifth-graders; of others nothing is looked at but the grade."""
    read = Read[Student]()
    others: dict[str, Row] = {}
    columns = student_columns(to)
    for row in _rows(file, columns, read):
        if _is_of_another_grade(row):
            _skip(row, others, read)
        elif (values := _values(file, row, columns, read)) and _is_lawful(file, row, values, read):
            student = _student(row, values)
            if _is_new(file, "student_id", student.student_id, row.line, student, read):
                _look_at_student(file, row, student, read)
    _refuse_two_grades(file, others, read)
    return read


def _student(row: Row, values: Mapping[str, Any]) -> Student:
    """An address of a guardian without access is dropped here, so that nobody can write to it."""
    return Student(
        student_id=values["student_id"],
        first_name=values["first_name"],
        last_name=values["last_name"],
        gender=values["gender"],
        class_name=values["class"],
        school=values["school"],
        language=values["language"],
        guardian_name=values["guardian_name"],
        guardian_email=values["guardian_email"] if values["guardian1_access"] else None,
        consent=values["consent"],
        further_consents=_further_consents(row, values),
        consent_form=values["consent_form"],
        consent_by=values["consent_by"],
        guardian1_access=values["guardian1_access"],
        guardian2_name=values["guardian2_name"],
        guardian2_email=values["guardian2_email"] if values["guardian2_access"] else None,
        guardian2_access=values["guardian2_access"],
    )


def _further_consents(row: Row, values: Mapping[str, Any]) -> tuple[tuple[ConsentScope, date], ...]:
    """A file without the visit's column has one form for letters and visit."""
    given = {
        ConsentScope.VISIT: values["consent_visit" if "consent_visit" in row.cells else "consent"],
        ConsentScope.PHOTOS: values["consent_photos"],
        ConsentScope.FOLLOW_ON: values["consent_follow_on"],
    }
    return tuple((scope, day) for scope, day in given.items() if day is not None)


def _is_lawful(file: SourceFile, row: Row, values: Mapping[str, Any], read: Read[Student]) -> bool:
    """A guardian without access neither agrees to anything nor reads the other one's mail."""

    def refuse(column: str, text: Sentence) -> None:
        read.problems.append(Problem(file.name, row.line, column, row.cells[column].strip(), text))

    before = len(read.problems)
    without = [number for number in (1, 2) if not values[f"guardian{number}_access"]]
    if values["consent_by"] in without:
        text = Sentence("is a guardian without access, whose consent doesn't count; ask the other one")
        refuse("consent_by", text)
    addresses = [(values[name] or "").casefold() for name in ("guardian_email", "guardian2_email")]
    if len(without) == 1 and addresses[0] and addresses[0] == addresses[1]:
        text = Sentence(
            "is also read by the guardian without access; write an address that only the other one reads"
        )
        refuse("guardian2_email" if without == [1] else "guardian_email", text)
    return len(read.problems) == before


def _is_of_another_grade(row: Row) -> bool:
    try:
        return not cells.is_fifth(row.cells["grade"].strip())
    except Unfit:
        return False


def _skip(row: Row, others: dict[str, Row], read: Read[Student]) -> None:
    student_id = row.cells["student_id"].strip() or f"line {row.line}"
    known = others.setdefault(student_id, row)
    if known is row:
        read.skipped += 1
    elif known.cells == row.cells:
        read.repeated += 1


def _refuse_two_grades(file: SourceFile, others: Mapping[str, Row], read: Read[Student]) -> None:
    for student_id in sorted(others.keys() & read.found.keys()):
        line, other = read.lines[student_id], others[student_id].line
        text = Sentence(
            "is in grade 5 on line {line} and in another grade on line {other}; correct the wrong one",
            line=line,
            other=other,
        )
        read.problems.append(Problem(file.name, max(line, other), "student_id", student_id, text))
        read.skipped -= 1


def _look_at_student(file: SourceFile, row: Row, student: Student, read: Read[Student]) -> None:
    def ask(column: str, problem: Sentence) -> None:
        read.needs_person.append(
            NeedsPerson(
                file.name,
                row.line,
                column,
                row.cells[column].strip(),
                problem,
                student.student_id,
                student.school,
            )
        )

    child = references.student(student.student_id)
    if student.gender is None:
        ask(
            "gender",
            Sentence(
                "{child} has no gender of the table (docs/formats.md has the table of genders): correct the cell,"
                " or decide with the family whose pal this child is to be",
                child=child,
            ),
        )
    if student.consent is None:
        ask(
            "consent",
            Sentence(
                "{child} has no consent on record and is not matched: ask the guardian, enter the day and import again",
                child=child,
            ),
        )


# ---- officers


def officer_columns(to: References) -> tuple[Column, ...]:
    return (
        Column("officer_id", cells.identifier),
        Column("first_name", cells.name),
        Column("last_name", cells.name),
        Column("gender", cells.gender, None),
        Column("agency", cells.known(to.agencies, "agencies")),
        Column("email", cells.email),
        Column("capacity", cells.capacity(to.policy.capacity_max), to.policy.capacity_default, optional=True),
        Column("languages", cells.languages, (LANGUAGE,), optional=True),
        Column("cleared_until", cells.day, None),
        Column("kind", cells.one_of(OfficerKind), OfficerKind.SWORN, optional=True),
        Column("precinct", cells.label, None, optional=True),
    )


def read_officers(file: SourceFile, to: References) -> Read[Officer]:
    read = Read[Officer]()
    columns = officer_columns(to)
    for row in _rows(file, columns, read):
        if values := _values(file, row, columns, read):
            officer = Officer(**values)
            if _is_new(file, "officer_id", officer.officer_id, row.line, officer, read):
                _look_at_officer(file, row, officer, to.today, read)
    return read


def _look_at_officer(file: SourceFile, row: Row, officer: Officer, today: date, read: Read[Officer]) -> None:
    def ask(column: str, problem: Sentence) -> None:
        read.needs_person.append(
            NeedsPerson(
                file.name,
                row.line,
                column,
                row.cells[column].strip(),
                problem,
                officer.officer_id,
                agency=officer.agency,
            )
        )

    who = references.officer(officer.officer_id)
    if officer.gender is None:
        ask(
            "gender",
            Sentence(
                "{officer} has no gender of the table (docs/formats.md has the table of genders) and is not matched:"
                " correct the cell and import again",
                officer=who,
            ),
        )
    if officer.cleared_until is None:
        ask(
            "cleared_until",
            Sentence(
                "{officer} has no clearance on record and is not matched: ask the agency, enter the last day of it and"
                " import again",
                officer=who,
            ),
        )
    elif officer.cleared_until < today:
        ask(
            "cleared_until",
            Sentence(
                "{officer} is cleared until {day} only and is not matched: ask the agency to renew it, enter the new day and"
                " import again",
                officer=who,
                day=officer.cleared_until,
            ),
        )


# ---- staff

# Which of school, class and agency a role needs, and which it may have.
PLACES: Mapping[Role, tuple[frozenset[str], frozenset[str]]] = {
    Role.COORDINATOR: (frozenset(), frozenset({"school"})),
    Role.MODERATOR: (frozenset(), frozenset({"school"})),
    Role.COUNSELOR: (frozenset(), frozenset({"school"})),
    Role.TEACHER: (frozenset({"school"}), frozenset({"school", "class"})),
    Role.LIAISON: (frozenset({"agency"}), frozenset({"agency"})),
}


def staff_columns(to: References) -> tuple[Column, ...]:
    return (
        Column("staff_id", cells.identifier),
        Column("name", cells.name),
        Column("email", cells.email),
        Column("role", cells.one_of(Role, {"counsellor": "counselor"})),
        Column("school", cells.known(to.schools, "schools"), None, optional=True),
        Column("class", cells.label, None, optional=True),
        Column("agency", cells.known(to.agencies, "agencies"), None, optional=True),
        Column("languages", cells.languages, (LANGUAGE,), optional=True),
    )


def read_staff(file: SourceFile, to: References) -> Read[StaffRole]:
    """A person's name and address are the same in all rows; a row that is there twice counts once."""
    read = Read[StaffRole]()
    people: dict[str, tuple[int, StaffRole]] = {}
    columns = staff_columns(to)
    for row in _rows(file, columns, read):
        values = _values(file, row, columns, read)
        if values is None or not _is_in_place(file, row, values, read):
            continue
        role = StaffRole(class_name=values.pop("class"), **values)
        line, first = people.setdefault(role.staff_id, (row.line, role))
        if (first.name, first.email) != (role.name, role.email):
            text = Sentence(
                "has one name or e-mail on line {first} and another on line {line}; make them the same",
                first=line,
                line=row.line,
            )
            read.problems.append(Problem(file.name, row.line, "staff_id", role.staff_id, text))
        elif (key := repr(role)) in read.found:
            read.repeated += 1
        else:
            read.found[key] = role
    return read


def _is_in_place(file: SourceFile, row: Row, values: Mapping[str, Any], read: Read[StaffRole]) -> bool:
    role: Role = values["role"]
    needed, allowed = PLACES[role]
    given = {place for place in ("school", "class", "agency") if values[place] is not None}
    for place in sorted(needed - given):
        text = Sentence("is empty, and a {role}'s row names the {place}; fill it in", role=role, place=place)
        read.problems.append(Problem(file.name, row.line, place, "", text))
    for place in sorted(given - allowed):
        text = Sentence(
            "has no meaning in a {role}'s row; leave it empty, or write a row for each role", role=role
        )
        read.problems.append(Problem(file.name, row.line, place, values[place], text))
    return needed <= given <= allowed


# ---- stock letters


def stock_letter_columns() -> tuple[Column, ...]:
    return (
        Column("stock_id", cells.identifier),
        Column("officer_id", cells.identifier),
        Column("language", cells.language, LANGUAGE, optional=True),
        Column("text", _letter, verbatim=True),
    )


def read_stock_letters(file: SourceFile, officers: Mapping[str, Officer] | None) -> Read[StockLetter]:
    """`officers` None: their file could not be read, and that is a problem already."""
    read = Read[StockLetter]()
    columns = stock_letter_columns()
    for row in _rows(file, columns, read):
        if values := _values(file, row, columns, read):
            letter = StockLetter(**values)
            if _is_new(file, "stock_id", letter.stock_id, row.line, letter, read) and officers is not None:
                _look_at_writer(file, row, letter, officers, read)
    return read


def _letter(text: str) -> str:
    try:
        return TypedLetter(text).text
    except LetterRefused as refused:
        raise Unfit("can't be taken: {why}", why=refused.sentence) from None


def _look_at_writer(
    file: SourceFile, row: Row, letter: StockLetter, officers: Mapping[str, Officer], read: Read[StockLetter]
) -> None:
    writer = officers.get(letter.officer_id)
    if writer is None:
        text = Sentence("is no officer of the officers file; write the id of the one who wrote the letter")
        read.problems.append(Problem(file.name, row.line, "officer_id", letter.officer_id, text))
    elif writer.gender is None:
        del read.found[letter.stock_id]
        text = Sentence(
            "stock letter {letter} waits until the gender of {officer} is on record",
            letter=letter.stock_id,
            officer=references.officer(writer.officer_id),
        )
        read.needs_person.append(
            NeedsPerson(
                file.name,
                row.line,
                "officer_id",
                letter.officer_id,
                text,
                letter.stock_id,
                agency=writer.agency,
            )
        )


# ---- partners


def partner_columns() -> tuple[Column, ...]:
    return (
        Column("name", cells.name),
        Column("what_for", cells.remark),
        Column("languages", cells.languages, (LANGUAGE,), optional=True),
        Column("contact", cells.remark),
    )


def read_partners(file: SourceFile) -> Read[Partner]:
    """Organisations that help a child or a family."""
    read = Read[Partner]()
    columns = partner_columns()
    for row in _rows(file, columns, read):
        if values := _values(file, row, columns, read):
            partner = Partner(**values)
            _is_new(file, "name", partner.name, row.line, partner, read)
    return read


# ---- follow_on


def follow_on_columns() -> tuple[Column, ...]:
    return (
        Column("name", cells.label),
        Column("begins", cells.day),
        Column("ends", cells.day),
        Column("ages", cells.label),
        Column("link", cells.link),
    )


def read_follow_on(file: SourceFile) -> Read[FollowOn]:
    read = Read[FollowOn]()
    columns = follow_on_columns()
    for row in _rows(file, columns, read):
        if values := _values(file, row, columns, read):
            one = FollowOn(**values)
            if one.ends < one.begins:
                text = Sentence(
                    "is before {day}, the day on which it begins; correct one of the two", day=one.begins
                )
                read.problems.append(Problem(file.name, row.line, "ends", str(one.ends), text))
            else:
                _is_new(file, "name", one.name, row.line, one, read)
    return read


# ---- what they have in common


class _Findings(Protocol):
    problems: list[Problem]


def _rows(file: SourceFile, columns: Sequence[Column], read: _Findings) -> Sequence[Row]:
    wanted = Wanted(
        [column.name for column in columns], frozenset(column.name for column in columns if column.optional)
    )
    sheet = read_sheet(file.name, file.data, wanted)
    read.problems.extend(sheet.problems)
    return sheet.rows


def _values(file: SourceFile, row: Row, columns: Sequence[Column], read: _Findings) -> dict[str, Any] | None:
    """The row's values by column; None when one of them is a problem, after each of them has been named."""
    values: dict[str, Any] = {}
    for column in columns:
        text = row.cells.get(column.name, "")
        try:
            values[column.name] = _value(column, text)
        except Unfit as unfit:
            read.problems.append(Problem(file.name, row.line, column.name, text, unfit.sentence))
    return values if len(values) == len(columns) else None


def _value(column: Column, text: str) -> Any:
    if text.strip(SPACES):
        return column.read(text if column.verbatim else text.strip(" \xa0"))
    if column.blank is REQUIRED:
        raise Unfit("is empty; fill it in")
    return column.blank


def _is_new(file: SourceFile, column: str, key: str, line: int, value: T, read: Read[T]) -> bool:
    """Whether the id is there for the first time: the same again is counted, another one under it is a problem."""
    if key not in read.found:
        read.found[key], read.lines[key] = value, line
        return True
    if read.found[key] == value:
        read.repeated += 1
    else:
        text = Sentence(
            "is on line {first} with other content than on line {line}; keep the right row only",
            first=read.lines[key],
            line=line,
        )
        read.problems.append(Problem(file.name, line, column, key, text))
    return False
