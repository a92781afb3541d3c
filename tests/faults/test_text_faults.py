"""Rows 18 and 19 of docs/faults.md: text that means something to some machine on its way is, to us, text."""

import string
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from markupsafe import escape

from bluepals.domain.letters import LetterRefused, Side, TypedLetter, Verdict
from bluepals.facts import letters
from bluepals.mail import notices
from bluepals.mail.compose import compose
from bluepals.mail.notice import Section
from bluepals.store.deliveries import Delivery
from stack.postgres import PostgresServer
from tests.bluepals.facts.two_schools import TwoSchools, begun_year, copied
from tests.mailroom import parsed

NAUGHTY = [
    # templates and formats
    "{{7*7}}",
    "{% for x in y %}",
    "{# gone #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{0.__class__}",
    "{self.__init__.__globals__}",
    "%s %d %(name)s %n",
    "%%",
    "$1 $2 $$",
    "\\1 \\g<0>",
    "\\n \\x41 \\u0041 \\",
    # SQL
    "'; DROP TABLE letter; --",
    '" OR ""="',
    "Robert'); DELETE FROM draft;--",
    "1; SELECT pg_sleep(10)",
    "/* a */ -- b",
    "E'\\x00'",
    "\\.",
    # shells and paths
    "$(reboot) `reboot`",
    "| cat /etc/passwd &",
    "../../etc/passwd",
    "C:\\CON\\NUL",
    "!!",
    "~",
    # HTML, XML, Markdown and what they become
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; &#65; &nbsp;",
    "<!-- a comment -->",
    "]]>",
    "<?xml version='1.0'?>",
    "javascript:alert(1)",
    "[a](javascript:alert(1)) **b** _c_ # d",
    "</mj-text>",
    # typst
    '#read("/etc/passwd")',
    "#let x = 1; $ x^2 $ *b* @ref <label>",
    # JSON, YAML and spreadsheets
    '{"a": null}',
    "null",
    "undefined",
    "NaN",
    "true",
    "0",
    "1e309",
    "- a: &b *c",
    "=cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "+1",
    "-1",
    # mail
    ".",
    "..",
    "From me to you",
    "=?utf-8?q?=41?=",
    "=41=0D=0A",
    "Bcc: everybody@world.example",
    "--=_0_boundary",
    # writing
    "Ünïcödé, ñandú, ß, İı, ǅ, ﬁ",
    "日本語 한국어 ไทย",
    "مرحبا שלום",
    "\u202eright to left\u202c",
    "k\u200bi\u200bll zero\ufeffwidth\u00ad",
    "e\u0301 is not é",
    "👩🏽‍✈️👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Z̷̖̎a̸̪͛l̵̰̏g̵̡̿ö̷̱́",
    "\ufdfd\U0001f600\U0010fffd",
    "\u2028line\u2029paragraph\u0085next",
    "\x01\x07\x1b[31mred\x7f",
    "tab\there",
    " leading and trailing ",
    "line\nbreak\r\nand\rmore\n",
    "\"quotes\" 'single' «angled» “curly”",
]
# Of one line: what can stand in a name, a reason or a class.
OF_ONE_LINE = [one for one in NAUGHTY if one.isprintable() and one == one.strip() and "=?" not in one]


@pytest.fixture(scope="module")
async def schools(postgres: PostgresServer, template: str) -> AsyncIterator[TwoSchools]:
    async with copied(postgres, await begun_year(postgres, template)) as schools:
        yield schools


async def text_of(schools: TwoSchools, draft: object) -> bytes:
    opened = await letters.read(schools.office, schools.scope, draft)  # type: ignore[arg-type]  # a draft's id
    return opened.letter.content


async def test_fault_19_a_letter_is_the_same_to_the_byte_wherever_it_is_read(schools: TwoSchools) -> None:
    """Each as a draft of its own, all of them as the letter that is approved and delivered."""
    for text in NAUGHTY:
        draft = await schools.write("Ana", Side.STUDENT, text)
        assert await text_of(schools, draft.id) == text.encode(), text
    whole = "\n".join(NAUGHTY)
    draft = await schools.write("Ana", Side.STUDENT, whole)
    assert await text_of(schools, draft.id) == whole.encode()
    decided = await schools.decide(draft)
    assert await text_of(schools, decided.decided.draft_id) == whole.encode()
    delivery = await schools.release("Ana", draft)
    assert isinstance(delivery, Delivery)
    assert await text_of(schools, delivery.draft_id) == whole.encode()
    assert (await schools.write("Ana", Side.STUDENT, whole)).known
    assert await schools.count("pairing") == 4, "and the tables are still there"


async def test_fault_19_a_readers_reason_is_mailed_as_it_was_written(schools: TwoSchools) -> None:
    draft = await schools.write("Ben", Side.STUDENT, "To be returned.")
    reason = " | ".join(OF_ONE_LINE)
    await letters.decide(
        schools.office,
        schools.scope,
        draft_id=draft.id,
        draft_hash=draft.hash,
        verdict=Verdict.RETURN,
        decided_by=schools.staff["Mona"],
        reason_for_child=reason,
        reason_for_adult=reason,
    )
    assert (
        await schools.admin.fetchval("SELECT reason_for_adult FROM decision WHERE draft_id = $1", draft.id)
        == reason
    )
    (mail,) = await schools.mails("returned")
    plain = parsed(mail["message"]).get_body(("plain",))
    assert plain is not None
    assert "".join(reason.split()) in "".join(plain.get_content().split())


@pytest.mark.parametrize("text", OF_ONE_LINE)
def test_fault_19_a_name_says_in_a_mail_what_it_says_and_does_nothing(text: str) -> None:
    notice = notices.daily_mail.waits_today(
        name=text, sections=[Section(text, (text, text))], link="https://x"
    )
    mail = parsed(
        compose(
            notice,
            to="dana@pd.example",
            from_address="pals@bluepals.example",
            message_id="<m@bluepals.example>",
            date=datetime(2026, 9, 1, tzinfo=UTC),
        )
    )
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert f"Dear {text}," in plain.get_content()
    source = html.get_content()
    assert source.count(str(escape(text))) >= 4
    for tag in ("<script>alert", "<img src=x", "<!-- a comment -->", "</mj-text>"):
        assert tag not in source
    assert str(mail["To"]) == "dana@pd.example"


@pytest.mark.parametrize("text", OF_ONE_LINE)
def test_fault_19_a_name_in_a_subject_is_one_line_of_it(text: str) -> None:
    notice = notices.letters.to_read(
        farewell=False, officer="Olga", student=text, answer_by="Friday", link="https://desk.example"
    )
    mail = parsed(
        compose(
            notice,
            to="olga@city.example",
            from_address="pals@bluepals.example",
            message_id="<m@bluepals.example>",
            date=datetime(2026, 9, 1, tzinfo=UTC),
        )
    )
    assert mail["Subject"] == f"A letter from {text}"
    assert mail.get_all("To") == ["olga@city.example"]
    assert not {"Bcc", "Cc"} & set(mail.keys())


BREAKING = [
    "Ann\r\nBcc: x@y.z",
    "Ann\nBcc: x@y.z",
    "Ann\rBcc: x@y.z",
    "Ann\u2028Bcc: x@y.z",
    "Ann\u2029Bcc: x@y.z",
    "Ann\u0085Bcc: x@y.z",
    "Ann\x00",
    "Ann\x1b[2J",
    "=?utf-8?q?Ann=0D=0ABcc:_x@y.z?=",
    "=?utf-8?b?QW5uDQpCY2M6IHhAeS56?=",
    "\ud800",
]


@pytest.mark.parametrize("name", BREAKING)
def test_fault_18_a_name_that_would_break_its_line_is_no_subject(name: str) -> None:
    notice = notices.letters.to_read(
        farewell=False, officer="Olga", student=name, answer_by="Friday", link="https://desk.example"
    )
    with pytest.raises(ValueError, match="mend the name in the roster"):
        compose(
            notice,
            to="olga@city.example",
            from_address="pals@bluepals.example",
            message_id="<m@bluepals.example>",
            date=datetime(2026, 9, 1, tzinfo=UTC),
        )


@pytest.mark.parametrize("length", [998, 5_000])
def test_fault_18_a_name_of_any_length_stays_within_the_lines_of_a_mail(length: int) -> None:
    for name in ("x" * length, "é" * length, "word " * (length // 5)):
        notice = notices.letters.to_read(
            farewell=False,
            officer=name,
            student=name.strip(),
            answer_by="Friday",
            link="https://desk.example",
        )
        message = compose(
            notice,
            to="olga@city.example",
            from_address="pals@bluepals.example",
            message_id="<m@bluepals.example>",
            date=datetime(2026, 9, 1, tzinfo=UTC),
        )
        assert max(len(line) for line in message.split(b"\r\n")) <= 998
        assert parsed(message)["Subject"] == f"A letter from {name.strip()}"


@pytest.mark.parametrize(
    "address",
    [
        '"A" <evil@x.example>',
        "A <evil@x.example>",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@b.example\x00",
        "a b@c.example",
        "<a@b.example>",
        "a@b.example>",
        "a@b@c.example",
        "@b.example",
        "a@",
        "ä@b.example",
        "a@bücher.example",
        "",
        "a@b.example\n",
        "=?utf-8?q?a?=@b.example",
    ],
)
def test_fault_18_what_is_no_plain_address_gets_no_mail(address: str) -> None:
    for to, sender in ((address, "pals@bluepals.example"), ("dana@pd.example", address)):
        with pytest.raises(ValueError, match="plain e-mail address"):
            compose(
                notices.visits.thanks(officer="Dana", school="North"),
                to=to,
                from_address=sender,
                message_id="<m@bluepals.example>",
                date=datetime(2026, 9, 1, tzinfo=UTC),
            )


@pytest.mark.parametrize("text", ["", "  \n", "a\x00b", "a\ud800b", "a" * 20_001])
def test_fault_19_what_is_no_text_is_refused_before_anything_is_stored(text: str) -> None:
    with pytest.raises(LetterRefused):
        TypedLetter(text)


def test_the_list_is_long_and_has_what_the_row_names() -> None:
    assert len(NAUGHTY) >= 60
    for named in ("{{7*7}}", "%s", "$1", "'; DROP TABLE", "{0.__class__}"):
        assert any(named in one for one in NAUGHTY)
    assert set(string.punctuation) <= set("".join(NAUGHTY))
