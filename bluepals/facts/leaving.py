"""Somebody goes: an officer who moves or has no time, one who is stopped, a clearance that ends, a death.

All pairings of an officer end in one transaction. Who has died is not written about by itself: people decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.domain import references
from bluepals.domain.pauses import kept
from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, begun
from bluepals.facts import daily_lines, endings, farewells, letters, new_pairs, replacements, who_may
from bluepals.facts.office import Letterhead, Office, post
from bluepals.facts.visit_hosts import let_hosts_go_after_death, tell_visits_of, tell_visits_of_the_uncleared
from bluepals.mail import notices
from bluepals.store import attention, declining, deliveries, leaving, mail, matching, pairings, pauses, people
from bluepals.store import endings as endings_store
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.leaving import Bereaved, ClearanceOver, Withheld
from bluepals.store.pauses import Target, What
from bluepals.store.replacements import Over

WITHDRAWALS = (Reason.MOVED, Reason.BUSY)


class LeavingRefused(Refused):
    """Everything stays as it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Left:
    """How many pairings end by this, and until when a letter of farewell may go (None: no contact from now on)."""

    pairings: int
    farewell_until: datetime | None = None


async def leave(office: Office, scope: Scope, officer_id: UUID, reason: Reason, *, by: UUID) -> Left:
    """With a farewell to each child. Again, it changes nothing. Raises LeavingRefused or NotTheirsToSay."""
    if reason not in WITHDRAWALS:
        raise LeavingRefused("An officer leaves as moved or busy. For all else: starter.py officer --help")
    async with office.committing(scope) as connection:
        if by != officer_id:
            await who_may.refuse_to_stop(connection, by, officer_id)
        await matching.one_at_a_time(connection, scope.program)
        letterhead = await Letterhead.of(office, connection)
        until = await leaving.leaves_at(connection, officer_id)
        if until is None:
            until = endings.farewell_until(letterhead)
            await leaving.leave(connection, officer_id, until)
        await replacements.drop_reserve_in(connection, officer_id)
        await tell_visits_of(connection, officer_id)
        ended = 0
        for pairing in await leaving.pairings_of_officer(connection, officer_id):
            farewell = until if pairing.introduced else None
            if await endings.end_in(connection, pairing.id, reason, farewell_until=farewell, by=by):
                ended += 1
                if pairing.introduced:
                    await farewells.ask(connection, letterhead, pairing.id, until, reason)
        return Left(ended, until)


async def take_back(office: Office, scope: Scope, officer_id: UUID, *, by: UUID) -> int:
    """It was a mistake: all pairings go on. All or none.

    Raises EndingRefused, LeavingRefused or NotTheirsToSay with what to do instead.
    """
    async with office.committing(scope) as connection:
        await who_may.refuse_to_stop(connection, by, officer_id)
        if await leaving.is_withdrawn(connection, officer_id):
            raise LeavingRefused(
                "This officer takes part no longer, and what has ended so does not come back. The children get"
                " another one: starter.py replacement list PROGRAM. For the officer to write again, import a new officer_id."
            )
        ending = [
            pairing.id
            for pairing in await leaving.pairings_of_officer(connection, officer_id)
            if await endings_store.of(connection, pairing.id)
        ]
        if await leaving.leaves_at(connection, officer_id) is None and not ending:
            raise LeavingRefused("This officer is not leaving; there is nothing to take back.")
        letterhead = await Letterhead.of(office, connection)
        await leaving.leave(connection, officer_id, None)
        for pairing_id in ending:
            await endings.take_back_in(connection, letterhead, pairing_id, by)
        await tell_visits_of(connection, officer_id)
        return len(ending)


async def stop(office: Office, scope: Scope, officer_id: UUID, *, by: UUID) -> Left:
    """No contact from this commit on, and no cause shown. Raises LeavingRefused."""
    async with office.committing(scope) as connection:
        await who_may.refuse_to_stop(connection, by, officer_id)
        await matching.one_at_a_time(connection, scope.program)
        letterhead = await Letterhead.of(office, connection)
        return await go_at_once(connection, letterhead, officer_id, Reason.STOPPED, by)


async def officer_died(office: Office, scope: Scope, officer_id: UUID, *, by: UUID) -> Left:
    """Nothing goes out by itself any more; the counselors hear of it first. Raises LeavingRefused."""
    async with office.committing(scope) as connection:
        await who_may.refuse_to_stop(connection, by, officer_id)
        await matching.one_at_a_time(connection, scope.program)
        concerned = [one.id for one in await leaving.pairings_of_officer(connection, officer_id)]
        await _halt_visits(connection, concerned)
        letterhead = await Letterhead.of(office, connection)
        left = await go_at_once(connection, letterhead, officer_id, Reason.OFFICER_DIED, by)
        await leaving.note_death(connection, officer_id)
        dead = await leaving.dead_officer(connection, officer_id)
        await _tell_of_death(connection, letterhead, dead, f"officer-{officer_id}", "an officer")
        for pairing_id in concerned:
            await _call_after_death(
                connection,
                pairing_id,
                Sentence(
                    "{officer} has died. Nothing is sent to the family by itself: speak with the counselor.",
                    officer=begun(references.officer_of(pairing_id)),
                ),
                Sentence(
                    "When the child is to have another officer: starter.py replacement begin {program} {pairing}"
                    " --by YOUR-ID",
                    program=letterhead.program.id,
                    pairing=pairing_id,
                ),
            )
        return left


async def student_died(office: Office, scope: Scope, student_id: UUID, *, by: UUID) -> Left:
    """Nothing goes out by itself any more; the counselor hears of it first. Raises LeavingRefused."""
    async with office.committing(scope) as connection:
        await who_may.refuse_all_but(
            connection,
            by,
            Role.COORDINATOR,
            Role.COUNSELOR,
            who=Sentence("Only a coordinator or a counselor says so."),
        )
        await matching.one_at_a_time(connection, scope.program)
        new = await leaving.withdraw_student(connection, student_id)
        await matching.supersede_pairs_of(connection, student_id)
        every = await leaving.pairings_of_student(connection, student_id)
        await _halt_visits(connection, every)
        ended = [one for one in every if await _end_anew(connection, one, Reason.CHILD_DIED, by)]
        for pairing_id in every:
            await replacements.close_in(connection, pairing_id, Over.PEOPLE_DECIDE)
        await endings_store.cancel_mail(connection, every)
        await leaving.withhold_letters_to(connection, student_id)
        letterhead = await Letterhead.of(office, connection)
        if new:
            dead = await leaving.dead_student(connection, student_id)
            await _tell_of_death(connection, letterhead, dead, f"student-{student_id}", "a child")
        for pairing_id in ended:
            await _call_after_death(
                connection,
                pairing_id,
                Sentence(
                    "{child} has died. Nothing is sent to the family or the officer by itself: speak with the counselor,"
                    " and decide who tells the officer.",
                    child=begun(references.child_of(pairing_id)),
                ),
            )
        if new or ended:
            await daily_lines.without_child(connection, letterhead, student_id)
            await new_pairs.name_no_more(connection, letterhead, ended)
        return Left(len(ended))


async def go_at_once(
    connection: Connection, letterhead: Letterhead, officer_id: UUID, reason: Reason, by: UUID
) -> Left:
    """The officer's row first: from there on no letter is released."""
    new = await leaving.withdraw_officer(connection, officer_id)
    await replacements.drop_reserve_in(connection, officer_id)
    await tell_visits_of(connection, officer_id)
    live = await leaving.pairings_of_officer(connection, officer_id)
    ended = [one.id for one in live if await _end_anew(connection, one.id, reason, by)]
    await leaving.cancel_mail_to_officer(connection, officer_id)
    for withheld in await leaving.withhold_letters_by(connection, officer_id):
        await _put_another(connection, withheld)
    if new or ended:
        await daily_lines.without_officer(connection, letterhead, officer_id)
        await new_pairs.name_no_more(connection, letterhead, ended)
    return Left(len(ended))


async def _halt_visits(connection: Connection, pairing_ids: Sequence[UUID]) -> None:
    """Of a child who has died, or whose officer has: before the two end, so that the visit finds nobody to write to."""
    await let_hosts_go_after_death(connection, pairing_ids)
    await mail.call_back_about(connection, pairing_ids)


async def _end_anew(connection: Connection, pairing_id: UUID, reason: Reason, by: UUID) -> bool:
    """Also one that was to end with a farewell: there is none now."""
    if (await pairings.state(connection, pairing_id)).ended:
        return False
    await endings_store.make_way(connection, pairing_id)
    if not reason.has_successor:
        await replacements.close_in(connection, pairing_id, Over.PEOPLE_DECIDE)
    return await endings.end_in(connection, pairing_id, reason, farewell_until=None, by=by)


async def _put_another(connection: Connection, withheld: Withheld) -> None:
    """A stock letter in place of one that is held back; where people decide, they decide about that too."""
    pairing_id, number = withheld.pairing_id, withheld.opening
    if number is None or number != withheld.round_number:
        return  # It came beside another one.
    ended = (await pairings.state(connection, pairing_id)).ended
    put = deliveries.put_stock_letter_meanwhile if ended else deliveries.put_stock_letter_instead
    await letters.called_about(connection, pairing_id, number, await put(connection, pairing_id, number))


async def _tell_of_death(
    connection: Connection, letterhead: Letterhead, dead: Bereaved, key: str, who: str
) -> None:
    """The counselors of the schools first, the coordinators next."""
    for role in (Role.COUNSELOR, Role.COORDINATOR):
        for school in dead.schools:
            for person in await people.staff(connection, role, school=school):
                await post(
                    connection,
                    letterhead,
                    notices.endings.death(name=person.name, who=who, first_name=dead.first_name),
                    key=f"death-{key}-{role}-{person.id}",
                    to=person.email,
                    school=school,
                )


async def _call_after_death(
    connection: Connection, pairing_id: UUID, sentence: Sentence, how: Sentence | None = None
) -> None:
    pairing = await pairings.state(connection, pairing_id)
    await attention.call(
        connection,
        key=f"death-{pairing_id}",
        kind=attention.DEATH,
        school=pairing.school,
        subject_id=pairing_id,
        sentence=sentence,
        how=how,
    )


# ---- begun by hand, or by a clearance that ends


async def begin(office: Office, scope: Scope, pairing_id: UUID, reason: Reason, *, by: UUID) -> UUID:
    """A new officer for one child: after silence, a clearance that ended, or when people say so after a death.

    Raises LeavingRefused, or LookupError with a sentence.
    """
    async with office.committing(scope) as connection:
        await who_may.refuse_all_but(
            connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator says so.")
        )
        await matching.one_at_a_time(connection, scope.program)
        letterhead, pairing = (
            await Letterhead.of(office, connection),
            await pairings.card(connection, pairing_id),
        )
        child = await declining.standing(connection, pairing_id)
        if pairing.ended:
            await _refuse_what_people_decided(connection, pairing_id)
            await attention.settle(connection, f"death-{pairing_id}")
            await matching.supersede_pairs_of(connection, child.student_id)
            return await replacements.open_in(connection, pairing_id, by)
        has_farewell = child.introduced and reason in (*WITHDRAWALS, Reason.SILENCE)
        until = endings.farewell_until(letterhead) if has_farewell else None
        if not await endings.end_in(connection, pairing_id, reason, farewell_until=until, by=by):
            raise LeavingRefused(
                "Pairing {pairing_id} is ending already. See: starter.py replacement list PROGRAM",
                pairing_id=pairing_id,
            )
        if until is not None:
            await farewells.ask(connection, letterhead, pairing_id, until, reason)
        await attention.settle(connection, f"clearance-{pairing.officer_id}")
        return await replacements.opened_by(connection, pairing_id)


async def _refuse_what_people_decided(connection: Connection, pairing_id: UUID) -> None:
    ending = await endings_store.of(connection, pairing_id)
    if ending is None or ending.reason is not Reason.OFFICER_DIED:
        raise LeavingRefused(
            "Pairing {pairing_id} has ended. A child without an officer is matched with: starter.py match propose"
            " PROGRAM",
            pairing_id=pairing_id,
        )
    if await pairings.child_has_pal(connection, pairing_id):
        raise LeavingRefused(
            "The child of pairing {pairing_id} has another pal by now; nobody is sought for it.",
            pairing_id=pairing_id,
        )


async def look_at_clearances(connection: Connection, letterhead: Letterhead) -> None:
    """A clearance that has ended: first the coordinator is asked; then, so many days later, a new officer is sought.

    A pause of the program's or the agency's letters keeps the question from nobody, and its days don't count.
    """
    await matching.one_at_a_time(connection, letterhead.program.id)
    over = await leaving.clearances_over(connection)
    await _settle_renewed(connection, over)
    await tell_visits_of_the_uncleared(connection)
    patience = timedelta(days=letterhead.program.policy.clearance_days)
    paused = await pauses.all_pauses(connection, What.LETTERS)
    for one in over:
        if one.asked_at is None:
            await attention.call(
                connection,
                key=f"clearance-{one.officer_id}",
                kind=attention.CLEARANCE,
                agency=one.agency,
                subject_id=one.officer_id,
                sentence=Sentence(
                    "The clearance of {officer} ended on {day}. Enter the new one under My agency, or in the roster and"
                    " import it; after {until} the children get another officer. A pause of the letters puts that off.",
                    officer=references.officer(one.external_id),
                    day=one.ended_on,
                    until=letterhead.calendar.label(letterhead.now + patience),
                ),
            )
            continue
        of_both = [*paused.get(Target(), ()), *paused.get(Target(agency=one.agency), ())]
        until = kept(letterhead.calendar, one.asked_at + patience, one.asked_at, of_both)
        if until is not None and until <= letterhead.now:
            await leaving.leave(connection, one.officer_id, letterhead.now)
            await replacements.drop_reserve_in(connection, one.officer_id)
            for pairing in await leaving.pairings_of_officer(connection, one.officer_id):
                await endings.end_in(
                    connection, pairing.id, Reason.CLEARANCE_ENDED, farewell_until=None, by=one.officer_id
                )
            await attention.settle(connection, f"clearance-{one.officer_id}")


async def _settle_renewed(connection: Connection, over: Sequence[ClearanceOver]) -> None:
    still = {f"clearance-{one.officer_id}" for one in over}
    for call in await attention.open_calls(connection):
        if call.kind == attention.CLEARANCE and call.key not in still:
            await attention.settle(connection, call.key)
