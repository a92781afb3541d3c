"""Each notice as a mail that people can read, in both forms, with a first name at most and a link."""

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from bluepals.mail import notices
from bluepals.mail.compose import compose
from bluepals.mail.notice import Notice, Section
from tests.mailroom import parsed

LINK = "https://desk.example/pals/" + "A-long_token." * 12
WORDS: dict[str, object] = {
    "agency": "City Police",
    "answer_by": "Friday, October 2, 2026, 5:00 PM CDT",
    "because": "The school is closed for snow & ice.",
    "by_paper": True,
    "calendar_file": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "by": "Theo",
    "case": "0190d7a5-0000-7000-8000-000000000001",
    "class_name": "5A",
    "code": "123 456",
    "day": "Wednesday, April 14",
    "draft": "0190d7a5-0000-7000-8000-000000000000",
    "due": "Friday, October 2, 2026, 5:00 PM CDT",
    "farewell": True,
    "follows": notices.visits.SECOND_DATE,
    "first_due": "Friday, September 18, 2026, 5:00 PM CDT",
    "first_name": "Olga",
    "how": "the district's sign-in",
    "hotline": "the hotline, 1-800-555-0100",
    "language": "en",
    "letter": "a letter for round 1",
    "lines": ("4 pairings", "12 letters delivered"),
    "link": LINK,
    "minutes": 75,
    "gone": 1,
    "hosts": True,
    "missing": 2,
    "name": "Mona",
    "officer": "Olga",
    "opens_on": "Tuesday, October 13",
    "pairs": 52,
    "plan_by": "Friday, October 16",
    "program": "stl",
    "programs": ("Chess club, ages 10 to 12",),
    "reason": "Please leave out the phone number, and tell more of your dog & his friends.",
    "round_number": 1,
    "rules": ("Bring no gifts.", "Take no photos."),
    "school": "North School",
    "sections": (Section("Letters to read", ("north: 3, the oldest since September 8",)),),
    "since": "Tuesday, October 13, 2026, 9:00 AM CDT",
    "student": "José",
    "teacher": "Tess",
    "until": "Friday, October 2, 2026, 5:00 PM CDT",
    "visit_day": "Wednesday, April 14",
    "waiting": 10,
    "was": "Monday, April 12",
    "when": "Wednesday, April 14, 2027, 1:00 PM CDT",
    "who": "an officer",
    "why": "the visit is on another day",
}
NOTICES: dict[str, Callable[..., Notice]] = {
    f"{subject}.{name}": function
    for subject, module in inspect.getmembers(notices, inspect.ismodule)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}

TO_FAMILIES = [name for name in NOTICES if "language" in inspect.signature(NOTICES[name]).parameters]


def notice_of(name: str, **others: object) -> Notice:
    given = {**WORDS, **others}
    return NOTICES[name](
        **{parameter: given[parameter] for parameter in inspect.signature(NOTICES[name]).parameters}
    )


def raw(notice: Notice) -> bytes:
    return compose(
        notice,
        to="olga@city.example",
        from_address="pals@bluepals.example",
        message_id="<m@bluepals.example>",
        date=datetime(2026, 9, 14, 12, tzinfo=UTC),
    )


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def readable(html: str) -> str:
    """What a person sees of a page."""
    body = re.sub(r"(?s)<(style|head|title)\b.*?</\1>|<!--.*?-->", " ", html)
    return " ".join(re.sub(r"(?s)<[^>]+>", " ", body).split())


@pytest.mark.parametrize("name", NOTICES)
class TestEachNotice:
    def test_says_the_same_in_both_forms(self, name: str) -> None:
        notice, mail = notice_of(name), parsed(raw(notice_of(name)))
        plain = " ".join(part(mail, "plain").split())
        page = readable(part(mail, "html")).replace("&amp;", "&").replace("&#39;", "'")
        for paragraph in (notice.greeting, *notice.paragraphs, notice.closing):
            assert " ".join(paragraph.split()) in plain
            assert " ".join(paragraph.split()) in page
        for line in (line for section in notice.sections for line in section.lines):
            assert line in plain
            assert line in page

    def test_goes_to_one_person_and_says_that_a_machine_sent_it(self, name: str) -> None:
        mail = parsed(raw(notice_of(name)))
        assert mail.get_all("To") == ["olga@city.example"]
        assert not {"Cc", "Bcc", "Reply-To"} & set(mail.keys())
        assert mail["From"] == "Blue Pals <pals@bluepals.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Message-ID"] == "<m@bluepals.example>"
        assert mail["Date"].datetime == datetime(2026, 9, 14, 12, tzinfo=UTC)

    def test_is_composed_to_the_same_bytes_again(self, name: str) -> None:
        assert raw(notice_of(name)) == raw(notice_of(name))

    def test_passes_any_server_on_the_way(self, name: str) -> None:
        content = raw(notice_of(name))
        assert content.isascii()
        assert content.endswith(b"\r\n")
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert max(len(line) for line in content.split(b"\r\n")) <= 998

    def test_fetches_nothing_when_it_is_opened(self, name: str) -> None:
        html = part(parsed(raw(notice_of(name))), "html")
        assert not re.search(r"<(img|script|iframe|object|link)\b|@import|url\(", html)

    def test_has_a_subject_and_a_kind(self, name: str) -> None:
        notice = notice_of(name)
        assert 0 < len(notice.subject) <= 78
        assert re.fullmatch(r"[a-z]+(-[a-z]+)?", notice.kind)


@pytest.mark.parametrize("name", [name for name in NOTICES if notice_of(name).action])
def test_a_notice_keeps_its_link_whole_in_both_forms(name: str) -> None:
    mail = parsed(raw(notice_of(name)))
    assert LINK in part(mail, "plain").split()
    assert f'href="{LINK}"' in part(mail, "html")


@pytest.mark.parametrize("name", TO_FAMILIES)
def test_a_family_is_written_to_in_its_language(name: str) -> None:
    spanish, english = parsed(raw(notice_of(name, language="es"))), parsed(raw(notice_of(name)))
    assert (spanish["Content-Language"], english["Content-Language"]) == ("es", "en")
    assert 'lang="es"' in part(spanish, "html")
    assert "familia" in part(spanish, "plain")
    assert "Recibe este correo" in " ".join(part(spanish, "plain").split())
    assert part(parsed(raw(notice_of(name, language="vi"))), "plain") == part(english, "plain")


def test_an_invitation_brings_its_calendar_file() -> None:
    mail = parsed(raw(notice_of("visits.invitation")))
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "visit.ics")


def test_one_thing_is_one_thing() -> None:
    one, two = Section("a", ("x",)), Section("b", ("y", "z"))
    assert (
        notices.daily_mail.waits_today(name="Mona", sections=[one], link=LINK).subject
        == "Blue Pals today: 1 thing"
    )
    assert (
        notices.daily_mail.waits_today(name="Mona", sections=[one, two], link=LINK).subject
        == "Blue Pals today: 3 things"
    )


def test_a_command_is_copied_in_one_piece_from_a_mail() -> None:
    command = "starter.py replacement approve stl 0190d7a5-0000-7000-8000-000000000001 --by YOUR-ID"
    line = f"Officer Kim is proposed as the next one for the child of this pairing. Then: {command}; or wait."
    for notice in (
        Notice("test", "Look", "Dear Cora,", paragraphs=(line,)),
        Notice("test", "Look", "Dear Cora,", ("Today:",), (Section("What needs you", (line,)),)),
    ):
        plain = part(parsed(raw(notice)), "plain")
        assert command in plain
        assert max(len(one) for one in plain.splitlines() if command not in one) <= 78


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_footer_gives_staff_no_child_of_their_own(language: str) -> None:
    plain = part(parsed(raw(Notice("daily", "Today", "Hello,", ("A line.",), language=language))), "plain")
    assert not re.search(r"child|hij[oa]", plain)
