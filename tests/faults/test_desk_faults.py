"""The desk's pages: rows 11, 12, 18, 19, 20 and 33 of docs/faults.md, with a real database and no Temporal."""
# ruff: noqa: RUF001 (signs that look alike are what is tested)

import io
import tracemalloc
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from PIL import Image
from structlog.testing import capture_logs

from bluepals.domain.letters import MAX_CHARACTERS, ScannedLetter, Side, TypedLetter, Verdict
from bluepals.facts.class_papers import pack
from bluepals.facts.desk import NotTheirs
from bluepals.facts.officers_page import officer_at_desk
from bluepals.facts.teachers_page import teacher_at_desk
from bluepals.paper.pages import page_pictures
from bluepals.store import officers_page, teachers_page
from desk.app import app
from desk.doors import SESSION
from desk.forms import A_STACK, MAX_BODY_BYTES
from stack.postgres import PostgresServer
from tests.desk.town import (
    FIRST_OPENING,
    FIRST_ROUND,
    NORTH,
    PROGRAM,
    SOUTH,
    Town,
    Visitor,
    photo,
    read_pdf,
    scan,
    small_town,
)

SCRIPT = "<script>alert(1)</script>"
NAUGHTY = [
    "{{7*7}} {% raw %} ${7*7} #{7*7} <%= 7*7 %>",
    "%s %n %(name)s $1 {0.__class__} {}",
    "'; DROP TABLE draft; --",
    "\\ \\n \\x00 \u202eevil\u202c \u2066x\u2069 \u200b\ufeff",
    "&lt;b&gt; &amp; \"quotes\" 'single' `tick`",
    "../../etc/passwd\r\nBcc: x@y.example",
    "=1+1 @SUM(1) -1 NULL undefined",
    "ñ é é 👩‍👧‍👦 𝕏 ﷽ Ω ｆｕｌｌ",
]
HTML = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<svg onload=alert(1)>",
    "<style>body{display:none}</style>",
    '<img src="https://tracker.example/p.gif" width=1>',
    "<img src='data:image/png;base64,AAAA'>",
    "</textarea></p></form><script>alert(1)</script>",
]


@pytest.fixture
async def town(postgres: PostgresServer, begun_town: str) -> AsyncIterator[Town]:
    async with small_town(postgres, begun_town) as town:
        yield town


async def _asked(
    town: Town, visitor: Visitor | None, path: str, headers: list[tuple[bytes, bytes]]
) -> tuple[int, dict[str, str], int]:
    """One POST as a server hands it over: its status, its headers, and how often its body was asked for."""
    asked, sent = 0, list[MutableMapping[str, Any]]()

    async def receive() -> MutableMapping[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            *headers,
            *([(b"cookie", f"{SESSION}={await visitor.entering.enter()}".encode())] if visitor else []),
        ],
        "server": ("desk.bluepals.example", 443),
        "client": ("127.0.0.1", 1),
        "state": {},
    }
    await app(town.parts)(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, asked


@pytest.mark.parametrize("who", ["officer", "teacher"])
async def test_fault_11_more_than_a_letter_can_hold_is_refused_before_a_byte_of_it_is_read(
    town: Town, who: str
) -> None:
    visitor, child = (town.officer("sam"), "noah") if who == "officer" else (town.teacher("tess"), "maya")
    form = b"multipart/form-data; boundary=x"
    status, headers, asked = await _asked(
        town,
        visitor,
        f"{visitor.path}/{town.pairings[child]}",
        [(b"content-type", form), (b"content-length", str(MAX_BODY_BYTES + 1).encode())],
    )
    assert (status, asked) == (413, 0)
    assert headers["cache-control"] == "no-store"


async def test_fault_11_more_than_a_stack_can_hold_is_refused_before_a_byte_of_it_is_read(town: Town) -> None:
    tess = town.teacher("tess")
    status, _, asked = await _asked(
        town,
        tess,
        f"{tess.path}/stacks/{NORTH}/5A",
        [
            (b"content-type", b"multipart/form-data; boundary=x"),
            (b"content-length", str(A_STACK.size + 1).encode()),
        ],
    )
    assert (status, asked) == (413, 0)


async def test_fault_11_a_letter_of_unknown_length_is_refused_before_a_byte_of_it_is_read(town: Town) -> None:
    sam = town.officer("sam")
    path = f"{sam.path}/{town.pairings['noah']}"
    form = b"multipart/form-data; boundary=x"
    status, _, asked = await _asked(
        town, sam, path, [(b"content-type", form), (b"transfer-encoding", b"chunked")]
    )
    assert (status, asked) == (411, 0)


async def test_fault_11_who_is_not_in_is_refused_before_a_byte_is_read(town: Town) -> None:
    path = f"/{PROGRAM.id}/pals/{uuid4()}"
    status, _, asked = await _asked(town, None, path, [(b"content-length", b"100000000")])
    assert (status, asked) == (401, 0)


async def test_fault_11_two_hundred_thousand_words_on_one_line_are_refused_with_the_limit(town: Town) -> None:
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sends(town.pairings["noah"], "hello " * 200_000)
    assert page.status_code == 413
    assert "The letter is too long: 20,000 characters are the most." in page.text
    assert await town.count_drafts("noah") == 0


async def test_fault_11_a_letter_one_sign_too_long_is_refused_and_given_back(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    page = await sam.sends(town.pairings["noah"], "x" * (MAX_CHARACTERS + 1))
    assert page.status_code == 422
    assert "The letter has 20,001 characters" in page.text
    assert "x" * (MAX_CHARACTERS + 1) in page.text
    assert (await sam.sends(town.pairings["noah"], "x" * MAX_CHARACTERS)).status_code == 200


async def test_fault_11_a_page_of_more_than_ten_megabytes_is_refused_with_the_way_out(town: Town) -> None:
    await town.on(FIRST_ROUND)
    large = b"\xff\xd8\xff" + bytes(10 * 1024 * 1024)
    sam = town.officer("sam")
    key = await sam.form_key()
    tracemalloc.start()
    page = await sam.sends(town.pairings["noah"], pages=[("letter.jpg", large)], key=key)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert page.status_code == 413
    assert "One of the files has more than 10 MB. Take the photo again with a lower resolution" in page.text
    assert peak < 4 * len(large), "the client's own copies are in here too"


async def test_fault_12_what_a_child_or_an_officer_writes_is_shown_as_text(town: Town) -> None:
    words = "\n".join(HTML)
    await town.delivers("noah", words)
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await sam.sends(town.pairings["noah"], f"Mine: {words}")
    await town.decides(await town.newest_draft("noah", Side.OFFICER), Verdict.RETURN)
    page = await sam.sees()
    assert not any(line in page for line in HTML)
    escaped = words.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;").replace("'", "&#39;")
    assert page.count(escaped) == 2, "the child's letter, and the own one to be changed"


async def test_fault_12_names_are_shown_as_text(town: Town) -> None:
    await town.admin.execute("UPDATE student SET first_name = $1, class_name = $1", SCRIPT)
    await town.admin.execute("UPDATE officer SET first_name = $1", SCRIPT)
    await town.admin.execute("UPDATE school SET name = $1", SCRIPT)
    await town.admin.execute("UPDATE staff SET name = $1", SCRIPT)
    await town.admin.execute("UPDATE staff_role SET class_name = $1 WHERE class_name IS NOT NULL", SCRIPT)
    await town.invites(NORTH)
    for visitor in (town.officer("sam"), town.teacher("tess")):
        page = await visitor.sees()
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


async def test_fault_12_a_file_name_in_a_refusal_is_shown_as_text(town: Town) -> None:
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sends(town.pairings["noah"], pages=[("<img src=x>.jpg", b"hello")])
    assert page.status_code == 422
    assert "“&lt;img src=x&gt;.jpg” is neither a PDF nor a photo." in page.text


async def test_fault_12_what_an_address_carries_is_not_shown(town: Town) -> None:
    sam = town.officer("sam")
    for query in (f"sent={SCRIPT}", f"answered={SCRIPT}", f"x={SCRIPT}"):
        assert "alert(1)" not in (await sam.http.get(f"{sam.path}?{query}")).text
    assert "alert(1)" not in (await town.http.get(f"/{SCRIPT}")).text


async def test_fault_18_no_name_gets_into_a_header(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    nasty = '5A"; filename*=x \u2028 =?utf-8?q?x?= é'
    await town.admin.execute("UPDATE student SET class_name = $1 WHERE class_name = '5A'", nasty)
    await town.admin.execute("UPDATE staff_role SET class_name = $1 WHERE class_name = '5A'", nasty)
    tess = town.teacher("tess")
    link = (await tess.sees()).split('class="button" href="')[1].split('"')[0]
    opened = await tess.http.get(link)
    assert opened.status_code == 200
    name = opened.headers["content-disposition"].removeprefix('attachment; filename="').removesuffix('.pdf"')
    assert name.replace("-", "").isalnum()


async def test_fault_18_where_a_form_leads_is_the_desks_own_page(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    answer = await sam.http.post(
        f"{sam.path}/{town.pairings['noah']}",
        data={"form": await sam.form_key(), "text": "Hello"},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{sam.path}?sent=")


async def test_fault_19_naughty_words_are_the_same_bytes_after_all(town: Town) -> None:
    words = "\r\n".join(NAUGHTY)
    await town.on(FIRST_ROUND)
    tess, sam = town.teacher("tess"), town.officer("sam")
    await tess.sends(town.pairings["noah"], words)
    await sam.sends(town.pairings["noah"], words)
    for side in Side:
        assert await town.written("noah", side) == TypedLetter(words)
    await town.delivers("noah", words)
    read = (await sam.sees()).split('<div class="written" dir="auto">')[1].split("</div>")[0]
    for sign, escape in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        read = read.replace(sign, escape)
    assert read == words


async def test_fault_20_a_photo_loses_its_place_and_its_notes(town: Town) -> None:
    await town.on(FIRST_ROUND)
    upload = photo(note="Oak Street 12")
    assert Image.open(io.BytesIO(upload)).getexif().get_ifd(0x8825)
    for visitor, side in ((town.officer("sam"), Side.OFFICER), (town.teacher("tess"), Side.STUDENT)):
        await visitor.sends(town.pairings["noah"], pages=[("IMG_1.JPG", upload)])
        letter = await town.written("noah", side)
        assert isinstance(letter, ScannedLetter)
        assert b"Oak Street" not in letter.pdf
        assert b"Exif" not in letter.pdf
        (picture,) = page_pictures(letter.pdf)
        assert not Image.open(io.BytesIO(picture)).getexif()


async def test_fault_20_a_pdf_loses_its_script(town: Town) -> None:
    await town.on(FIRST_ROUND)
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Oak Street')")
    file = io.BytesIO()
    pdf.save(file)
    await town.officer("sam").sends(town.pairings["noah"], pages=[("letter.pdf", file.getvalue())])
    letter = await town.written("noah", Side.OFFICER)
    assert isinstance(letter, ScannedLetter)
    with pikepdf.open(io.BytesIO(letter.pdf)) as stored:
        assert set(stored.Root.keys()) == {"/Pages", "/Type"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("letter.docx.exe", b"MZ\x90\0", "is neither a PDF nor a photo. Send a PDF, or a photo as JPEG"),
        ("letter.jpg", b"<svg onload=alert(1)>", "is neither a PDF nor a photo."),
        ("letter.pdf", b"%PDF-1.7 no more", "can&#39;t be opened."),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic" + bytes(50), "Most Compatible"),
        ("letter.jpg", b"", "is empty."),
    ],
)
async def test_fault_20_what_is_no_page_is_refused_and_nothing_is_kept(
    town: Town, name: str, content: bytes, sentence: str
) -> None:
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sends(town.pairings["noah"], pages=[(name, content)])
    assert page.status_code == 422
    assert sentence in page.text
    assert await town.count_drafts("noah") == 0


async def test_fault_20_a_scan_is_held_until_a_person_has_seen_it(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.teacher("tess").sends(town.pairings["noah"], pages=[("n.jpg", photo())])
    draft = await town.newest_draft("noah", Side.STUDENT)
    sam = town.officer("sam")
    assert str(draft.id) not in await sam.sees()
    assert (await sam.gets(f"letter/{draft.id}")).status_code == 404


@pytest.fixture
def audit() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as lines:
        yield lines


async def test_fault_33_an_officer_does_not_get_at_another_pair(
    town: Town, audit: list[MutableMapping[str, Any]]
) -> None:
    draft = await town.delivers("maya", scan("white"))
    sam, maya = town.officer("sam"), town.pairings["maya"]
    await town.invites(NORTH)
    answers = [
        await sam.gets(f"letter/{draft.id}"),
        await sam.sends(maya, "Hello"),
        await sam.answers_invitation(maya, "yes"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "There is no such page, or it is not yours to see." in answers[0].text
    turned_away = [line for line in audit if line["event"] == "turned away"]
    assert [line["person"] for line in turned_away] == [str(town.officers["sam"])] * 3
    assert turned_away[0]["draft"] == str(draft.id)
    assert turned_away[1]["pairing"] == str(maya)


async def test_fault_33_what_is_anothers_and_what_is_nowhere_look_the_same(town: Town) -> None:
    draft = await town.delivers("maya", scan("white"))
    sam = town.officer("sam")
    anothers, nowhere = await sam.gets(f"letter/{draft.id}"), await sam.gets(f"letter/{uuid4()}")
    assert (anothers.status_code, anothers.content) == (nowhere.status_code, nowhere.content)


async def test_fault_33_a_teacher_does_not_get_at_another_class_or_school(
    town: Town, audit: list[MutableMapping[str, Any]]
) -> None:
    await town.on(FIRST_ROUND)
    for child in ("zoe", "leo"):
        await town.delivers(child, "Dear friend", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    await town.opens(SOUTH)
    tess = town.teacher("tess")
    answers = [
        await tess.gets(f"pack/{NORTH}/1/5%2FB%20%26%20C"),
        await tess.gets(f"pack/{SOUTH}/1/5A"),
        await tess.sends(town.pairings["zoe"], "Hello"),
        await tess.sends(town.pairings["leo"], "Hello"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert sum(line["event"] == "turned away" for line in audit) == 4
    assert "Dear friend" in read_pdf((await town.teacher("sol").gets(f"pack/{SOUTH}/1/5A")).content)[2]


async def test_fault_33_the_database_hides_another_school_and_agency_with_the_pages_checks_taken_away(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await town.delivers("leo", scan("white"))
    tess = await teacher_at_desk(town.parts.office, await town.teacher("tess").entered())
    sam = await officer_at_desk(town.parts.office, await town.officer("sam").entered())
    foreign = teachers_page.SchoolClass(SOUTH, "south", "South School", "5A")
    monkeypatch.setattr("bluepals.facts.class_papers.own_class", lambda *_: foreign)
    with pytest.raises(NotTheirs):
        await pack(town.parts.office, tess, SOUTH, "5A", 1)
    async with town.parts.database.transaction(sam.scope) as connection:
        assert await officers_page.letters(connection, town.officers["ben"]) == []
        assert await officers_page.pals(connection, town.officers["ben"]) == []
        assert await connection.fetchval("SELECT count(*) FROM draft WHERE id = $1", draft.id) == 0
    async with town.parts.database.transaction(tess.scope) as connection:
        assert await teachers_page.class_of(connection, town.pairings["leo"]) is None
        assert await connection.fetchval("SELECT count(*) FROM student WHERE school_id = 'south'") == 0


async def test_fault_33_a_form_without_its_key_changes_nothing(town: Town) -> None:
    await town.on(FIRST_ROUND)
    answer = await town.officer("sam").sends(town.pairings["noah"], "Hello", key="")
    assert answer.status_code == 403
    assert await town.count_drafts("noah") == 0
