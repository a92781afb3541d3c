"""A notice as a message: plain text and HTML, one recipient, composed once and sent as it is."""

import email.charset
import email.policy
import re
from datetime import datetime
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from functools import cache
from pathlib import Path
from textwrap import wrap

import mrml
from jinja2 import Environment, StrictUndefined, Template

from bluepals.domain.address import is_address, is_line
from bluepals.mail.notice import CalendarFile, Notice

HERE = Path(__file__).parent
FOOTERS = {
    "en": "You get this mail because your address is on record in Blue Pals, the pen-pal program of schools and police.",
    "es": "Recibe este correo porque su dirección figura en Blue Pals, el programa de cartas entre escuelas y policía.",
}
COMMAND, GLUE = re.compile(r"starter\.py(?: [^\s;,]+)+"), "\0"
LINE = 78  # characters; RFC 5322, 2.1.1
ON_THE_WIRE = email.policy.compat32.clone(linesep="\r\n")
# Any server on the way takes seven bits.
email.charset.add_charset("utf-8", email.charset.SHORTEST, email.charset.QP)


@cache
def _html() -> Template:
    """The MJML layout is turned into HTML once; what a mail says is filled in after."""
    layout = mrml.to_html((HERE / "layout.mjml").read_text("utf-8")).content
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(layout)


@cache
def _text() -> Template:
    source = (HERE / "layout.txt").read_text("utf-8")
    # Plain text has nothing to escape.
    environment = Environment(autoescape=False, undefined=StrictUndefined, trim_blocks=True)  # noqa: S701
    environment.filters["wrapped"] = _wrapped
    return environment.from_string(source)


def _wrapped(text: str, width: int, line_break: str = "\n") -> str:
    """At spaces, but for those of a command: people copy it."""
    lines = COMMAND.sub(lambda command: command[0].replace(" ", GLUE), text).splitlines()
    wrapped = (
        line
        for one in lines
        for line in wrap(one, width, break_long_words=False, break_on_hyphens=False) or [""]
    )
    return line_break.join(wrapped).replace(GLUE, " ")


def compose(notice: Notice, *, to: str, from_address: str, message_id: str, date: datetime) -> bytes:
    """The whole message; the same arguments give the same bytes.

    Raises ValueError when an address or the subject can't be one, as with a line break in it.
    """
    for address in (to, from_address):
        if not is_address(address):
            raise ValueError("This is not a plain e-mail address: mend it in the roster or the settings.")
    if not is_line(notice.subject):
        raise ValueError("This subject is not one line of plain words: mend the name in the roster.")
    words = {"notice": notice, "footer": FOOTERS[notice.language], "language": notice.language}
    boundary = "=_" + message_id.strip("<>").partition("@")[0]  # The library would draw one at random.
    message: MIMEBase = MIMEMultipart(
        "alternative",
        boundary,
        [MIMEText(_text().render(words), "plain", "utf-8"), MIMEText(_html().render(words), "html", "utf-8")],
    )
    if notice.calendar_file is not None:
        message = MIMEMultipart("mixed", f"{boundary}_mixed", [message, _attached(notice.calendar_file)])
    message["From"] = formataddr(("Blue Pals", from_address))
    message["To"] = to
    message["Subject"] = _folded(notice.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = notice.language
    return message.as_bytes(policy=ON_THE_WIRE)


def _folded(subject: str) -> str:
    """The library folds at spaces; a word of any length is within its lines only when it is encoded (RFC 2047)."""
    if subject.isascii() and len(subject) <= LINE:
        return subject
    return Header(subject, "utf-8", LINE, "Subject").encode()


def _attached(file: CalendarFile) -> MIMEText:
    part = MIMEText(file.content.decode(), "calendar", "utf-8")
    part.set_param("method", "CANCEL" if b"METHOD:CANCEL" in file.content else "REQUEST")
    part.add_header("Content-Disposition", "attachment", filename="visit.ics")
    return part
