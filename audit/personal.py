"""Looking for people in what a history says: their names, addresses and ids, and the words of their letters.

Everything looked for is a row of words: "dana.reed@pd.example" is dana, reed, pd, example; it is found wherever these words
stand one after the other, whatever is between them. A name alone is found only as a whole word and with its capitals.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from audit.own_words import WORD
from audit.payloads import LONG_NUMBER, Words
from bluepals.store.audit import Person

LETTER_WINDOW = 5  # Words in a row that only somebody who has read the letter would say.
SHORTEST_NAME = 2
SHORTEST_PART = 3  # of a name that stands in one field, where "Ms" or "de" may be a part

# What says nothing about anybody: UUIDs, hashes, instants.
_OPAQUE = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b"
    r"|\b\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?\b",
    re.IGNORECASE,
)

Row = tuple[str, ...]


@dataclass
class Needles:
    """Rows of words, to be found by their first one; `what`: whose they are, as it may be said aloud."""

    what: dict[Row, str] = field(default_factory=dict)
    _lengths: dict[str, set[int]] = field(default_factory=dict)

    def add(self, row: Row, what: str) -> None:
        self.what.setdefault(row, what)
        self._lengths.setdefault(row[0], set()).add(len(row))

    def found_in(self, words: list[str]) -> Iterator[str]:
        for place, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                if (what := self.what.get(tuple(words[place : place + length]))) is not None:
                    yield what


class PersonalData:
    """All that must not be in a history.

    `only_in_full`: names that are words of ours too; `left_out`: ids in the roster that are, and prove nothing.
    """

    def __init__(self, people: Iterable[Person], own_words: frozenset[str]) -> None:
        self.only_in_full = self.left_out = 0
        self._own_words = own_words
        self._alone = Needles()  # with capitals and small letters as they are
        self._anyhow = Needles()
        self._whole: dict[str, str] = {}  # a value that is nothing but this
        self._opaque_ids: set[str] = set()
        self._known: dict[Words, frozenset[str]] = {}
        for person in people:
            self._add_person(person)

    def add_letter(self, draft_id: UUID, text: str) -> None:
        """Every fifth run of five words: nine words of the letter in a row are found wherever they begin."""
        words = _folded(text)
        if len(words) < LETTER_WINDOW:
            return  # "Hi!" is no proof of a letter.
        for start in range(0, len(words) - LETTER_WINDOW + 1, LETTER_WINDOW):
            self._anyhow.add(tuple(words[start : start + LETTER_WINDOW]), f"words of draft {draft_id}")

    def found_in(self, words: Words) -> frozenset[str]:
        """What is in there, described by kinds and ids."""
        if (known := self._known.get(words)) is None:
            known = self._known[words] = frozenset(self._search(words))
        return known

    def _search(self, words: Words) -> Iterator[str]:
        text = _OPAQUE.sub(self._keep_ids, unicodedata.normalize("NFC", words.text))
        yield from self._alone.found_in(WORD.findall(text))
        yield from self._anyhow.found_in(_folded(text))
        if words.value and (what := self._whole.get(text.strip())):
            yield what

    def _keep_ids(self, opaque: re.Match[str]) -> str:
        return opaque[0] if opaque[0].casefold() in self._opaque_ids else " "

    def _add_person(self, person: Person) -> None:
        who = f"{person.kind} {person.id}"
        for email in person.emails:
            self._add_anyhow(email, f"the address of {who}")
        if person.external_id:
            self._add_external_id(person.external_id, f"the id in the roster of {who}")
        if person.full_name:
            self._add_full_name(person.full_name, f"the name of {who}")
        if person.first_name and person.last_name:
            self._add_name(person.first_name, f"the first name of {who}", SHORTEST_NAME)
            self._add_name(person.last_name, f"the last name of {who}", SHORTEST_NAME)
            self._add_full_name(f"{person.last_name} {person.first_name}", f"the name of {who}")
        else:
            for part in (person.full_name or "").split():
                self._add_name(part, f"a part of the name of {who}", SHORTEST_PART)

    def _add_name(self, name: str, what: str, shortest: int) -> None:
        """As it is written and in capitals; in small letters it would be found in every "will" and "mark"."""
        words = WORD.findall(unicodedata.normalize("NFC", name))
        if len("".join(words)) < shortest:
            return
        written = tuple(word if word != word.lower() else word.capitalize() for word in words)
        rows = {written, tuple(word.upper() for word in words)}
        if self._own_words.issuperset(written):
            self.only_in_full += 1
        for row in rows:
            if not self._own_words.issuperset(row):
                self._alone.add(row, what)

    def _add_full_name(self, name: str, what: str) -> None:
        if len(WORD.findall(name)) > 1:
            self._add_anyhow(name, what)

    def _add_external_id(self, external_id: str, what: str) -> None:
        """A short number counts only where it is all that a value says: the workflows count too."""
        words = _folded(external_id)
        if external_id.isdecimal() and int(external_id) < LONG_NUMBER:
            self._whole[external_id] = what
            return
        if self._own_words.issuperset(words) and any(len(word) >= SHORTEST_PART for word in words):
            self.left_out += 1
            return
        if _OPAQUE.fullmatch(external_id):
            self._opaque_ids.add(external_id.casefold())
        self._anyhow.add(tuple(words), what)

    def _add_anyhow(self, text: str, what: str) -> None:
        if words := _folded(text):
            self._anyhow.add(tuple(words), what)


def _folded(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFC", text).casefold())
