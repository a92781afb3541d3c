"""The people of a program, as schools and agencies know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bluepals.domain.sentences import Sentence

LANGUAGES = {"en": Sentence("English"), "es": Sentence("Spanish")}


def language_name(code: str) -> str:
    """The code itself, for one that there is no word for."""
    return LANGUAGES.get(code, code)


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Role(StrEnum):
    COORDINATOR = "coordinator"
    TEACHER = "teacher"
    MODERATOR = "moderator"
    COUNSELOR = "counselor"
    LIAISON = "liaison"


GENDERS = {Gender.FEMALE: Sentence("female"), Gender.MALE: Sentence("male")}
ROLES = {
    Role.COORDINATOR: Sentence("coordinator"),
    Role.TEACHER: Sentence("teacher"),
    Role.MODERATOR: Sentence("moderator"),
    Role.COUNSELOR: Sentence("counselor"),
    Role.LIAISON: Sentence("liaison"),
}


class OfficerKind(StrEnum):
    SWORN = "sworn"
    CIVILIAN = "civilian"


class ConsentScope(StrEnum):
    """What a family agrees to. Without the letters none of the others holds."""

    LETTERS = "letters"
    VISIT = "visit"
    PHOTOS = "photos"
    FOLLOW_ON = "follow-on"


@dataclass(frozen=True, slots=True)
class Student:
    """A fifth-grader. No gender, or no consent: a person decides before anyone writes.

    A guardian without access has no address here. `consent`: to the letters; `further_consents` None: to the visit too.
    `consent_by`: the first or the second guardian.
    """

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
    further_consents: tuple[tuple[ConsentScope, date], ...] | None = None
    consent_form: str | None = None
    consent_by: int | None = None
    guardian1_access: bool = True
    guardian2_name: str | None = None
    guardian2_email: str | None = None
    guardian2_access: bool = True

    @property
    def consents(self) -> Mapping[ConsentScope, date]:
        letters = {} if self.consent is None else {ConsentScope.LETTERS: self.consent}
        if self.further_consents is not None:
            return {**letters, **dict(self.further_consents)}
        return letters if self.consent is None else {**letters, ConsentScope.VISIT: self.consent}


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
    """One row of the staff file; a person with several roles or schools has several.

    `languages`: what they read. A person's are those of all their rows.
    """

    staff_id: str
    name: str
    email: str
    role: Role
    school: str | None
    class_name: str | None
    agency: str | None
    languages: tuple[str, ...] = ("en",)


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


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that helps a child or a family, from the program's directory."""

    name: str
    what_for: str
    languages: tuple[str, ...]
    contact: str
