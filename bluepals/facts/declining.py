"""Before two are introduced, the family, the officer and the counselor see who it is to be, and may say no."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from bluepals.domain import references
from bluepals.domain.sentences import Sentence, begun
from bluepals.facts import endings
from bluepals.facts.new_pairs import declined_until
from bluepals.facts.office import Letterhead, Office, post
from bluepals.links import OVER, Asked, LinkRefused
from bluepals.mail import notices
from bluepals.store import attention, declining, mail, pairings
from bluepals.store.database import Connection, Scope
from bluepals.store.declining import Standing
from bluepals.store.endings import Reason
from bluepals.store.letters import NotTaken
from bluepals.store.pairings import PairingCard

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Decliner(StrEnum):
    """Whom a link lets decline; its page has that name."""

    FAMILY = "decline-family"
    OFFICER = "decline-officer"


async def asked_until(connection: Connection, letterhead: Letterhead, pairing_id: UUID) -> datetime | None:
    """Until when this pair may be declined, after those concerned have been asked; None: that is over."""
    standing = await declining.standing(connection, pairing_id)
    if standing.introduced or not letterhead.program.policy.declining_days:
        return None
    until = standing.until
    if until is None:
        until = declined_until(letterhead)
        await declining.ask(connection, pairing_id, until)
        await attention.settle(connection, _call(standing))
        await _ask(connection, letterhead, pairing_id, until)
    return until if until > letterhead.now else None


async def ask_again(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime
) -> None:
    """A pause has moved the date. Those concerned hear of the new one, with a link that opens until then."""
    await mail.recall(connection, _key(pairing_id))
    if not await pairings.closed_gate(connection, pairing_id):
        await _ask(connection, letterhead, pairing_id, until)


async def _ask(connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime) -> None:
    pairing = await pairings.card(connection, pairing_id)
    await _ask_officer(connection, letterhead, pairing, until)
    await _ask_family(connection, letterhead, pairing, until)


def _key(pairing_id: UUID, until: datetime | None = None) -> str:
    """By the day: when that moves, they are asked again. Without one: of all of this pairing."""
    return f"asked-{pairing_id}-{until:%Y-%m-%d}" if until else f"asked-{pairing_id}-"


async def _ask_officer(
    connection: Connection, letterhead: Letterhead, pairing: PairingCard, until: datetime
) -> None:
    asks = notices.introductions
    ask = asks.pair_again_to_officer if pairing.goes_on else asks.pair_to_officer
    await post(
        connection,
        letterhead,
        ask(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            school=pairing.school_name,
            until=letterhead.calendar.label(until),
            link=letterhead.decline_link(Decliner.OFFICER, pairing.id, pairing.officer_email),
        ),
        key=f"{_key(pairing.id, until)}-officer",
        to=pairing.officer_email,
        agency=pairing.agency,
        pairing_id=pairing.id,
        useful_until=until,
    )


async def _ask_family(
    connection: Connection, letterhead: Letterhead, pairing: PairingCard, until: datetime
) -> None:
    asks = notices.introductions
    ask = asks.pair_again_to_guardian if pairing.goes_on else asks.pair_to_guardian
    for number, address in enumerate(pairing.family, start=1):
        notice = ask(
            student=pairing.student_first_name,
            officer=pairing.officer_first_name,
            agency=pairing.agency_name,
            until=letterhead.date_for_family(pairing, until),
            link=letterhead.decline_link(Decliner.FAMILY, pairing.id, address),
            language=pairing.student_language,
        )
        await post(
            connection,
            letterhead,
            notice,
            key=f"{_key(pairing.id, until)}-guardian-{number}",
            to=address,
            school=pairing.school,
            pairing_id=pairing.id,
            useful_until=until,
        )


async def decline(office: Office, scope: Scope, pairing_id: UUID, *, by: UUID) -> None:
    """End it before it began; no reason is asked for. Raises NotTaken or LookupError with a sentence."""
    async with office.committing(scope) as connection:
        await _decline(office, connection, scope.program, pairing_id, by)


async def _decline(office: Office, connection: Connection, program: str, pairing_id: UUID, by: UUID) -> None:
    standing = await declining.standing(connection, pairing_id)
    if standing.introduced:
        raise NotTaken(
            "These two have been introduced already. If the letters should end, please tell the school's coordinator."
        )
    if not await endings.end_in(connection, pairing_id, Reason.DECLINED, farewell_until=None, by=by):
        return
    await attention.call(
        connection,
        key=_call(standing),
        kind="declined",
        subject_id=pairing_id,
        sentence=Sentence(
            "{pairing} was declined; {student} waits for another pal.",
            pairing=begun(references.pairing(pairing_id)),
            student=references.student(standing.external_id),
        ),
        how=Sentence("Look for one: starter.py match propose {program}", program=program),
    )
    if standing.until is not None:
        letterhead = await Letterhead.of(office, connection)
        await _tell_who_was_asked(connection, letterhead, pairing_id, standing, by)


def _call(standing: Standing) -> str:
    return f"declined-{standing.student_id}"


async def _tell_who_was_asked(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, standing: Standing, by: UUID
) -> None:
    """But for the side that has said no. About no pairing: of one that has ended nothing more is sent."""
    pairing = await pairings.card(connection, pairing_id)
    if by != standing.officer_id:
        await post(
            connection,
            letterhead,
            notices.introductions.no_pair_to_officer(officer=pairing.officer_first_name),
            key=f"declined-{pairing_id}-officer",
            to=pairing.officer_email,
            agency=pairing.agency,
        )
    for number, address in enumerate(pairing.family if by != standing.student_id else (), start=1):
        await post(
            connection,
            letterhead,
            notices.introductions.no_pair_to_guardian(
                student=pairing.student_first_name, language=pairing.student_language
            ),
            key=f"declined-{pairing_id}-guardian-{number}",
            to=address,
            school=pairing.school,
        )


async def asked(office: Office, page: Decliner, token: str) -> tuple[Asked, PairingCard]:
    """Whom a link asks, and about which pair. Raises LinkRefused, or LookupError."""
    # Only a signed link names the program, and only the program knows the time.
    signed = office.links.asked(page, token, LONG_AGO)
    async with office.database.transaction(Scope.whole(signed.program)) as connection:
        now: datetime = await connection.fetchval("SELECT program_now()")
        asked, pairing = office.links.asked(page, token, now), await pairings.card(connection, signed.pairing)
        if page is Decliner.FAMILY and await declining.is_kept_from_a_guardian(connection, pairing.id):
            _refuse_all_but(asked, [office.links.reader(one) for one in pairing.family])
        return asked, pairing


def _refuse_all_but(asked: Asked, readers: Sequence[str]) -> None:
    """A link is out with a guardian who may know nothing of the child any more. Raises LinkRefused."""
    if asked.reader not in readers:
        raise LinkRefused(OVER)


async def decline_by_link(office: Office, page: Decliner, asked: Asked) -> None:
    """A guardian speaks for the child. Raises NotTaken with a sentence."""
    async with office.committing(Scope.whole(asked.program)) as connection:
        standing = await declining.standing(connection, asked.pairing)
        by = standing.officer_id if page is Decliner.OFFICER else standing.student_id
        await _decline(office, connection, asked.program, asked.pairing, by)
