"""Pairs that are to be introduced: their counselors hear of them, and until when one may say no."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from bluepals.domain.people import Role
from bluepals.facts.office import Letterhead, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import people
from bluepals.store.database import Connection
from bluepals.store.declining import NewPair


async def tell_counselors(
    connection: Connection, letterhead: Letterhead, pairs: Sequence[NewPair], batch: str
) -> None:
    """One mail for all the pairs of a school that were approved together."""
    if not letterhead.program.policy.declining_days:
        return
    until = letterhead.calendar.label(declined_until(letterhead))
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
                    name=counselor.name, lines=lines, until=until, link=letterhead.link_to(DeskPage.COUNSEL)
                ),
                key=f"pairs-{batch}-{school}-{counselor.id}",
                to=counselor.email,
                school=school,
            )


def declined_until(letterhead: Letterhead) -> datetime:
    """Days and not school days: most pairs are made in summer."""
    policy, today = letterhead.program.policy, letterhead.now.astimezone(letterhead.calendar.zone).date()
    return letterhead.calendar.instant(today + timedelta(days=policy.declining_days), policy.due_hour)
