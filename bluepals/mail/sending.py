"""Sending: connections that stay open, and a body that goes out only after it is on record that it does."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiosmtplib
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings

from bluepals.mail.replies import LOST_AFTER_BODY, LOST_BEFORE_BODY, UNREACHABLE, Outcome, outcome_of
from bluepals.settings import SmtpSettings

COMMAND_TIMEOUT = 60.0  # seconds; RFC 5321 allows minutes, a retry costs less
START_INPUT = 354

Gone = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, ConnectionError)
BodyStarts = Callable[[], Awaitable[None]]


class Postbox:
    """A few connections to one mail server, and the pace at which mails leave."""

    def __init__(self, settings: SmtpSettings, tls_context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls_context = tls_context
        self._places = asyncio.Semaphore(settings.connections)
        self._idle: list[aiosmtplib.SMTP] = []
        self._pace = 60 / settings.per_minute
        self._next_slot = 0.0

    async def send(self, to: str, message: bytes, body_starts: BodyStarts) -> Outcome:
        """Try once. `body_starts` is awaited after the server asks for the body and before any of it goes out."""
        async with self._places:
            await self._wait_for_slot()
            connection = await self._connect()
            if connection is None:
                return UNREACHABLE
            outcome = await self._converse(connection, to, message, body_starts)
            if connection.is_connected:
                self._idle.append(connection)
            return outcome

    async def close(self) -> None:
        while self._idle:
            with suppress(aiosmtplib.SMTPException, ConnectionError):
                await self._idle.pop().quit()

    async def _wait_for_slot(self) -> None:
        now = asyncio.get_running_loop().time()
        self._next_slot = max(self._next_slot + self._pace, now)
        await asyncio.sleep(self._next_slot - now)

    async def _connect(self) -> aiosmtplib.SMTP | None:
        """A kept connection that still answers, or a new one; None: the server can't be reached."""
        while self._idle:
            kept = self._idle.pop()
            with suppress(*Gone, aiosmtplib.SMTPException):
                await kept.rset()
                return kept
            kept.close()
        settings = self._settings
        fresh = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=settings.password.get_secret_value() or None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._tls_context,
            timeout=COMMAND_TIMEOUT,
        )
        try:
            await fresh.connect()
        except (aiosmtplib.SMTPException, OSError):
            fresh.close()
            return None
        return fresh

    async def _converse(
        self, connection: aiosmtplib.SMTP, to: str, message: bytes, body_starts: BodyStarts
    ) -> Outcome:
        try:
            await connection.mail(self._settings.from_address)
            await connection.rcpt(to)
            asked = await connection.execute_command(b"DATA")
        except aiosmtplib.SMTPResponseException as refused:
            return outcome_of(refused.code, refused.message, body_sent=False)
        except Gone:
            connection.close()
            return LOST_BEFORE_BODY
        if asked.code != START_INPUT:
            return outcome_of(asked.code, asked.message, body_sent=False)
        await body_starts()
        return await self._send_body(connection, message)

    async def _send_body(self, connection: aiosmtplib.SMTP, message: bytes) -> Outcome:
        """From here on a lost link leaves it open whether the mail has arrived."""
        protocol = connection.protocol
        try:
            if protocol is None:
                return LOST_AFTER_BODY
            protocol.write(PERIOD_REGEX.sub(b"..", normalize_message_line_endings(message)) + b".\r\n")
            answer = await protocol.read_response(timeout=self._settings.reply_timeout)
        except (*Gone, aiosmtplib.SMTPException):
            connection.close()
            return LOST_AFTER_BODY
        return outcome_of(answer.code, answer.message, body_sent=True)
