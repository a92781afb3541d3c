"""A small town in the middle of its school year, whose people come to the desk. Temporal is away all the time."""

import asyncio
import base64
import io
import itertools
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pypdfium2 as pdfium
from PIL import Image

from bluepals.domain.letters import Letter, ScannedLetter, Side, TypedLetter, Verdict
from bluepals.domain.matching import Pair
from bluepals.domain.people import Gender, Officer, OfficerKind, Role, StaffRole, Student
from bluepals.domain.program import Agency, Policy, Program, RoundDates, School, VisitWindow, YearDates
from bluepals.domain.sentences import Sentence
from bluepals.facts import doors, letters, pairings, visits, year
from bluepals.settings import Settings
from bluepals.store import consents, matching, people, programs
from bluepals.store.database import Scope
from bluepals.store.deliveries import Delivery
from bluepals.store.letters import DraftRecord
from desk.app import app
from desk.doors import SESSION
from service.connection import connect
from service.parts import Parts, assembled
from stack.postgres import PostgresServer
from tests import databases
from tests.mailroom import set_clock

_numbers = itertools.count(1)

ZONE = ZoneInfo("America/Chicago")
NOBODY_LISTENS = "127.0.0.1:1"
DESK = "https://desk.bluepals.example"
PATIENCE = 20.0  # seconds
PROGRAM = Program(
    id="stl",
    name="St. Louis",
    timezone=ZONE.key,
    holidays=None,
    schools=(
        School("north", "North School", ("city", "county")),
        School("south", "South School", ("county",)),
    ),
    agencies=(Agency("city", "City Police"), Agency("county", "County Police")),
    year=YearDates(date(2026, 8, 17), date(2027, 5, 28)),
    rounds=(
        RoundDates(1, date(2026, 9, 18), date(2026, 10, 2), date(2026, 10, 13)),
        RoundDates(2, date(2026, 10, 23), date(2026, 11, 6), date(2026, 11, 17)),
    ),
    visit=VisitWindow(date(2027, 4, 12), date(2027, 4, 16)),
    policy=Policy(declining_days=0),
)
SCOPE = Scope.whole(PROGRAM.id)
NORTH, SOUTH = PROGRAM.program_year_id("north"), PROGRAM.program_year_id("south")

SEPTEMBER, FIRST_ROUND, FIRST_DUE = date(2026, 9, 1), date(2026, 9, 21), date(2026, 10, 2)
FIRST_OPENING, SECOND_ROUND, SECOND_OPENING = date(2026, 10, 13), date(2026, 10, 26), date(2026, 11, 17)


def _student(
    key: str, last_name: str, gender: Gender, school: str, class_name: str, language: str
) -> Student:
    return Student(
        key, key.title(), last_name, gender, class_name, school, language, None, None, date(2026, 8, 1)
    )


def _officer(key: str, gender: Gender, agency: str, capacity: int = 1) -> Officer:
    address = f"{key}@{agency}.example"
    until = date(2028, 1, 1)
    return Officer(
        key, key.title(), "Ruiz", gender, agency, address, capacity, ("en",), until, OfficerKind.SWORN
    )


def _staff(
    key: str,
    role: Role,
    school: str | None = None,
    class_name: str | None = None,
    agency: str | None = None,
    languages: tuple[str, ...] = ("en",),
) -> StaffRole:
    address = f"{key}@school.example"
    return StaffRole(key, f"Ms. {key.title()}", address, role, school, class_name, agency, languages)


STUDENTS = (
    _student("maya", "Lopez", Gender.FEMALE, "north", "5A", "en"),
    _student("ana", "Ortiz", Gender.FEMALE, "north", "5A", "es"),
    _student("noah", "Smith", Gender.MALE, "north", "5A", "en"),
    _student("uma", "Yang", Gender.FEMALE, "north", "5A", "en"),
    _student("zoe", "Kraus", Gender.FEMALE, "north", "5/B & C", "en"),
    _student("leo", "Park", Gender.MALE, "south", "5A", "en"),
)
OFFICERS = (
    _officer("dana", Gender.FEMALE, "city", capacity=2),
    _officer("sam", Gender.MALE, "city"),
    _officer("kim", Gender.FEMALE, "county"),
    _officer("ben", Gender.MALE, "county"),
    _officer("rita", Gender.FEMALE, "county"),
)
STAFF = (
    _staff("tess", Role.TEACHER, "north", "5A"),
    _staff("theo", Role.TEACHER, "north", "5/B & C"),
    _staff("sol", Role.TEACHER, "south"),
    _staff("mo", Role.MODERATOR),
    _staff("mia", Role.MODERATOR, "north", languages=("en", "es")),
    _staff("cora", Role.COORDINATOR),
    _staff("coco", Role.COUNSELOR),
    _staff("cal", Role.COUNSELOR, "south"),
    _staff("lia", Role.LIAISON, agency="city"),
    _staff("lou", Role.LIAISON, agency="county"),
)
# Uma waits for a pal, and Rita is the reserve.
PAIRS = {"maya": "dana", "ana": "dana", "noah": "sam", "zoe": "kim", "leo": "ben"}


@dataclass
class Town:
    parts: Parts
    admin: asyncpg.Connection
    http: httpx.AsyncClient
    pairings: dict[str, UUID] = field(default_factory=dict)
    officers: dict[str, UUID] = field(default_factory=dict)
    staff: dict[str, UUID] = field(default_factory=dict)
    now: datetime = datetime(2026, 9, 1, 9, tzinfo=ZONE)

    async def on(self, day: date, hour: int = 9) -> None:
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)
        await set_clock(self.admin, self.now)

    def officer(self, name: str) -> "Visitor":
        return self._visitor(name, "pals")

    def teacher(self, name: str) -> "Visitor":
        return self._visitor(name, "class")

    def reader(self, name: str) -> "Visitor":
        return self._visitor(name, "cases")

    def coordinator(self, name: str) -> "Visitor":
        return self._visitor(name, "board")

    def calendar(self, name: str) -> "Visitor":
        return self._visitor(name, "calendar")

    def setup(self, name: str) -> "Visitor":
        return self._visitor(name, "setup")

    def pairing_list(self, name: str) -> "Visitor":
        return self._visitor(name, "pairings")

    def pairs(self, name: str) -> "Visitor":
        return self._visitor(name, "setup/pairs")

    def counselor(self, name: str) -> "Visitor":
        return self._visitor(name, "counsel")

    def moderator(self, name: str) -> "Visitor":
        return self._visitor(name, "reading")

    def liaison(self, name: str) -> "Visitor":
        return self._visitor(name, "agency")

    def guardian(self, address: str) -> "Visitor":
        return self._visitor(address, "family")

    def _visitor(self, name: str, page: str) -> "Visitor":
        entering = Entering(self, name)
        http = httpx.AsyncClient(
            transport=self.http._transport, base_url=DESK, follow_redirects=True, auth=entering
        )
        entering.cookies = http.cookies
        return Visitor(http, f"/{PROGRAM.id}/{page}", entering)

    async def mailed_code(self, address: str) -> str:
        """The newest. It is mailed after the page has answered."""
        newest = (
            "SELECT message FROM mail WHERE kind = 'entry' AND to_address = $1 ORDER BY sequence DESC LIMIT 1"
        )
        async with asyncio.timeout(PATIENCE):
            while (mail := await self.admin.fetchval(newest, address)) is None:  # noqa: ASYNC110 - the event is in the database
                await asyncio.sleep(0.02)
        found = re.search(rb"\b\d{3} \d{3}\b", mail)
        assert found, "there is no code in the mail"
        return found[0].decode()

    async def case(self) -> UUID:
        found: UUID = await self.admin.fetchval("SELECT id FROM case_file")
        return found

    async def is_coordinator_of(self, name: str, school: str) -> None:
        await self.admin.execute(
            "INSERT INTO staff_role (staff_id, program_id, role, school_id) VALUES ($1, $2, 'coordinator', $3)",
            self.staff[name],
            PROGRAM.id,
            school,
        )

    # What people do elsewhere, or what a workflow brings about.

    async def hands_in(
        self,
        child: str,
        text: str | Letter,
        *,
        number: int = 1,
        side: Side = Side.STUDENT,
        language: str = "en",
    ) -> DraftRecord:
        uploader = self.staff["tess"] if side is Side.STUDENT else self.officers[PAIRS[child]]
        return await letters.hand_in(
            self.parts.office,
            SCOPE,
            pairing_id=self.pairings[child],
            round_number=number,
            side=side,
            letter=TypedLetter(text) if isinstance(text, str) else text,
            language=language,
            uploaded_by=uploader,
        )

    async def decides(self, draft: DraftRecord, verdict: Verdict = Verdict.APPROVE) -> None:
        await letters.decide(
            self.parts.office,
            SCOPE,
            draft_id=draft.id,
            draft_hash=draft.hash,
            verdict=verdict,
            decided_by=self.staff["mo"],
            reason_for_child="Please leave out your street <b>name</b>.",
            reason_for_adult="It names the unit's <i>street</i>.",
        )

    async def delivers(
        self,
        child: str,
        text: str | Letter,
        *,
        number: int = 1,
        side: Side = Side.STUDENT,
        language: str = "en",
    ) -> DraftRecord:
        draft = await self.hands_in(child, text, number=number, side=side, language=language)
        await self.decides(draft)
        released = await letters.release(
            self.parts.office,
            SCOPE,
            pairing_id=self.pairings[child],
            draft_id=draft.id,
            draft_hash=draft.hash,
        )
        assert isinstance(released, Delivery), released
        return draft

    async def newest_draft(self, child: str, side: Side, number: int = 1) -> DraftRecord:
        row = await self.admin.fetchrow(
            "SELECT draft.id, letter_id, draft.number, hash, received_at FROM draft JOIN letter ON letter.id = letter_id"
            " WHERE pairing_id = $1 AND side = $2 AND round_number = $3 ORDER BY draft.number DESC LIMIT 1",
            self.pairings[child],
            side,
            number,
        )
        assert row is not None
        return DraftRecord(**row, known=False)

    async def count_drafts(self, child: str) -> int:
        counted: int = await self.admin.fetchval(
            "SELECT count(*) FROM draft JOIN letter ON letter.id = letter_id WHERE pairing_id = $1",
            self.pairings[child],
        )
        return counted

    async def written(self, child: str, side: Side, number: int = 1) -> Letter:
        """What the newest draft says, as a moderator reads it."""
        draft = await self.newest_draft(child, side, number)
        return (await letters.read(self.parts.office, SCOPE, draft.id)).letter

    async def stocks(self, text: str) -> None:
        draft = await letters.hand_in_stock(
            self.parts.office,
            SCOPE,
            officer_id=self.officers["rita"],
            stock_id="s1",
            letter=TypedLetter(text),
            language="en",
        )
        await self.decides(draft)

    async def misses_with_stock(self, child: str, number: int = 1) -> None:
        office, pairing = self.parts.office, self.pairings[child]
        assert await letters.record_miss(office, SCOPE, pairing, number, Side.OFFICER)
        assert await letters.put_stock_letter(office, SCOPE, pairing, number)

    async def opens(self, program_year: str, number: int = 1) -> None:
        await year.send_packs(self.parts.office, SCOPE, program_year, number)

    async def invites(self, program_year: str) -> None:
        await visits.invite(self.parts.office, SCOPE, program_year)


@dataclass
class Entering(httpx.Auth):
    """Lets somebody in before their first request of a day. `name`: an id of the rosters, or a guardian's address."""

    town: Town
    name: str
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    token: str = ""
    day: date | None = None

    async def enter(self) -> str:
        if self.day != self.town.now.date():
            entered = await (self._by_code() if "@" in self.name else self._by_link())
            self.token, self.day = entered.token, self.town.now.date()
        return self.token

    async def _by_link(self) -> doors.Entered:
        office = self.town.parts.office
        link = await doors.link_for(office, PROGRAM.id, self.name)
        return await doors.enter_by_link(office, PROGRAM.id, link.rpartition("/")[2], "", remember=False)

    async def _by_code(self) -> doors.Entered:
        """No administrator makes a link for a family: it asks for one by its address."""
        office, browser = self.town.parts.office, f"{self.name} {uuid4()}"
        await doors.ask(office, PROGRAM.id, address=self.name, browser=browser, source="")
        code = await self.town.mailed_code(self.name)
        return await doors.enter_by_code(office, PROGRAM.id, code, browser, remember=False)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        self.cookies.set(SESSION, await self.enter())  # A request that follows a redirect takes it from here.
        request.headers.pop("Cookie", None)
        self.cookies.set_cookie_header(request)
        yield request


@dataclass
class Visitor:
    """Somebody who is in, and a browser."""

    http: httpx.AsyncClient
    path: str
    entering: Entering

    async def entered(self) -> doors.Visitor:
        """As the facts know them."""
        office = self.entering.town.parts.office
        found = await doors.visitor(office, PROGRAM.id, await self.entering.enter())
        assert found is not None
        return found

    async def sees(self) -> str:
        page = await self.http.get(self.path)
        assert page.status_code == 200, page.text
        return page.text

    async def gets(self, path: str) -> httpx.Response:
        return await self.http.get(f"{self.path}/{path}")

    async def form_key(self) -> str:
        found = re.search(r'name="form" value="([^"]+)"', await self.sees())
        assert found, "there is no form on the page"
        return found[1]

    async def posts(self, path: str, *, key: str | None = None, **fields: object) -> httpx.Response:
        """The form of one of the pages below this one; `look_again` is the field look-again."""
        form = await self.form_key() if key is None else key
        data = {name.replace("_", "-"): value for name, value in fields.items()}
        return await self.http.post(f"{self.path}/{path}", data={"form": form, **data})

    async def letter_form(self, pairing: UUID) -> dict[str, str]:
        """What the form for this pairing's letter carries along; only the page's key, when it shows none."""
        form = (await self.sees()).partition(f'action="{self.path}/{pairing}"')[2].partition("</form>")[0]
        carried = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        return carried or {"form": await self.form_key()}

    async def sends(
        self,
        pairing: UUID,
        text: str = "",
        *,
        pages: Sequence[tuple[str, bytes]] = (),
        key: str | None = None,
        showed: dict[str, str] | None = None,
        **fields: str,
    ) -> httpx.Response:
        """A letter, by the form of the page as it is now, or as it `showed` itself before."""
        carried = showed or (await self.letter_form(pairing) if key is None else {"form": key})
        return await self.http.post(
            f"{self.path}/{pairing}",
            data={**carried, "text": text, "language": "en", **fields},
            files=[("pages", page) for page in pages] or [("pages", ("", b""))],
        )

    async def answers_invitation(
        self, pairing: UUID, answer: str, *, key: str | None = None
    ) -> httpx.Response:
        form = await self.form_key() if key is None else key
        return await self.http.post(f"{self.path}/{pairing}/visit", data={"form": form, "answer": answer})

    async def leaves(self, reason: str, *, key: str | None = None) -> httpx.Response:
        form = await self.form_key() if key is None else key
        return await self.http.post(f"{self.path}/leave?reason={reason}", data={"form": form})

    async def is_worried(self, draft: UUID, kind: str) -> httpx.Response:
        return await self.http.post(
            f"{self.path}/worry/{draft}", data={"form": await self.form_key(), "kind": kind}
        )

    async def attests(self, case: UUID, **fields: str) -> httpx.Response:
        return await self.http.post(f"{self.path}/{case}", data={"form": await self.form_key(), **fields})


async def begun_town(postgres: PostgresServer, template: str) -> str:
    """A database of the town, everybody paired and introduced: made once, and copied for each test."""
    name = await databases.copy(postgres, template, "small_town")
    async with _visited(postgres, name, DESK) as town:
        await _settle(town)
    return name


@asynccontextmanager
async def small_town(
    postgres: PostgresServer, begun: str, desk_url: str = DESK, **others: object
) -> AsyncIterator[Town]:
    async with (
        databases.copied(postgres, begun, f"{begun}_{next(_numbers)}") as name,
        _visited(postgres, name, desk_url, **others) as town,
    ):
        await _know_everybody(town)
        yield town


@asynccontextmanager
async def _visited(
    postgres: PostgresServer, name: str, desk_url: str, **others: object
) -> AsyncIterator[Town]:
    settings = Settings.model_validate(
        {
            "database_url": postgres.url_of("bluepals_app", name),
            "master_keys": "k1:" + base64.b64encode(bytes(32)).decode(),
            "link_key": "not a secret, and long enough for a test",
            "desk_url": desk_url,
            **others,
        }
    )
    client = await connect(target_host=NOBODY_LISTENS, lazy=True)
    admin = await asyncpg.connect(postgres.url_of("postgres", name))
    async with assembled(settings, client) as parts:
        transport = httpx.ASGITransport(app(parts))
        async with httpx.AsyncClient(transport=transport, base_url=DESK, follow_redirects=True) as http:
            yield Town(parts, admin, http)
    await admin.close()


async def _settle(town: Town) -> None:
    await town.on(SEPTEMBER)
    async with town.parts.database.transaction(SCOPE) as connection:
        await programs.save(connection, PROGRAM)
        await people.save_students(connection, PROGRAM.id, {"north": NORTH, "south": SOUTH}, STUDENTS)
        await consents.save(connection, STUDENTS)
        await people.save_officers(connection, PROGRAM.id, OFFICERS)
        await people.save_staff(connection, PROGRAM.id, STAFF)
        pairs = [Pair(child, officer, Sentence("a test")) for child, officer in PAIRS.items()]
        await matching.save_proposal(connection, PROGRAM.id, 1, pairs, [])
        proposed = await matching.open_pairs(connection)
        cora = await people.staff_id(connection, "cora")
        await matching.approve(connection, [pair.id for pair in proposed], cora)
    await _know_everybody(town)
    for pairing in town.pairings.values():
        await pairings.introduce(town.parts.office, SCOPE, pairing)


async def _know_everybody(town: Town) -> None:
    async with town.parts.database.transaction(SCOPE) as connection:
        town.officers = {
            one.officer_id: await people.officer_id(connection, one.officer_id) for one in OFFICERS
        }
        town.staff = {one.staff_id: await people.staff_id(connection, one.staff_id) for one in STAFF}
    rows = await town.admin.fetch(
        "SELECT external_id, pairing.id FROM pairing JOIN student ON student.id = student_id"
    )
    town.pairings = {row["external_id"]: row["id"] for row in rows}


def photo(*, size: tuple[int, int] = (300, 400), note: str = "", color: str = "white") -> bytes:
    """A JPEG with its place and a note in its EXIF."""
    exif = Image.Exif()
    exif[0x010E] = note
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (38.0, 37.0, 37.0)
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG", exif=exif)
    return file.getvalue()


def scan(*colors: str) -> ScannedLetter:
    file = io.BytesIO()
    first, *others = (Image.new("RGB", (300, 400), color) for color in colors)
    first.save(file, "PDF", save_all=True, append_images=others)
    return ScannedLetter(file.getvalue())


def read_pdf(content: bytes) -> list[str]:
    """What can be read on each page."""
    return [
        page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdfium.PdfDocument(content)
    ]
