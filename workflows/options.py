"""How activities are run, said once."""

from datetime import timedelta
from typing import ClassVar, Protocol, TypedDict

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory

from activities.failures import Refusal
from bluepals.domain.sentences import Sentence, kept

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)


class ActivityOptions(TypedDict):
    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


class HeartbeatOptions(ActivityOptions):
    heartbeat_timeout: timedelta


# One transaction: quick when the database is there, and worth waiting for when it is not.
TRANSACTION = ActivityOptions(
    start_to_close_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(
        initial_interval=FIRST_PAUSE,
        maximum_interval=LONGEST_PAUSE,
        non_retryable_error_types=[Refusal.DATE_MOVED],
    ),
)

# A transaction that a person asked for: what the record does not allow is their answer, not one more attempt.
COMMAND = ActivityOptions(
    start_to_close_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(
        initial_interval=FIRST_PAUSE, maximum_interval=LONGEST_PAUSE, non_retryable_error_types=list(Refusal)
    ),
)

# Much in one activity, which says that it works. Tried again, it goes on where it was, or is safe to begin anew.
BATCH = HeartbeatOptions(
    start_to_close_timeout=timedelta(hours=1),
    heartbeat_timeout=timedelta(minutes=2),
    retry_policy=RetryPolicy(initial_interval=FIRST_PAUSE, maximum_interval=LONGEST_PAUSE),
)


def refused(failed: ActivityError) -> ApplicationError:
    """A refused command's answer: the sentence of the activity that refused it."""
    cause = failed.cause
    if not isinstance(cause, ApplicationError):
        return refusal(None, Sentence("It could not be done. The Web UI shows why."))
    return ApplicationError(
        cause.message,
        *cause.details,
        type=cause.type,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


def date_moved(failed: ActivityError) -> bool:
    """Whether the activity was asked for a date that a pause has changed."""
    return isinstance(failed.cause, ApplicationError) and failed.cause.type == Refusal.DATE_MOVED


class Fact(Protocol):
    """`rule`: what is so of a well-formed one."""

    rule: ClassVar[str]

    @property
    def is_well_formed(self) -> bool: ...


def refuse_malformed(fact: Fact) -> None:
    """One that no edge of ours has sent."""
    if not fact.is_well_formed:
        raise refusal("MalformedFact", f"{fact.rule} Facts are sent by the desk and starter.py, not by hand.")


def refusal(kind: str | None, sentence: str) -> ApplicationError:
    """What a validator raises: it leaves no trace in the history."""
    return ApplicationError(
        sentence,
        kept(sentence),
        type=kind,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )
