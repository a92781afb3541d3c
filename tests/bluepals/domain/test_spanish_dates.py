"""Days and hours in Spanish."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bluepals.domain.spanish_dates import in_spanish

AT = datetime(2026, 9, 8, 17, 5, tzinfo=ZoneInfo("America/Chicago"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("%A, %B %-d, %Y", "martes 8 de septiembre de 2026"),
        ("%B %-d", "8 de septiembre"),
        ("%b %-d", "8 sep"),
        ("%A, %B %-d, %Y, %-I:%M %p", "martes 8 de septiembre de 2026, 5:05 PM"),
        ("%A, %B %-d, %Y, %-I:%M %p %Z", "martes 8 de septiembre de 2026, 5:05 PM CDT"),
        ("%-I:%M %p", "5:05 PM"),
    ],
)
def test_a_day_and_an_hour_are_said_where_they_are(form: str, said: str) -> None:
    assert in_spanish(AT, form) == said


def test_a_day_has_no_hour() -> None:
    assert in_spanish(date(2026, 12, 1), "%A, %B %-d, %Y") == "martes 1 de diciembre de 2026"
