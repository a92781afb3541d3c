"""The short survey after the visit, or when the year closes without one: asked once, reminded of once, answered on one's own page."""

from uuid import UUID

from bluepals.domain.survey import Answers, Taker
from bluepals.facts.office import Letterhead, Office, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.mail.notice import Notice
from bluepals.store import mail, surveys
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import NotTaken
from bluepals.store.surveys import Asked


async def ask(connection: Connection, letterhead: Letterhead, program_year: str) -> None:
    """Thank the officers and teachers of this year, and ask how it was."""
    for one in await surveys.ask(connection, program_year):
        thanks = (
            notices.closing.thanks_to_officer
            if one.taker is Taker.OFFICER
            else notices.closing.thanks_to_teacher
        )
        await _post(connection, letterhead, one, thanks(name=one.name, link=_link(letterhead, one)), "ask")


async def remind(connection: Connection, letterhead: Letterhead, program_year: str) -> None:
    """Those who have said nothing yet; once, and nobody whom the question itself has not left for."""
    for one in await surveys.asked(connection, program_year):
        if not one.answered and await mail.has_left(connection, _key(one, "ask")):
            notice = notices.closing.survey_reminder(name=one.name, link=_link(letterhead, one))
            await _post(connection, letterhead, one, notice, "reminder")


async def answer(office: Office, scope: Scope, person: UUID, said: Answers) -> None:
    """Raises NotTaken with a sentence."""
    async with office.database.transaction(scope) as connection:
        if not await surveys.answer(connection, person, said):
            raise NotTaken("Your answers are here already, or nobody has asked for them. Thank you!")


def _link(letterhead: Letterhead, one: Asked) -> str:
    return letterhead.link_to(DeskPage.PALS if one.taker is Taker.OFFICER else DeskPage.CLASS)


def _key(one: Asked, what: str) -> str:
    return f"survey-{one.first_year}-{one.person}-{what}"


async def _post(
    connection: Connection, letterhead: Letterhead, one: Asked, notice: Notice, what: str
) -> None:
    await post(
        connection,
        letterhead,
        notice,
        key=_key(one, what),
        to=one.email,
        school=one.school,
        agency=one.agency,
        useful_until=letterhead.thanks_until,
        held_until=letterhead.year_closes,
    )
