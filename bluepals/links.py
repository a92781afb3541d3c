"""Links in mails: to pages of the desk, and signed ones that let one side of a pair say no without entering."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from bluepals.domain.refusals import Worded
from bluepals.domain.sentences import Sentence
from bluepals.domain.stacks import SHEET, SheetCode

SHORTEST_KEY = 32

# So a code has 34 signs, of which a square of 29 by 29 dots can lose nearly a third.
CHECK_BYTES = 3
READER_SIGNS = 16


class LinkRefused(Worded):
    """The link is not one of ours, or its time is over; the message says what to do."""


INCOMPLETE = Sentence("This link is not complete. Open it again from the mail.")
OVER = Sentence("This link's time is over. Open the one in the newest mail.")
ATTEST = "attest"


class DeskPage(StrEnum):
    """What a mail may lead to."""

    PALS = "pals"
    CLASS = "class"
    CASES = "cases"
    COUNSEL = "counsel"
    READING = "reading"
    FAMILY = "family"
    AGENCY = "agency"
    BOARD = "board"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a signed link asks: one side of a pairing, named by its page. `reader`: the digest of the address it was mailed to."""

    program: str
    page: str
    pairing: UUID
    reader: str


@dataclass(frozen=True, slots=True)
class Attests:
    """Who says for themselves by a signed link what they have done about a letter."""

    program: str
    case: UUID
    person: UUID


class Links:
    def __init__(self, key: str, desk_url: str) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(
                f"BLUEPALS_LINK_KEY needs {SHORTEST_KEY} characters or more: openssl rand -base64 32"
            )
        self._key = key.encode()
        self._serializer = URLSafeSerializer(key, salt="blue-pals-link")
        self._desk_url = desk_url.rstrip("/")

    @property
    def desk(self) -> str:
        return self._desk_url

    @property
    def host(self) -> str:
        """The desk's name on the network."""
        return urlsplit(self._desk_url).hostname or ""

    def page(self, program: str, page: DeskPage) -> str:
        """It holds no secret: whoever opens it has to enter."""
        return f"{self._desk_url}/{program}/{page}"

    def enter(self, program: str) -> str:
        return f"{self._desk_url}/{program}/enter"

    def entry(self, program: str, secret: str) -> str:
        return f"{self.enter(program)}/{secret}"

    def joining(self, program: str, secret: str) -> str:
        """For whoever wants to become an officer: it opens a form and nothing else."""
        return f"{self._desk_url}/{program}/join/{secret}"

    def digest(self, of: str, value: str) -> bytes:
        """What is kept of a secret or an address: nothing that could be guessed back without the key. `of`: its kind."""
        return hmac.digest(self._key, f"{of}\n{value}".encode(), hashlib.sha256)

    def on_sheet(self, code: SheetCode) -> str:
        """What is printed on a child's sheet, in the signs that make the smallest square. Only the key makes one."""
        named = code.pairing_id.bytes + code.round_number.to_bytes(1)
        return SHEET + base64.b32encode(named + self._check(named)).decode()

    def sheet(self, printed: str) -> SheetCode | None:
        """None: it is no sheet of ours."""
        try:
            named = base64.b32decode(printed.removeprefix(SHEET))
        except ValueError:
            return None
        named, check = named[:-CHECK_BYTES], named[-CHECK_BYTES:]
        if len(named) != 17 or not hmac.compare_digest(check, self._check(named)):
            return None
        return SheetCode(UUID(bytes=named[:16]), named[16])

    def _check(self, named: bytes) -> bytes:
        return self.digest("sheet", named.hex())[:CHECK_BYTES]

    def decline(self, program: str, page: str, pairing: UUID, until: datetime, reader: str) -> str:
        """For one side of a pair that is not introduced yet. `reader`: the address to which it is mailed."""
        token: str = self._serializer.dumps(
            [page, program, pairing.hex, int(until.timestamp()), self.reader(reader)]
        )
        return f"{self._desk_url}/{page}/{token}"

    def reader(self, address: str) -> str:
        """What a link holds of the address to which it was mailed."""
        return self.digest("reader", address.lower()).hex()[:READER_SIGNS]

    def attest(self, program: str, case: UUID, person: UUID) -> str:
        """For whoever has read a letter and can't enter any more: it opens what is theirs to say, and nothing else."""
        return f"{self._desk_url}/{ATTEST}/{self._serializer.dumps([ATTEST, program, case.hex, person.hex])}"

    def attests(self, token: str) -> Attests:
        """Raises LinkRefused."""
        try:
            page, program, case, person = self._serializer.loads(token)
        except (BadSignature, ValueError):
            raise LinkRefused(INCOMPLETE) from None
        if page != ATTEST:
            raise LinkRefused(INCOMPLETE)
        return Attests(program, UUID(hex=case), UUID(hex=person))

    def asked(self, page: str, token: str, now: datetime) -> Asked:
        """Raises LinkRefused."""
        try:
            asked_page, program, pairing, until, *reader = self._serializer.loads(token)
        except (BadSignature, ValueError):
            raise LinkRefused(INCOMPLETE) from None
        if asked_page != page or datetime.fromtimestamp(until, UTC) < now:
            raise LinkRefused(OVER)
        return Asked(program, page, UUID(hex=pairing), "".join(reader))
