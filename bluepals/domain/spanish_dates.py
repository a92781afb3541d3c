"""Days and hours as the Spanish of the United States says them."""

from datetime import date

from babel.dates import format_date

# Of strftime, as English writes a day; and in Unicode's letters for the parts of a date.
_DAYS = {
    "%A, %B %-d, %Y": "EEEE d 'de' MMMM 'de' y",
    "%A, %B %-d": "EEEE d 'de' MMMM",
    "%B %-d, %Y": "d 'de' MMMM 'de' y",
    "%B %-d": "d 'de' MMMM",
    "%b": "MMM",
    "%b %-d": "d MMM",
    "%b %-d, %Y": "d MMM y",
    "%a %b %-d": "EEE d MMM",
    "%A": "EEEE",
}
_HOUR = "%-I:%M %p"  # with the zone, or without


def in_spanish(at: date, form: str) -> str:
    """`form`: of strftime, a day, an hour, or both with a comma between."""
    day, hour, zone = form.partition(_HOUR)
    named = [format_date(at, _DAYS[day.removesuffix(", ")], locale="es_US")] if day else []
    return ", ".join([*named, f"{at:{hour}{zone}}"] if hour else named)
