"""The words that the workflows themselves say: a name that is one of them is no proof of a name."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bluepals.domain.program import Program

WORD = re.compile(r"[^\W_]+")

# Whose sentences can come into a history: as summaries, states, and the messages of failures.
_HERE = Path(__file__).parent.parent
SPEAKERS = ("workflows", "activities", "bluepals/domain", "bluepals/facts", "bluepals/store")


def own_words(program: Program) -> frozenset[str]:
    """With capitals and small letters as they are said; the ids of the program's places and its zone with them."""
    schools, agencies = [one.id for one in program.schools], [one.id for one in program.agencies]
    places = [program.id, program.timezone, *schools, *agencies]
    return _said() | {word for place in places for word in WORD.findall(place)}


@cache
def _said() -> frozenset[str]:
    files = (file for folder in SPEAKERS for file in (_HERE / folder).rglob("*.py"))
    return frozenset(word for file in files for said in _strings(file) for word in WORD.findall(said))


def _strings(file: Path) -> Iterator[str]:
    """String literals, and the names of workflows; what a docstring says, no workflow says."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.ClassDef) and file.parent.name == "workflows":
            yield node.name
