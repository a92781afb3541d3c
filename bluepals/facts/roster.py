"""What schools and agencies sent, applied as a whole or not at all; sent again, it changes nothing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from bluepals.domain import references
from bluepals.domain.gates import Cause
from bluepals.domain.letters import TypedLetter
from bluepals.domain.people import FollowOn, Officer, Partner, StaffRole, StockLetter, Student
from bluepals.domain.program import Break, Program
from bluepals.domain.screening import screen
from bluepals.domain.sentences import Sentence, begun, together
from bluepals.facts import replacements, rounds
from bluepals.facts.office import Letterhead, Office
from bluepals.facts.visit_hosts import (
    tell_visits_of_the_uncleared,
    tell_visits_of_who_come_after_all,
    tell_visits_of_who_stay_away,
)
from bluepals.roster import NeedsPerson, Problem, RosterReading
from bluepals.roster.problems import key_of
from bluepals.store import (
    attention,
    consents,
    erasure,
    follow_on,
    gates,
    letters,
    matching,
    moves,
    people,
    programs,
    staff,
    tells,
)
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import Handed, NotTaken

KIND = "roster"  # of what the coordinator has to look at
FILE = "program.toml"
# Policies that an open year has turned into instants already.
HOURS_AND_DAYS = (
    "due_hour",
    "opening_hour",
    "daily_mail_hour",
    "visit_hour",
    "invitation_days",
    "visit_reminder_days",
)


class RosterRefused(Exception):
    """The folder is good in itself, but contradicts what is on record; nothing of it was applied."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(f"{one.column} {one.value} {one.problem}." for one in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Roster:
    """A program folder without a problem in it."""

    program: Program
    students: Sequence[Student]
    officers: Sequence[Officer]
    staff: Sequence[StaffRole]
    stock_letters: Sequence[StockLetter]
    needs_person: Sequence[NeedsPerson] = ()
    partners: Sequence[Partner] = ()
    follow_on: Sequence[FollowOn] = ()

    @classmethod
    def of(cls, reading: RosterReading) -> "Roster":
        """Raises ValueError when the reading has a problem."""
        if reading.problems or reading.program is None:
            raise ValueError("A folder with problems is not applied; mend them first.")
        return cls(
            reading.program,
            reading.students,
            reading.officers,
            reading.staff,
            reading.stock_letters,
            reading.needs_person,
            reading.partners,
            reading.follow_on,
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """How many people are new or changed; the others stand as they stood. `needs_person`: what only the record shows."""

    students: int
    officers: int
    staff: int
    needs_person: Sequence[NeedsPerson] = ()

    @property
    def total(self) -> int:
        return self.students + self.officers + self.staff


async def apply(office: Office, roster: Roster) -> Applied:
    """Write the roster in one transaction; pairings whose gate it opens are told, people are asked, and children who
    have lost their officer get one of the new ones.

    Raises RosterRefused when the program's definition can't follow what is on record.
    """
    scope = Scope.whole(roster.program.id)
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        await _refuse_contradictions(connection, roster.program)
        await _refuse_transfers(connection, roster.students)
        await _refuse_others(connection, roster)
        if await programs.save(connection, roster.program):
            await rounds.reschedule(connection, roster.program)
        years = {school.id: roster.program.program_year_id(school.id) for school in roster.program.schools}
        await people.rename_classes(connection, years, roster.students)
        closed_before = await gates.closed(connection)
        erased, left = await erasure.erased(connection), await staff.who_left(connection)
        applied = Applied(
            students=await people.save_students(connection, roster.program.id, years, roster.students),
            officers=await people.save_officers(connection, roster.program.id, roster.officers),
            staff=await people.save_staff(
                connection, roster.program.id, [one for one in roster.staff if one.staff_id not in left]
            ),
            needs_person=(
                *_erased(roster, erased),
                *_left(roster, left),
                *_left_school(roster, await moves.who_left(connection)),
            ),
        )
        await people.save_partners(connection, roster.program.id, roster.partners)
        await consents.save(
            connection, [one for one in roster.students if one.student_id not in erased.students]
        )
        await consents.cancel_mail_to_no_family(connection)
        await follow_on.save(connection, roster.follow_on)
        for stock in roster.stock_letters:
            await _take_stock_letter(office, connection, stock)
        await tell_gates_opened(connection, roster.program.id, closed_before, Cause.ROSTER)
        recorded = {consent_key(one) for one in await consents.recorded(connection)}
        asked = [one for one in roster.needs_person if one.key not in recorded]
        await _ask(connection, [*asked, *applied.needs_person])
        await replacements.seek(connection, await Letterhead.of(office, connection))
        await tell_visits_of_the_uncleared(connection)
        await tell_visits_of_who_stay_away(connection)
        await tell_visits_of_who_come_after_all(connection)
        return applied


def _erased(roster: Roster, erased: erasure.Erased) -> Iterator[NeedsPerson]:
    """People of the files who were erased: an import brings nobody back."""
    for table, ids, known in (
        ("student", [one.student_id for one in roster.students], erased.students),
        ("officer", [one.officer_id for one in roster.officers], erased.officers),
    ):
        for one in ids:
            if one in known:
                who = references.student(one) if table == "student" else references.officer(one)
                text = Sentence(
                    "{who} was erased and is not taken in again: take the row out, or give whoever it is now an id of their own",
                    who=who,
                )
                school, agency = (known[one], None) if table == "student" else (None, known[one])
                yield NeedsPerson(
                    f"{table}s.csv", None, f"{table}_id", one, text, f"erased {one}", school, agency
                )


def _left(roster: Roster, left: frozenset[str]) -> Iterator[NeedsPerson]:
    """Staff of the file who have left: an import gives nobody a role back."""
    for one in sorted({role.staff_id for role in roster.staff} & left):
        text = Sentence(
            "{who} has left: take the row out, or give whoever it is now an id of their own",
            who=references.staff_member(one),
        )
        yield NeedsPerson("staff.csv", None, "staff_id", one, text, f"left {one}")


def _left_school(roster: Roster, left: frozenset[str]) -> Iterator[NeedsPerson]:
    """Children of the file who have left: an import brings nobody back."""
    for one in roster.students:
        if one.student_id in left:
            text = Sentence(
                "{child} has left and gets no pal: take the row out, or if the child is there again,"
                " starter.py student take-back {program} {student} --by YOUR-ID",
                child=references.student(one.student_id),
                program=roster.program.id,
                student=one.student_id,
            )
            yield NeedsPerson(
                "students.csv", None, "student_id", one.student_id, text, f"left {one.student_id}", one.school
            )


async def _take_stock_letter(office: Office, connection: Connection, stock: StockLetter) -> None:
    writer = await people.officer_id(connection, stock.officer_id)
    handed = Handed(TypedLetter(stock.text), stock.language, writer, screen(stock.text))
    try:
        await letters.hand_in_stock(
            connection, office.keyring, officer_id=writer, stock_id=stock.stock_id, handed=handed
        )
    except NotTaken:
        return  # Approved with other words: the approved ones stay.


async def tell_gates_opened(
    connection: Connection, program: str, closed_before: Collection[UUID], cause: Cause
) -> None:
    """Each opening is a fact of its own: a gate may close and open again on one day."""
    for pairing_id in set(closed_before) - await gates.closed(connection):
        await tells.add(
            connection,
            program,
            workflow_id=f"pairing-{pairing_id}",
            fact="gate_opened",
            key=f"gate-{uuid4()}",
            body={"cause": cause},
        )


def consent_key(student: str) -> str:
    """Of the call about a child without a consent, by its id in the roster."""
    return key_of("students.csv", "consent", student)


async def _ask(connection: Connection, needs_person: Sequence[NeedsPerson]) -> None:
    """One open row for each thing that this roster names; what it no longer names is in order."""
    wanted = {one.key: one for one in needs_person}
    for known in await attention.open_calls(connection):
        if known.kind == KIND and (known.key not in wanted or _sentence(wanted[known.key]) != known.sentence):
            await attention.settle(connection, known.key)
    for key, one in wanted.items():
        await attention.call(
            connection, key=key, kind=KIND, sentence=_sentence(one), school=one.school, agency=one.agency
        )


def _sentence(one: NeedsPerson) -> Sentence:
    return together(begun(one.problem), ".", between="")


# ---- what an import can't change


async def _refuse_contradictions(connection: Connection, program: Program) -> None:
    try:
        known = await programs.load(connection)
    except LookupError:
        return  # It is new.
    states = {year: state for year, _, state in await programs.years(connection)}
    problems = list(_contradictions(known, program, states))
    if problems:
        raise RosterRefused(problems)


async def _refuse_transfers(connection: Connection, students: Sequence[Student]) -> None:
    """A slip in a file must not show a child's letters to another school."""
    moved = await moves.elsewhere(
        connection, [one.student_id for one in students], [one.school for one in students]
    )
    if moved:
        raise RosterRefused(
            [
                Problem(
                    "students",
                    None,
                    "school",
                    asked,
                    Sentence(
                        "is another school than {school}, where {child} has a pal or waits for the next one; correct"
                        " the cell, or take all of it along first:"
                        " starter.py student transfer PROGRAM {student} --to {other} --class CLASS --by YOUR-ID",
                        school=now,
                        child=references.student(child),
                        student=child,
                        other=asked,
                    ),
                )
                for child, now, asked in moved
            ]
        )


async def _refuse_others(connection: Connection, roster: Roster) -> None:
    """Whoever is matched was it by gender and agency; another one in a file would leave a pair of two who don't belong together."""
    children = await people.children_of_another_gender(connection, roster.students)
    officers = await people.officers_of_another_gender(connection, roster.officers)
    moved = await people.officers_of_another_agency(connection, roster.officers)
    problems = [
        *(
            _contradicts("students", "gender", now, _matched_by(on, references.student(who)))
            for who, on, now in children
        ),
        *(
            _contradicts("officers", "gender", now, _matched_by(on, references.officer(who)))
            for who, on, now in officers
        ),
        *(_contradicts("officers", "agency", now, _writes_for(on, who)) for who, on, now in moved),
    ]
    if problems:
        raise RosterRefused(problems)


def _contradicts(file: str, column: str, value: str | None, problem: Sentence) -> Problem:
    return Problem(file, None, column, value or Sentence("nothing"), problem)


def _matched_by(gender: str, who: Sentence) -> Sentence:
    return Sentence(
        "is not {gender}, by which {who} has been matched; write that back, or give whoever it is now an id of their own",
        gender=gender,
        who=who,
    )


def _writes_for(agency: str, officer: str) -> Sentence:
    return Sentence(
        "is another agency than {agency}, for which {officer} writes to a child; write that back. An officer who goes to"
        " another agency leaves first, and has another id there: starter.py officer --help",
        agency=agency,
        officer=references.officer(officer),
    )


def _contradictions(known: Program, new: Program, states: dict[str, str]) -> Iterator[Problem]:
    if new.first_year != known.first_year:
        running = sorted(year for year, state in states.items() if state == "open")
        if running:
            text = Sentence(
                "begins another school year while {years} is still open; import it when that is closed, or give the program"
                " another id",
                years=", ".join(running),
            )
            yield _problem("year.first_day", str(new.year.first_day), text)
        return
    if any(
        states.get(known.program_year_id(school.id), "prepared") != "prepared" for school in known.schools
    ):
        yield from _changed_dates(known, new)
    elif len(new.rounds) < len(known.rounds):
        text = Sentence(
            "is how many rounds there are, and {known} are on record; move a round, but keep it",
            known=len(known.rounds),
        )
        yield _problem("rounds", str(len(new.rounds)), text)
    for table, before, now in (
        ("schools", known.schools, new.schools),
        ("agencies", known.agencies, new.agencies),
    ):
        for gone in sorted({one.id for one in before} - {one.id for one in now}):
            text = Sentence(
                "is on record for this year, with its people; write it back under [[{table}]]", table=table
            )
            yield _problem(table, gone, text)


def _changed_dates(known: Program, new: Program) -> Iterator[Problem]:
    before, now = _dates(known), _dates(new)
    for key in {**before, **now}:
        if before.get(key) != now.get(key):
            text = Sentence(
                "is {date} on record, and the year has been opened; an import doesn't move the dates of an open year, so"
                " write that back",
                date=_shown(before.get(key)),
            )
            yield _problem(key, _shown(now.get(key)), text)


def _dates(program: Program) -> dict[str, Any]:
    """Whatever the workflows of an open year wait for, by its key in the file."""
    year, visit = program.year, program.visit
    return {
        "program.timezone": program.timezone,
        "program.holidays": program.holidays,
        "year.first_day": year.first_day,
        "year.last_day": year.last_day,
        "year.breaks": year.breaks,
        **{
            f"rounds[{one.number}].{key}": getattr(one, key)
            for one in program.rounds
            for key in ("students_due", "officers_due", "opens_on")
        },
        "visit.window_start": visit.start,
        "visit.window_end": visit.end,
        **{f"schools.{school.id}.visit_on": school.visit_on for school in program.schools},
        **{f"policy.{key}": getattr(program.policy, key) for key in HOURS_AND_DAYS},
    }


def _shown(value: Any) -> str:
    match value:
        case None:
            return Sentence("not there")
        case tuple():
            return f"[{', '.join(map(_shown, value))}]"
        case Break(first, last):
            return f"[{first}, {last}]"
    return str(value)


def _problem(key: str, value: str, problem: Sentence) -> Problem:
    return Problem(FILE, None, key, value, problem)
