"""A few children and officers at two schools: a reserve for whoever goes, and days that follow close on each other."""

from datetime import date

from bluepals.domain.people import Gender, Officer, Role, StaffRole, StockLetter, Student
from bluepals.domain.program import Agency, Policy, Program, School, VisitWindow, YearDates
from tests.workflows.world import DAY, WEEK, a_student, an_officer, rounds_of

ROUNDS = (1, 2)
SCHOOLS = ("north", "south")
CLASSES = ("5A", "5B")
AGENCIES = ("pd", "sheriff")
CHILDREN = ("s001", "s002", "s003", "s004", "s005")
OFFICERS = ("o001", "o002", "o003", "o004", "o005")
LATE = ("s005", "o005")  # They are in no file before somebody brings them.

# Farewells, rests and silences are over within days, so that a short year has room for them.
POLICY = Policy(
    declining_days=2,
    farewell_days=5,
    rest_days=4,
    clearance_days=4,
    silence_warning_days=7,
    silence_decision_days=5,
    absence_proposal_days=12,
    absence_pause_days=18,
)


def a_town(name: str, begin: date) -> Program:
    visit = begin + (4 * len(ROUNDS) + 1) * WEEK
    return Program(
        id=name,
        name=name.title(),
        timezone="America/Chicago",
        holidays=None,
        schools=tuple(School(one, one.title(), AGENCIES) for one in SCHOOLS),
        agencies=tuple(Agency(one, one.title()) for one in AGENCIES),
        year=YearDates(begin, visit + 2 * WEEK + 4 * DAY),
        rounds=rounds_of(len(ROUNDS), begin),
        visit=VisitWindow(visit, visit + 4 * DAY),
        policy=POLICY,
    )


def children() -> dict[str, Student]:
    """Three girls and a boy; another girl comes late."""
    boy = a_student(4, Gender.MALE)
    return {
        one.student_id: one
        for one in (
            a_student(1),
            a_student(2, class_name="5B"),
            a_student(3, school="south"),
            boy,
            a_student(5),
        )
    }


def officers() -> dict[str, Officer]:
    """One of them may have two children. The boy has one who could write to him, and no reserve."""
    return {
        one.officer_id: one
        for one in (
            an_officer(1),
            an_officer(2, capacity=2),
            an_officer(3, agency="sheriff"),
            an_officer(4, Gender.MALE),
            an_officer(5, agency="sheriff"),
        )
    }


def staff() -> list[StaffRole]:
    roles = [_role(role, role.value) for role in (Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR)]
    teachers = [
        _role(Role.TEACHER, f"{school}-{one}", school=school, class_name=one)
        for school in SCHOOLS
        for one in CLASSES
    ]
    liaisons = [_role(Role.LIAISON, f"liaison-{agency}", agency=agency) for agency in AGENCIES]
    return [*roles, *teachers, *liaisons]


def _role(
    role: Role, who: str, school: str | None = None, class_name: str | None = None, agency: str | None = None
) -> StaffRole:
    """Under a name that no workflow says by itself, as the audit would take it for one."""
    return StaffRole(who, f"Quigley {who}", f"{who}@town.example", role, school, class_name, agency)


def stock_letters() -> list[StockLetter]:
    """Two for the girls, written by the reserve, and one for the boy: fewer than might be needed."""
    writers = ("o003", "o003", "o004")
    return [
        StockLetter(f"stock{number}", writer, "en", f"Dear child, this is reserve letter {number}.")
        for number, writer in enumerate(writers)
    ]
