"""Words of worry: the phrases of en.toml and es.toml, looked for in a folded text.

How a phrase is written:
    hurt|hurts     one word or the other         suicid*    any word that begins so
    (so)           a word that may be missing    ...        up to three other words

`great` phrases are about self-harm, abuse and threats, `small` ones about sorrow and fear; `harmless` phrases are
everyday sayings, and a worry inside one is no worry. A phrase never runs over the end of a sentence. Of a great
phrase, a letter may be missing from, or two be exchanged in, each word of four letters or more.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any

GAP = 3  # words
_SHORTEST_PREFIX = 3
_SHORTEST_MISSPELT = 4
_WORD = re.compile(r"[a-z0-9@$]+(?:['!*_]?[a-z0-9@$]+)*")
_LETTERS_APART = re.compile(r"(?<![a-z0-9])[a-z](?:[\s.*_-][a-z]){2,15}(?![a-z0-9])")
_SENTENCE_END = re.compile(r"[.!?;]+[\s)\"']")
_LEET = str.maketrans("013457@$!", "oieastasi", "'*_")
_STRETCHED = re.compile(r"(.)\1{2,}")


class Weight(IntEnum):
    HARMLESS = 0
    SMALL = 1
    GREAT = 2


@dataclass(frozen=True, slots=True)
class Worry:
    start: int
    end: int
    weight: Weight


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place of a phrase: the words that may stand in it, whether it may stay empty, and a gap before it."""

    words: frozenset[str]
    optional: bool
    gap: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    slots: tuple[_Slot, ...]
    weight: Weight


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    means: frozenset[str]  # the lexicon's words that it may stand for
    sentence: int


@dataclass(frozen=True, slots=True)
class _Lexicon:
    by_first_word: Mapping[str, Sequence[_Phrase]]
    prefixes: frozenset[str]
    misspelt: Mapping[str, frozenset[str]]


def worries(text: str) -> Iterator[Worry]:
    """Every worry of a folded text that is not part of a harmless saying; they may overlap."""
    tokens = list(_tokens(text))
    found = [worry for place in range(len(tokens)) for worry in _beginning_at(tokens, place)]
    sayings = [saying for saying in found if saying.weight is Weight.HARMLESS]
    for worry in found:
        if worry.weight is not Weight.HARMLESS and not any(_holds(saying, worry) for saying in sayings):
            yield worry


def _holds(outer: Worry, inner: Worry) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _beginning_at(tokens: Sequence[_Token], place: int) -> Iterator[Worry]:
    lexicon = _lexicon()
    phrases = {
        id(phrase): phrase for word in tokens[place].means for phrase in lexicon.by_first_word.get(word, ())
    }
    for phrase in phrases.values():
        last = _match(tokens, place, phrase.slots, tokens[place].sentence)
        if last is not None:
            yield Worry(tokens[place].start, tokens[last].end, phrase.weight)


def _match(tokens: Sequence[_Token], place: int, slots: Sequence[_Slot], sentence: int) -> int | None:
    """The place of the last word, if the slots can be filled from here on within the sentence."""
    slot, rest = slots[0], slots[1:]
    if slot.optional and (last := _match(tokens, place, rest, sentence)) is not None:
        return last
    for here in range(place, min(place + slot.gap + 1, len(tokens))):
        if tokens[here].sentence != sentence:
            return None
        if tokens[here].means & slot.words:
            last = _match(tokens, here + 1, rest, sentence) if rest else here
            if last is not None:
                return last
    return None


def _tokens(text: str) -> Iterator[_Token]:
    ends = [found.start() for found in _SENTENCE_END.finditer(text)]
    sentence = 0
    for start, end, word in _spelled_words(text):
        while sentence < len(ends) and ends[sentence] < start:
            sentence += 1
        yield _Token(start, end, _meanings(word), sentence)


def _spelled_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Words, and letters that stand apart (k i l l) as one word."""
    apart = {found.start(): found for found in _LETTERS_APART.finditer(text)}
    reached = 0
    for found in _WORD.finditer(text):
        if found.start() < reached:
            continue
        if joined := apart.get(found.start()):
            reached = joined.end()
            yield joined.start(), joined.end(), re.sub("[^a-z]", "", joined.group())
        else:
            yield found.start(), found.end(), found.group()


@lru_cache(maxsize=20_000)
def _meanings(word: str) -> frozenset[str]:
    """The words of the lexicon that a written word may stand for."""
    lexicon = _lexicon()
    readings = {word, word.translate(_LEET), *word.split("!")} if re.search("[a-z]", word) else {word}
    for reading in tuple(readings):
        if _STRETCHED.search(reading):
            readings |= {_STRETCHED.sub(r"\1\1", reading), _STRETCHED.sub(r"\1", reading)}
    beginnings = {
        reading[:length] + "*" for reading in readings for length in range(_SHORTEST_PREFIX, len(reading) + 1)
    }
    meant = readings | (beginnings & lexicon.prefixes)
    return frozenset(meant.union(*(lexicon.misspelt.get(reading, frozenset()) for reading in readings)))


@cache
def _lexicon() -> _Lexicon:
    files = [
        tomllib.loads((resources.files(__name__) / name).read_text("utf-8")) for name in ("en.toml", "es.toml")
    ]
    phrases = [phrase for file in files for phrase in _phrases(file)]
    real_words = {word for file in files for word in file["real_words"].split()}
    by_first_word: dict[str, list[_Phrase]] = defaultdict(list)
    misspelt: dict[str, set[str]] = defaultdict(set)
    for phrase in phrases:
        for word in phrase.slots[0].words:
            by_first_word[word].append(phrase)
        if phrase.weight is Weight.GREAT and len(phrase.slots) > 1:
            for word in frozenset().union(*(slot.words for slot in phrase.slots)):
                for variant in _misspellings(word) - real_words:
                    misspelt[variant].add(word)
    prefixes = {word for phrase in phrases for slot in phrase.slots for word in slot.words if word[-1] == "*"}
    return _Lexicon(
        by_first_word,
        frozenset(prefixes),
        {variant: frozenset(words) for variant, words in misspelt.items()},
    )


def _phrases(file: Mapping[str, Any]) -> Iterator[_Phrase]:
    for weight in Weight:
        for listed in file[weight.name.lower()].values():
            for phrase in listed:
                yield _Phrase(_slots(phrase), weight)


def _slots(phrase: str) -> tuple[_Slot, ...]:
    slots, gap = [], 0
    for part in phrase.split():
        if part == "...":
            gap = GAP
            continue
        optional = part.startswith("(")
        slots.append(_Slot(frozenset(part.strip("()").split("|")), optional, gap))
        gap = 0
    if gap or slots[0].optional or slots[-1].optional:
        raise ValueError(f'"{phrase}" has to begin and end with a word that may not be missing.')
    return tuple(slots)


def _misspellings(word: str) -> set[str]:
    """One letter missing, or two neighbours exchanged."""
    if len(word) < _SHORTEST_MISSPELT or word.endswith("*"):
        return set()
    missing = {word[:place] + word[place + 1 :] for place in range(len(word))}
    exchanged = {
        word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(len(word) - 1)
    }
    return (missing | exchanged) - {word}
