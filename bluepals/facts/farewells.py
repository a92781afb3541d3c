"""A pairing that ends early: both are asked for a last letter, in words that fit whose side goes."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.facts.office import Letterhead, post
from bluepals.mail import notices
from bluepals.mail.notice import Notice
from bluepals.store import pairings, people
from bluepals.store.database import Connection
from bluepals.store.pairings import PairingCard
from bluepals.store.people import StaffMember


async def ask_when_officer_goes(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime
) -> None:
    """The family hears later, when another officer is sought."""
    pairing, day = await pairings.card(connection, pairing_id), letterhead.calendar.label(until)
    await _ask(
        connection,
        letterhead,
        pairing,
        until,
        notices.endings.officer_leaves_to_officer(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            until=day,
            link=letterhead.officer_link(pairing.officer_id),
        ),
        lambda teacher: notices.endings.officer_leaves_to_teacher(
            teacher=teacher.name,
            student=pairing.student_first_name,
            class_name=pairing.class_name,
            until=day,
            link=letterhead.teacher_link(teacher.id),
        ),
    )


async def ask_when_child_goes(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime
) -> None:
    pairing, day = await pairings.card(connection, pairing_id), letterhead.calendar.label(until)
    await _ask(
        connection,
        letterhead,
        pairing,
        until,
        notices.endings.child_leaves_to_officer(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            until=day,
            link=letterhead.officer_link(pairing.officer_id),
        ),
        lambda teacher: notices.endings.child_leaves_to_teacher(
            teacher=teacher.name,
            student=pairing.student_first_name,
            class_name=pairing.class_name,
            until=day,
            link=letterhead.teacher_link(teacher.id),
        ),
    )
    for number, address in enumerate(pairing.family, start=1):
        await post(
            connection,
            letterhead,
            notices.endings.child_leaves_to_guardian(
                student=pairing.student_first_name,
                officer=pairing.officer_first_name,
                until=day,
                language=pairing.student_language,
            ),
            key=_key(pairing.id, until, f"guardian-{number}"),
            to=address,
            school=pairing.school,
            pairing_id=pairing.id,
            useful_until=until,
        )


async def _ask(
    connection: Connection,
    letterhead: Letterhead,
    pairing: PairingCard,
    until: datetime,
    to_officer: Notice,
    to_teacher: Callable[[StaffMember], Notice],
) -> None:
    await post(
        connection,
        letterhead,
        to_officer,
        key=_key(pairing.id, until, "officer"),
        to=pairing.officer_email,
        agency=pairing.agency,
        pairing_id=pairing.id,
        useful_until=until,
    )
    for teacher in await people.staff(
        connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
    ):
        await post(
            connection,
            letterhead,
            to_teacher(teacher),
            key=_key(pairing.id, until, str(teacher.id)),
            to=teacher.email,
            school=pairing.school,
            pairing_id=pairing.id,
            useful_until=until,
        )


def _key(pairing_id: UUID, until: datetime, whom: str) -> str:
    """By the day: who takes it back and leaves again is asked again."""
    return f"last-words-{pairing_id}-{until:%Y-%m-%d}-{whom}"
