"""The coordinator's board: what needs a decision, how far the rounds are, what waits to be read, who waits for a pal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.board import Board
from bluepals.domain.cases import Concern
from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence, counted, dated, long_date
from bluepals.facts import board, conduct_page, decisions
from bluepals.facts.coordinators import CoordinatorAtDesk
from bluepals.facts.decisions import Decision, Step
from bluepals.facts.naming import in_names
from bluepals.facts.office import Letterhead, Office
from bluepals.links import DeskPage
from bluepals.store import board as store
from bluepals.store import case_lists, cases, letters, people, replacements
from bluepals.store import conduct_page as conduct_store
from bluepals.store import counsel_page as counsel_store
from bluepals.store.board import WithoutPal
from bluepals.store.database import Connection, widen


@dataclass(frozen=True, slots=True)
class DecisionOnBoard:
    """`sentence`: with the names of those whose ids are on record. `pairing`: the one that it is about."""

    decision: Decision
    sentence: str
    pairing: UUID | None
    since: Sentence


@dataclass(frozen=True, slots=True)
class WordAsked:
    """A case of an officer's conduct that takes this coordinator's word."""

    case_id: UUID
    officer: str
    since: date


@dataclass(frozen=True, slots=True)
class ToRead:
    """One school's letters in one language that wait for a reader; no school: stock letters.

    `readers`: the others who may read them. `reads`: this coordinator may.
    """

    school: str | None
    language: str
    letters: int
    oldest: Sentence
    readers: Sequence[str]
    reads: bool


@dataclass(frozen=True, slots=True)
class PalChanges:
    """A child whose officer goes or has gone. `officer`: the next one, proposed or approved. `begins`: at the earliest; None: that day has come."""

    child: str
    class_name: str
    school: str
    officer: str | None
    approved: bool
    begins: date | None

    @property
    def standing(self) -> Sentence:
        if self.officer is None:
            return Sentence("nobody has a free place yet")
        if self.begins is None:
            return (
                Sentence("{officer} is approved as the next one", officer=self.officer)
                if self.approved
                else Sentence("{officer} is proposed as the next one", officer=self.officer)
            )
        begins = long_date(self.begins)
        return (
            Sentence(
                "{officer} is approved as the next one, from {begins} at the earliest",
                officer=self.officer,
                begins=begins,
            )
            if self.approved
            else Sentence(
                "{officer} is proposed as the next one, from {begins} at the earliest",
                officer=self.officer,
                begins=begins,
            )
        )


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Its id, and what it waits for; of what it is about its own page speaks, to those whose it is.

    `page`: the one of the desk that opens it to this coordinator; None: there is none.
    """

    id: str
    school: str | None
    since: date
    waits_for: Sentence
    page: DeskPage | None


@dataclass(frozen=True, slots=True)
class CoordinatorsPage:
    words_asked: Sequence[WordAsked]
    decisions: Sequence[DecisionOnBoard]
    to_read: Sequence[ToRead]
    without_pal: Sequence[WithoutPal]
    pal_changes: Sequence[PalChanges]
    cases: Sequence[OpenCase]
    board: Board


async def coordinators_page(office: Office, coordinator: CoordinatorAtDesk) -> CoordinatorsPage:
    async with office.database.transaction(coordinator.scope) as connection:
        rounds = await board.board_rounds(connection)
        await widen(connection, coordinator.program)
        letterhead = await Letterhead.of(office, connection)
        return CoordinatorsPage(
            words_asked=[
                WordAsked(
                    one.case_id,
                    one.officer_name,
                    one.opened_at.astimezone(letterhead.calendar.zone).date(),
                )
                for one in await conduct_page.words_asked(connection, coordinator.id, Role.COORDINATOR)
            ],
            decisions=await _decisions(connection, letterhead, coordinator),
            to_read=await _to_read(connection, letterhead, coordinator),
            without_pal=[one for one in await store.without_pal(connection) if coordinator.sees(one.school)],
            pal_changes=await _pal_changes(connection, letterhead, coordinator),
            cases=await _open_cases(connection, letterhead, coordinator),
            board=rounds,
        )


async def _decisions(
    connection: Connection, letterhead: Letterhead, coordinator: CoordinatorAtDesk
) -> Sequence[DecisionOnBoard]:
    found = await decisions.open_decisions(connection, letterhead.program, coordinator.id)
    named = await in_names(connection, [one.call.sentence for one in found])
    return [
        DecisionOnBoard(one, said.sentence, said.pairing, letterhead.calendar.label(one.call.opened_at))
        for one, said in zip(found, named, strict=True)
    ]


async def _to_read(
    connection: Connection, letterhead: Letterhead, coordinator: CoordinatorAtDesk
) -> Sequence[ToRead]:
    waiting: dict[tuple[str, str], list[letters.WaitingDraft]] = {}
    for draft in await letters.waiting(connection):
        if coordinator.sees(draft.school):
            waiting.setdefault((draft.school or "", draft.language), []).append(draft)
    found = []
    for (school, language), drafts in sorted(waiting.items()):
        of, reads = school or None, language
        moderators = await people.staff(connection, Role.MODERATOR, school=of, reads=reads)
        coordinators = await people.staff(connection, Role.COORDINATOR, school=of, reads=reads)
        found.append(
            ToRead(
                letterhead.program.name_of(school) if school else None,
                language,
                len(drafts),
                letterhead.calendar.label(min(one.received_at for one in drafts)),
                [one.name for one in moderators if one.id != coordinator.id],
                reads=coordinator.id in {one.id for one in (*moderators, *coordinators)},
            )
        )
    return found


async def _pal_changes(
    connection: Connection, letterhead: Letterhead, coordinator: CoordinatorAtDesk
) -> Sequence[PalChanges]:
    return [
        PalChanges(
            one.student,
            one.class_name,
            letterhead.program.name_of(one.school),
            one.reserve,
            one.approved,
            one.rest_until.astimezone(letterhead.calendar.zone).date()
            if one.rest_until > letterhead.now
            else None,
        )
        for one in await replacements.listed(connection)
        if coordinator.sees(one.school)
    ]


async def _open_cases(
    connection: Connection, letterhead: Letterhead, coordinator: CoordinatorAtDesk
) -> Sequence[OpenCase]:
    own = await cases.about(connection, coordinator.id)
    pages = {
        **{one.case_id: DeskPage.COUNSEL for one in await counsel_store.cases_of(connection, coordinator.id)},
        **{one.case_id: DeskPage.CASES for one in await conduct_store.to_decide(connection, coordinator.id)},
    }
    return [
        OpenCase(
            row["case"],
            letterhead.program.name_of(row["school"]) if row["school"] else None,
            row["opened_at"].astimezone(letterhead.calendar.zone).date(),
            _waits_for(row),
            pages.get(UUID(row["case"])),
        )
        for row in await case_lists.cases(connection)
        if row["closed_at"] is None and coordinator.sees(row["school"]) and UUID(row["case"]) not in own
    ]


def _waits_for(case: case_lists.Row) -> Sentence:
    if case["to_attest"]:
        readers = counted(case["to_attest"], "reader of the letter", "readers of the letter")
        return Sentence("Waits for {readers} to attest.", readers=readers)
    if case["kind"] == Concern.CONDUCT:
        return Sentence("Waits for the word of those who decide about an officer's conduct.")
    if case["look_again_on"] is None:
        return Sentence("Waits for the counselor's plan.")
    day = dated(case["look_again_on"], "%B %-d")
    return Sentence("Waits for the counselor, who looks again on {day}.", day=day)


async def take_step(
    office: Office, coordinator: CoordinatorAtDesk, key: str, step: Step, *, why: str
) -> None:
    """Answer a call. Raises NotTheirs when it is not theirs or has no such step, Refused, and LookupError."""
    await decisions.take(office, coordinator.office_scope, key, step, by=coordinator.id, why=why)
