"""A mail server that keeps what it gets and shows it on a page: nothing leaves this machine."""

import asyncio
import email
import email.policy
import html
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from stack.failure import StackFailure
from stack.ports import LOOPBACK

MAX_BYTES = 20 * 1024 * 1024

_heads = BytesHeaderParser(EmailMessage, policy=email.policy.default)


@dataclass(frozen=True)
class Caught:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def head(self) -> EmailMessage:
        """Its headers alone, for whoever looks through thousands: a body takes ten times as long."""
        return _heads.parsebytes(self.content)

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, _class=EmailMessage, policy=email.policy.default)


@dataclass
class MailCatcher:
    """`messages`: what came in, the oldest first."""

    smtp_port: int
    page: str
    messages: list[Caught] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content
        if isinstance(content, str):
            content = content.encode()
        self.messages.append(Caught(envelope.mail_from or "", tuple(envelope.rcpt_tos), content or b""))
        return "250 Kept"


@asynccontextmanager
async def mail_catcher(smtp_port: int = 0, page_port: int = 0) -> AsyncIterator[MailCatcher]:
    """Both ports of a running one are listened on. Raises StackFailure when one can't be."""
    with _listening(smtp_port) as smtp_socket, _listening(page_port) as page_socket:
        catcher = MailCatcher(_port(smtp_socket), f"http://{LOOPBACK}:{_port(page_socket)}")
        loop = asyncio.get_running_loop()
        receiving = await loop.create_server(
            lambda: SMTP(catcher, data_size_limit=MAX_BYTES, hostname="mail.localhost", loop=loop),
            sock=smtp_socket,
        )
        page = uvicorn.Server(uvicorn.Config(_page(catcher), log_level="error", lifespan="off"))
        # In a thread it leaves our signals alone.
        serving = asyncio.create_task(asyncio.to_thread(page.run, [page_socket]))
        try:
            yield catcher
        finally:
            receiving.close()
            page.should_exit = True
            await serving


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError:
        raise StackFailure(
            f"Port {port} is in use, perhaps by another mail catcher. Stop that one first."
        ) from None


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def _page(catcher: MailCatcher) -> Starlette:
    async def inbox(_: Request) -> HTMLResponse:
        rows = "".join(
            f"<tr><td>{number}</td><td>{html.escape(', '.join(caught.recipients))}</td>"
            f'<td><a href="/{number}">{html.escape(str(caught.head["subject"]))}</a></td></tr>'
            for number, caught in reversed(list(enumerate(catcher.messages, start=1)))
        )
        mails = "1 mail" if len(catcher.messages) == 1 else f"{len(catcher.messages)} mails"
        return HTMLResponse(FRAME.format(body=f"<h1>{mails}</h1><table>{rows}</table>"))

    async def one(request: Request) -> HTMLResponse:
        number = request.path_params["number"]
        if not 1 <= number <= len(catcher.messages):
            raise HTTPException(404, "There is no such mail.")
        return HTMLResponse(FRAME.format(body=_shown(catcher.messages[number - 1])))

    return Starlette(routes=[Route("/", inbox), Route("/{number:int}", one)])


def _shown(caught: Caught) -> str:
    message = caught.message
    text, rich = message.get_body(("plain",)), message.get_body(("html",))
    attachments = ", ".join(part.get_filename() or "attachment" for part in message.iter_attachments())
    parts = [
        '<p><a href="/">all mails</a></p>',
        f"<h1>{html.escape(str(message['subject']))}</h1>",
        f"<p>to {html.escape(', '.join(caught.recipients))} {html.escape(attachments)}</p>",
    ]
    if rich is not None:
        # Sandboxed: a mail is shown, never run.
        parts.append(f'<iframe sandbox srcdoc="{html.escape(rich.get_content())}"></iframe>')
    if text is not None:
        parts.append(f"<pre>{html.escape(text.get_content())}</pre>")
    return "".join(parts)


FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail catcher</title>
<style>body{{font:16px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}td{{padding:.3rem .8rem .3rem 0}}
iframe{{width:100%;height:36rem;border:1px solid #ccc}}pre{{white-space:pre-wrap;background:#f6f6f6;padding:1rem}}</style>
<body>{body}</body></html>"""
