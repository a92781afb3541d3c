"""A program folder: program.toml and its people, read together so that all problems are told at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO

from bluepals.domain.people import FollowOn, Officer, Partner, Role, StaffRole, StockLetter, Student
from bluepals.domain.program import Program
from bluepals.domain.sentences import Sentence, listed
from bluepals.roster.coverage import missing, nobody_at_all
from bluepals.roster.people_files import (
    Read,
    References,
    SourceFile,
    read_follow_on,
    read_officers,
    read_partners,
    read_staff,
    read_stock_letters,
    read_students,
)
from bluepals.roster.problems import NeedsPerson, Problem
from bluepals.roster.program_file import FILE, ProgramFile, read_program

MOST_BYTES = 10_000_000
MOST_BYTES_OF_PROGRAM = 200_000
TABLES = ("students", "officers", "staff", "stock_letters", "partners", "follow_on")
TABLE_ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class RosterReading:
    """What a folder says. With a problem in it nothing may be applied; `program` is None then, if it is the cause."""

    program: Program | None
    students: tuple[Student, ...]
    officers: tuple[Officer, ...]
    staff: tuple[StaffRole, ...]
    stock_letters: tuple[StockLetter, ...]
    repeated: int
    skipped: int
    problems: tuple[Problem, ...]
    needs_person: tuple[NeedsPerson, ...]
    partners: tuple[Partner, ...] = ()
    follow_on: tuple[FollowOn, ...] = ()


def read_folder(folder: Path, today: date | None = None) -> RosterReading:
    """Never raises: whatever is in the files, it is people or problems. Consent and clearance are judged at `today`."""
    return _read(_Files.of_folder(folder), None, today or date.today())  # noqa: DTZ011 - the day on the wall of whoever imports


def read_files(files: Mapping[str, bytes], known: Program, today: date) -> RosterReading:
    """The same of files that were sent, by their names. Without a program.toml among them the program stays as `known`."""
    there = {name.casefold(): partial(BytesIO, data) for name, data in files.items()}
    return _read(_Files(there), known if FILE not in there else None, today)


def is_of_a_folder(name: str) -> bool:
    """Whether a program folder has a file of this name."""
    return name.casefold() in {FILE, *(stem + ending for stem in TABLES for ending in TABLE_ENDINGS)}


def _read(files: "_Files", known: Program | None, today: date) -> RosterReading:
    program = _program(files) if known is None else ProgramFile.of(known)
    references = References(program.schools, program.agencies, program.policy, today)
    students, officers, staff = (
        files.table("students"),
        files.table("officers"),
        files.table("staff"),
    )
    stock_letters = files.table("stock_letters", optional=True)
    partners = files.table("partners", optional=True)
    read_of_students = read_students(students, references) if students else Read[Student]()
    read_of_officers = read_officers(officers, references) if officers else Read[Officer]()
    read_of_staff = read_staff(staff, references) if staff else Read[StaffRole]()
    known_officers = read_of_officers.found if officers and not read_of_officers.problems else None
    letters = read_stock_letters(stock_letters, known_officers) if stock_letters else Read[StockLetter]()
    helpers = read_partners(partners) if partners else Read[Partner]()
    if staff and not read_of_staff.problems:
        roles = tuple(read_of_staff.found.values())
        read_of_staff.problems.extend(nobody_at_all(staff.name, roles))
        schools = sorted(program.schools or ())
        read_of_staff.needs_person.extend(
            missing(staff.name, schools, read_of_students.found.values(), roles)
        )
        read_of_staff.problems.extend(_unknown_in_list(staff.name, program.program, roles))
    follow_on_file = files.table("follow_on", optional=True)
    follow_on = read_follow_on(follow_on_file) if follow_on_file else Read[FollowOn]()
    reads = (read_of_students, read_of_officers, read_of_staff, letters, helpers, follow_on)
    return RosterReading(
        program=program.program,
        students=tuple(read_of_students.found.values()),
        officers=tuple(read_of_officers.found.values()),
        staff=tuple(read_of_staff.found.values()),
        stock_letters=tuple(letters.found.values()),
        repeated=sum(read.repeated for read in reads),
        skipped=read_of_students.skipped,
        problems=(
            *files.problems,
            *program.problems,
            *(one for read in reads for one in _by_line(read.problems)),
        ),
        needs_person=tuple(one for read in reads for one in read.needs_person),
        partners=tuple(helpers.found.values()),
        follow_on=tuple(follow_on.found.values()),
    )


def _unknown_in_list(name: str, program: Program | None, roles: Iterable[StaffRole]) -> Iterable[Problem]:
    """The list of a suspected harm names roles, or people of the staff."""
    known = {*Role, *(role.staff_id for role in roles)}
    for named in program.safety.told if program else ():
        if named not in known:
            text = Sentence(
                "is told of a suspected harm by program.toml, and is no role and no staff_id of {file}; correct one",
                file=name,
            )
            yield Problem(FILE, None, "safety.told", named, text)


def _program(files: "_Files") -> ProgramFile:
    data = files.bytes_of(FILE, MOST_BYTES_OF_PROGRAM)
    return ProgramFile() if data is None else read_program(data)


def _by_line(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.line or 0)


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


class _Files:
    """Files by their names, whatever case those are in; what is not there is a problem. None: no folder at all."""

    def __init__(self, there: Mapping[str, Callable[[], IO[bytes]]] | None) -> None:
        self.problems: list[Problem] = []
        self._there = there

    @classmethod
    def of_folder(cls, folder: Path) -> "_Files":
        try:
            paths = [path for path in sorted(folder.iterdir()) if path.is_file()]
        except (OSError, ValueError):
            files = cls(None)
            text = Sentence("is no folder that can be opened; give the folder that holds program.toml")
            files.problems.append(Problem(folder.name, None, "", str(folder), text))
            return files
        return cls({path.name.casefold(): _opener(path) for path in paths})

    def table(self, stem: str, *, optional: bool = False) -> SourceFile | None:
        """The table of this name; None when there is none to read, which is a problem unless it is optional."""
        if self._there is None:
            return None
        names = [stem + ending for ending in TABLE_ENDINGS if stem + ending in self._there]
        if len(names) > 1:
            text = Sentence("the folder has {files}; keep the one that counts", files=listed(names))
            self.problems.append(Problem(names[0], None, "", "", text))
            return None
        if not names and optional:
            return None
        name = names[0] if names else f"{stem}.csv"
        data = self.bytes_of(name, MOST_BYTES)
        return None if data is None else SourceFile(name, data)

    def bytes_of(self, name: str, most: int) -> bytes | None:
        """The file's bytes; never more of them than are read of a roster."""
        if self._there is None:
            return None
        if (opened := self._there.get(name)) is None:
            self._add(
                name,
                Sentence("the folder has no {file}; add it (docs/formats.md has its columns)", file=name),
            )
            return None
        try:
            with opened() as file:
                data = file.read(most + 1)
        except OSError as broken:
            self._add(
                name,
                Sentence("the file can't be opened ({why}); see who may read it", why=broken.strerror),
            )
            return None
        if len(data) > most:
            self._add(
                name,
                Sentence(
                    "the file has more than {most:,} bytes; leave out other grades and columns", most=most
                ),
            )
            return None
        return data

    def _add(self, name: str, text: Sentence) -> None:
        self.problems.append(Problem(name, None, "", "", text))
