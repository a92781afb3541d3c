"""Letters: whose turn it is, what may be handed in, and what a reader may decide."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bluepals.domain.refusals import Refused

MAX_CHARACTERS = 20_000


class Side(StrEnum):
    STUDENT = "student"
    OFFICER = "officer"


class Verdict(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REFER = "refer"


class DeliveryKind(StrEnum):
    LETTER = "letter"
    LATE = "late"
    STOCK = "stock"


class LetterRefused(Refused):
    """The letter can't be taken as it is; the message tells its writer why and what to do."""


@dataclass(frozen=True, slots=True)
class TypedLetter:
    """A letter as text, kept to the byte as it was written."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise LetterRefused("The letter is empty. Write at least a sentence and send it again.")
        if len(self.text) > MAX_CHARACTERS:
            raise LetterRefused(
                "The letter has {characters} characters; {most} is the most. Shorten it, or scan it as pages.",
                characters=f"{len(self.text):,}",
                most=f"{MAX_CHARACTERS:,}",
            )
        if bad := next((c for c in self.text if c == "\0" or unicodedata.category(c) == "Cs"), None):
            raise LetterRefused(
                "The letter holds a character that is no text (U+{code}). Copy the words into a new letter and send "
                "that.",
                code=f"{ord(bad):04X}",
            )

    @property
    def content(self) -> bytes:
        return self.text.encode()


@dataclass(frozen=True, slots=True)
class ScannedLetter:
    """A letter as pages: one PDF that bluepals.paper.pages has cleaned."""

    pdf: bytes

    @property
    def content(self) -> bytes:
        return self.pdf


@dataclass(frozen=True, slots=True)
class Translation:
    """What a letter says in another language, typed by a person who reads both; it goes along with the letter."""

    language: str
    text: str

    def __post_init__(self) -> None:
        TypedLetter(self.text)  # The same holds of it.


Letter = TypedLetter | ScannedLetter
