"""The phrases of a lexicon file, and how they are written there.

hurt|hurts     one word or the other          suicid*   any word that begins so
(so)           a word that may be missing     {hits}    any word of that group
...            up to three other words; twice, up to six
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

GAP = 3  # words


class Weight(IntEnum):
    HARMLESS = 0
    SMALL = 1
    GREAT = 2


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a phrase: the words that may stand in it, whether it may stay empty, and a gap before it."""

    words: frozenset[str]
    optional: bool
    gap: int


@dataclass(frozen=True, slots=True)
class Phrase:
    slots: tuple[Slot, ...]
    weight: Weight

    @property
    def may_be_misspelt(self) -> bool:
        """A single misspelt word proves nothing, and a small worry may be missed."""
        return len(self.slots) > 1 and self.weight is not Weight.SMALL


def phrases_of(file: Mapping[str, Any]) -> Iterator[Phrase]:
    groups = {name: "|".join(words.split()) for name, words in file["groups"].items()}
    for weight in Weight:
        for listed in file[weight.name.lower()].values():
            for written in listed:
                yield Phrase(_slots(written, groups), weight)


def _slots(written: str, groups: Mapping[str, str]) -> tuple[Slot, ...]:
    slots, gap = [], 0
    for part in written.format_map(groups).split():
        if part == "...":
            gap += GAP
            continue
        optional = part.startswith("(")
        slots.append(Slot(frozenset(part.strip("()").split("|")), optional, gap))
        gap = 0
    if gap or slots[0].optional or slots[-1].optional:
        raise ValueError(f'"{written}" has to begin and end with a word that may not be missing.')
    if any("" in slot.words for slot in slots):
        raise ValueError(f'"{written}" has an empty alternative.')
    return tuple(slots)
