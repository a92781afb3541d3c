"""A letter that worries someone: which door it goes through, what may become of it, and how the stopwatch runs."""

from datetime import timedelta
from enum import StrEnum

STEP = timedelta(minutes=15)  # from one rung of the list to the next
EVERY = timedelta(hours=1)  # after the last one, day and night


class Concern(StrEnum):
    """What worries. Sad, unsure and family go to the counselor; harm starts the stopwatch; conduct stops an officer."""

    SAD = "sad"
    UNSURE = "unsure"
    FAMILY = "family"
    HARM = "harm"
    CONDUCT = "conduct"


class LetterOutcome(StrEnum):
    DELIVER = "deliver"
    RETURN = "return"
    KEEP = "keep"


class OfficerOutcome(StrEnum):
    RESUMES = "resumes"
    LEAVES = "leaves"


def pause_before(page: int, rungs: int) -> timedelta:
    """How long after the last page this one is due, on a list of so many rungs."""
    return STEP if page < rungs else EVERY
