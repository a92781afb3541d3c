"""Sending a batch of the mail that is due."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import structlog
from temporalio import activity

from bluepals.mail.replies import Outcome, Result
from bluepals.mail.sending import Postbox
from bluepals.store import attention, mail
from bluepals.store.database import Connection, Database, Scope

BATCH = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SendBatch:
    program: str


@dataclass(frozen=True)
class BatchSent:
    tried: int
    sent: int
    next_due: datetime | None


class MailActivities:
    def __init__(self, database: Database, postbox: Postbox) -> None:
        self._database = database
        self._postbox = postbox

    @activity.defn
    async def send_batch(self, order: SendBatch) -> BatchSent:
        """Until nothing is due. A batch that dies leaves claims that the next one takes over."""
        scope = Scope.whole(order.program)
        tried = sent = 0
        while claimed := await self._claim(scope, claim_id := uuid4()):
            outcomes = await asyncio.gather(*(self._send(scope, claim_id, one) for one in claimed))
            tried += len(outcomes)
            sent += outcomes.count(Result.SENT)
            activity.heartbeat(tried)
        async with self._database.transaction(scope) as connection:
            return BatchSent(tried, sent, await mail.next_due(connection))

    async def _claim(self, scope: Scope, claim_id: UUID) -> Sequence[mail.ClaimedMail]:
        async with self._database.transaction(scope) as connection:
            await mail.take_over_lost(connection)
            await mail.cancel_stale(connection)
            return await mail.claim(connection, claim_id, BATCH)

    async def _send(self, scope: Scope, claim_id: UUID, claimed: mail.ClaimedMail) -> Result | None:
        try:
            outcome = await self._postbox.send(
                claimed.to_address, claimed.message, partial(self._body_starts, scope, claimed.id, claim_id)
            )
            async with self._database.transaction(scope) as connection:
                await _record(connection, claimed.id, claim_id, outcome)
        except mail.ClaimLost:
            log.warning("mail taken over by another batch", mail=str(claimed.id))
            return None
        return outcome.result

    async def _body_starts(self, scope: Scope, mail_id: UUID, claim_id: UUID) -> None:
        async with self._database.transaction(scope) as connection:
            await mail.mark_data_started(connection, mail_id, claim_id)


async def _record(connection: Connection, mail_id: UUID, claim_id: UUID, outcome: Outcome) -> None:
    for_a_person = False
    match outcome.result:
        case Result.SENT:
            await mail.mark_sent(connection, mail_id, claim_id, outcome.reply)
        case Result.UNREACHABLE:
            await mail.mark_unreachable(connection, mail_id, claim_id)
        case Result.REFUSED_FOR_NOW:
            for_a_person = await mail.mark_refused_for_now(connection, mail_id, claim_id, outcome.reply)
        case Result.UNKNOWN:
            for_a_person = await mail.mark_unknown(connection, mail_id, claim_id, outcome.reply)
        case Result.REFUSED:
            await mail.mark_refused(connection, mail_id, claim_id, outcome.reply)
            for_a_person = True
    if outcome.suppress:
        await mail.suppress(connection, mail_id, outcome.reply)
    if for_a_person:
        await attention.call(
            connection,
            key=f"mail-{mail_id}",
            kind="mail",
            subject_id=mail_id,
            sentence=f"Mail {mail_id} did not get through ({outcome.reply}): check the address, then tell the person.",
        )
