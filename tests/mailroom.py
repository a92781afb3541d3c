"""A program's outbox on a real database, with a scripted mail server and a clock that the test sets."""

import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import asyncpg
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.mail import BatchSent, MailActivities, SendBatch
from bluepals.mail import notices
from bluepals.mail.compose import compose
from bluepals.mail.sending import Postbox
from bluepals.settings import SmtpSettings
from bluepals.store import attention, mail
from bluepals.store.database import Database, Scope
from tests.scripted_smtp import HOST, ScriptedServer, scripted_smtp

PROGRAM = "stl"
BEGIN = datetime(2026, 9, 14, 12, tzinfo=UTC)
FROM = "pals@bluepals.example"
SCOPE = Scope.whole(PROGRAM)


def smtp_settings(port: int, **others: object) -> SmtpSettings:
    usual = {"host": HOST, "port": port, "security": "none", "from_address": FROM, "per_minute": 60_000}
    return SmtpSettings.model_validate({"reply_timeout": 1.0, "password": SecretStr(""), **usual, **others})


@dataclass
class Mailroom:
    database: Database
    admin: asyncpg.Connection
    smtp: ScriptedServer
    postbox: Postbox
    now: datetime = BEGIN

    async def use(self, *, port: int | None = None, **settings: object) -> None:
        """Send with other settings from here on."""
        await self.postbox.close()
        self.postbox = Postbox(smtp_settings(port or self.smtp.port, **settings))

    async def queue(
        self,
        key: str,
        *,
        to: str = "dana@pd.example",
        school: str | None = None,
        useful_until: datetime | None = None,
    ) -> None:
        notice = notices.visits.thanks(officer="Dana", school=f"School {key}")
        message_id = f"<{key}@bluepals.example>"
        message = compose(notice, to=to, from_address=FROM, message_id=message_id, date=self.now)
        async with self.database.transaction(SCOPE) as connection:
            await mail.queue(
                connection,
                mail.QueuedMail(
                    key, notice.kind, to, message_id, message, school=school, useful_until=useful_until
                ),
            )

    async def send(self) -> BatchSent:
        """One batch, as the worker runs it."""
        activities = MailActivities(self.database, self.postbox)
        sent = await ActivityEnvironment().run(activities.send_batch, SendBatch(PROGRAM))
        assert isinstance(sent, BatchSent)
        return sent

    async def pass_time(self, time: timedelta) -> None:
        self.now += time
        await set_clock(self.admin, self.now)

    async def send_for(self, time: timedelta, step: timedelta) -> None:
        """Time passes, and whatever becomes due is tried."""
        end = self.now + time
        while self.now < end:
            await self.pass_time(step)
            await self.send()

    async def row(self, key: str) -> asyncpg.Record:
        row = await self.admin.fetchrow("SELECT * FROM mail WHERE key = $1", key)
        assert row is not None
        return row

    async def state(self, key: str) -> str:
        return str((await self.row(key))["state"])

    async def pause(self, key: str) -> timedelta:
        """How long until the next attempt."""
        due: datetime = (await self.row(key))["next_attempt_at"]
        return due - self.now

    async def calls(self) -> list[str]:
        """What a person is asked to look at."""
        async with self.database.transaction(SCOPE) as connection:
            return [call.in_full for call in await attention.open_calls(connection)]

    async def suppressed(self) -> list[str]:
        return [row["address"] for row in await self.admin.fetch("SELECT address FROM suppressed_address")]

    def arrived(self) -> list[EmailMessage]:
        return [parsed(stored.content) for stored in self.smtp.stored]

    def arrived_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.arrived()]


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)


async def set_clock(admin: asyncpg.Connection, now: datetime) -> None:
    await admin.execute(
        "INSERT INTO virtual_clock VALUES ($1, $2) ON CONFLICT (program_id) DO UPDATE SET now_at = excluded.now_at",
        PROGRAM,
        now,
    )


async def seed_program(admin: asyncpg.Connection) -> None:
    await admin.execute("INSERT INTO program VALUES ($1, 'St. Louis', '{\"timezone\": \"UTC\"}')", PROGRAM)
    await set_clock(admin, BEGIN)


@asynccontextmanager
async def open_mailroom(
    database: Database, admin: asyncpg.Connection, **settings: object
) -> AsyncIterator[Mailroom]:
    await seed_program(admin)
    async with scripted_smtp() as smtp:
        room = Mailroom(database, admin, smtp, Postbox(smtp_settings(smtp.port, **settings)))
        yield room
        await room.postbox.close()
