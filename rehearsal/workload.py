"""Beforehand: how many letters each moderator will have to read on which days."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from rehearsal.actors import Writing


@dataclass(frozen=True, slots=True)
class ReadingDay:
    """One moderator's pile of one day; `reader` is a staff id."""

    day: date
    reader: UUID
    letters: int


def reading_days(
    writings: Mapping[date, Sequence[Writing]],
    readers: Mapping[str, Sequence[UUID]],
    calendar: SchoolCalendar,
) -> Sequence[ReadingDay]:
    """Letters that come in on one school day are read on the next, shared evenly by a school's moderators.

    Second drafts are not in it: nobody knows beforehand which letters come back.
    """
    piles: dict[date, Counter[UUID]] = defaultdict(Counter)
    for day, written in sorted(writings.items()):
        reading = calendar.add_school_days(day, 1)
        for number, writing in enumerate(written):
            of_school = readers[writing.couple.school]
            piles[reading][of_school[number % len(of_school)]] += 1
    return [
        ReadingDay(day, reader, letters)
        for day, pile in sorted(piles.items())
        for reader, letters in sorted(pile.items())
    ]


def too_much(days: Sequence[ReadingDay], most: int) -> Iterator[ReadingDay]:
    """The piles that are more than a moderator should have in a day (the program's policy)."""
    return (one for one in days if one.letters > most)
