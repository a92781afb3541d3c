"""A small program folder without a problem in it, and ways to spoil it."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped] # It ships no types.

from bluepals.facts.office import Office
from bluepals.links import Links
from bluepals.roster import Problem, RosterReading, read_folder
from bluepals.store.content import Keyring
from bluepals.store.database import Database

TODAY = date(2026, 8, 10)

PROGRAM = """\
[program]
id = "kc"
name = "Kansas City Blue Pals"
timezone = "America/Chicago"
holidays = "US-MO"

[year]
first_day = 2026-08-17
last_day = 2027-05-28
breaks = [[2026-11-25, 2026-11-27], [2026-12-21, 2027-01-01]]

[[agencies]]
id = "city"
name = "City Police"

[[agencies]]
id = "county"
name = "County Sheriff"

[[schools]]
id = "north"
name = "North Elementary"

[[schools]]
id = "south"
name = "South Elementary"
agencies = ["county"]

[[rounds]]
students_due = 2026-09-18
officers_due = 2026-10-02
opens_on = 2026-10-09

[[rounds]]
students_due = 2027-01-15
officers_due = 2027-01-29
opens_on = 2027-02-05

[visit]
window_start = 2027-05-10
window_end = 2027-05-21
"""

STUDENT_COLUMNS = (
    "student_id,first_name,last_name,gender,grade,class,school,language,guardian_name,guardian_email,consent"
)
STUDENTS = f"""\
{STUDENT_COLUMNS}
S-1,María,Núñez,F,5,5A,north,es,José Núñez,jose@example.org,2026-08-01
S-2,Ben,O'Neil,M,5,5A,north,en,Ann O'Neil,ann@example.org,2026-08-02
S-3,Chloé,Smith,F,5,5B,north,,,,8/3/2026
S-4,Dan,Ito,M,5,5,south,,,,2026-08-03
S-5,Eve,Ray,F,4,4A,north,,,,
"""
OFFICER_COLUMNS = "officer_id,first_name,last_name,gender,agency,email,capacity,languages,cleared_until,kind"
OFFICERS = f"""\
{OFFICER_COLUMNS}
O-1,Pat,Poe,F,city,pat@city.example.org,2,en es,2027-08-31,sworn
O-2,Quinn,Roe,M,county,quinn@county.example.org,,,2027-08-31,
"""
STAFF_COLUMNS = "staff_id,name,email,role,school,class,agency,languages"
STAFF = f"""\
{STAFF_COLUMNS}
C-1,Cora Diaz,cora@example.org,coordinator,,,,
C-1,Cora Diaz,cora@example.org,moderator,,,,English; es
K-1,Kim Lee,kim@example.org,counselor,,,,
T-1,Tom Hall,tom@example.org,teacher,north,,,
T-2,Tia Moss,tia@example.org,teacher,south,5,,
L-1,Lou Park,lou@city.example.org,liaison,,,city,
"""
GOOD = {"program.toml": PROGRAM, "students.csv": STUDENTS, "officers.csv": OFFICERS, "staff.csv": STAFF}


def write(folder: Path, **files: str | bytes | None) -> Path:
    """The good folder with some files written otherwise (None: left out), as `students__csv=...`."""
    changed = {name.replace("__", "."): content for name, content in files.items()}
    for name, content in {**GOOD, **changed}.items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        else:
            (folder / name).unlink(missing_ok=True)
    return folder


def read(folder: Path, **files: str | bytes | None) -> RosterReading:
    return read_folder(write(folder, **files), TODAY)


def students(*rows: str, columns: str = STUDENT_COLUMNS) -> str:
    return "\n".join((columns, *rows)) + "\n"


def officers(*rows: str) -> str:
    return "\n".join((OFFICER_COLUMNS, *rows)) + "\n"


def staff(*rows: str) -> str:
    return "\n".join((*STAFF.splitlines(), *rows)) + "\n"


def student(student_id: str = "S-9", **cells: str) -> str:
    """A row for a good student, with some cells otherwise; quoted."""
    usual = {
        "student_id": student_id,
        "first_name": "Ana",
        "last_name": "Lopez",
        "gender": "F",
        "grade": "5",
        "class": "5A",
        "school": "north",
        "language": "en",
        "guardian_name": "Eva Lopez",
        "guardian_email": "eva@example.org",
        "consent": "2026-08-01",
    }
    return _row(usual, cells)


def officer(officer_id: str = "O-9", **cells: str) -> str:
    usual = {
        "officer_id": officer_id,
        "first_name": "Sam",
        "last_name": "Hill",
        "gender": "M",
        "agency": "city",
        "email": "sam@city.example.org",
        "capacity": "1",
        "languages": "en",
        "cleared_until": "2027-08-31",
        "kind": "sworn",
    }
    return _row(usual, cells)


def _row(usual: dict[str, str], cells: dict[str, str]) -> str:
    changed = {name.rstrip("_"): value for name, value in cells.items()}  # class_ is Python's word
    assert changed.keys() <= usual.keys()
    quoted = ('"' + value.replace('"', '""') + '"' for value in {**usual, **changed}.values())
    return ",".join(quoted)


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def cells_of(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


def the_problem(reading: RosterReading) -> Problem:
    (problem,) = reading.problems
    return problem


def office_on(database: Database) -> Office:
    """An office whose bell nobody hears."""
    return Office(
        database=database,
        keyring=Keyring.parse("test:" + "A" * 43 + "="),
        links=Links("a key of tests only, long enough to sign", "http://127.0.0.1"),
        from_address="pals@bluepals.example",
        ring=lambda _: None,
    )
