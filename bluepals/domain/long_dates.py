"""Dates in sentences, as people write them."""

import re
from datetime import date

# Alone, and no part of an id.
_DAY = re.compile(r"(?<![\w.:/#-])\d{4}-\d\d-\d\d(?![\w:/#-])")


def with_long_dates(sentence: str) -> str:
    return _DAY.sub(lambda found: _long(found[0]), sentence)


def _long(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%B %-d, %Y}"
    except ValueError:
        return text
