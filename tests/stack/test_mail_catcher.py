"""The mail catcher keeps what it gets, byte for byte, and shows it; nothing leaves this machine."""

import asyncio
import smtplib
import socket
from email.message import EmailMessage

import httpx
import pytest

from stack import mail_catcher as module
from stack.failure import StackFailure
from stack.mail_catcher import MailCatcher, mail_catcher
from stack.ports import LOOPBACK, is_taken


def a_mail(subject: str = "A letter waits", text: str = "Dana, a letter waits for you.") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "pals@bluepals.example", "dana@pd.example"
    mail.set_content(text)
    return mail


async def send(catcher: MailCatcher, mail: EmailMessage, *to: str) -> None:
    def talk() -> None:
        with smtplib.SMTP(LOOPBACK, catcher.smtp_port) as server:
            server.send_message(mail, to_addrs=to or None)

    await asyncio.to_thread(talk)


async def page(catcher: MailCatcher, path: str = "/") -> httpx.Response:
    async with httpx.AsyncClient(base_url=catcher.page) as browser:
        return await browser.get(path)


async def test_a_mail_is_caught_with_its_sender_and_its_text(mails: MailCatcher):
    await send(mails, a_mail(text="¡Hola, Dana!"))
    (caught,) = mails.messages
    assert (caught.sender, caught.recipients) == ("pals@bluepals.example", ("dana@pd.example",))
    assert caught.message.get_content() == "¡Hola, Dana!\r\n"


async def test_mails_are_kept_in_the_order_in_which_they_came(mails: MailCatcher):
    for number in range(3):
        await send(mails, a_mail(f"number {number}"))
    assert [caught.message["Subject"] for caught in mails.messages] == ["number 0", "number 1", "number 2"]


async def test_recipients_are_those_of_the_envelope_whoever_is_named_in_the_mail(mails: MailCatcher):
    await send(mails, a_mail(), "somebody@else.example", "another@else.example")
    assert mails.messages[0].recipients == ("somebody@else.example", "another@else.example")


async def test_a_mail_over_the_limit_is_refused_and_not_kept(
    mails: MailCatcher, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "MAX_BYTES", 1_000)
    with pytest.raises(smtplib.SMTPException):
        await send(mails, a_mail(text="long " * 1_000))
    assert mails.messages == []


async def test_the_page_lists_the_mails_the_newest_first(mails: MailCatcher):
    await send(mails, a_mail("the older one"))
    await send(mails, a_mail("the newer one"))
    listed = (await page(mails)).text
    assert "2 mails" in listed
    assert listed.index("the newer one") < listed.index("the older one")
    assert "dana@pd.example" in listed


async def test_a_mail_is_shown_and_never_run(mails: MailCatcher):
    mail = a_mail("<script>alert(1)</script>", "<script>alert(2)</script>")
    mail.add_alternative('<p>rich</p><script src="x"></script>', subtype="html")
    await send(mails, mail)
    shown = (await page(mails, "/1")).text + (await page(mails)).text
    assert "<script" not in shown
    assert '<iframe sandbox srcdoc="&lt;p&gt;rich' in shown
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in shown


@pytest.mark.parametrize("path", ["/0", "/2", "/nothing"])
async def test_a_mail_that_is_not_there_is_not_found(mails: MailCatcher, path: str):
    await send(mails, a_mail())
    assert (await page(mails, path)).status_code == 404


async def test_the_page_answers_from_the_beginning():
    async with mail_catcher() as catcher:
        assert is_taken(httpx.URL(catcher.page).port or 0)
        assert (await page(catcher)).status_code == 200


async def test_after_its_end_the_catcher_holds_no_port():
    async with mail_catcher() as catcher:
        assert (await page(catcher)).status_code == 200
        ports = catcher.smtp_port, httpx.URL(catcher.page).port or 0
    assert [is_taken(port) for port in ports] == [False, False]


@pytest.mark.parametrize("which", ["smtp_port", "page_port"])
async def test_a_taken_port_is_refused_by_its_number(which: str):
    with socket.create_server((LOOPBACK, 0)) as other:
        port: int = other.getsockname()[1]
        with pytest.raises(StackFailure, match=rf"^Port {port} is in use"):
            async with mail_catcher(**{which: port}):
                pass
