"""Sentences that are kept with ids, as they are said to those who may know the names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.long_dates import with_long_dates
from bluepals.store import naming as store
from bluepals.store.database import Connection
from bluepals.store.naming import Pair

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ID = r"[0-9A-Za-z][0-9A-Za-z._:/#-]{0,39}(?<![.:])"  # without what ends a sentence
_MEANT = re.compile(
    rf"(?P<letter>[Dd]raft {_UUID})"
    rf"|(?P<of>[Tt]he (?P<side>child|officer) of )?\b(?P<named>[Pp]airing) (?P<pairing>{_UUID})"
    rf"|\b(?P<kind>[Ss]tudent|[Oo]fficer|[Ss]taff member) (?P<id>{_ID})"
    rf"|\b[Ss]chool (?P<school>{_ID})"
    rf"|\bof (?P<year>{_ID}\.\d{{4}})\b"
)


@dataclass(frozen=True, slots=True)
class Named:
    """`pairing`: the one that it is about."""

    sentence: str
    pairing: UUID | None


@dataclass(frozen=True, slots=True)
class _Known:
    pairs: Mapping[UUID, Pair]
    people: Mapping[tuple[str, str], str]
    schools: Mapping[str, str]


async def in_names(connection: Connection, sentences: Sequence[str]) -> Sequence[Named]:
    """What nobody is known for stays as it stands, as does the id of somebody who was erased."""
    meant = [found for sentence in sentences for found in _MEANT.finditer(sentence)]
    known = _Known(
        await store.pairs(connection, [UUID(one["pairing"]) for one in meant if one["pairing"]]),
        await store.people(connection, [one["id"] for one in meant if one["id"]]),
        await store.schools(connection) if any(one["school"] or one["year"] for one in meant) else {},
    )
    return [_named(sentence, known) for sentence in sentences]


def _named(sentence: str, known: _Known) -> Named:
    about = [UUID(one["pairing"]) for one in _MEANT.finditer(sentence) if one["pairing"]]
    said = _MEANT.sub(lambda found: _said(found, known) or found[0], sentence)
    return Named(with_long_dates(said), next((one for one in about if one in known.pairs), None))


def _said(found: re.Match[str], known: _Known) -> str | None:
    if found["letter"]:
        return "A letter" if found[0].startswith("D") else "a letter"
    if found["pairing"]:
        pair = known.pairs.get(UUID(found["pairing"]))
        return _pair(pair, found) if pair else None
    if found["kind"]:
        return known.people.get((found["kind"].lower(), found["id"]))
    if found["school"]:
        return known.schools.get(found["school"])
    name = known.schools.get(found["year"])
    return f"of {name}" if name else None


def _pair(pair: Pair, found: re.Match[str]) -> str:
    child, officer = f"{pair.child} (class {pair.class_name}, {pair.school}", f"{pair.officer} ({pair.agency}"
    match found["side"]:
        case "child":
            return f"{child}; officer: {pair.officer})"
        case "officer":
            return f"{officer}; child: {pair.child}, class {pair.class_name}, {pair.school})"
    the = "The" if found["named"].startswith("P") else "the"
    return f"{the} pairing of {child}) and {officer})"
