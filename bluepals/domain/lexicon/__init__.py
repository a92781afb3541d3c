"""Words of worry: the phrases of en.toml and es.toml, looked for in a folded text.

`great` phrases are about self-harm, abuse, secrecy and threats, `small` ones about sorrow, loss, fear and bullying; `harmless`
ones are everyday sayings: a worry that ends inside one is no worry. A phrase never runs over the end of a sentence.
In great phrases and in sayings a word is also known when it is misspelt; everywhere when it is stretched, run together
with others, or spelled l e t t e r by letter.
"""

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bluepals.domain.lexicon.phrases import Phrase, Weight, phrases_of
from bluepals.domain.lexicon.spelling import Spelling

__all__ = ["Weight", "Worry", "worries"]

_WORD = re.compile(r"[a-z0-9@$]+(?:['!*#_][a-z0-9@$]+|\*+[a-z0-9]+)*")
_LETTERS_APART = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[\s.*_-]{1,2}[a-z0-9]){2,30}(?![a-z0-9])")
_SENTENCE_END = re.compile(r"[.!?;]+(?=[\s)\"']|$)|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Worry:
    start: int
    end: int
    weight: Weight


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    says: frozenset[str]  # the lexicon's words that are written there, stretched or disguised perhaps
    means: frozenset[str]  # those as well that it may be a misspelling of
    sentence: int


@dataclass(frozen=True, slots=True)
class _Lexicon:
    phrases: Sequence[Phrase]
    spelling: Spelling


@dataclass(frozen=True, slots=True)
class _Match:
    """Of a phrase with the tokens first..last."""

    first: int
    last: int
    weight: Weight


def worries(text: str) -> Iterator[Worry]:
    """Every worry of a folded text that does not end inside a harmless saying; they may overlap."""
    tokens = list(_tokens(text))
    matches = list(_matches(tokens))
    excused = {
        place
        for saying in matches
        if saying.weight is Weight.HARMLESS
        for place in range(saying.first, saying.last + 1)
    }
    for match in matches:
        if match.weight is not Weight.HARMLESS and match.last not in excused:
            yield Worry(tokens[match.first].start, tokens[match.last].end, match.weight)


def _matches(tokens: Sequence[_Token]) -> Iterator[_Match]:
    beginnings = _phrases_in_question(tokens)
    for place, token in enumerate(tokens):
        tried = {id(phrase): phrase for word in token.means for phrase in beginnings.get(word, ())}
        for phrase in tried.values():
            last = _last_word(tokens, place, phrase, 0)
            if last is not None:
                yield _Match(place, last, phrase.weight)


def _phrases_in_question(tokens: Sequence[_Token]) -> Mapping[str, Sequence[Phrase]]:
    """By their first words, the phrases for each of whose places the text has a word."""
    present = frozenset[str]().union(*(token.means for token in tokens))
    found: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in _lexicon().phrases:
        if all(slot.optional or not present.isdisjoint(slot.words) for slot in phrase.slots):
            for word in phrase.slots[0].words & present:
                found[word].append(phrase)
    return found


def _last_word(tokens: Sequence[_Token], place: int, phrase: Phrase, at: int) -> int | None:
    """The place of the last word, if the phrase from its slot `at` on is found from here on within the sentence."""
    if at == len(phrase.slots):
        return place - 1
    slot = phrase.slots[at]
    for here in range(place, min(place + slot.gap + 1, len(tokens))):
        token = tokens[here]
        if token.sentence != tokens[place - (at > 0)].sentence:
            break
        if not (token.means if phrase.may_be_misspelt else token.says).isdisjoint(slot.words):
            last = _last_word(tokens, here + 1, phrase, at + 1)
            if last is not None:
                return last
    return _last_word(tokens, place, phrase, at + 1) if slot.optional else None


def _tokens(text: str) -> Iterator[_Token]:
    """A full stop after a single word ends no sentence: "I. want. it.\""""
    spelling = _lexicon().spelling
    ends = [found.start() for found in _SENTENCE_END.finditer(text)]
    sentence, words, passed = 0, 0, 0
    for start, end, word in _spelled_words(text):
        before = bisect_right(ends, start)
        if before > passed:
            passed = before
            if words > 1:
                sentence += 1
            words = 0
        words += 1
        parts = spelling.parts(word)
        for part in parts or (word,):
            yield _Token(start, end, spelling.readings(part), spelling.meanings(part), sentence)


def _spelled_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Words, and letters that stand apart (k i l l) as one word."""
    apart = {found.start(): found for found in _LETTERS_APART.finditer(text)}
    reached = 0
    for found in _WORD.finditer(text):
        if found.start() < reached:
            continue
        if joined := apart.get(found.start()):
            reached = joined.end()
            yield joined.start(), joined.end(), re.sub("[^a-z0-9]", "", joined.group())
        else:
            yield found.start(), found.end(), found.group().replace("'", "")


@cache
def _lexicon() -> _Lexicon:
    files = [
        tomllib.loads((resources.files(__name__) / name).read_text("utf-8"))
        for name in ("en.toml", "es.toml")
    ]
    listed = [phrase for file in files for phrase in phrases_of(file)]
    real_words = frozenset(word for file in files for word in file["real_words"].split())
    loose = {
        word
        for phrase in listed
        if phrase.weight is Weight.GREAT and phrase.may_be_misspelt
        for slot in phrase.slots
        for word in slot.words
    }
    words = {word for phrase in listed for slot in phrase.slots for word in slot.words}
    return _Lexicon(listed, Spelling(words, loose, real_words))
