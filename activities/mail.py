"""Sending the mail that is due."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID, uuid4

import structlog
from temporalio import activity

from activities.counters import MAILS
from bluepals.mail.replies import Outcome, Result
from bluepals.mail.sending import Postbox
from bluepals.store import attention, mail
from bluepals.store.database import Connection, Database, Scope

BATCH = 200
HEARTBEAT = 20.0  # seconds; one mail may wait ten minutes for its answer
SERVER = "mail-server"
MAY_HAVE_ARRIVED = "may have arrived, perhaps twice: ask the person"

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
        async with _heartbeats():
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
            for lost in await mail.take_over_lost(connection):
                await _call_about(connection, lost, MAY_HAVE_ARRIVED)
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
        await self._note_server(scope, outcomes)
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
            await _record(connection, claimed, claim_id, outcome)
        MAILS.labels(outcome.result).inc()
        return outcome

    async def _body_starts(self, scope: Scope, mail_id: UUID, claim_id: UUID) -> None:
        async with self._database.transaction(scope) as connection:
            await mail.mark_data_started(connection, mail_id, claim_id, self._postbox.patience)

    async def _note_server(self, scope: Scope, outcomes: Sequence[Outcome]) -> None:
        """A server that takes nothing is one thing for a person to see, not one for each mail."""
        if not outcomes:
            return
        async with self._database.transaction(scope) as connection:
            if any(outcome.result is not Result.SERVER_AWAY for outcome in outcomes):
                await attention.settle(connection, SERVER)
                return
            await mail.wait_for_server(connection)
            await attention.call(
                connection,
                key=SERVER,
                kind="mail server",
                sentence=f"The mail server takes no mail ({outcomes[0].reply}). Nothing is lost, mails wait: "
                "check that it runs, and the BLUEPALS_SMTP_ settings.",
            )


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(HEARTBEAT)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()


async def _record(
    connection: Connection, claimed: mail.ClaimedMail, claim_id: UUID, outcome: Outcome
) -> None:
    for_a_person = ""
    match outcome.result:
        case Result.SENT:
            await mail.mark_sent(connection, claimed.id, claim_id, outcome.reply)
        case Result.SERVER_AWAY:
            return  # It is given back with the rest of the batch.
        case Result.REFUSED_FOR_NOW:
            if await mail.mark_refused_for_now(connection, claimed.id, claim_id, outcome.reply):
                for_a_person = f"was put off for days ({outcome.reply}): tell the person in another way"
        case Result.UNKNOWN:
            if await mail.mark_unknown(connection, claimed.id, claim_id, outcome.reply):
                for_a_person = MAY_HAVE_ARRIVED
        case Result.REFUSED:
            await mail.mark_refused(connection, claimed.id, claim_id, outcome.reply)
            for_a_person = (
                f"was refused ({outcome.reply}): check the address, and tell the person in another way"
            )
    if outcome.suppress:
        await mail.suppress(connection, claimed.id, outcome.reply)
    if for_a_person:
        await _call_about(connection, claimed, for_a_person)


async def _call_about(connection: Connection, one: mail.ClaimedMail | mail.LostMail, what: str) -> None:
    await attention.call(
        connection,
        key=f"mail-{one.id}",
        kind="mail",
        school=one.school,
        agency=one.agency,
        subject_id=one.id,
        sentence=f"Mail {one.id} {what}.",
    )
