"""Dates as people read them, in each language of the program."""

from datetime import UTC, datetime

import pytest

from bluepals.paper.words import words_in

FIVE = datetime(2027, 8, 15, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "until"),
    [
        ("en", "Sunday, August 15, 2027, 5:00 PM"),
        ("es", "domingo 15 de agosto de 2027, 5:00 PM"),
        ("es-MX", "domingo 15 de agosto de 2027, 5:00 PM"),
        ("vi", "Sunday, August 15, 2027, 5:00 PM"),
    ],
)
def test_a_date_with_its_hour_is_in_the_readers_language(language: str, until: str) -> None:
    assert words_in(language).until(FIVE) == until
