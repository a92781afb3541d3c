"""A pairing that ends early: both are asked for a last letter, in words that fit whose side goes; or it goes on after all."""

from datetime import datetime
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.facts.office import Letterhead, post, post_to_family
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import endings, mail, pairings, people
from bluepals.store.database import Connection
from bluepals.store.endings import OF_THE_CHILD, Reason
from bluepals.store.pairings import PairingCard

WHEN_OFFICER_GOES = notices.endings.officer_leaves_to_officer, notices.endings.officer_leaves_to_teacher
WHEN_CHILD_GOES = notices.endings.child_leaves_to_officer, notices.endings.child_leaves_to_teacher


async def ask(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime, reason: Reason
) -> None:
    """The officer and the teacher; the family when its child goes, since of another officer it hears later."""
    pairing, day = await pairings.card(connection, pairing_id), letterhead.calendar.label(until)
    ending = await endings.of(connection, pairing_id)
    assert ending is not None  # noqa: S101 - it has just begun, or its day has moved
    key = _key(pairing_id, ending.since, until)
    child_goes = reason in OF_THE_CHILD
    to_officer, to_teacher = WHEN_CHILD_GOES if child_goes else WHEN_OFFICER_GOES
    await post(
        connection,
        letterhead,
        to_officer(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            until=day,
            link=letterhead.link_to(DeskPage.PALS),
        ),
        key=f"{key}-officer",
        to=pairing.officer_email,
        agency=pairing.agency,
        pairing_id=pairing_id,
        useful_until=until,
    )
    for teacher in await people.staff(
        connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
    ):
        await post(
            connection,
            letterhead,
            to_teacher(
                teacher=teacher.name,
                student=pairing.student_first_name,
                class_name=pairing.class_name,
                until=day,
                link=letterhead.link_to(DeskPage.CLASS),
            ),
            key=f"{key}-{teacher.id}",
            to=teacher.email,
            school=pairing.school,
            pairing_id=pairing_id,
            useful_until=until,
        )
    if child_goes:
        await _tell_family(connection, letterhead, pairing, until, key)


async def ask_again(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime, reason: Reason
) -> None:
    """A pause has moved the day; what has not left yet said another one."""
    await mail.recall(connection, f"last-words-{pairing_id}-")
    await ask(connection, letterhead, pairing_id, until, reason)


async def _tell_family(
    connection: Connection, letterhead: Letterhead, pairing: PairingCard, until: datetime, key: str
) -> None:
    notice = notices.endings.child_leaves_to_guardian(
        student=pairing.student_first_name,
        officer=pairing.officer_first_name,
        until=letterhead.date_for_family(pairing, until),
        language=pairing.student_language,
    )
    await post_to_family(connection, letterhead, notice, pairing, key=key, useful_until=until)


async def unsay(connection: Connection, letterhead: Letterhead, pairing_id: UUID, *, since: datetime) -> None:
    """Whoever has heard that the two end hears that they go on; whom nobody has told yet hears nothing."""
    told = await endings.recall_announcements(connection, pairing_id, since)
    pairing, key = await pairings.card(connection, pairing_id), f"goes-on-{pairing_id}-{since.isoformat()}"
    if pairing.officer_email in told:
        await post(
            connection,
            letterhead,
            notices.endings.goes_on_to_officer(
                officer=pairing.officer_first_name,
                student=pairing.student_first_name,
                link=letterhead.link_to(DeskPage.PALS),
            ),
            key=f"{key}-officer",
            to=pairing.officer_email,
            agency=pairing.agency,
            pairing_id=pairing_id,
        )
    for teacher in await people.staff(
        connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
    ):
        if teacher.email in told:
            await post(
                connection,
                letterhead,
                notices.endings.goes_on_to_teacher(
                    teacher=teacher.name, student=pairing.student_first_name, class_name=pairing.class_name
                ),
                key=f"{key}-{teacher.id}",
                to=teacher.email,
                school=pairing.school,
                pairing_id=pairing_id,
            )
    if any(address in told for address in pairing.family):
        notice = notices.endings.goes_on_to_guardian(
            student=pairing.student_first_name,
            officer=pairing.officer_first_name,
            language=pairing.student_language,
        )
        await post_to_family(connection, letterhead, notice, pairing, key=key)


def _key(pairing_id: UUID, since: datetime, until: datetime) -> str:
    """By the end and its day: who takes it back and leaves again is asked again, be it on the same day."""
    return f"last-words-{pairing_id}-{since.isoformat()}-{until:%Y-%m-%d}"
