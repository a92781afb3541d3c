"""Dates in sentences, as people write them."""

import re
from datetime import date

from bluepals.domain.sentences import Language

# Alone, and no part of an id; in quotation marks it is what somebody is to write.
_DAY = re.compile(r"(?<![\w.:/#“-])\d{4}-\d\d-\d\d(?![\w:/#-])")
_IN_ENGLISH = "%B %-d, %Y"


def with_long_dates(sentence: str, other: Language | None = None) -> str:
    """`other`: the language of the sentence, if it is not English."""
    return _DAY.sub(lambda found: _long(found[0], other), sentence)


def _long(text: str, other: Language | None) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return other.date(day, _IN_ENGLISH) if other else f"{day:{_IN_ENGLISH}}"
