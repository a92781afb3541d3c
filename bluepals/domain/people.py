"""The people of a program, as schools and agencies know them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Role(StrEnum):
    COORDINATOR = "coordinator"
    TEACHER = "teacher"
    MODERATOR = "moderator"
    COUNSELOR = "counselor"
    LIAISON = "liaison"


class OfficerKind(StrEnum):
    SWORN = "sworn"
    CIVILIAN = "civilian"


@dataclass(frozen=True, slots=True)
class Student:
    """A fifth-grader. No gender, or no consent: a person decides before anyone writes."""

    student_id: str
    first_name: str
    last_name: str
    gender: Gender | None
    class_name: str
    school: str
    language: str
    guardian_name: str | None
    guardian_email: str | None
    consent: date | None
    follow_on: date | None = None  # the guardian agreed to hear of other programs


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer who offers `capacity` places; none is given beyond `cleared_until`."""

    officer_id: str
    first_name: str
    last_name: str
    gender: Gender | None
    agency: str
    email: str
    capacity: int
    languages: tuple[str, ...]
    cleared_until: date | None
    kind: OfficerKind
    precinct: str | None = None


@dataclass(frozen=True, slots=True)
class StaffRole:
    """One row of the staff file; a person with several roles or schools has several."""

    staff_id: str
    name: str
    email: str
    role: Role
    school: str | None
    class_name: str | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class FollowOn:
    """A program that families who agreed to it hear of at the year's end."""

    name: str
    begins: date
    ends: date
    ages: str
    link: str


@dataclass(frozen=True, slots=True)
class StockLetter:
    """A reserve officer's letter for whichever child needs one."""

    stock_id: str
    officer_id: str
    language: str
    text: str
