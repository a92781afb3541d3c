"""A mail server that does what a test tells it to, over a real connection."""

import asyncio
import base64
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

HOST = "127.0.0.1"
CLOSING = 1.0  # seconds


class Phase(StrEnum):
    GREETING = "greeting"
    EHLO = "EHLO"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"


class Deed(Enum):
    DROP = auto()  # the link, without an answer
    SILENCE = auto()  # no answer, and the link stays
    STORE_AND_DROP = auto()
    STORE_AND_SILENCE = auto()


USUAL = {
    Phase.GREETING: "220 mail.example",
    Phase.MAIL: "250 2.1.0 Ok",
    Phase.RCPT: "250 2.1.5 Ok",
    Phase.DATA: "354 Go on",
    Phase.BODY: "250 2.0.0 Ok",
}


@dataclass(frozen=True)
class Stored:
    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class ScriptedServer:
    """Each phase goes through its script once, and then takes everything."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    stored: list[Stored] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    conversations: set[asyncio.Task[None]] = field(default_factory=set)
    script: dict[Phase, deque[str | Deed]] = field(default_factory=lambda: defaultdict(deque))

    def will(self, phase: Phase, *answers: str | Deed) -> None:
        self.script[phase].extend(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        conversation = asyncio.current_task()
        assert conversation is not None
        self.conversations.add(conversation)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await Conversation(self, reader, writer).hold()
            writer.close()
            # After a handshake that failed, Python 3.11 never says that the link is closed.
            with suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), CLOSING)
        finally:
            self.conversations.discard(conversation)

    async def hang_up(self) -> None:
        for conversation in self.conversations:
            conversation.cancel()
        await asyncio.gather(*self.conversations, return_exceptions=True)


class Conversation:
    def __init__(
        self, server: ScriptedServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.encrypted = writer.get_extra_info("sslcontext") is not None
        self.known = server.login is None
        self.sender = ""
        self.recipients: list[str] = []

    async def hold(self) -> None:
        await self.answer(Phase.GREETING)
        while line := (await self.reader.readline()).decode().strip():
            self.server.commands.append(line)
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "QUIT":
                return await self.say("221 Bye")
            await self.obey(verb, line)
        return None

    async def obey(self, verb: str, line: str) -> None:
        match verb:
            case "EHLO":
                await self.answer(Phase.EHLO, self.greeting())
            case "STARTTLS" if self.server.tls is not None:
                await self.say("220 Go on")
                await self.writer.start_tls(self.server.tls)
                self.encrypted = True
            case "AUTH":
                said = base64.b64decode(line.split(" ")[2]).decode().split("\0")[1:]
                self.known = tuple(said) == self.server.login
                await self.say("235 2.7.0 Ok" if self.known else "535 5.7.8 Wrong")
            case "MAIL" if self.known:
                self.sender, self.recipients = line.partition("<")[2].partition(">")[0], []
                await self.answer(Phase.MAIL)
            case "RCPT" if self.known:
                self.recipients.append(line.partition("<")[2].partition(">")[0])
                await self.answer(Phase.RCPT)
            case "DATA" if self.known:
                if (await self.answer(Phase.DATA)).startswith("354"):
                    await self.take_body()
            case "RSET":
                await self.say("250 2.0.0 Ok")
            case _:
                await self.say("530 5.7.0 Log in first")

    def greeting(self) -> str:
        offers = ["mail.example"]
        if self.server.tls is not None and not self.encrypted:
            offers.append("STARTTLS")
        if self.server.login is not None:
            offers.append("AUTH PLAIN")
        return "\r\n".join([*(f"250-{offer}" for offer in offers), "250 8BITMIME"])

    async def take_body(self) -> None:
        content = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        what = self.next(Phase.BODY)
        stores = what in {Deed.STORE_AND_DROP, Deed.STORE_AND_SILENCE} or str(what).startswith("250")
        if stores:
            self.server.stored.append(Stored(self.sender, tuple(self.recipients), content))
        await self.do(what)

    def next(self, phase: Phase) -> str | Deed:
        script = self.server.script[phase]
        return script.popleft() if script else USUAL.get(phase, "")

    async def answer(self, phase: Phase, usual: str = "") -> str:
        what = self.next(phase) or usual
        await self.do(what)
        return str(what)

    async def do(self, what: str | Deed) -> None:
        match what:
            case Deed.DROP | Deed.STORE_AND_DROP:
                self.writer.transport.abort()
                raise ConnectionError
            case Deed.SILENCE | Deed.STORE_AND_SILENCE:
                await self.reader.read()  # until the other side has had enough
                raise ConnectionError
            case _:
                await self.say(str(what))

    async def say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()


@asynccontextmanager
async def scripted_smtp(
    *, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None, at_once_tls: bool = False
) -> AsyncIterator[ScriptedServer]:
    """`at_once_tls`: encrypted from the first byte; otherwise `tls` is offered as STARTTLS."""
    server = ScriptedServer(tls=None if at_once_tls else tls, login=login)
    listening = await asyncio.start_server(server.serve, HOST, 0, ssl=tls if at_once_tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.hang_up()
