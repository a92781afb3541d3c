"""What those who took part are asked at the year's end: a few questions with fixed answers, and one line of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bluepals.domain.refusals import Refused

LONGEST_REMARK = 300


class SurveyRefused(Refused):
    """The answers can't be taken; the message says what to do."""


class Taker(StrEnum):
    OFFICER = "officer"
    TEACHER = "teacher"


class Reply(StrEnum):
    YES = "yes"
    MOSTLY = "mostly"
    HARDLY = "hardly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    words: str


QUESTIONS: Mapping[Taker, tuple[Question, ...]] = {
    Taker.OFFICER: (
        Question("gladly", "Did you like writing to your pal?"),
        Question("time", "Was there enough time for each letter?"),
        Question("help", "Did you have what you needed: the page, the reminders, the help?"),
        Question("again", "Would you take part again next year?"),
    ),
    Taker.TEACHER: (
        Question("gladly", "Did your class look forward to its opening days?"),
        Question("writing", "Do your children write more gladly than in the fall?"),
        Question("effort", "Was it little enough work for you?"),
        Question("again", "Would you take part with your next class?"),
    ),
}


@dataclass(frozen=True, slots=True)
class Answers:
    replies: Mapping[str, Reply]
    remark: str | None


def answers(taker: Taker, given: Mapping[str, str], remark: str) -> Answers:
    """Each question answered with one of the replies. Raises SurveyRefused with a sentence."""
    keys = {question.key for question in QUESTIONS[taker]}
    try:
        replies = {key: Reply(given.get(key, "")) for key in sorted(keys)}
    except ValueError:
        raise SurveyRefused("Choose an answer to each question, and send them again.") from None
    line = " ".join(remark.split())
    if len(line) > LONGEST_REMARK:
        raise SurveyRefused(
            "Your line has {len} characters; {longest_remark} is the most. Shorten it.",
            len=len(line),
            longest_remark=LONGEST_REMARK,
        )
    return Answers(replies, line or None)
