"""Who is let in at the desk: by a link or a code that was mailed, once, in the browser that asked for it.

The link has 128 bits, the code six digits and few guesses; OWASP ASVS 5.0, 6.5 and 6.6. Whoever asks or guesses too
often shuts the door to nobody else: what each source may ask is its own, and the link opens when no code does any more.
"""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.domain.entering import WATCHED, Door, Standing, opens_to_staff
from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.facts.office import Letterhead, Office, post
from bluepals.mail import notices
from bluepals.mail.notice import Notice
from bluepals.store import doors, programs
from bluepals.store.database import Connection, Scope
from bluepals.store.doors import Asking, Identity

LINK_STAYS = timedelta(minutes=10)
ADMINS_LINK_STAYS = timedelta(hours=1)
SECRET_BYTES = 16
AN_HOUR = timedelta(hours=1)
MOST_FOR_ONE_ADDRESS = 5  # mails an hour that one source may ask for
MOST_TO_ONE_ADDRESS = 20  # mails an hour, whoever asks
MOST_FROM_ONE_SOURCE = 100  # an hour; a school has one address on the internet
KEPT = timedelta(days=7)  # of what is over, for whoever asks who was in

SHIFT = timedelta(hours=12)  # how long people stay in
FAMILYS_STAY = timedelta(hours=1)  # whatever else the guardian is
REMEMBERED = timedelta(days=60)  # an officer's own device
FRESH = timedelta(hours=12)  # since when one has to have entered, for what matters


class NotLetIn(Refused):
    """This door does not open; the message says what to do."""


class TooMany(Refused):
    """Too many have asked from one place; the message says when to try again."""


class NoSuchProgram(LookupError):
    """Nothing is here under this name."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is in: everything that their address is in this program.

    `children`: whose family they are in as now; `guardian_of`: as soon as they have entered again; `second_of`: of these
    the ones whose second guardian they are. `lacks_passkey`: they could have one, and came by mail instead.
    """

    session: UUID
    program: str
    staff: UUID | None
    officer: UUID | None
    children: tuple[UUID, ...]
    guardian_of: tuple[UUID, ...]
    second_of: tuple[UUID, ...]
    roles: frozenset[Role]
    keeps_passkeys: bool
    lacks_passkey: bool
    entered_at: datetime
    now: datetime

    @property
    def is_fresh(self) -> bool:
        """Has entered a short time ago: a device that was remembered may be in other hands."""
        return self.now - self.entered_at < FRESH

    @property
    def identity(self) -> Identity:
        return Identity(self.staff, self.officer, self.children, self.second_of)

    @property
    def ids(self) -> frozenset[UUID]:
        """Of staff and officers: the one, the other, or both."""
        return frozenset(one for one in (self.staff, self.officer) if one is not None)


@dataclass(frozen=True, slots=True)
class Entered:
    """The cookie's value, and for how long the browser should keep it; None: until it is closed."""

    token: str
    kept: timedelta | None


async def check_program(office: Office, program: str) -> str:
    """Its name. Raises NoSuchProgram."""
    async with office.database.transaction(Scope(program)) as connection:
        try:
            return (await programs.load(connection)).name
        except LookupError:
            raise NoSuchProgram from None


async def refuse_too_many(office: Office, program: str, source: str) -> None:
    """Raises TooMany."""
    async with office.database.transaction(Scope.whole(program)) as connection:
        asked = await doors.asked_from(connection, office.links.digest("source", source), AN_HOUR)
    if asked >= MOST_FROM_ONE_SOURCE:
        raise TooMany("Too many people have asked from this network. Please try again in an hour.")


async def ask(office: Office, program: str, *, address: str, browser: str, source: str) -> None:
    """Mail a link and a code to this address, if it is somebody's. Whoever asks can't tell."""
    digest = office.links.digest
    secret, code = secrets.token_urlsafe(SECRET_BYTES), f"{secrets.randbelow(10**6):06}"
    asking = Asking(
        address=digest("address", address.strip().lower()),
        source=digest("source", source),
        browser=digest("browser", browser),
        link=digest("link", secret),
        code=digest("code", f"{browser} {code}"),
        stays=LINK_STAYS,
    )
    async with office.committing(Scope.whole(program)) as connection:
        await doors.forget(connection, KEPT)
        await doors.one_at_a_time(connection, asking.address)
        identity = await doors.identity_of(connection, address.strip())
        if identity.is_nobody or await _is_mailed_enough(connection, asking):
            await doors.ask(connection, program, asking, None)
            return
        part = await _part_let_in(office, connection, identity, Door.MAIL)
        await doors.ask(connection, program, asking, part)
        letterhead = await Letterhead.of(office, connection)
        notice = (
            _to_the_other_door(letterhead)
            if part.is_nobody
            else await _link_and_code(connection, letterhead, part, office.links.entry(program, secret), code)
        )
        key = f"entry-{asking.link.hex()}"
        until = letterhead.now + LINK_STAYS
        await post(connection, letterhead, notice, key=key, to=address.strip(), useful_until=until)


async def _is_mailed_enough(connection: Connection, asking: Asking) -> bool:
    sent = await doors.mailed(connection, asking.address, asking.source, AN_HOUR)
    return sent.to_source >= MOST_FOR_ONE_ADDRESS or sent.in_all >= MOST_TO_ONE_ADDRESS


async def _link_and_code(
    connection: Connection, letterhead: Letterhead, part: Identity, link: str, code: str
) -> Notice:
    enter = notices.doors.enter
    if part.children and not (part.staff or part.officer):
        language = await doors.language_of_child(connection, part.children[0])
        enter = {"es": notices.doors.enter_in_spanish}.get(language, enter)
    return enter(
        program=letterhead.program.name,
        code=f"{code[:3]} {code[3:]}",
        minutes=int(LINK_STAYS.total_seconds()) // 60,
        link=link,
    )


def _to_the_other_door(letterhead: Letterhead) -> Notice:
    program, office = letterhead.program, letterhead.office
    how = "the district's sign-in" if office.single_sign_on else "their passkey"
    return notices.doors.enter_otherwise(program=program.name, how=how, link=office.links.enter(program.id))


async def _part_let_in(office: Office, connection: Connection, identity: Identity, door: Door) -> Identity:
    """What of all that somebody is this door lets in."""
    if identity.staff is None:
        return identity
    return _part(office, identity, await doors.standing(connection, identity.staff), door)


def _part(office: Office, identity: Identity, standing: Standing, door: Door) -> Identity:
    opens = opens_to_staff(door, standing, single_sign_on=office.single_sign_on)
    return identity if opens else replace(identity, staff=None)


async def link_for(office: Office, program: str, external_id: str) -> str:
    """A link that lets one of the staff or an officer in, once and in any browser: for an administrator to hand over.

    Raises LookupError with a sentence.
    """
    secret, digest = secrets.token_urlsafe(SECRET_BYTES), office.links.digest
    asking = Asking(
        digest("address", external_id), None, None, digest("link", secret), None, ADMINS_LINK_STAYS
    )
    async with office.database.transaction(Scope.whole(program)) as connection:
        identity = await doors.identity_named(connection, external_id)
        if identity.staff and identity.officer and not await doors.is_one_person(connection, identity):
            raise LookupError(
                f"{external_id} is one of the staff and, under the same id, an officer with another address: a link would"
                " let in both. Give one of them another id in the files, or let them enter by mail."
            )
        if identity.is_nobody:
            if await doors.is_named(connection, external_id):
                raise LookupError(
                    f"{external_id} takes no part any more, and is let in nowhere. Whoever comes back gets a new id in the"
                    " files."
                )
            raise LookupError(
                f"Nobody of the staff and no officer is {external_id}. See staff.csv and officers.csv."
            )
        await doors.ask(connection, program, asking, identity)
    return office.links.entry(program, secret)


async def fits(office: Office, program: str, secret: str, browser: str) -> bool:
    """Whether a link would let in, in this browser. Mailboxes open links: looking spends nothing."""
    async with office.database.transaction(Scope.whole(program)) as connection:
        return await doors.fits(
            connection, office.links.digest("link", secret), office.links.digest("browser", browser)
        )


async def enter_by_link(
    office: Office, program: str, secret: str, browser: str, *, remember: bool
) -> Entered:
    """Raises NotLetIn."""
    digest = office.links.digest
    async with office.database.transaction(Scope.whole(program)) as connection:
        spent = await doors.spend_link(connection, digest("link", secret), digest("browser", browser))
        if spent is not None:
            return await let_in(office, connection, program, *spent, remember=remember)
    raise NotLetIn(
        "This link opens nothing any more: it works once, for 10 minutes, and only the newest. Ask for another one."
    )


async def enter_by_code(office: Office, program: str, code: str, browser: str, *, remember: bool) -> Entered:
    """Raises NotLetIn."""
    digits = re.sub(r"\D", "", code)
    digest = office.links.digest
    async with office.database.transaction(Scope.whole(program)) as connection:
        identity = await doors.spend_code(
            connection, digest("code", f"{browser} {digits}"), digest("browser", browser)
        )
        if identity is not None:
            return await let_in(office, connection, program, identity, Door.MAIL, remember=remember)
    raise NotLetIn(
        "That is not the code of the newest mail, or its 10 minutes are over. Look again, or ask for another one."
    )


async def enter_by_single_sign_on(office: Office, program: str, address: str | None) -> Entered:
    """`address`: the one that the district has just vouched for, if it has. Raises NotLetIn."""
    async with office.database.transaction(Scope.whole(program)) as connection:
        identity = await doors.identity_of(connection, address) if address else None
        if identity is not None and not identity.is_nobody:
            door = Door.SINGLE_SIGN_ON
            return await let_in(office, connection, program, identity, door, remember=False)
    raise NotLetIn(
        "Blue Pals does not know the address that the district's sign-in has for you, or the district has not"
        " checked that it is yours. Ask the coordinator which address of yours is in staff.csv. If it is the right one, the"
        " desk's log says which setting whoever runs it should look at."
    )


async def let_in(
    office: Office, connection: Connection, program: str, identity: Identity, door: Door, *, remember: bool
) -> Entered:
    """A device is remembered for officers only, and as that: a guardian's part ends after an hour, in `visitor`."""
    token = secrets.token_urlsafe(2 * SECRET_BYTES)
    remembered = remember and identity.officer is not None and identity.staff is None
    stays = REMEMBERED if remembered else FAMILYS_STAY if not (identity.staff or identity.officer) else SHIFT
    await doors.open_session(
        connection, program, office.links.digest("session", token), identity, door, stays
    )
    return Entered(token, REMEMBERED if remembered else None)


async def visitor(office: Office, program: str, token: str) -> Visitor | None:
    async with office.database.transaction(Scope.whole(program)) as connection:
        found = await doors.session(connection, office.links.digest("session", token))
    if found is None:
        return None
    who = _part(office, found.identity, found.standing, found.door)
    stays = found.now - found.entered_at < FAMILYS_STAY
    children = who.children if stays else ()
    if replace(who, children=children).is_nobody:
        return None
    roles = frozenset() if who.staff is None else found.standing.roles
    keeps_passkeys = office.takes_passkeys and bool(roles & WATCHED)
    return Visitor(
        session=found.id,
        program=program,
        staff=who.staff,
        officer=who.officer,
        children=children,
        guardian_of=who.children,
        second_of=who.second_of,
        roles=roles,
        keeps_passkeys=keeps_passkeys,
        lacks_passkey=keeps_passkeys and found.door is Door.MAIL and not found.standing.has_passkey,
        entered_at=found.entered_at,
        now=found.now,
    )


async def leave(office: Office, visitor: Visitor) -> None:
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        await doors.end_session(connection, visitor.session)


async def leave_everywhere(office: Office, visitor: Visitor) -> None:
    """On every device on which this visitor is in."""
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        everything = replace(visitor.identity, children=visitor.guardian_of)
        await doors.end_sessions(connection, everything)
