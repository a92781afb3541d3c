"""Sending: connections that stay open, and a body that goes out only after it is on record that it does."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import aiosmtplib
import structlog

from bluepals.domain.address import is_address
from bluepals.mail.replies import (
    LOST_AFTER_BODY,
    LOST_BEFORE_BODY,
    NOT_AN_ADDRESS,
    UNREACHABLE,
    Outcome,
    outcome_of,
    turned_away,
)
from bluepals.settings import SmtpSettings

COMMAND_TIMEOUT = 60.0  # seconds; RFC 5321 allows minutes, a retry costs less
TAKEN = (250, 251)
START_INPUT = 354


Gone = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, ConnectionError)
BodyStarts = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Postbox:
    """A few connections to one mail server, and the pace at which mails leave."""

    def __init__(self, settings: SmtpSettings, tls_context: ssl.SSLContext | None = None) -> None:
        self.places = settings.connections
        self.patience = timedelta(seconds=settings.reply_timeout)
        self._settings = settings
        self._tls_context = tls_context
        self._free_places = asyncio.Semaphore(settings.connections)
        self._idle: list[aiosmtplib.SMTP] = []
        self._pace = 60 / settings.per_minute
        self._next_slot = 0.0

    async def send(self, to: str, message: bytes, body_starts: BodyStarts) -> Outcome:
        """Try once. `body_starts` is awaited after the server asks for the body and before any of it goes out."""
        if not is_address(to):
            return NOT_AN_ADDRESS
        async with self._free_places:
            await self._wait_for_slot()
            connection = await self._connect()
            if isinstance(connection, Outcome):
                return connection
            try:
                outcome = await self._converse(connection, to, message, body_starts)
            except BaseException:
                connection.close()  # It stands in the middle of a conversation.
                raise
            if connection.is_connected:
                self._idle.append(connection)
            return outcome

    async def close(self) -> None:
        """Say goodbye on the connections that were kept."""
        while self._idle:
            with suppress(aiosmtplib.SMTPException, ConnectionError):
                await self._idle.pop().quit()

    async def _wait_for_slot(self) -> None:
        now = asyncio.get_running_loop().time()
        self._next_slot = max(self._next_slot + self._pace, now)
        await asyncio.sleep(self._next_slot - now)

    async def _connect(self) -> aiosmtplib.SMTP | Outcome:
        """A kept connection that still answers, or a new one."""
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
        except aiosmtplib.SMTPResponseException as refused:
            log.warning("mail server refuses us", reply=refused.code)
            return turned_away(refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail server can't be used", reason=str(error))
            return UNREACHABLE
        return fresh

    async def _converse(
        self, connection: aiosmtplib.SMTP, to: str, message: bytes, body_starts: BodyStarts
    ) -> Outcome:
        try:
            refusal = await self._say_envelope(connection, to)
        except (*Gone, aiosmtplib.SMTPResponseException):  # The second: an answer that is none.
            connection.close()
            return LOST_BEFORE_BODY
        if refusal is not None:
            return refusal
        await body_starts()
        return await self._send_body(connection, message)

    async def _say_envelope(self, connection: aiosmtplib.SMTP, to: str) -> Outcome | None:
        """None: the server asks for the body."""
        try:
            await connection.mail(self._settings.from_address)
        except aiosmtplib.SMTPSenderRefused as refused:
            return turned_away(refused.code, refused.message)
        # Said by ourselves: `rcpt` would look for an address within the address.
        answer = await connection.execute_command(b"RCPT", f"TO:<{to}>".encode("ascii"))
        if answer.code in TAKEN:
            answer = await connection.execute_command(b"DATA")
            if answer.code == START_INPUT:
                return None
        return outcome_of(answer.code, answer.message, body_sent=False)

    async def _send_body(self, connection: aiosmtplib.SMTP, message: bytes) -> Outcome:
        """From here on a lost link leaves it open whether the mail has arrived.

        `data` can't be used: it raises the same exception before the body and after it.
        """
        protocol = connection.protocol
        try:
            if protocol is None:
                return LOST_AFTER_BODY
            protocol.write(on_the_wire(message))
            answer = await protocol.read_response(timeout=self._settings.reply_timeout)
        except (*Gone, aiosmtplib.SMTPException):
            connection.close()
            return LOST_AFTER_BODY
        return outcome_of(answer.code, answer.message, body_sent=True)


def on_the_wire(message: bytes) -> bytes:
    """With the final dot, and the dots that begin a line doubled (RFC 5321, 4.5.2). Lines end in CRLF already."""
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"
