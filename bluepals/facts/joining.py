"""How an officer comes to the program: by a link of the liaison, and by the liaison's word. Never by the link alone."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from bluepals.domain.address import is_line
from bluepals.domain.people import Officer, OfficerKind
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts.doors import AN_HOUR, SECRET_BYTES, TooMany
from bluepals.facts.office import Office
from bluepals.roster import cells
from bluepals.roster.problems import Unfit
from bluepals.store import joining, people, programs
from bluepals.store.database import Scope
from bluepals.store.joining import JoiningLink, Wish

LINK_STAYS = timedelta(weeks=6)
MOST_FROM_ONE_SOURCE = 100  # an hour; an agency has one address on the internet
KEPT = timedelta(days=90)  # a wish that nobody decides about
LONGEST_PROFILE = 600  # characters

Read = TypeVar("Read")


class JoiningRefused(Refused):
    """What was said can't be taken; the message says what to change."""


class LinkClosed(Refused):
    """The link opens nothing, or not any more; the message says whom to ask."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the form of this link asks for. `most`: children that an officer may have."""

    agency_name: str
    most: int


async def make_link(office: Office, scope: Scope, agency: str, *, by: UUID) -> str:
    """It is shown once: only its digest is kept."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    digest = office.links.digest("joining", secret)
    async with office.database.transaction(scope) as connection:
        await joining.make_link(connection, agency, digest, by, LINK_STAYS)
    return office.links.joining(scope.program, secret)


async def form(office: Office, program: str, secret: str) -> Form:
    """Raises LinkClosed."""
    link = await _link(office, program, secret)
    async with office.database.transaction(Scope(program)) as connection:
        most = (await programs.load(connection)).policy.capacity_max
    return Form(link.agency_name, most)


async def _link(office: Office, program: str, secret: str) -> JoiningLink:
    """Raises LinkClosed."""
    async with office.database.transaction(Scope.whole(program)) as connection:
        found = await joining.link(connection, office.links.digest("joining", secret))
    if found is None:
        raise LinkClosed("This link opens nothing any more. Ask your agency's liaison for a new one.")
    return found


async def ask(office: Office, program: str, secret: str, said: Mapping[str, str], *, source: str) -> None:
    """It waits for the liaison. Raises LinkClosed, TooMany and JoiningRefused."""
    link = await _link(office, program, secret)
    digest = office.links.digest("source", source)
    async with office.database.transaction(Scope(program, agencies=(link.agency,))) as connection:
        if await joining.asked_from(connection, digest, AN_HOUR) >= MOST_FROM_ONE_SOURCE:
            raise TooMany("Too many people have asked from this network. Please try again in an hour.")
        most = (await programs.load(connection)).policy.capacity_max
        await joining.forget(connection, KEPT)
        await joining.ask(connection, link.id, _wish(said, most), digest)


def _wish(said: Mapping[str, str], most: int) -> Wish:
    """Read as the roster's cells are. Raises JoiningRefused."""
    if not said["gender"]:
        raise JoiningRefused("Choose a gender, or that you would rather be asked.")
    wish = Wish(
        first_name=_read(said, Sentence("first name"), cells.name),
        last_name=_read(said, Sentence("last name"), cells.name),
        gender=cells.gender(said["gender"]),
        email=_read(said, Sentence("work address"), cells.email),
        languages=_read(said, Sentence("language"), cells.languages),
        capacity=_read(said, Sentence("number of pals"), cells.capacity(most)),
        kind=_read(said, Sentence("kind"), cells.one_of(OfficerKind)),
        profile=" ".join(said["profile"].split()),
    )
    if not wish.capacity or not wish.languages:
        raise JoiningRefused("Say to how many children you would write, and in which languages.")
    if not 0 < len(wish.profile) <= LONGEST_PROFILE or not is_line(wish.profile):
        raise JoiningRefused(
            "Say in 1 to {most} characters who you are and why you would like to write.",
            most=LONGEST_PROFILE,
        )
    return wish


def _read(said: Mapping[str, str], name: Sentence, read: Callable[[str], Read]) -> Read:
    value = " ".join(said[name].split())
    if not value:
        raise JoiningRefused("Your {name} is missing.", name=name)
    try:
        return read(value)
    except Unfit as unfit:
        raise JoiningRefused("Your {name} {unfit}.", name=name, unfit=unfit.sentence) from None


async def accept(office: Office, scope: Scope, joining_id: UUID, external_id: str, *, by: UUID) -> None:
    """An officer of this id, with no clearance until somebody enters its date. Raises JoiningRefused."""
    try:
        officer_id = cells.identifier(external_id.strip())
    except Unfit as unfit:
        raise JoiningRefused("“{written}” {unfit}.", written=external_id, unfit=unfit.sentence) from None
    async with office.committing(scope) as connection:
        one = await joining.waiting_one(connection, joining_id)
        if one is None:
            raise JoiningRefused("Somebody has decided about this one already.")
        wish = one.wish
        if known := await joining.officer_at(connection, wish.email, officer_id):
            raise JoiningRefused(
                "Officer {officer} has this address or this id already. Choose another id, or decline this one.",
                officer=known,
            )
        officer = Officer(
            officer_id=officer_id,
            first_name=wish.first_name,
            last_name=wish.last_name,
            gender=wish.gender,
            agency=one.agency,
            email=wish.email,
            capacity=wish.capacity,
            languages=wish.languages,
            cleared_until=None,
            kind=wish.kind,
        )
        await people.save_officers(connection, scope.program, [officer])
        await joining.decide(connection, joining_id, by, await people.officer_id(connection, officer_id))


async def decline(office: Office, scope: Scope, joining_id: UUID, *, by: UUID) -> None:
    """What they said is gone. Again, it changes nothing."""
    async with office.database.transaction(scope) as connection:
        await joining.decide(connection, joining_id, by, None)
