"""What committing a fact takes: the database, the keys of the letters, letter paper, and a bell for the outbox."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from bluepals.links import DeskPage, Links
from bluepals.mail.compose import compose
from bluepals.mail.notice import Notice
from bluepals.paper.words import words_in
from bluepals.store import mail, programs
from bluepals.store.content import Keyring
from bluepals.store.database import Connection, Database, Scope
from bluepals.store.pairings import PairingCard


@dataclass(frozen=True)
class Office:
    database: Database
    keyring: Keyring
    links: Links
    from_address: str
    ring: Callable[[str], None]
    # Whether the district has one, by which coordinators, moderators and counselors come in.
    single_sign_on: bool = False

    @property
    def takes_passkeys(self) -> bool:
        """Where there is no single sign-on, and a name that a passkey can be bound to: numbers are none (WebAuthn, 5.1.3)."""
        host = self.links.host
        return not self.single_sign_on and not re.fullmatch(r"[\d.]+|.*:.*", host)

    @asynccontextmanager
    async def committing(self, scope: Scope) -> AsyncIterator[Connection]:
        """A transaction whose notices and tells are on their way as soon as it is committed."""
        async with self.database.transaction(scope) as connection:
            yield connection
        self.ring(scope.program)


@dataclass(frozen=True)
class Letterhead:
    """The program's own time and words for a notice, read once in a transaction."""

    office: Office
    program: Program
    calendar: SchoolCalendar
    now: datetime

    @classmethod
    async def of(cls, office: Office, connection: Connection) -> "Letterhead":
        program = await programs.load(connection)
        now = await connection.fetchval("SELECT program_now()")
        return cls(office, program, SchoolCalendar.of(program), now)

    def link_to(self, page: DeskPage) -> str:
        return self.office.links.page(self.program.id, page)

    def decline_link(self, page: str, pairing: UUID, reader: str) -> str:
        return self.office.links.decline(self.program.id, page, pairing, self._until, reader)

    def attest_link(self, case: UUID, person: UUID) -> str:
        return self.office.links.attest(self.program.id, case, person)

    def date_for_family(self, pairing: PairingCard, instant: datetime) -> str:
        """In its language."""
        return words_in(pairing.student_language).until(instant.astimezone(self.calendar.zone))

    @property
    def year_closes(self) -> datetime:
        return self.calendar.instant(self.program.year.last_day, self.program.policy.due_hour)

    @property
    def thanks_until(self) -> datetime:
        """Until when the words of a year's end are still worth a mail."""
        return max(self.year_closes, self.now) + timedelta(weeks=2)

    @property
    def _until(self) -> datetime:
        return self.now + timedelta(days=self.program.policy.link_days)


async def post(
    connection: Connection,
    letterhead: Letterhead,
    notice: Notice,
    *,
    key: str,
    to: str,
    school: str | None = None,
    agency: str | None = None,
    pairing_id: UUID | None = None,
    tells_of: Sequence[UUID] = (),
    useful_until: datetime | None = None,
    held_until: datetime | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Queue a notice in the transaction of what it tells about; composed once, and the same key only once."""
    if await mail.is_queued(connection, key):
        return
    sender = letterhead.office.from_address
    message_id = f"<{uuid4()}@{sender.partition('@')[2]}>"
    message = compose(notice, to=to, from_address=sender, message_id=message_id, date=letterhead.now)
    await mail.queue(
        connection,
        mail.QueuedMail(
            key=key,
            kind=notice.kind,
            to=to,
            message_id=message_id,
            message=message,
            school=school,
            agency=agency,
            pairing_id=pairing_id,
            tells_of=tells_of,
            useful_until=useful_until,
            held_until=held_until,
            after=after,
        ),
    )


async def post_to_family(
    connection: Connection,
    letterhead: Letterhead,
    notice: Notice,
    pairing: PairingCard,
    *,
    key: str,
    useful_until: datetime | None = None,
    held_until: datetime | None = None,
) -> None:
    """To each guardian who has an address and may be written to; to others the school hands out paper."""
    for number, address in enumerate(pairing.family, start=1):
        await post(
            connection,
            letterhead,
            notice,
            key=f"{key}-guardian-{number}",
            to=address,
            school=pairing.school,
            pairing_id=pairing.id,
            useful_until=useful_until,
            held_until=held_until,
        )
