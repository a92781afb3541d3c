"""What a failed activity says in a history and in the logs: what kind of error it was, never a value of a row."""

from enum import StrEnum

import asyncpg
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, FailureError

from bluepals.domain.sentences import Sentence, kept
from bluepals.store.deliveries import DateMoved
from bluepals.store.letters import NotTaken


class Refusal(StrEnum):
    """Errors that another attempt alone does not mend.

    A command is refused by them, with their sentence. A step of the year is tried again until the record has been mended:
    no child's year fails. A date that has moved is an answer: whoever asked reads the calendar again.
    """

    NOT_TAKEN = "NotTaken"
    NOT_ON_RECORD = "NotOnRecord"
    RULE_BROKEN = "RuleBroken"
    DATE_MOVED = "DateMoved"


# What to do about a broken rule, by its name in the migrations.
_WAYS_OUT = {
    "officer_within_capacity": Sentence(
        "An officer has no free place left. Propose again (`match propose`) and decide about that."
    ),
    "one_live_pairing_for_a_student": Sentence(
        "A child has a pal already. Propose again (`match propose`) and decide about that."
    ),
    "proposed_pair_check1": Sentence(
        "A rejection needs its reason on record. Reject with `match reject --reason`."
    ),
    "proposed_pair_decided_by_fkey": Sentence(
        "Whoever decides has to be on record. Name a staff_id of staff.csv."
    ),
    "an_open_case_is_a_legal_hold": Sentence(
        "A case about a letter of this child is open. Erase it when that is closed: `case list`."
    ),
    "nothing_held_is_delivered": Sentence(
        "A case has been opened about this letter meanwhile. It is looked at again."
    ),
}


def without_values(error: Exception) -> FailureError:
    """The error as it may be kept: our own sentences as they are, of all others the kind and the broken rule's name.

    PostgreSQL's words repeat rows, and a library's may repeat what it was given.
    """
    match error:
        case FailureError():
            return error
        case NotTaken() | DateMoved():
            return _refusal(Refusal(type(error).__name__), error.args[0])
        case LookupError() if type(error) is LookupError:  # KeyError and IndexError are bugs
            return _refusal(Refusal.NOT_ON_RECORD, str(error))
        case asyncpg.IntegrityConstraintViolationError():
            rule = error.constraint_name or error.column_name or type(error).__name__
            forbidden = Sentence("The database's rule {rule} does not allow it.", rule=rule)
            return _refusal(Refusal.RULE_BROKEN, _WAYS_OUT.get(rule, forbidden))
        case asyncpg.PostgresError():
            return ApplicationError(
                f"PostgreSQL: {type(error).__name__} {error.sqlstate}", type=type(error).__name__
            )
        case _:
            return ApplicationError(type(error).__name__, type=type(error).__name__)


def _refusal(kind: Refusal, sentence: str) -> ApplicationError:
    return ApplicationError(sentence, kept(sentence), type=kind, category=ApplicationErrorCategory.BENIGN)
