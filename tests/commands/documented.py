"""The shapes of JSON answers, as the table in docs/formats.md has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMATS = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
ROWS = re.compile(r"^\| (?P<commands>`[a-z].*?) \| (?P<shape>`[{\[].*) \|$", re.MULTILINE)
COMMAND = re.compile(r"`([a-z -]+)")
TOKENS = re.compile(r'[{}\[\]:,]|"\w+"|[^{}\[\]:,"\s][^{}\[\]:,"]*')


@dataclass(frozen=True)
class Each:
    """A list of these; None: of anything."""

    of: "Shape"


Shape = Mapping[str, Any] | Each | None


def _value(tokens: list[str], before: Shape) -> Shape:
    """`before`: the last list, for the words "the same"."""
    match tokens.pop(0):
        case "{":
            return _object(tokens)
        case "[":
            words = [tokens[0]] if tokens[0] not in "{[" else []
            of = _value(tokens, before)
            while tokens.pop(0) != "]":
                continue
            return before if words == ["the same"] else Each(of)
    return None


def _object(tokens: list[str]) -> Shape:
    shape: dict[str, Shape] = {}
    before: Shape = None
    while (token := tokens.pop(0)) != "}":
        if token == ",":
            continue
        name = token.strip('"')
        shape[name] = None
        if tokens[0] == ":":
            tokens.pop(0)
            shape[name] = before = _value(tokens, before)
    return shape


def _table() -> Iterator[tuple[str, Shape]]:
    for row in ROWS.finditer(FORMATS):
        tokens = TOKENS.findall(row["shape"].split("`")[1])
        for command in COMMAND.findall(row["commands"]):
            yield command.strip(), _value(list(tokens), None)


SHAPES = dict(_table())


def shape_of(words: tuple[str, ...]) -> Shape:
    """The documented shape of what a command answers to these words."""
    one, two = words[0], " ".join(words[:2])
    return SHAPES[two] if two in SHAPES else SHAPES[one]


def has_shape(value: Any, shape: Shape) -> bool:
    """Whether it has these keys, and no others, all the way down."""
    match shape:
        case None:
            return True
        case Each(of):
            return isinstance(value, list) and all(has_shape(one, of) for one in value)
    return (
        isinstance(value, dict)
        and value.keys() == shape.keys()
        and all(has_shape(value[name], inner) for name, inner in shape.items())
    )
