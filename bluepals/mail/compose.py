"""A notice as a message: plain text and HTML, one recipient, composed once and sent as it is."""

import email.policy
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import mrml
from jinja2 import Environment, StrictUndefined, Template

from bluepals.domain.address import is_address, is_line
from bluepals.mail.notices import Notice

HERE = Path(__file__).parent
FOOTERS = {
    "en": "You get this mail because you or your child takes part in Blue Pals, the pen-pal program of schools and police.",
    "es": "Recibe este correo porque usted o su hijo o hija participa en Blue Pals, el programa de cartas entre escuelas y policía.",
}
# Any server on the way takes seven bits.
POLICY = email.policy.SMTP.clone(cte_type="7bit")


@cache
def _html() -> Template:
    """The MJML layout is turned into HTML once; what a mail says is filled in after."""
    layout = mrml.to_html((HERE / "layout.mjml").read_text("utf-8")).content
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(layout)


@cache
def _text() -> Template:
    source = (HERE / "layout.txt").read_text("utf-8")
    # Plain text has nothing to escape.
    return Environment(autoescape=False, undefined=StrictUndefined, trim_blocks=True).from_string(source)  # noqa: S701


def compose(notice: Notice, *, to: str, from_address: str, message_id: str, date: datetime) -> bytes:
    """The whole message; the same arguments give the same bytes.

    Raises ValueError when an address or the subject can't be one, as with a line break in it.
    """
    for address in (to, from_address):
        if not is_address(address):
            raise ValueError("This is not a plain e-mail address: mend it in the roster or the settings.")
    if not is_line(notice.subject):
        raise ValueError("This subject is not one line of plain words: mend the name in the roster.")
    message = EmailMessage(policy=POLICY)
    message["From"] = Address("Blue Pals", addr_spec=from_address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    words = {"notice": notice, "footer": FOOTERS[notice.language], "language": notice.language}
    message.set_content(_text().render(words))
    message.add_alternative(_html().render(words), subtype="html")
    if notice.calendar_file is not None:
        message.add_attachment(
            notice.calendar_file.content, maintype="text", subtype="calendar", filename="visit.ics"
        )
    message["Content-Language"] = notice.language  # Last: `set_content` takes such headers away.
    _fix_boundaries(message, message_id)
    return message.as_bytes()


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries from the message's own id: the library would draw them at random."""
    seed = message_id.strip("<>").partition("@")[0]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{number}_{seed}")
