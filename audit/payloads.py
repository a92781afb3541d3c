"""All the words in a history's events: every payload decoded to the last layer, and every string beside them."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import TaskQueueKind
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.converter import PayloadCodec

DEEPEST = 8  # layers of JSON in base64 in JSON
LONG_NUMBER = 100_000  # A number from here on may be somebody's; below, it is a count, a round or an hour.

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){4,}")
_PROCESS = re.compile(r"\d+@\S+")  # how the SDK names a worker: process and machine


@dataclass(frozen=True, slots=True)
class Words:
    """A string of an event. `value`: it is a key or a value of the program's own, not something that the server wrote."""

    text: str
    value: bool


@dataclass(frozen=True, slots=True)
class EventContent:
    words: Sequence[Words]
    payloads: int


async def content(event: HistoryEvent, codec: PayloadCodec | None) -> EventContent:
    payloads, strings = _gathered(event)
    decoded = await codec.decode(payloads) if codec and payloads else payloads
    words = [Words(string, value=False) for string in strings]
    words += [part for payload in decoded for part in unfolded(payload.data)]
    return EventContent(words, len(payloads))


def _gathered(event: HistoryEvent) -> tuple[list[Payload], list[str]]:
    """Wherever they stand in the event, also in kinds of events that nobody has thought of yet."""
    payloads: list[Payload] = []
    strings: list[str] = []
    to_see: list[object] = [event]
    while to_see:
        match to_see.pop():
            case Payload() as payload:
                payloads.append(payload)
            case TaskQueue(kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY):
                continue  # A worker's name for its own memory.
            case Message() as message:
                to_see += [
                    value for field, value in message.ListFields() if not _is_worker(field.name, value)
                ]
            case str() as string:
                strings.append(string)
            case bytes() as raw:
                strings.append(raw.decode("utf-8", "replace"))
            case Mapping() as table:
                to_see += [*table.keys(), *table.values()]
            case Sequence() as several:
                to_see += several
    return payloads, strings


def _is_worker(field: str, value: object) -> bool:
    return field == "identity" and _PROCESS.fullmatch(str(value)) is not None


def unfolded(raw: bytes | str, depth: int = 0) -> Iterator[Words]:
    """The strings in here: leaves and keys of JSON, text in base64 or hexadecimal, JSON within; else all of it."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    document = _as_json(text)
    if not isinstance(document, dict | list | int):
        yield from _layers(document if isinstance(document, str) else text, depth)
        return
    for leaf in _leaves(document):
        yield from _layers(leaf, depth)


def _layers(text: str, depth: int) -> Iterator[Words]:
    yield Words(text, value=True)
    if depth == DEEPEST:
        return
    if text[:1] in ("{", "[", '"') and _as_json(text) is not None:
        yield from unfolded(text, depth + 1)
    elif (hidden := _decoded(text)) is not None:
        yield from unfolded(hidden, depth + 1)


def _as_json(text: str) -> object:
    try:
        document: object = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return document


def _no_constant(name: str) -> None:
    """Infinity and NaN are Python's, not JSON's; and may be somebody's name."""
    raise ValueError(name)


def _leaves(document: object) -> Iterator[str]:
    match document:
        case str():
            yield document
        case int() if abs(document) >= LONG_NUMBER:
            yield str(document)
        case dict():
            for key, value in document.items():
                yield key
                yield from _leaves(value)
        case list():
            for value in document:
                yield from _leaves(value)


def _decoded(text: str) -> str | None:
    """What the string stands for, when it is text in another dress."""
    for shape, decode in ((_HEX, bytes.fromhex), (_BASE64, _from_base64)):
        if shape.fullmatch(text):
            try:
                return decode(text).decode("utf-8")
            except (ValueError, binascii.Error):
                continue
    return None


def _from_base64(text: str) -> bytes:
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded.translate(str.maketrans("-_", "+/")), validate=True)
