"""`make catalog`: brings es.po up to date with what the source says. A test says when it is not."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import SEEK_END, BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from desk.language import CATALOG

Message = str | tuple[str, str]  # one with a plural is two

ROOT = Path(__file__).parents[1]
# What only the command line says is said in English.
PLACES = ("activities", "bluepals", "desk", "service", "workflows")


HEADER = """\
# What the desk says, in Spanish. A person who speaks with its readers reviews it: docs/running.md.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: es\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


class NotConstant(Exception):
    """Words that no catalog can hold: a pattern has its values as `{name}`, and they come beside it."""


def messages() -> Mapping[Message, set[str]]:
    """Every pattern and noun that the desk may say, with the files that say it. Raises NotConstant."""
    found = defaultdict[Message, set[str]](set)
    files = {
        file: ast.parse(file.read_text("utf-8")) for place in PLACES for file in (ROOT / place).rglob("*.py")
    }
    speaking = _speaking(files.values())
    for file, tree in files.items():
        for message in _in_python(tree, speaking):
            found[message].add(_name(file))
    for file in (ROOT / "desk" / "templates").glob("*.html"):
        for message in _in_template(file.read_text("utf-8")):
            found[message].add(_name(file))
    return _once(found)


def _once(found: Mapping[Message, set[str]]) -> Mapping[Message, set[str]]:
    """A noun that is said alone too has its words where it is counted."""
    counted = {message[0]: message for message in found if not isinstance(message, str)}
    once = defaultdict[Message, set[str]](set)
    for message, files in found.items():
        once[counted.get(message, message) if isinstance(message, str) else message] |= files
    return once


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _speaking(trees: Iterable[ast.Module]) -> set[str]:
    """The names of Sentence and Worded, and of all that is made of them."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names = {"Sentence", "Worded"}
    while more := {one.name for one in classes if {ast.unparse(base) for base in one.bases} & names} - names:
        names |= more
    return names


def _in_python(tree: ast.Module, speaking: set[str]) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "counted" and len(node.args) == 3:
            yield _text(node.args[1]), _text(node.args[2])
        elif node.func.id in speaking:
            yield from (
                _text(one)
                for one in node.args
                if isinstance(one, ast.Constant | ast.JoinedStr) and not _is_number(one)
            )


def _is_number(node: ast.Constant | ast.JoinedStr) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotConstant(ast.unparse(node))


def _in_template(source: str) -> Iterator[Message]:
    tree = Environment(autoescape=True).parse(source)
    for _, function, said in extract_from_ast(tree, ("_", "counted")):
        texts = [said] if isinstance(said, str) else [one for one in said or () if one]
        if texts:  # What a variable holds has its words where that is written.
            yield (texts[0], texts[1]) if function == "counted" else texts[0]


def up_to_date(catalog: Catalog) -> Catalog:
    """Its translations, of the messages that there are; new ones are empty."""
    fresh = Catalog(locale="es", fuzzy=False)
    fresh.mime_headers = [("Plural-Forms", "nplurals=2; plural=(n != 1);")]
    for message, files in sorted(messages().items(), key=lambda one: (min(one[1]), str(one[0]))):
        known = catalog.get(message if isinstance(message, str) else message[0])
        fresh.add(message, known.string if known else None, locations=[(file, 0) for file in sorted(files)])
    return fresh


def read() -> Catalog:
    with CATALOG.open("rb") as lines:
        return read_po(lines, locale="es")


def written(catalog: Catalog) -> bytes:
    """As es.po."""
    lines = BytesIO(HEADER.encode())
    lines.seek(0, SEEK_END)
    write_po(lines, catalog, width=120, include_lineno=False, omit_header=True)
    return lines.getvalue()


def main() -> None:
    fresh = up_to_date(read())
    CATALOG.write_bytes(written(fresh))
    missing = sum(not message.string or not all(message.string) for message in fresh if message.id)
    sys.stdout.write(f"{CATALOG.name}: {len(fresh)} messages, {missing} of them without Spanish words\n")


if __name__ == "__main__":
    main()
