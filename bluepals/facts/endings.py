"""A pairing ends before the year does: at once, or after a farewell that both may write."""

from datetime import datetime
from uuid import UUID

from bluepals.domain.refusals import Refused
from bluepals.domain.silence import ABSENT
from bluepals.facts import calendars, farewells, replacements, rounds
from bluepals.facts.office import Letterhead, Office
from bluepals.facts.visit_hosts import tell_visit_of_pairing
from bluepals.store import attention, endings, pairings, pauses, programs
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.replacements import Over


class EndingRefused(Refused):
    """The pairing stays as it is; the message says why and what to do."""


def farewell_until(letterhead: Letterhead) -> datetime:
    """Until when a last letter may be written to a pairing that ends today: a class writes at school."""
    policy, today = letterhead.program.policy, letterhead.now.astimezone(letterhead.calendar.zone).date()
    return letterhead.calendar.instant(
        letterhead.calendar.days_on(today, policy.farewell_days), policy.due_hour
    )


async def end(
    office: Office,
    scope: Scope,
    pairing_id: UUID,
    reason: Reason,
    *,
    farewell_until: datetime | None = None,
    by: UUID,
) -> bool:
    """False: it was ending already. Raises LookupError with a sentence."""
    async with office.committing(scope) as connection:
        await pairings.card(connection, pairing_id)
        return await end_in(connection, pairing_id, reason, farewell_until=farewell_until, by=by)


async def end_in(
    connection: Connection,
    pairing_id: UUID,
    reason: Reason,
    *,
    farewell_until: datetime | None,
    by: UUID,
    since: datetime | None = None,
) -> bool:
    """The same, in the transaction of what it follows from. Without a farewell nothing goes out from its commit on.

    `since`: it has been ending from then on, for another reason.
    """
    until = farewell_until if reason.has_farewell else None
    if not await endings.begin(connection, pairing_id, reason, until, by, since):
        return False
    # It was to wait for a letter, and its end waits for none.
    if await pauses.end_rest(connection, pairing_id, ABSENT):
        await rounds.reschedule(connection, await programs.load(connection))
    if not reason.has_farewell or farewell_until is None:
        await pairings.end(connection, pairing_id, reason.shown)
        await endings.cancel_mail(connection, [pairing_id])
    await tell(connection, pairing_id)
    if reason.has_successor:
        await replacements.open_in(connection, pairing_id, by)
    await attention.settle_what_is_over(connection, pairing_id)
    return True


async def take_back_in(connection: Connection, letterhead: Letterhead, pairing_id: UUID, by: UUID) -> None:
    """A mistake, before any farewell went out; nobody looks for a next officer any more, and who was told hears of it.

    In the transaction that has put on record who stays. Where the other one goes, they end on the same day all the same.
    Raises EndingRefused when it is too late for that.
    """
    if (await pairings.card(connection, pairing_id)).ended:
        raise EndingRefused(
            "Pairing {pairing_id} has ended. Match the child again: starter.py match propose PROGRAM",
            pairing_id=pairing_id,
        )
    ending = await endings.of(connection, pairing_id)
    if ending and (reason := await endings.still_leaves(connection, pairing_id)):
        await endings.make_way(connection, pairing_id)
        await end_in(
            connection, pairing_id, reason, farewell_until=ending.farewell_until, by=by, since=ending.since
        )
        return
    if await endings.farewells_out(connection, pairing_id):
        raise EndingRefused(
            "A farewell of pairing {pairing_id} has gone out. Let it end, and match the two again afterwards.",
            pairing_id=pairing_id,
        )
    if ending:
        await farewells.unsay(connection, letterhead, pairing_id, since=ending.since)
    await endings.take_back(connection, pairing_id)
    await tell(connection, pairing_id)
    await replacements.close_in(connection, pairing_id, Over.TAKEN_BACK)


async def tell(connection: Connection, pairing_id: UUID) -> None:
    """Its end is a date like the others, and so is a school's: it reads them anew."""
    pairing = await pairings.card(connection, pairing_id)
    await calendars.tell_these(connection, pairing.program, [f"pairing-{pairing_id}"])
    await tell_visit_of_pairing(connection, pairing)
