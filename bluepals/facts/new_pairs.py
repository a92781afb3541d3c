"""Pairs that are to be introduced: their counselors hear of them, and until when one may say no."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.facts.office import Letterhead, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import declining, mail, people
from bluepals.store.database import Connection
from bluepals.store.declining import CalledBack, NewPair
from bluepals.store.pauses import Target
from bluepals.store.people import StaffMember


async def tell_counselors(
    connection: Connection, letterhead: Letterhead, pairs: Sequence[NewPair], batch: str
) -> None:
    """One mail for all the pairs of a school that were approved together."""
    if letterhead.program.policy.declining_days:
        await _tell_counselors(connection, letterhead, pairs, declined_until(letterhead), batch)


async def tell_counselors_again(
    connection: Connection, letterhead: Letterhead, moved: Mapping[UUID, datetime], target: Target
) -> None:
    """A pause of this has ended: by when they may decline now. What has not left yet said another date."""
    waited = await mail.recall(connection, "pairs-", target.school) if target.is_of_classes else []
    pairs = {
        declined_until(letterhead): [
            *await declining.not_asked(connection, [school for school in waited if school is not None])
        ]
    }
    for pair in await declining.pairs(connection, list(moved)):
        pairs.setdefault(moved[pair.pairing_id], []).append(pair)
    for until, of_this_day in pairs.items():
        of_this_day.sort(key=lambda one: one.school)
        batch = f"after-{letterhead.now.isoformat()}-{until:%Y-%m-%d}"
        await _tell_counselors(connection, letterhead, of_this_day, until, batch)


async def name_no_more(connection: Connection, letterhead: Letterhead, ended: Sequence[UUID]) -> None:
    """A list with one of these that has not left is written anew, with those that are still to be introduced."""
    for called_back in await declining.call_back(connection, ended):
        for counselor in await people.staff(connection, Role.COUNSELOR, school=called_back.school):
            if counselor.id == called_back.counselor:
                await _write_anew(connection, letterhead, called_back, counselor)


async def _write_anew(
    connection: Connection, letterhead: Letterhead, called_back: CalledBack, counselor: StaffMember
) -> None:
    pairs: dict[datetime, list[NewPair]] = {}
    for pair in await declining.pairs(connection, called_back.pairings):
        pairs.setdefault(pair.until or declined_until(letterhead), []).append(pair)
    for until, of_this_day in pairs.items():
        batch = f"anew-{called_back.mail_id}-{until:%Y-%m-%d}"
        await _tell(connection, letterhead, counselor, of_this_day, until, batch)


async def _tell_counselors(
    connection: Connection, letterhead: Letterhead, pairs: Sequence[NewPair], until: datetime, batch: str
) -> None:
    for school, group in groupby(pairs, key=lambda one: one.school):
        of_school = list(group)
        for counselor in await people.staff(connection, Role.COUNSELOR, school=school):
            await _tell(connection, letterhead, counselor, of_school, until, batch)


async def _tell(
    connection: Connection,
    letterhead: Letterhead,
    counselor: StaffMember,
    pairs: Sequence[NewPair],
    until: datetime,
    batch: str,
) -> None:
    """Of pairs of one school."""
    school = pairs[0].school
    await post(
        connection,
        letterhead,
        notices.introductions.pairs_to_counselor(
            name=counselor.name,
            lines=[
                f"class {one.class_name}: {one.student_first_name} and {one.officer_first_name} ({one.agency_name})"
                for one in pairs
            ],
            until=letterhead.calendar.label(until),
            link=letterhead.link_to(DeskPage.COUNSEL),
        ),
        key=f"pairs-{batch}-{school}-{counselor.id}",
        to=counselor.email,
        school=school,
        tells_of=[one.pairing_id for one in pairs],
    )


def declined_until(letterhead: Letterhead) -> datetime:
    """Days and not school days: most pairs are made in summer."""
    policy, today = letterhead.program.policy, letterhead.now.astimezone(letterhead.calendar.zone).date()
    return letterhead.calendar.instant(today + timedelta(days=policy.declining_days), policy.due_hour)
