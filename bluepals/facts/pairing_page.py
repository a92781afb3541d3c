"""A pairing's page: its year on one line, its rounds and its story, for its office, its readers and its school's counselors.

Its teacher sees it too, without the story.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.pairing_year import PairingYear
from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence, dated, together
from bluepals.facts import pairing_year, teachers_page
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from bluepals.facts.teachers_page import TeacherAtDesk
from bluepals.store import pauses, programs, staff, status
from bluepals.store.database import Scope, widen

READERS = (Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR)


# What the record calls a letter's state, as people say it.
_IN_WORDS = {
    "delivered: letter": Sentence("delivered"),
    "delivered: late": Sentence("delivered late"),
    "delivered: stock": Sentence("stock letter delivered"),
    "held back": Sentence("held back"),
    "held": Sentence("delayed"),
    "approved": Sentence("approved"),
    "returned": Sentence("returned"),
    "being read": Sentence("being read"),
    "missed": Sentence("missed"),
    "not yet": Sentence("not yet"),
    "before this pairing": Sentence("before this pairing"),
    "after this pairing": Sentence("after this pairing"),
}


@dataclass(frozen=True, slots=True)
class PairingsReader:
    """`coordinates_all`: they run the whole program's year; others only look. `teacher`: it is as one that they look."""

    id: UUID
    entered: Visitor
    scope: Scope
    coordinates_all: bool
    teacher: TeacherAtDesk | None = None

    @property
    def counsels(self) -> bool:
        return Role.COUNSELOR in self.entered.roles


@dataclass(frozen=True, slots=True)
class Moment:
    day: Sentence
    what: Sentence


@dataclass(frozen=True, slots=True)
class RoundOnPage:
    """What has become of both letters; `opens_on` None: it has no date."""

    number: int
    student: Sentence
    officer: Sentence
    opens_on: date | None


@dataclass(frozen=True, slots=True)
class PairingPage:
    """`ended`: why it has; None: it has not."""

    card: Mapping[str, Any]
    school_name: str
    ended: Sentence | None
    year: PairingYear
    rounds: Sequence[RoundOnPage]
    story: Sequence[Moment]
    rests: bool
    may_pause: bool


async def reader_at_desk(office: Office, visitor: Visitor) -> PairingsReader:
    """Raises PageClosed."""
    roles = [role for role in READERS if role in visitor.roles]
    if visitor.staff is None or not roles:
        raise PageClosed(
            "This page is for coordinators, and for the moderators and counselors of the schools."
        )
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        schools = {role: await staff.schools_of(connection, visitor.staff, role) for role in roles}
    every = [one for one in schools.values() if one is not None]
    scope = (
        Scope(visitor.program, schools=tuple(sorted(frozenset().union(*every))))
        if len(every) == len(roles)
        else Scope.whole(visitor.program)
    )
    everything = schools.get(Role.COORDINATOR, frozenset()) is None
    return PairingsReader(visitor.staff, visitor, scope, everything)


async def reader_of(office: Office, visitor: Visitor, pairing_id: UUID) -> PairingsReader:
    """Of this one also the teacher of its class, who may read for other schools. Raises PageClosed and NotTheirs."""
    if Role.TEACHER not in visitor.roles:
        return await reader_at_desk(office, visitor)
    if visitor.roles & {*READERS}:
        reader = await reader_at_desk(office, visitor)
        async with office.database.transaction(reader.scope) as connection:
            with suppress(LookupError):
                await status.pairing(connection, pairing_id)
                return reader
    teacher = await teachers_page.teacher_at_desk(office, visitor)
    await teachers_page.check_child(office, teacher, pairing_id)
    return PairingsReader(teacher.id, visitor, teacher.scope, coordinates_all=False, teacher=teacher)


async def pairings(office: Office, reader: PairingsReader) -> Sequence[Mapping[str, Any]]:
    """Who writes to whom, by school and class."""
    async with office.database.transaction(reader.scope) as connection:
        return await status.pairings_by_class(connection)


async def pairing_page(office: Office, reader: PairingsReader, pairing_id: UUID) -> PairingPage:
    """Raises NotTheirs."""
    async with office.database.transaction(reader.scope) as connection:
        try:
            card = await status.pairing(connection, pairing_id)
        except LookupError:
            raise NotTheirs from None
        program = await programs.load(connection)
        zone = SchoolCalendar.of(program).zone
        rounds = await status.rounds_of(connection, pairing_id)
        await widen(
            connection, reader.scope.program
        )  # Pauses are the office's, and what a pairing's story tells of.
        story = await status.story_of(connection, pairing_id) if reader.teacher is None else []
        rests = any(one.target.pairing_id == pairing_id for one in await pauses.open_pauses(connection))
    year_of = pairing_year.pairing_year if reader.teacher is None else pairing_year.uploaders_year
    return PairingPage(
        card=card,
        school_name=program.name_of(card["school"]),
        ended=status.ENDED[card["end_reason"]] if card["end_reason"] else None,
        year=await year_of(office, reader.scope, pairing_id),
        rounds=[
            RoundOnPage(one["number"], _in_words(one["student"]), _in_words(one["officer"]), one["opens_on"])
            for one in rounds
        ],
        story=[Moment(dated(one["at"].astimezone(zone), "%b %-d, %Y"), one["what"]) for one in story],
        rests=rests,
        may_pause=reader.coordinates_all and card["ended_at"] is None and not rests,
    )


def _in_words(state: str) -> Sentence:
    """A place of the pack may have had more than one letter."""
    return together(*(_IN_WORDS[one] for one in state.split(", ")), between=", ")
