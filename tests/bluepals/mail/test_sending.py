"""A postbox and a real mail server: encrypted as the settings demand, on connections that stay open."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bluepals.mail import notices
from bluepals.mail.compose import compose
from bluepals.mail.replies import Result
from bluepals.mail.sending import Postbox, on_the_wire
from tests.mailroom import FROM, parsed, smtp_settings
from tests.scripted_smtp import HOST, Deed, Phase, ScriptedServer, scripted_smtp

LOGIN = ("pals", "correct horse")
TO = "dana@pd.example"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certified(authority: trustme.CA) -> ssl.SSLContext:
    """What a server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What we believe."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@asynccontextmanager
async def postbox(
    server: ScriptedServer, trusting: ssl.SSLContext | None = None, **settings: object
) -> AsyncIterator[Postbox]:
    box = Postbox(smtp_settings(server.port, **settings), trusting)
    yield box
    await box.close()


def message(number: int = 1) -> bytes:
    notice = notices.visits.thanks(officer="Dana", school=f"School {number}")
    return compose(
        notice,
        to=TO,
        from_address=FROM,
        message_id=f"<m{number}@bluepals.example>",
        date=datetime(2026, 9, 14, tzinfo=UTC),
    )


class Diary:
    """How many bodies were announced."""

    def __init__(self) -> None:
        self.bodies = 0

    async def body_starts(self) -> None:
        self.bodies += 1


async def send(box: Postbox, number: int = 1, *, to: str = TO) -> tuple[Result, int]:
    diary = Diary()
    outcome = await box.send(to, message(number), diary.body_starts)
    return outcome.result, diary.bodies


SENT = (Result.SENT, 1)
AWAY = (Result.SERVER_AWAY, 0)


async def test_over_tls_from_the_first_byte_with_a_login(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with (
        scripted_smtp(tls=certified, at_once_tls=True, login=LOGIN) as server,
        postbox(server, trusting, security="tls", user=LOGIN[0], password=SecretStr(LOGIN[1])) as box,
    ):
        assert await send(box) == SENT
        assert server.stored[0].content == message()


async def test_over_starttls_with_a_login_that_is_said_only_after_it(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with (
        scripted_smtp(tls=certified, login=LOGIN) as server,
        postbox(server, trusting, security="starttls", user=LOGIN[0], password=SecretStr(LOGIN[1])) as box,
    ):
        assert await send(box) == SENT
        verbs = [line.split(" ")[0] for line in server.commands]
        assert verbs.index("STARTTLS") < verbs.index("AUTH") < verbs.index("MAIL")


async def test_a_server_without_starttls_gets_neither_a_login_nor_a_mail_when_it_is_demanded() -> None:
    async with (
        scripted_smtp(login=LOGIN) as server,
        postbox(server, security="starttls", user=LOGIN[0], password=SecretStr(LOGIN[1])) as box,
    ):
        assert await send(box) == AWAY
        assert not [line for line in server.commands if line.startswith(("AUTH", "MAIL", "RCPT", "DATA"))]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    certified: ssl.SSLContext, security: str
) -> None:
    async with (
        scripted_smtp(tls=certified, at_once_tls=security == "tls", login=LOGIN) as server,
        postbox(server, security=security, user=LOGIN[0], password=SecretStr(LOGIN[1])) as box,
    ):
        assert await send(box) == AWAY
        assert not [line for line in server.commands if line.startswith(("AUTH", "MAIL"))]


async def test_a_certificate_of_another_host_is_no_certificate(
    authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.elsewhere.example").configure_cert(context)
    async with (
        scripted_smtp(tls=context, at_once_tls=True) as server,
        postbox(server, trusting, security="tls") as box,
    ):
        assert await send(box) == AWAY


async def test_a_wrong_login_is_ours_to_mend_and_costs_no_mail() -> None:
    async with (
        scripted_smtp(login=LOGIN) as server,
        postbox(server, user=LOGIN[0], password=SecretStr("wrong")) as box,
    ):
        diary = Diary()
        outcome = await box.send(TO, message(), diary.body_starts)
        assert (outcome.result, outcome.reply, diary.bodies) == (Result.SERVER_AWAY, "535 5.7.8", 0)


async def test_a_connection_is_kept_and_used_again() -> None:
    async with scripted_smtp() as server, postbox(server) as box:
        for number in range(5):
            assert await send(box, number) == SENT
        assert server.connections == 1


async def test_as_many_connections_as_the_settings_say_and_no_more() -> None:
    async with scripted_smtp() as server, postbox(server, connections=3) as box:
        assert await asyncio.gather(*(send(box, number) for number in range(12))) == [SENT] * 12
        assert server.connections <= 3
        assert len(server.stored) == 12


async def test_a_connection_that_died_while_it_was_kept_is_replaced_unseen() -> None:
    async with scripted_smtp() as server, postbox(server) as box:
        await send(box, 1)
        await server.hang_up()
        assert await send(box, 2) == SENT
        assert server.connections == 2


async def test_after_a_refusal_the_connection_serves_the_next_mail() -> None:
    async with scripted_smtp() as server, postbox(server) as box:
        server.will(Phase.RCPT, "550 5.1.1 No such person")
        assert await send(box, 1) == (Result.REFUSED, 0)
        assert await send(box, 2) == SENT
        assert server.connections == 1
        assert [stored.recipients for stored in server.stored] == [(TO,)]


async def test_a_connection_in_the_middle_of_something_is_not_used_again() -> None:
    async with scripted_smtp() as server, postbox(server, reply_timeout=0.1) as box:
        server.will(Phase.BODY, Deed.STORE_AND_SILENCE)
        assert await send(box, 1) == (Result.UNKNOWN, 1)
        assert await send(box, 2) == SENT
        assert server.connections == 2


async def test_nothing_of_the_body_goes_out_when_it_can_not_be_put_on_record() -> None:
    async def no_database() -> None:
        raise ConnectionError

    async with scripted_smtp() as server, postbox(server) as box:
        with pytest.raises(ConnectionError):
            await box.send(TO, message(), no_database)
        assert await send(box, 2) == SENT
        assert [parsed(stored.content)["Message-ID"] for stored in server.stored] == ["<m2@bluepals.example>"]


async def test_a_closed_postbox_says_goodbye() -> None:
    async with scripted_smtp() as server:
        async with postbox(server) as box:
            await send(box)
        assert server.commands[-1] == "QUIT"


async def test_nobody_listens() -> None:
    box = Postbox(smtp_settings(1))
    assert await send(box) == AWAY


@given(st.lists(st.text(alphabet=".a \t", max_size=8), max_size=12))
def test_no_line_of_a_message_ends_it_and_a_server_reads_what_was_written(lines: list[str]) -> None:
    content = b"Subject: x\r\n\r\n" + b"".join(line.encode() + b"\r\n" for line in lines)
    wire = on_the_wire(content)
    assert wire.endswith(b"\r\n.\r\n")
    assert b"\r\n.\r\n" not in wire[:-5]
    assert wire[:-3].replace(b"\r\n..", b"\r\n.") == content
