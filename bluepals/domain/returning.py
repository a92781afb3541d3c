"""Why a letter goes back: the usual reasons, in a child's words and in an adult's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bluepals.domain.letters import Side
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, together

LONGEST_OWN_WORDS = 500


class Usual(StrEnum):
    CONTACT = "contact"
    OTHERS = "others"
    UNKIND = "unkind"
    MEETING = "meeting"
    UNREADABLE = "unreadable"
    SHORT = "short"


class WordsTooLong(Refused):
    """What a reader says in their own words; the message says how long it may be."""


def refuse_too_long(*own_words: str) -> None:
    """Raises WordsTooLong."""
    for words in own_words:
        if len(words) > LONGEST_OWN_WORDS:
            raise WordsTooLong(
                "Your own words have {characters} characters, and {most} in a box is the most. Shorten them.",
                characters=len(words),
                most=LONGEST_OWN_WORDS,
            )


@dataclass(frozen=True, slots=True)
class Reasons:
    for_child: str
    for_adult: str


_ENGLISH: Mapping[Usual, Reasons] = {
    Usual.CONTACT: Reasons(
        "Please leave out where you live, phone numbers, and names on apps or games.",
        Sentence(
            "It holds a way to reach the writer outside of these letters: an address, a number, an account or a link."
        ),
    ),
    Usual.OTHERS: Reasons(
        "Please do not write other people's full names or their secrets.",
        Sentence("It names somebody else in full, or tells what is theirs to tell."),
    ),
    Usual.UNKIND: Reasons(
        "Some words could hurt somebody. Please find kinder ones.",
        Sentence("Some of its words are unkind, or not fit for a child."),
    ),
    Usual.MEETING: Reasons(
        "You will meet when the officers visit your school. Please do not plan to meet or send presents.",
        Sentence("It speaks of meeting, of presents or of photos. All of that waits for the visit."),
    ),
    Usual.UNREADABLE: Reasons(
        "We could not read all of it. Please write it once more, or ask your teacher to scan it again.",
        Sentence(
            "Not all of it can be read: a page is missing, dark or cut off. Please scan or write it again."
        ),
    ),
    Usual.SHORT: Reasons(
        "Your pal would love to hear more. Please write a few more sentences.",
        Sentence("It is very short. A few more sentences make it a letter to look forward to."),
    ),
}
# For a child: an adult's are in the desk's catalog.
_SPANISH: Mapping[Usual, str] = {
    Usual.CONTACT: "Por favor, no escribas dónde vives, ni números de teléfono, ni nombres de aplicaciones o juegos.",
    Usual.OTHERS: "Por favor, no escribas el nombre completo de otras personas ni sus secretos.",
    Usual.UNKIND: "Algunas palabras podrían lastimar a alguien. Por favor, busca otras más amables.",
    Usual.MEETING: (
        "Se van a conocer cuando los oficiales visiten tu escuela. Por favor, no hagas planes para verse ni mandes regalos."
    ),
    Usual.UNREADABLE: (
        "No pudimos leer todo. Por favor, escríbela una vez más, o pide a tu maestra o maestro que la escanee otra vez."
    ),
    Usual.SHORT: "A tu amigo o amiga por carta le encantaría saber más. Por favor, escribe unas frases más.",
}


def usual_reasons(side: Side, language: str) -> Mapping[Usual, Reasons]:
    """As the page offers them for a letter: for a child in the language in which it was written, if there are words for it."""
    if side is Side.STUDENT and language == "es":
        return {why: replace(said, for_child=_SPANISH[why]) for why, said in _ENGLISH.items()}
    return _ENGLISH


def said_to_adult(reason: str) -> str:
    """As it is on record; a usual one is a sentence again, with the reader's own words after it."""
    for usual in _ENGLISH.values():
        if reason == usual.for_adult:
            return usual.for_adult
        if reason.startswith(f"{usual.for_adult} "):
            return together(usual.for_adult, reason.removeprefix(f"{usual.for_adult} "))
    return reason
