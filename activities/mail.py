"""Sending the mail that is due."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID, uuid4

import structlog
from temporalio import activity

from activities.counters import MAILS
from activities.heartbeats import heartbeats
from bluepals.facts import sending
from bluepals.mail.replies import Outcome, Result
from bluepals.mail.sending import Postbox
from bluepals.store import mail
from bluepals.store.database import Database, Scope

BATCH = 200

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
        """Until nothing is due. A batch that dies leaves claims that a later one takes over."""
        scope = Scope.whole(order.program)
        tried = sent = 0
        async with heartbeats():
            while not activity.is_worker_shutdown():
                claim_id = uuid4()
                if not (claimed := await self._claim(scope, claim_id)):
                    break
                outcomes = await self._send_all(scope, claim_id, claimed)
                tried += len(outcomes)
                sent += sum(outcome.result is Result.SENT for outcome in outcomes)
        async with self._database.transaction(scope) as connection:
            return BatchSent(tried, sent, await mail.next_due(connection))

    async def _claim(self, scope: Scope, claim_id: UUID) -> Sequence[mail.ClaimedMail]:
        async with self._database.transaction(scope) as connection:
            await sending.take_over_lost(connection)
            await mail.cancel_stale(connection)
            return await mail.claim(connection, claim_id, BATCH)

    async def _send_all(
        self, scope: Scope, claim_id: UUID, claimed: Sequence[mail.ClaimedMail]
    ) -> Sequence[Outcome]:
        """As many side by side as there are connections. What was begun is finished; the rest is given back."""
        mails = iter(claimed)
        lanes = (self._lane(scope, claim_id, mails) for _ in range(self._postbox.places))
        try:
            ended = await asyncio.gather(*lanes, return_exceptions=True)
        finally:
            async with self._database.transaction(scope) as connection:
                await mail.release(connection, claim_id)
        for error in ended:
            if isinstance(error, BaseException):
                raise error
        outcomes = list(chain.from_iterable(lane for lane in ended if not isinstance(lane, BaseException)))
        async with self._database.transaction(scope) as connection:
            await sending.note_server(connection, outcomes)
        return outcomes

    async def _lane(
        self, scope: Scope, claim_id: UUID, mails: Iterator[mail.ClaimedMail]
    ) -> Sequence[Outcome]:
        """One mail after the other, until none is left, the server is away, or the worker stops."""
        outcomes: list[Outcome] = []
        for one in mails:
            try:
                outcomes.append(await self._send(scope, claim_id, one))
            except mail.ClaimLost:
                log.warning("mail taken over by another batch", mail=str(one.id))
                break
            if outcomes[-1].result is Result.SERVER_AWAY or activity.is_worker_shutdown():
                break
        return outcomes

    async def _send(self, scope: Scope, claim_id: UUID, claimed: mail.ClaimedMail) -> Outcome:
        outcome = await self._postbox.send(
            claimed.to_address, claimed.message, partial(self._body_starts, scope, claimed.id, claim_id)
        )
        async with self._database.transaction(scope) as connection:
            await sending.record(connection, claimed, claim_id, outcome)
        MAILS.labels(outcome.result).inc()
        return outcome

    async def _body_starts(self, scope: Scope, mail_id: UUID, claim_id: UUID) -> None:
        async with self._database.transaction(scope) as connection:
            await mail.mark_data_started(connection, mail_id, claim_id, self._postbox.patience)
