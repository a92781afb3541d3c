"""A family withdraws what it had agreed to: without the letters nothing goes out from that moment on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.people import ConsentScope
from bluepals.facts import endings
from bluepals.facts.office import Letterhead, Office, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import consents, matching, pairings
from bluepals.store import endings as records
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """`pairing_id`: the one that this has ended. `known`: it had been withdrawn before, and nothing changed."""

    scopes: Sequence[ConsentScope]
    pairing_id: UUID | None
    known: bool


async def withdraw(
    office: Office, scope: Scope, student: str, consent: ConsentScope, *, by: UUID
) -> Withdrawn:
    """By the id of the roster. Raises LookupError with a sentence."""
    scopes = list(ConsentScope) if consent is ConsentScope.LETTERS else [consent]
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        child = await consents.locked(connection, student)
        changed = await consents.withdraw(connection, child.id, scopes, by) > 0
        if consent is not ConsentScope.LETTERS:
            return Withdrawn(scopes, None, not changed)
        changed |= await consents.take_no_part(connection, child.id)
        await matching.supersede_pairs_of(connection, child.id)
        if child.pairing_id is not None:
            await _end(office, connection, child.pairing_id, by, introduced=child.introduced)
        return Withdrawn(scopes, child.pairing_id, not changed)


async def _end(
    office: Office, connection: Connection, pairing_id: UUID, by: UUID, *, introduced: bool
) -> None:
    """At once, even where a farewell had been agreed on. The officer learns that it is over, and nothing of the child."""
    await records.take_back(connection, pairing_id)
    await endings.end_in(connection, pairing_id, Reason.CONSENT_WITHDRAWN, farewell_until=None, by=by)
    await consents.cancel_daily_mail(connection, pairing_id)
    if not introduced:
        return
    letterhead = await Letterhead.of(office, connection)
    pairing = await pairings.card(connection, pairing_id)
    await post(
        connection,
        letterhead,
        notices.endings.letters_are_over(
            officer=pairing.officer_first_name, link=letterhead.link_to(DeskPage.PALS)
        ),
        key=f"over-{pairing_id}",
        to=pairing.officer_email,
        agency=pairing.agency,
    )
