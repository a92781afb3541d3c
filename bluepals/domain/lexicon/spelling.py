"""What a word may stand for, as children spell it and as people hide it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

_SHORTEST_PREFIX = 3
_SHORTEST_MISSPELT = 4
_SHORTEST_JOINED = 5
_LONGEST = 40
_LEET = str.maketrans("013457@$!", "oieastasi", "'_-")
_STRETCHED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1")
_VOWELS = "aeiou"
_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("qu(?=[ei])|c(?![eihy])|ck"), "k"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("(?<![cstpg])h"), ""),
    (re.compile("v"), "b"),
)


class Spelling:
    """`words` are all words of the lexicon; `loose` those that may be misspelt or run together."""

    def __init__(self, words: Iterable[str], loose: Iterable[str], real_words: frozenset[str]) -> None:
        self._known = frozenset(words)
        self._loose = frozenset(word for word in loose if not word.endswith("*"))
        self._taken_at_their_word = self._known | real_words
        self._misspelt = _index(self._loose, misspellings)
        self._by_sound = _index(self._loose, lambda word: {_sound(word)})
        self._by_length = _index(self._loose, lambda word: {str(len(word))})
        self.readings = lru_cache(maxsize=20_000)(self._readings)
        self.meanings = lru_cache(maxsize=20_000)(self._meanings)
        self.parts = lru_cache(maxsize=20_000)(self._parts)

    def _readings(self, word: str) -> frozenset[str]:
        """What is written: the word itself, without disguise, not stretched, and as the beginnings that it has."""
        if len(word) > _LONGEST:
            return frozenset()
        readings = frozenset(_undisguised(word))
        beginnings = {
            reading[:length] + "*"
            for reading in readings
            for length in range(_SHORTEST_PREFIX, len(reading) + 1)
        }
        return readings | (beginnings & self._known) | self._behind_stars(word)

    def _meanings(self, word: str) -> frozenset[str]:
        """What is written, and what it may be a misspelling of."""
        meant = set(self.readings(word))
        for reading in self.readings(word) - self._taken_at_their_word:
            meant |= self._misspelt.get(reading, frozenset())
            if len(reading) >= _SHORTEST_MISSPELT:
                meant |= self._by_sound.get(_sound(reading), frozenset())
        return frozenset(meant)

    def _behind_stars(self, word: str) -> frozenset[str]:
        if not set(word) & {"*", "#"}:
            return frozenset()
        pattern = re.compile(re.sub(r"[*#]", "[a-z]", re.sub(r"[^a-z*#]", "", word)))
        candidates = self._by_length.get(str(len(word)), frozenset())
        return frozenset(filter(pattern.fullmatch, candidates))

    def _parts(self, word: str) -> tuple[str, ...]:
        """The words of "iwanttodie"; nothing, if it is a word or can't be cut into words of the lexicon."""
        if not _SHORTEST_JOINED <= len(word) <= _LONGEST or word in self._taken_at_their_word:
            return ()
        if not self.meanings(word).isdisjoint(self._known):
            return ()
        return _cut(word.translate(_LEET), self._loose)


def misspellings(word: str) -> set[str]:
    """A letter missing or doubled, two exchanged, or one vowel for another."""
    if len(word) < _SHORTEST_MISSPELT or word.endswith("*"):
        return set()
    places = range(len(word))
    missing = {word[:place] + word[place + 1 :] for place in places}
    doubled = {word[:place] + word[place] + word[place:] for place in places}
    exchanged = {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in places[:-1]}
    vowels = {
        word[:place] + vowel + word[place + 1 :]
        for place in places
        if word[place] in _VOWELS
        for vowel in _VOWELS
    }
    return (missing | doubled | exchanged | vowels) - {word}


def _index(words: Iterable[str], variants: Callable[[str], set[str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in words:
        for variant in variants(word):
            found[variant].add(word)
    return {variant: frozenset(meant) for variant, meant in found.items()}


def _undisguised(word: str) -> Iterator[str]:
    for reading in {word, word.translate(_LEET)} if re.search("[a-z]", word) else {word}:
        yield reading
        if _STRETCHED.search(reading):
            yield _STRETCHED.sub(r"\1\1", reading)
            yield _STRETCHED.sub(r"\1", reading)


def _sound(word: str) -> str:
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return _DOUBLED.sub(r"\1", word)


def _cut(word: str, words: frozenset[str]) -> tuple[str, ...]:
    """The cut into the fewest words."""
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        cuts = [
            (*before, word[start:end])
            for start in range(end)
            if (before := best[start]) is not None and word[start:end] in words
        ]
        best.append(min(cuts, key=len, default=None))
    return best[-1] or ()
