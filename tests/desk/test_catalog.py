"""Whatever the desk may say, it says in Spanish too."""

import re
from pathlib import Path

import pytest
from babel.messages import Message
from jinja2 import Environment, nodes

from desk import catalog
from desk.language import CATALOG, LANGUAGES

TEMPLATES = sorted((catalog.ROOT / "desk" / "templates").glob("*.html"))
# What people read of an element's attributes.
READ = re.compile(r'\b(?:aria-label|alt|title|placeholder|data-[a-z]+)="([^"]*)"')
# Names, which are the same in each language, and what stands beside a word as a sign.
NAMES = re.compile(r"Blue Pals|PDF|&[a-z#0-9]+;")


@pytest.fixture(scope="module")
def spanish() -> list[Message]:
    return [message for message in catalog.read() if message.id]


def test_the_catalog_holds_what_the_source_says_and_nothing_else(spanish: list[Message]) -> None:
    kept = {message.id if isinstance(message.id, str) else tuple(message.id) for message in spanish}
    said = set(catalog.messages())
    assert (sorted(map(str, said - kept)), sorted(map(str, kept - said))) == ([], []), "run make catalog"


def test_nothing_is_without_spanish_words(spanish: list[Message]) -> None:
    assert [message.id for message in spanish if not message.string or not all(message.string)] == []


def test_each_translation_is_filled_in_with_the_same_values(spanish: list[Message]) -> None:
    for message in spanish:
        if isinstance(message.id, str):
            assert _values(str(message.string)) == _values(message.id), message.id


def test_each_translation_has_the_same_tags(spanish: list[Message]) -> None:
    for message in spanish:
        if isinstance(message.id, str):
            assert _tags(str(message.string)) == _tags(message.id), message.id


def test_a_noun_that_is_counted_is_said_alone_in_the_same_words() -> None:
    counted = {message for message in catalog.messages() if not isinstance(message, str)}
    assert ("stock letter", "stock letters") in counted
    assert "stock letter" not in catalog.messages()
    assert LANGUAGES["es"].gettext("stock letter") == LANGUAGES["es"].ngettext(
        "stock letter", "stock letters", 1
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_template_says_no_word_by_itself(template: Path) -> None:
    assert _bare_words(template.read_text("utf-8")) == []


def test_what_templates_import_says_its_words_in_macros() -> None:
    """Jinja keeps an imported template: words outside of its macros would stay in the language of whoever came first."""
    trees = {one.name: Environment(autoescape=True).parse(one.read_text("utf-8")) for one in TEMPLATES}
    templates = [one.template for tree in trees.values() for one in tree.find_all(nodes.FromImport)]
    imported = {one.value for one in templates if isinstance(one, nodes.Const)}
    said = {
        name: [call for part in trees[name].body if not isinstance(part, nodes.Macro) for call in _said(part)]
        for name in imported
    }
    assert {name: found for name, found in said.items() if found} == {}


def test_words_outside_of_the_catalog_are_found() -> None:
    page = '<p class="hint" title="Hi {{ name }}">{{ _("Hello, {name}", name=name) }} <b>there</b></p>{# a note #}'
    assert _bare_words(page) == ["there", "Hi"]


def test_it_is_written_as_it_would_be_written_again() -> None:
    assert catalog.written(catalog.up_to_date(catalog.read())) == CATALOG.read_bytes(), "run make catalog"


def _values(pattern: str) -> set[str]:
    return set(re.findall(r"{(\w+)", pattern.replace("{{", "").replace("}}", "")))


def _tags(pattern: str) -> list[str]:
    return sorted(re.findall(r"<[^>]+>", pattern))


def _bare_words(source: str) -> list[str]:
    """What stands in a template as it is, and is read by people."""
    parts = [
        value if kind == "data" else "\0"
        for _, kind, value in Environment(autoescape=True).lex(source)
        if kind not in {"comment_begin", "comment", "comment_end"} and _is_outside(kind)
    ]
    page = "".join(parts)
    shown = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    outside = re.sub(r'[\w-]+="[^"]*"', "", re.sub(r"<[^>]*>", "\n", shown))
    texts = [outside, *(found[1] for found in READ.finditer(shown))]
    return [word.strip() for text in texts for word in re.findall(r"[^\W\d_][^\n\0]*", NAMES.sub("", text))]


def _said(part: nodes.Node) -> list[str]:
    called = [one.node for one in part.find_all(nodes.Call)]
    return [one.name for one in called if isinstance(one, nodes.Name) and one.name in {"_", "counted"}]


def _is_outside(kind: str) -> bool:
    return kind in {"data", "variable_end", "block_end"}
