"""Links in mails: whom they let in, to what, until when. Signed, so that nobody can make one up."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

SHORTEST_KEY = 32


class LinkRefused(Exception):
    """The link is not one of ours, or its time is over; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom a link lets in.

    An officer to their pals, a teacher to a class, anybody to what they have to attest, one side of a pair to say no to it.
    """

    program: str
    page: str
    person: UUID


class Links:
    def __init__(self, key: str, desk_url: str) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(
                f"BLUEPALS_LINK_KEY needs {SHORTEST_KEY} characters or more: openssl rand -base64 32"
            )
        self._serializer = URLSafeSerializer(key, salt="blue-pals-link")
        self._desk_url = desk_url.rstrip("/")

    def officer(self, program: str, officer: UUID, until: datetime) -> str:
        return self._link("pals", program, officer, until)

    def teacher(self, program: str, teacher: UUID, until: datetime) -> str:
        return self._link("class", program, teacher, until)

    def case(self, program: str, person: UUID, until: datetime) -> str:
        return self._link("case", program, person, until)

    @property
    def desk(self) -> str:
        return self._desk_url

    def decline(self, program: str, page: str, pairing: UUID, until: datetime) -> str:
        """For one side of a pair that is not introduced yet."""
        return self._link(page, program, pairing, until)

    def _link(self, page: str, program: str, person: UUID, until: datetime) -> str:
        token: str = self._serializer.dumps([page, program, person.hex, int(until.timestamp())])
        return f"{self._desk_url}/{page}/{token}"

    def visitor(self, page: str, token: str, now: datetime) -> Visitor:
        """Raises LinkRefused."""
        try:
            asked_page, program, person, until = self._serializer.loads(token)
        except BadSignature:
            raise LinkRefused("This link is not complete. Open it again from the mail.") from None
        if asked_page != page or datetime.fromtimestamp(until, UTC) < now:
            raise LinkRefused("This link's time is over. Open the one in the newest mail.")
        return Visitor(program, page, UUID(hex=person))
