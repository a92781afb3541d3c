"""Chance that depends on the seed and on what it is about, never on the order in which it is asked."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dice:
    seed: int

    def roll(self, *about: object) -> float:
        """From 0 up to 1, the same for the same seed and subject."""
        digest = hashlib.sha256("/".join(map(str, (self.seed, *about))).encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64

    def happens(self, rate: float, *about: object) -> bool:
        return self.roll(*about) < rate

    def pick(self, choices: Sequence[T], *about: object) -> T:
        return choices[int(self.roll(*about) * len(choices))]

    def share(self, shares: Mapping[T, float], *about: object) -> T | None:
        """The one of these on which it falls, each by its share; None: on none of them."""
        luck = self.roll(*about)
        for one, share in shares.items():
            if luck < share:
                return one
            luck -= share
        return None
