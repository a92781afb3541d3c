"""Numbers for everybody to read: a small one is hidden, and so is whatever it could be computed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SMALLEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Concealed:
    """What may not be shown: groups by their names, and whether their total may."""

    groups: frozenset[str]
    total: bool


def conceal(counts: Mapping[str, Sequence[int]]) -> Concealed:
    """Groups to be hidden, each with all of its numbers, so that none of them follows from the others and the total.

    Small groups go first. Then others join them, the smallest first, until each small number might be any small number
    for all that is shown; where no group is left to join, the total goes as well.
    """
    hidden = {name for name, group in counts.items() if _is_small(group)}
    if not hidden:
        return Concealed(frozenset(), _is_small(_sums(counts.values())))
    covers: set[str] = set()
    others = sorted(counts.keys() - hidden, key=lambda name: (sum(counts[name]), name))
    while not _cover(counts, hidden, covers):
        if not others:
            return Concealed(frozenset(counts), total=True)
        covers.add(others.pop(0))
    return Concealed(frozenset(hidden | covers), total=False)


def _is_small(group: Sequence[int]) -> bool:
    return any(count < SMALLEST_SHOWN for count in group)


def _cover(counts: Mapping[str, Sequence[int]], small: set[str], covers: set[str]) -> bool:
    """Whether the hidden numbers' sum, which anybody can compute, leaves each small one any small value.

    Those that cover are known to be large: what is left of the sum when one small number is as large as it may be has to
    be enough for them.
    """
    if not covers:
        return False
    least = SMALLEST_SHOWN * len(covers) + SMALLEST_SHOWN - 1
    return all(one >= least for one in _sums([counts[name] for name in small | covers]))


def _sums(groups: Iterable[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*groups, strict=True)]
