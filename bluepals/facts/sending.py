"""What becomes of a mail that was sent or not: on record, and told to a person where somebody has to do something."""

from collections.abc import Sequence
from uuid import UUID

from bluepals.domain.sentences import Sentence
from bluepals.mail.replies import Outcome, Result
from bluepals.store import attention, mail
from bluepals.store.database import Connection

SERVER = "mail-server"


async def take_over_lost(connection: Connection) -> None:
    """Of a batch that has died."""
    for lost in await mail.take_over_lost(connection):
        await _call_about(connection, lost, _may_have_arrived(lost.id))


async def record(connection: Connection, claimed: mail.ClaimedMail, claim_id: UUID, outcome: Outcome) -> None:
    for_a_person = None
    match outcome.result:
        case Result.SENT:
            await mail.mark_sent(connection, claimed.id, claim_id, outcome.reply)
        case Result.SERVER_AWAY:
            return  # It is given back with the rest of the batch.
        case Result.REFUSED_FOR_NOW:
            if await mail.mark_refused_for_now(connection, claimed.id, claim_id, outcome.reply):
                for_a_person = Sentence(
                    "Mail {mail} was put off for days ({reply}): tell the person in another way.",
                    mail=claimed.id,
                    reply=outcome.reply,
                )
        case Result.UNKNOWN:
            if await mail.mark_unknown(connection, claimed.id, claim_id, outcome.reply):
                for_a_person = _may_have_arrived(claimed.id)
        case Result.REFUSED:
            await mail.mark_refused(connection, claimed.id, claim_id, outcome.reply)
            for_a_person = Sentence(
                "Mail {mail} was refused ({reply}): check the address, and tell the person in another way.",
                mail=claimed.id,
                reply=outcome.reply,
            )
    if outcome.suppress:
        await mail.suppress(connection, claimed.id, outcome.reply)
    if for_a_person:
        await _call_about(connection, claimed, for_a_person)


async def note_server(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """A server that takes nothing is one thing for a person to see, not one for each mail."""
    if not outcomes:
        return
    if any(outcome.result is not Result.SERVER_AWAY for outcome in outcomes):
        await attention.settle(connection, SERVER)
        return
    await mail.wait_for_server(connection)
    await attention.call(
        connection,
        key=SERVER,
        kind="mail server",
        sentence=Sentence(
            "The mail server takes no mail ({reply}). Nothing is lost, mails wait: check that it runs, and the BLUEPALS_SMTP_"
            " settings.",
            reply=outcomes[0].reply,
        ),
    )


def _may_have_arrived(mail_id: UUID) -> Sentence:
    return Sentence("Mail {mail} may have arrived, perhaps twice: ask the person.", mail=mail_id)


async def _call_about(
    connection: Connection, one: mail.ClaimedMail | mail.LostMail, sentence: Sentence
) -> None:
    await attention.call(
        connection,
        key=f"mail-{one.id}",
        kind=attention.LOST_MAIL,
        school=one.school,
        agency=one.agency,
        subject_id=one.id,
        sentence=sentence,
    )
