"""A pairing's whole year as one line can show it: what happened on which day, and when letters rested."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from bluepals.domain.letters import Side


class Kind(StrEnum):
    """What happened. Whatever keeps a letter back, a case or something else, it is delayed: no more is told of it."""

    BEING_READ = "being read"
    APPROVED = "approved"
    DELIVERED = "delivered"
    LATE = "delivered late"
    STOCK = "stock letter"
    RETURNED = "returned"
    DELAYED = "delayed"
    MISSED = "missed"
    INTRODUCED = "introduced"
    OFFICER_BEFORE = "officer before"
    NEXT_OFFICER = "next officer"
    ANOTHER_SCHOOL = "another school"
    FAREWELL = "farewell"
    GOES_ON = "goes on after all"
    CLOSED = "closed"
    VISIT = "visit"
    VISIT_CALLED_OFF = "visit called off"
    CAME = "came to the visit"
    DID_NOT_COME = "did not come"


@dataclass(frozen=True, slots=True)
class Moment:
    """`side` and `round_number` of a letter's moment; `about`: the draft, or the pairing before or after this one."""

    on: date
    kind: Kind
    side: Side | None = None
    round_number: int | None = None
    about: UUID | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Days on which letters or visits were paused. `last` None: they still are."""

    first: date
    last: date | None
    what: Literal["letters", "visits"]


@dataclass(frozen=True, slots=True)
class OpeningDay:
    number: int
    on: date


@dataclass(frozen=True, slots=True)
class PairingYear:
    """First names; the days from which to which the year goes; moments in their order."""

    pairing_id: UUID
    student: str
    officer: str
    first_day: date
    last_day: date
    today: date
    opening_days: Sequence[OpeningDay]
    moments: Sequence[Moment]
    rests: Sequence[Rest]
