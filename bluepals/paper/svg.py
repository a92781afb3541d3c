"""Elements of a drawing, as text that a page can hold. No style in them: the desk's pages allow none of their own."""

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

# What XML has no place for, escaped or not.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, attributes: Mapping[str, object], *children: str) -> Markup:
    """Children that are Markup stand as they are; every other text, and each attribute, is escaped."""
    written = "".join(f' {name}="{_safe(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{written}>{''.join(map(_safe, children))}</{tag}>")  # noqa: S704 - of escaped parts only


def _safe(value: object) -> Markup:
    return value if isinstance(value, Markup) else escape(_NO_CHARACTER.sub("\ufffd", str(value)))


def named(tag: str, attributes: Mapping[str, object], name: str, *children: str) -> Markup:
    """An element with its name: a screen reader says it, a pointer over it shows it."""
    return element(tag, attributes, element("title", {}, name), *children)


def key(meanings: Iterable[tuple[Markup, str]]) -> Markup:
    """What a drawing's marks mean, as a list; each mark lies around its origin."""
    box = {"width": 16, "height": 16, "viewBox": "-8 -8 16 16", "aria-hidden": "true"}
    items = (element("li", {}, element("svg", box, mark), " ", words) for mark, words in meanings)
    return element("ul", {"class": "key"}, *items)
