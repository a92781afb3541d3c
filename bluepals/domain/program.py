"""A program as its folder defines it: schools, agencies, calendar and policy."""

from dataclasses import dataclass, field
from datetime import date

from bluepals.domain.sentences import Sentence

# The hotline of a program that names none.
CHILDHELP = Sentence("Childhelp, 1-800-422-4453 (it names your state's own hotline)")

# A page's address begins with its program's id; these addresses are nobody's.
TAKEN_IDS = frozenset({"attest", "decline-family", "decline-officer", "enter", "health", "static"})


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Room:
    """Where officers and children meet; `places` counts children."""

    name: str
    places: int


@dataclass(frozen=True, slots=True)
class School:
    """A school, the agencies whose officers may write to its children, and what it gives to the visit."""

    id: str
    name: str
    agencies: tuple[str, ...]
    visit_on: date | None = None
    rooms: tuple[Room, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """Days without school, the first and the last included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class YearDates:
    first_day: date
    last_day: date
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundDates:
    """One exchange: the students' letters due, the officers' letters due, the class opens them."""

    number: int
    students_due: date
    officers_due: date
    opens_on: date


@dataclass(frozen=True, slots=True)
class VisitWindow:
    """The officers' visit is on a school day in here and lasts so many minutes."""

    start: date
    end: date
    minutes: int = 75


@dataclass(frozen=True, slots=True)
class Policy:
    """What a program may set otherwise; these are the defaults, all in one place."""

    capacity_default: int = 1
    capacity_max: int = 3
    reply_days: int = 14
    opening_gap_school_days: int = 5
    moderation_school_days: int = 2
    moderation_escalation_school_days: int = 4
    return_school_days: int = 5
    undo_minutes: int = 5
    due_hour: int = 17
    opening_hour: int = 7
    daily_mail_hour: int = 7
    nudge_hours: tuple[int, ...] = (72, 24)
    visit_hour: int = 13
    invitation_days: int = 28
    visit_reminder_days: tuple[int, ...] = (7, 1)
    visit_answer_days: int = 14
    visit_reserve_days: int = 3
    letters_per_moderator_per_day: int = 30
    link_days: int = 30
    silence_warning_days: int = 21
    silence_decision_days: int = 14
    absence_proposal_days: int = 28
    absence_pause_days: int = 42
    declining_days: int = 7
    joining_days: int = 14
    farewell_days: int = 14
    rest_days: int = 14
    clearance_days: int = 14
    clearance_marks: tuple[int, ...] = (30, 14, 3)
    gifts: str = "Please bring no gifts; a handshake and a story are enough."
    photos: str = (
        "Please take no photos of children and post none; the school takes them where families agree."
    )


@dataclass(frozen=True, slots=True)
class Safety:
    """What holds when a letter worries someone. `told`: roles or staff ids, in the order of the stopwatch."""

    hotline: str = CHILDHELP
    told: tuple[str, ...] = ("counselor", "coordinator")
    liaison_decides: bool = True

    @property
    def hotline_said(self) -> str:
        """To whoever has to report, in their language where the words are ours."""
        return CHILDHELP if self.hotline == CHILDHELP else self.hotline


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each kind of data is kept after its use is over; docs/formats.md has the reasons."""

    letters: int = 365
    stacks: int = 7
    mails: int = 90
    tells: int = 90
    answers: int = 365
    calls: int = 365
    addresses: int = 365
    people: int = 730


@dataclass(frozen=True, slots=True)
class Program:
    """A network's undertaking in one school year."""

    id: str
    name: str
    timezone: str
    holidays: str | None
    schools: tuple[School, ...]
    agencies: tuple[Agency, ...]
    year: YearDates
    rounds: tuple[RoundDates, ...]
    visit: VisitWindow
    policy: Policy = field(default_factory=Policy)
    safety: Safety = field(default_factory=Safety)
    retention: Retention = field(default_factory=Retention)

    @property
    def first_year(self) -> int:
        """The calendar year in which the school year begins; it names the program years."""
        return self.year.first_day.year

    @property
    def serving(self) -> dict[str, frozenset[str]]:
        """The agencies whose officers write to each school's children."""
        return {school.id: frozenset(school.agencies) for school in self.schools}

    def name_of(self, school: str) -> str:
        """The school's; its id, where it is not known any more."""
        return next((one.name for one in self.schools if one.id == school), school)

    def program_year_id(self, school: str) -> str:
        return f"{self.id}.{school}.{self.first_year}"
