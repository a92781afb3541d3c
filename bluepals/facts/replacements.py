"""A child between two officers: a reserve proposed and approved, the family told, packs filled, the next pairing begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from bluepals.domain import references
from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.matching import propose
from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, begun
from bluepals.facts import letters, rounds, who_may
from bluepals.facts.new_pairs import tell_counselors
from bluepals.facts.office import Letterhead, Office, post, post_to_family
from bluepals.mail import notices
from bluepals.store import (
    attention,
    declining,
    deliveries,
    endings,
    matching,
    pairings,
    people,
    programs,
    tells,
)
from bluepals.store import replacements as store
from bluepals.store.database import Connection, Scope
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.endings import Reason
from bluepals.store.replacements import Over, Replacement, Seeking

KIND = "new officer"  # of what the coordinator has to look at
LOOK_AT = time(6)  # before the daily mail says what needs a person, and before a class opens its letters
TWO_DAYS = timedelta(days=2)  # packs that close before the look after next are filled now


class ReplacementRefused(Refused):
    """It stays as it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far it is by the program's clock, and when to look again. `empty_packs`: opening days to be filled now."""

    version: int
    read_at: datetime
    farewell_until: datetime
    rest_until: datetime
    look_again: datetime
    farewell_over: bool
    rested: bool
    proposed: bool
    approved: bool
    family_told: bool
    begun: bool
    outcome: Over | None
    empty_packs: Sequence[int] = ()


async def open_in(connection: Connection, pairing_id: UUID, by: UUID) -> UUID:
    """In the transaction that ends the pairing: from now on its child's next officer is sought, and a workflow told so."""
    program = await programs.load(connection)
    calendar, policy = SchoolCalendar.of(program), program.policy
    now: datetime = await connection.fetchval("SELECT program_now()")
    ending = await endings.of(connection, pairing_id)
    # After a death people have said when it goes on.
    until = now if ending is None or not ending.reason.has_successor else ending.farewell_until
    rest_until = calendar.instant(
        calendar.next_school_day(until.astimezone(calendar.zone).date() + timedelta(days=policy.rest_days)),
        policy.daily_mail_hour,
    )
    opened = await store.open_for(connection, pairing_id, until, max(until, rest_until), by)
    await tell(connection, opened)
    return opened


async def opened_by(connection: Connection, pairing_id: UUID) -> UUID:
    """The search that this pairing's end has begun. Raises LookupError with a sentence."""
    if (opened := await store.open_of(connection, pairing_id)) is None:
        raise LookupError(
            f"Nobody is sought for the child of pairing {pairing_id}. See: starter.py replacement list PROGRAM"
        )
    return opened


async def close_in(connection: Connection, pairing_id: UUID, outcome: Over) -> None:
    """Nobody is sought for this pairing's child any more."""
    if (replacement_id := await store.open_of(connection, pairing_id)) is None:
        return
    await store.close(connection, replacement_id, outcome)
    await attention.settle(connection, _key(replacement_id))
    await tell(connection, replacement_id)


async def tell(connection: Connection, replacement_id: UUID) -> None:
    one = await store.one(connection, replacement_id)
    await tells.add(
        connection,
        one.program,
        workflow_id=f"new-officer-{one.id}",
        fact="replacement_changed",
        key=f"version-{one.version}",
        body={"version": one.version},
    )


# ---- who is next


async def seek(connection: Connection, letterhead: Letterhead) -> None:
    """An officer for each child that has none in sight, the longest waiting first. Who holds the matching's lock calls it."""
    if not (seeking := await store.seeking(connection)):
        return
    by_child = {one.child.id: one for one in seeking}
    proposal = propose(
        [one.child for one in seeking],
        await matching.candidates(connection),
        letterhead.program.serving,
        await matching.rejected(connection) | {(one.child.id, one.officer) for one in seeking},
        letterhead.program.first_year,
    )
    for pair in proposal.pairs:
        await _propose(connection, letterhead, by_child[pair.child], pair.officer)
    for child in proposal.waiting:
        one = by_child[child]
        await _ask(
            connection,
            one.id,
            one.child.school,
            Sentence(
                "{child} has lost its officer and waits: no officer has a free place. Ask the agencies for one and import again.",
                child=begun(references.child_of(one.pairing_id)),
            ),
        )


async def _propose(connection: Connection, letterhead: Letterhead, one: Seeking, officer: str) -> None:
    await store.propose(connection, one.id, officer)
    await attention.settle(connection, _key(one.id))
    program = letterhead.program.id
    await _ask(
        connection,
        one.id,
        one.child.school,
        Sentence(
            "{officer} is proposed as the next one for {child}.",
            officer=begun(references.officer(officer)),
            child=references.child_of(one.pairing_id),
        ),
        Sentence(
            "See: starter.py replacement list {program}; then: starter.py replacement approve {program} {replacement}"
            " --by YOUR-ID",
            program=program,
            replacement=one.id,
        ),
    )
    await tell(connection, one.id)


async def _ask(
    connection: Connection, replacement_id: UUID, school: str, sentence: Sentence, how: Sentence | None = None
) -> None:
    await attention.call(
        connection,
        key=_key(replacement_id),
        kind=KIND,
        school=school,
        subject_id=replacement_id,
        sentence=sentence,
        how=how,
    )


def _key(replacement_id: UUID) -> str:
    return f"replacement-{replacement_id}"


async def approve(office: Office, scope: Scope, replacement_id: UUID, *, by: UUID) -> bool:
    """The proposed officer is to be next. False: known. Raises ReplacementRefused or LookupError."""
    async with office.committing(scope) as connection:
        one = await _open_for_decision(connection, replacement_id, by)
        if one.approved:
            return False
        await store.approve(connection, replacement_id, by)
        await attention.settle(connection, _key(replacement_id))
        await tell(connection, replacement_id)
        return True


async def reject(office: Office, scope: Scope, replacement_id: UUID, *, why: str, by: UUID) -> None:
    """These two never; another one is sought at once. Also after an approval, until the two have been paired."""
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        await _open_for_decision(connection, replacement_id, by)
        await store.reject(connection, replacement_id, by, why)
        await attention.settle(connection, _key(replacement_id))
        await seek(connection, await Letterhead.of(office, connection))
        await tell(connection, replacement_id)


_OUTCOMES = {
    Over.PAIRED: Sentence("paired"),
    Over.TAKEN_BACK: Sentence("taken back"),
    Over.CHILD_LEFT: Sentence("child left"),
    Over.YEAR_OVER: Sentence("year over"),
    Over.PEOPLE_DECIDE: Sentence("people decide"),
}


async def _open_for_decision(connection: Connection, replacement_id: UUID, by: UUID) -> Replacement:
    await who_may.refuse_all_but(
        connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator decides who is next.")
    )
    one = await store.one(connection, replacement_id)
    if one.outcome is not None:
        raise ReplacementRefused(
            "Replacement {replacement_id} is over: {outcome}. Nothing is to be decided.",
            replacement_id=replacement_id,
            outcome=_OUTCOMES[one.outcome],
        )
    if one.next_pairing_id is not None:
        raise ReplacementRefused(
            "The next pairing has begun, {next_pairing_id}. To end it: starter.py replacement begin PROGRAM "
            "{next_pairing_id} --by YOUR-ID",
            next_pairing_id=one.next_pairing_id,
        )
    if one.reserve is None:
        raise ReplacementRefused(
            "No officer is proposed yet: none has a free place. Ask the agencies for one and import again."
        )
    return one


async def drop_reserve_in(connection: Connection, officer_id: UUID) -> None:
    """Whoever counted on this officer looks for another one."""
    for replacement_id in await store.with_reserve(connection, officer_id):
        await store.drop_reserve(connection, replacement_id)
        await attention.settle(connection, _key(replacement_id))
        await tell(connection, replacement_id)


# ---- the steps, as the workflow asks for them


async def look_after(office: Office, scope: Scope, replacement_id: UUID) -> Standing:
    """Seek an officer where there is none, close what is over, and say how far it is."""
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        letterhead = await Letterhead.of(office, connection)
        one = await store.one(connection, replacement_id)
        if one.outcome is None:
            if outcome := await _over(connection, letterhead, one):
                await store.close(connection, replacement_id, outcome)
                await attention.settle(connection, _key(replacement_id))
            elif one.reserve is None and one.next_pairing_id is None:
                await seek(connection, letterhead)
        return await _standing(connection, letterhead, replacement_id)


async def _over(connection: Connection, letterhead: Letterhead, one: Replacement) -> Over | None:
    if one.next_ended:
        return Over.PAIRED
    if one.next_first_round is not None and not await store.openings_ahead(connection, one.id):
        return Over.PAIRED
    if one.child_left:
        return Over.CHILD_LEFT
    closes = letterhead.calendar.instant(
        letterhead.program.year.last_day, letterhead.program.policy.due_hour - 1
    )
    return Over.YEAR_OVER if one.year_closed or letterhead.now >= closes else None


async def _standing(connection: Connection, letterhead: Letterhead, replacement_id: UUID) -> Standing:
    one = await store.one(connection, replacement_id)
    tomorrow = letterhead.now.astimezone(letterhead.calendar.zone).date() + timedelta(days=1)
    return Standing(
        version=one.version,
        read_at=letterhead.now,
        farewell_until=one.farewell_until,
        rest_until=one.rest_until,
        look_again=letterhead.calendar.instant(tomorrow, LOOK_AT),
        farewell_over=one.farewell_over,
        rested=one.rested,
        proposed=one.reserve is not None,
        approved=one.approved,
        family_told=one.guardian_told,
        begun=one.next_pairing_id is not None,
        outcome=one.outcome,
        empty_packs=()
        if one.outcome
        else await store.openings_without_letter(connection, replacement_id, letterhead.now + TWO_DAYS),
    )


async def tell_family(office: Office, scope: Scope, replacement_id: UUID) -> None:
    """The pal changes: no cause to anyone. A family without an address hears of it from the teacher."""
    async with office.committing(scope) as connection:
        one = await store.one(connection, replacement_id)
        if one.outcome is not None or one.guardian_told:
            return
        if one.was_introduced:
            await _tell_of_change(connection, await Letterhead.of(office, connection), one)
        await store.mark_guardian_told(connection, replacement_id)


async def _tell_of_change(connection: Connection, letterhead: Letterhead, one: Replacement) -> None:
    pairing = await pairings.card(connection, one.pairing_id)
    notice = notices.endings.pal_changes_to_guardian(
        student=pairing.student_first_name, language=pairing.student_language
    )
    await post_to_family(connection, letterhead, notice, pairing, key=f"new-officer-{one.id}")
    for teacher in await people.staff(
        connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
    ):
        await post(
            connection,
            letterhead,
            notices.endings.pal_changes_to_teacher(
                teacher=teacher.name,
                student=pairing.student_first_name,
                class_name=pairing.class_name,
                by_paper=not pairing.family,
            ),
            key=f"new-officer-{one.id}-{teacher.id}",
            to=teacher.email,
            school=pairing.school,
            pairing_id=pairing.id,
        )


async def put_stock_letter(
    office: Office, scope: Scope, replacement_id: UUID, round_number: int
) -> Delivery | Held | None:
    """For an opening day between two officers. None left: a person is asked for one."""
    async with office.committing(scope) as connection:
        one = await store.one(connection, replacement_id)
        put = await deliveries.put_stock_letter_meanwhile(connection, one.pairing_id, round_number)
        return await letters.called_about(connection, one.pairing_id, round_number, put)


async def begin_next(office: Office, scope: Scope, replacement_id: UUID) -> Standing:
    """End the one pairing and begin the other, in one transaction. A reserve who can't any more is dropped, and another sought."""
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        letterhead = await Letterhead.of(office, connection)
        one = await store.one(connection, replacement_id)
        if one.approved and one.outcome is None and one.next_pairing_id is None and one.rested:
            if await store.reserve_is_fit(connection, replacement_id):
                await _pair(connection, letterhead, one)
            else:
                await store.drop_reserve(connection, replacement_id)
                await seek(connection, letterhead)
        return await _standing(connection, letterhead, replacement_id)


async def _pair(connection: Connection, letterhead: Letterhead, one: Replacement) -> None:
    await pairings.end(connection, one.pairing_id, Reason.MOVED.shown)
    pair = await store.begin_next(connection, one.id)
    new = await declining.new_pairs(connection, [pair])
    await rounds.date_new(connection, letterhead.program, [pairing.pairing_id for pairing in new])
    await tell_counselors(connection, letterhead, new, str(one.id))
    await attention.settle(connection, _key(one.id))
    await tells.add(
        connection,
        one.program,
        workflow_id=f"program-year-{one.program_year}",
        fact="pairs_approved",
        key=str(one.id),
        body={"batch": str(one.id)},
    )
