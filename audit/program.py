"""The audit of one program: its records first, then every history that bears on them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from audit import records
from audit.histories import Expected, Histories, Run
from audit.own_words import own_words
from audit.payloads import content
from audit.personal import PersonalData
from audit.releases import Releases
from audit.report import AuditReport, Check, Finding
from bluepals.domain.letters import TypedLetter
from bluepals.domain.program import Program
from bluepals.store import audit as store
from bluepals.store import letters, programs
from bluepals.store.audit import AuditedDelivery, AuditedMail, AuditedOpening, AuditedPairing, Person
from bluepals.store.content import ContentUnreadable, Keyring
from bluepals.store.database import Connection, Scope
from service.parts import Parts
from workflows.api import (
    assignment,
    daily_mail,
    new_officer,
    outbox,
    pairing,
    program_year,
    referral,
    retention,
    visit_day,
)


@dataclass
class Records:
    """What the database says, read in one transaction that can't write."""

    program: Program
    deliveries: Sequence[AuditedDelivery]
    pairings: Sequence[AuditedPairing]
    mails: Sequence[AuditedMail]
    openings: Sequence[AuditedOpening]
    people: Sequence[Person]
    workflows: Sequence[Expected]
    letters: dict[UUID, str]
    unreadable: Sequence[UUID]


async def audit(parts: Parts, program: str) -> AuditReport:
    """Prove what can be proved of this program. Raises LookupError when there is no such program."""
    async with parts.database.transaction(Scope.whole(program)) as connection:
        await store.read_only(connection)
        found = await _records(connection, parts.office.keyring)
    histories = Histories(parts.client)
    reader = Reader(parts, found)
    days = await _scheduled(histories, program)
    await histories.read([*found.workflows, *days], reader.read)
    return AuditReport(
        program=program,
        checks=(
            _approved_before_delivery(found, reader.releases, histories.incomplete),
            records.same_gender(found.pairings),
            records.mailed_once(found.mails),
            reader.check(),
            records.letter_for_each_opening_day(found.openings),
        ),
        histories=reader.histories,
        histories_gone=tuple(histories.gone),
        payloads=reader.payloads,
    )


async def _records(connection: Connection, keyring: Keyring) -> Records:
    program = await programs.load(connection)
    texts: dict[UUID, str] = {}
    unreadable: list[UUID] = []
    for draft_id in await store.typed_drafts(connection):
        try:
            opened = await letters.read(connection, keyring, draft_id)
        except ContentUnreadable:
            unreadable.append(draft_id)
            continue
        if isinstance(opened.letter, TypedLetter):
            texts[draft_id] = opened.letter.text
    return Records(
        program=program,
        deliveries=await store.deliveries(connection),
        pairings=await store.pairings(connection),
        mails=await store.mails(connection),
        openings=await store.openings(connection),
        people=await store.people(connection),
        workflows=await _workflows(connection, program.id),
        letters=texts,
        unreadable=unreadable,
    )


async def _workflows(connection: Connection, program: str) -> Sequence[Expected]:
    """By the ids on record: lists of the server lag, and forget."""
    matched, years = await store.has_proposal(connection), await store.begun_years(connection)
    found = [
        Expected(pairing.workflow_id(one.id), one.begun) for one in await store.begun_pairings(connection)
    ]
    found += [
        Expected(new_officer.workflow_id(one.id), one.begun)
        for one in await store.begun_replacements(connection)
    ]
    for year in years:
        found.append(Expected(program_year.workflow_id(year.id), year.begun))
        found.append(Expected(visit_day.workflow_id(year.id), year.begun))
    matchings = await store.matchings(connection)
    found += [Expected(assignment.workflow_id(program, first_year), matched) for first_year in matchings]
    found += [Expected(referral.workflow_id(one), begun=False) for one in await store.referrals(connection)]
    return [*found, Expected(outbox.workflow_id(program), any(year.begun for year in years))]


async def _scheduled(histories: Histories, program: str) -> Sequence[Expected]:
    """One for each day, named by it; only the server knows for which days there was one."""
    found: list[Expected] = []
    for workflow_id in (daily_mail.workflow_id(program), retention.workflow_id(program)):
        a_day = re.compile(re.escape(f"{workflow_id}-") + r"\d{4}-\d\d-\d\d(T\S*)?")
        started = await histories.started_by(f"{workflow_id}-")
        found += [Expected(one, begun=False) for one in started if a_day.fullmatch(one)]
    return found


def _approved_before_delivery(found: Records, releases: Releases, incomplete: set[str]) -> Check:
    violations: list[Finding] = []
    unproved: dict[UUID, Finding] = {}
    for delivery in found.deliveries:
        violations += records.approval(delivery)
        if releases.brought_about(delivery):
            continue
        if pairing.workflow_id(str(delivery.pairing_id)) in incomplete:
            sentence = f"The history of pairing {delivery.pairing_id} is gone: that it released its letters is not proved."
            unproved[delivery.pairing_id] = Finding("history gone", str(delivery.pairing_id), sentence)
        else:
            sentence = (
                f"Delivery {delivery.id} of draft {delivery.draft_id} was brought about by no workflow."
            )
            violations.append(Finding("no workflow", str(delivery.id), sentence))
    return Check(
        "approved before delivery",
        "each delivered draft had been approved, the same bytes, by someone else than its uploader, and its pairing's "
        "workflow released it",
        len(found.deliveries),
        tuple(violations),
        tuple(unproved.values()),
    )


@dataclass
class Reader:
    """Reads run after run, for what was released and for what must not be there."""

    parts: Parts
    found: Records
    histories: int = 0
    payloads: int = 0
    violations: list[Finding] = field(default_factory=list)
    releases: Releases = field(init=False)

    def __post_init__(self) -> None:
        self.releases = Releases(self.parts.client.data_converter)
        self._personal = PersonalData(self.found.people, own_words(self.found.program))
        for draft_id, text in self.found.letters.items():
            self._personal.add_letter(draft_id, text)

    async def read(self, run: Run) -> None:
        self.histories += 1
        await self.releases.take_note_of(run)
        codec = self.parts.client.data_converter.payload_codec
        for event in run.events:
            said = await content(event, codec)
            self.payloads += said.payloads
            if traces := {trace for words in said.words for trace in self._personal.found_in(words)}:
                self.violations.append(
                    Finding(
                        "personal data",
                        f"{run.run_id}/{event.event_id}",
                        f"Event {event.event_id} of run {run.run_id} holds {'; '.join(sorted(traces))}.",
                    )
                )

    def check(self) -> Check:
        on_record = [
            Finding(
                "not readable",
                str(draft),
                f"What draft {draft} says can't be read, so it was not looked for.",
            )
            for draft in self.found.unreadable
        ]
        on_record += [
            Finding("words of ours", self.found.program.id, f"{count} {sentence}")
            for count, sentence in (
                (
                    self._personal.only_in_full,
                    "names are words that the workflows say themselves: looked for with the other name.",
                ),
                (
                    self._personal.left_out,
                    "ids in the roster are words that the workflows say themselves: not looked for.",
                ),
            )
            if count
        ]
        return Check(
            "no personal data in histories",
            "no payload and no other string of a history holds a name, an address, a roster's id or words of a letter",
            self.payloads,
            tuple(sorted(self.violations, key=lambda violation: violation.subject)),
            tuple(on_record),
        )
