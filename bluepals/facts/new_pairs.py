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
from bluepals.store.declining import NewPair
from bluepals.store.pauses import Target


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


async def _tell_counselors(
    connection: Connection, letterhead: Letterhead, pairs: Sequence[NewPair], until: datetime, batch: str
) -> None:
    for school, group in groupby(pairs, key=lambda one: one.school):
        lines = [
            f"class {one.class_name}: {one.student_first_name} and {one.officer_first_name} ({one.agency_name})"
            for one in group
        ]
        for counselor in await people.staff(connection, Role.COUNSELOR, school=school):
            await post(
                connection,
                letterhead,
                notices.introductions.pairs_to_counselor(
                    name=counselor.name,
                    lines=lines,
                    until=letterhead.calendar.label(until),
                    link=letterhead.link_to(DeskPage.COUNSEL),
                ),
                key=f"pairs-{batch}-{school}-{counselor.id}",
                to=counselor.email,
                school=school,
            )


def declined_until(letterhead: Letterhead) -> datetime:
    """Days and not school days: most pairs are made in summer."""
    policy, today = letterhead.program.policy, letterhead.now.astimezone(letterhead.calendar.zone).date()
    return letterhead.calendar.instant(today + timedelta(days=policy.declining_days), policy.due_hour)
