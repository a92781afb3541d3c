"""Sentences that are kept with ids, as they are said to those who may know the names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from bluepals.domain.sentences import Reference, Sentence
from bluepals.store import naming as store
from bluepals.store.database import Connection
from bluepals.store.naming import Pair, Person

_PAIRINGS, _PEOPLE, _SCHOOLS = (
    {"child_of", "officer_of", "pairing"},
    {"student", "officer", "staff_member"},
    {"school", "visit_of"},
)


@dataclass(frozen=True, slots=True)
class Named:
    """`pairing`: the one that it is about."""

    sentence: str
    pairing: UUID | None


@dataclass(frozen=True, slots=True)
class _Known:
    pairs: Mapping[UUID, Pair]
    people: Mapping[tuple[str, str], Person]
    schools: Mapping[str, str]


async def in_names(connection: Connection, sentences: Sequence[str]) -> Sequence[Named]:
    """What nobody is known for stays as it stands, as does the id of somebody who was erased."""
    meant = [one for sentence in sentences for one in _meant(sentence)]
    known = _Known(
        await store.pairs(connection, [UUID(one) for kind, one in meant if kind in _PAIRINGS]),
        await store.people(connection, [one for kind, one in meant if kind in _PEOPLE]),
        await store.schools(connection) if any(kind in _SCHOOLS for kind, _ in meant) else {},
    )
    return [Named(_named(sentence, known), _about(sentence, known)) for sentence in sentences]


def _meant(said: object) -> Iterator[tuple[str, str]]:
    """The kind and the id of each that it refers to."""
    if isinstance(said, Reference):
        yield _kind_and_id(said)
    elif isinstance(said, Sentence):
        for value in said.values.values():
            yield from _meant(value)


def _kind_and_id(reference: Reference) -> tuple[str, str]:
    ((kind, one),) = reference.values.items()
    return kind, str(one)


def _about(sentence: str, known: _Known) -> UUID | None:
    pairings = [UUID(one) for kind, one in _meant(sentence) if kind in _PAIRINGS]
    return next((one for one in pairings if one in known.pairs), None)


def _named(said: Any, known: _Known) -> Any:
    if isinstance(said, Reference):
        return _name(*_kind_and_id(said), known) or said
    if isinstance(said, Sentence):
        return said.with_values({name: _named(value, known) for name, value in said.values.items()})
    return said


def _name(kind: str, one: str, known: _Known) -> str | None:
    if kind in _PAIRINGS:
        pair = known.pairs.get(UUID(one))
        return _in_pair(kind, pair) if pair else None
    if kind in _PEOPLE:
        person = known.people.get((kind, one))
        return _person(kind, one, person) if person else None
    if kind in _SCHOOLS:
        school = known.schools.get(one)
        return Sentence("the visit of {school}", school=school) if school and kind == "visit_of" else school
    return Sentence("a letter")


def _in_pair(kind: str, pair: Pair) -> Sentence:
    names = asdict(pair)
    match kind:
        case "child_of":
            return Sentence("{child} (class {class_name}, {school}; officer: {officer})", **names)
        case "officer_of":
            return Sentence("{officer} ({agency}; child: {child}, class {class_name}, {school})", **names)
    return Sentence("the pairing of {child} (class {class_name}, {school}) and {officer} ({agency})", **names)


def _person(kind: str, one: str, person: Person) -> str:
    match kind:
        case "student":
            return Sentence(
                "{name} ({student}, class {class_name}, {school})",
                name=person.name,
                student=one,
                class_name=person.class_name,
                school=person.place,
            )
        case "officer":
            return f"{person.name} ({one}, {person.place})"
    return f"{person.name} ({one})"
