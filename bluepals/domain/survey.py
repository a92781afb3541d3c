"""What those who took part are asked at the year's end: a few questions with fixed answers, and one line of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence

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


REPLIES: Mapping[Reply, Sentence] = {
    Reply.YES: Sentence("yes"),
    Reply.MOSTLY: Sentence("mostly"),
    Reply.HARDLY: Sentence("hardly"),
    Reply.NO: Sentence("no"),
}


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    words: Sentence


QUESTIONS: Mapping[Taker, tuple[Question, ...]] = {
    Taker.OFFICER: (
        Question("gladly", Sentence("Did you like writing to your pal?")),
        Question("time", Sentence("Was there enough time for each letter?")),
        Question("help", Sentence("Did you have what you needed: the page, the reminders, the help?")),
        Question("again", Sentence("Would you take part again next year?")),
    ),
    Taker.TEACHER: (
        Question("gladly", Sentence("Did your class look forward to its opening days?")),
        Question("writing", Sentence("Do your children write more gladly than in the fall?")),
        Question("effort", Sentence("Was it little enough work for you?")),
        Question("again", Sentence("Would you take part with your next class?")),
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
            "Your line has {characters} characters; {most} is the most. Shorten it.",
            characters=len(line),
            most=LONGEST_REMARK,
        )
    return Answers(replies, line or None)
