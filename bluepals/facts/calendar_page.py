"""The calendar of a coordinator's page: each school's rounds and visit, what rests, and what a change would move."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from bluepals.domain.sentences import Sentence, counted, listed
from bluepals.domain.visit_plan import visit_instants, why_it_stays
from bluepals.facts import dates, pauses
from bluepals.facts.coordinators import CoordinatorAtDesk
from bluepals.facts.dates import Change
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.facts.pauses import Choice, NewCalendar, PauseRefused
from bluepals.store import pauses as store
from bluepals.store import programs, rounds, status, visits
from bluepals.store.database import Connection
from bluepals.store.deadlines import Deadline, OpenDeadline
from bluepals.store.pauses import (
    AlreadyPaused,
    NotPaused,
    OpenPause,
    Target,
    What,
    already_paused,
    not_paused,
    resting,
)
from bluepals.store.rounds import RoundInCalendar
from bluepals.store.visits import VisitDate


@dataclass(frozen=True, slots=True)
class SchoolsCalendar:
    """One school's year. `open`: its dates can be moved at the desk. `visit_stays`: why its visit can't be moved any more."""

    program_year: str
    school: str
    name: str
    open: bool
    rounds: Sequence[RoundInCalendar]
    visit: VisitDate
    visit_stays: Sentence | None
    visit_rests: bool


@dataclass(frozen=True, slots=True)
class PauseOnPage:
    """`what`: the letters of North School."""

    pause: OpenPause
    what: Sentence
    since: Sentence


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """`targets`: what may be paused as a whole, by its key in the form."""

    today: date
    schools: Sequence[SchoolsCalendar]
    pauses: Sequence[PauseOnPage]
    targets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MovedDates:
    """None: no date, since it rests or no longer fits."""

    what: Sentence
    was: Sequence[date | None]
    becomes: Sequence[date | None]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would move. `own_dates`: pairings of which it moves dates of their own; `unfit`: rounds for which no
    day is left; `agreed`: stands for exactly these dates.
    """

    moved: Sequence[MovedDates]
    own_dates: int
    unfit: Sequence[int]
    told: int
    agreed: str


async def calendar_page(office: Office, coordinator: CoordinatorAtDesk) -> CalendarPage:
    async with office.database.transaction(coordinator.office_scope) as connection:
        program = await programs.load(connection)
        calendar = SchoolCalendar.of(program)
        known, now = await rounds.in_calendar(connection), await programs.now(connection)
        return CalendarPage(
            today=await programs.today(connection),
            schools=[
                SchoolsCalendar(
                    year,
                    school,
                    program.name_of(school),
                    state == "open",
                    [one for one in known if one.program_year == year],
                    visit := await visits.date_now(connection, year),
                    why_it_stays(visit.state, visit_instants(program, visit.on), now),
                    await visits.rests(connection, year),
                )
                for year, school, state in await programs.years(connection)
                if state != "closed" and coordinator.sees(school)
            ],
            pauses=[
                PauseOnPage(
                    one,
                    resting([one.what], await _called(connection, program, coordinator, one.target)),
                    calendar.label(one.began_at),
                )
                for one in await _open_pauses(connection, coordinator)
            ],
            targets=_targets(program, coordinator),
        )


async def _open_pauses(connection: Connection, coordinator: CoordinatorAtDesk) -> Sequence[OpenPause]:
    return [one for one in await store.open_pauses(connection) if coordinator.sees(one.target.school)]


def _targets(program: Program, coordinator: CoordinatorAtDesk) -> Mapping[str, str]:
    """As they are called within a sentence."""
    schools = {f"school-{one.id}": one.name for one in program.schools if coordinator.sees(one.id)}
    if coordinator.schools is not None:
        return schools
    agencies = {
        f"agency-{one.id}": Sentence("the officers of {agency}", agency=one.name) for one in program.agencies
    }
    return {"program": Sentence("the whole program"), **schools, **agencies}


async def _called(
    connection: Connection, program: Program, coordinator: CoordinatorAtDesk, target: Target
) -> str:
    """Within a sentence. Raises LookupError, when there is no such pairing."""
    if target.pairing_id is not None:
        card = await status.pairing(connection, target.pairing_id)
        return listed([card["student"], card["officer"]])
    return _targets(program, coordinator).get(key_of(target), target.named)


def target_of(key: str) -> Target:
    """As `targets` and `key_of` write it. Raises NotTheirs."""
    kind, _, one = key.partition("-")
    match kind:
        case "program":
            return Target()
        case "school":
            return Target(school=one)
        case "agency":
            return Target(agency=one)
        case "pairing":
            try:
                return Target(pairing_id=UUID(one))
            except ValueError:
                raise NotTheirs from None
    raise NotTheirs


def key_of(target: Target) -> str:
    named = {"school": target.school, "agency": target.agency, "pairing": target.pairing_id}
    return next((f"{kind}-{one}" for kind, one in named.items() if one is not None), "program")


async def preview_pause(
    office: Office, coordinator: CoordinatorAtDesk, target: Target, whats: Sequence[What]
) -> Preview:
    """Raises NotTheirs, and what `pauses.preview_pause` raises."""
    async with _said_with_names(office, coordinator, target):
        rest = await pauses.preview_pause(office, coordinator.office_scope, target, whats, by=coordinator.id)
    seen = await _seen(office, coordinator, rest.before, rest.after)
    return replace(seen, agreed=rest.agreement)


async def pause(
    office: Office,
    coordinator: CoordinatorAtDesk,
    target: Target,
    whats: Sequence[What],
    reason: str,
    *,
    agreed: str,
) -> None:
    """Raises NotTheirs, and what `pauses.pause_as_seen` raises."""
    async with _said_with_names(office, coordinator, target):
        await pauses.pause_as_seen(
            office, coordinator.office_scope, target, whats, reason=reason, by=coordinator.id, agreed=agreed
        )


@asynccontextmanager
async def _said_with_names(
    office: Office, coordinator: CoordinatorAtDesk, target: Target
) -> AsyncIterator[None]:
    """What is refused is said with the names of what may be known here. Raises NotTheirs, and what is raised within."""
    name = await name_of(office, coordinator, target)
    try:
        yield
    except AlreadyPaused as refused:
        raise PauseRefused(already_paused(refused.what, name)) from None
    except NotPaused as refused:
        paused = [one.what for one in (await calendar_page(office, coordinator)).pauses]
        raise PauseRefused(not_paused(refused.whats, name, paused)) from None


async def name_of(office: Office, coordinator: CoordinatorAtDesk, target: Target) -> str:
    """What is to rest, as people call it within a sentence. Raises NotTheirs when this coordinator may not pause it."""
    coordinator.check(target.school)
    async with office.database.transaction(coordinator.office_scope) as connection:
        program = await programs.load(connection)
        if target.pairing_id is None and key_of(target) not in _targets(program, coordinator):
            raise NotTheirs
        try:
            return await _called(connection, program, coordinator, target)
        except LookupError:
            raise NotTheirs from None


async def preview_resume(
    office: Office,
    coordinator: CoordinatorAtDesk,
    target: Target,
    what: What,
    choices: Mapping[int, Choice],
) -> Preview:
    """Raises NotTheirs, and what `pauses.preview` raises."""
    before = await _before(office, coordinator)
    async with _said_with_names(office, coordinator, target):
        scope, by = coordinator.office_scope, coordinator.id
        after = await pauses.preview(office, scope, target, [what], choices, by=by)
    return await _seen(office, coordinator, before, after)


async def resume(
    office: Office,
    coordinator: CoordinatorAtDesk,
    target: Target,
    what: What,
    choices: Mapping[int, Choice],
    *,
    agreed: str,
) -> NewCalendar:
    """Raises NotTheirs, and what `pauses.resume` raises."""
    async with _said_with_names(office, coordinator, target):
        scope, by = coordinator.office_scope, coordinator.id
        return await pauses.resume(office, scope, target, [what], choices, by=by, agreed=agreed)


async def round_to_move(
    office: Office, coordinator: CoordinatorAtDesk, program_year: str, number: int
) -> tuple[SchoolsCalendar, RoundInCalendar]:
    """Raises NotTheirs."""
    for school in (await calendar_page(office, coordinator)).schools:
        for one in school.rounds:
            if (one.program_year, one.number) == (program_year, number):
                return school, one
    raise NotTheirs


def why_round_stays(school: SchoolsCalendar, one: RoundInCalendar) -> Sentence | None:
    """Why its dates can't be moved; None: they can."""
    if not school.open:
        return dates.NOT_OPEN
    if one.over:
        return Sentence("Round {number} is over: its dates stay as they are.", number=one.number)
    if one.left_out == "carried":
        return Sentence("Round {number} was carried into the next year, and has no dates.", number=one.number)
    if one.left_out:
        return Sentence("Round {number} was dropped, and has no dates.", number=one.number)
    if one.opens_on is None:
        return Sentence("Round {number} rests, and gets its dates when that ends.", number=one.number)
    return None


async def preview_move(office: Office, coordinator: CoordinatorAtDesk, change: Change) -> Preview:
    """Raises what `dates.preview` raises."""
    before = await _before(office, coordinator)
    after = await dates.preview(office, coordinator.office_scope, change, by=coordinator.id)
    return await _seen(office, coordinator, before, after)


async def move(office: Office, coordinator: CoordinatorAtDesk, change: Change, *, agreed: str) -> None:
    """Raises what `dates.move` raises."""
    await dates.move(office, coordinator.office_scope, change, by=coordinator.id, agreed=agreed)


_Dates = Mapping[tuple[str, Sentence], Sequence[datetime | date | None]]

_DEADLINES = {
    Deadline.DECLINE: Sentence("may decline"),
    Deadline.FAREWELL: Sentence("last letters"),
    Deadline.REST: Sentence("rest before the next pal"),
    Deadline.RETURNED: Sentence("returned letter due"),
}


async def _before(office: Office, coordinator: CoordinatorAtDesk) -> NewCalendar:
    async with office.database.transaction(coordinator.office_scope) as connection:
        return await pauses.calendar_to_come(connection)


def _of_rounds(found: Sequence[store.RoundOnRecord]) -> _Dates:
    return {
        (one.school, Sentence("Round {number}", number=one.number)): (
            one.students_due_at,
            one.officers_due_at,
            one.opens_at,
        )
        for one in found
    }


def _of_visits(found: Sequence[store.VisitOnRecord]) -> _Dates:
    return {(one.school, Sentence("Visit")): (one.on,) for one in found}


def _until(one: OpenDeadline | None) -> datetime | None:
    return None if one is None or one.frozen else one.at


async def _seen(
    office: Office, coordinator: CoordinatorAtDesk, before: NewCalendar, after: NewCalendar
) -> Preview:
    async with office.database.transaction(coordinator.office_scope) as connection:
        program = await programs.load(connection)
    zone = SchoolCalendar.of(program).zone
    known = {(one.what, one.id): one for one in before.deadlines}
    deadlines = Counter(
        (one.school, one.what, _until(known.get((one.what, one.id))), _until(one))
        for one in after.deadlines
        if coordinator.sees(one.school)
    )
    old = {**_of_rounds(before.rounds), **_of_visits(before.visits)}
    new = {**_of_rounds(after.rounds), **_of_visits(after.visits)}

    def days(of: Sequence[datetime | date | None]) -> Sequence[date | None]:
        return [one.astimezone(zone).date() if isinstance(one, datetime) else one for one in of]

    return Preview(
        moved=[
            MovedDates(
                Sentence("{school}, {what}", school=program.name_of(school), what=what),
                days(old.get((school, what), ())),
                days(now),
            )
            for (school, what), now in new.items()
            if old.get((school, what)) != now
        ]
        + [
            MovedDates(
                Sentence(
                    "{school}, {what} ({pairings})",
                    school=program.name_of(school),
                    what=_DEADLINES[what],
                    pairings=counted(count, "pairing", "pairings"),
                ),
                days([was]),
                days([becomes]),
            )
            for (school, what, was, becomes), count in deadlines.items()
            if was != becomes
        ],
        own_dates=len({one.pairing_id for one in after.own if one not in before.own}),
        unfit=sorted({one.number for one in after.unfit}),
        told=after.told,
        agreed=after.agreement,
    )
