"""A pairing's year in words: a sentence for each moment, the same as a list, and a summary."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

from markupsafe import Markup

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, PairingYear, Rest
from bluepals.paper.svg import element
from bluepals.paper.words import ENGLISH

# Where a moment leads to: None where it leads nowhere, or not for whoever looks at the page.
Link = Callable[[Moment], str | None]

_SENTENCES = {
    Kind.BEING_READ: "{writer}'s letter of round {number} came in and is being read.",
    Kind.APPROVED: "{writer}'s letter of round {number} was approved.",
    Kind.DELIVERED: "{writer}'s letter of round {number} was released to {pal}.",
    Kind.LATE: "{writer}'s letter of round {number}, late, was released to {pal}.",
    Kind.STOCK: "A reserve officer's letter stood in for {writer}'s of round {number}.",
    Kind.RETURNED: "{writer}'s letter of round {number} came back, to be changed.",
    Kind.DELAYED: "{writer}'s letter of round {number} is delayed.",
    Kind.MISSED: "{writer}'s letter of round {number} had not come by its date.",
    Kind.INTRODUCED: "{student} and {officer} were introduced to each other.",
    Kind.OFFICER_BEFORE: "{student} had another officer before.",
    Kind.NEXT_OFFICER: "{student} has another officer.",
    Kind.ANOTHER_SCHOOL: "{student} is at another school of the program; the letters went along.",
    Kind.FAREWELL: "The letters of {student} and {officer} end; both may say farewell.",
    Kind.GOES_ON: "The letters of {student} and {officer} go on after all.",
    Kind.CLOSED: "The letters of {student} and {officer} are over.",
    Kind.VISIT: "The officers' visit.",
    Kind.VISIT_CALLED_OFF: "The officers' visit was called off.",
    Kind.CAME: "{officer} came to the visit.",
    Kind.DID_NOT_COME: "{officer} did not come to the visit.",
}


def nowhere(_: Moment) -> None:
    """No moment leads anywhere."""


def moment_words(year: PairingYear, moment: Moment) -> str:
    """A sentence without its day."""
    writer, pal = (
        (year.student, year.officer) if moment.side is Side.STUDENT else (year.officer, year.student)
    )
    return _SENTENCES[moment.kind].format(
        student=year.student, officer=year.officer, writer=writer, pal=pal, number=moment.round_number
    )


def rest_words(rest: Rest) -> str:
    if rest.last is None:
        return f"The {rest.what} rest from then on."
    if rest.last == rest.first:
        return f"The {rest.what} rested for a day."
    return f"The {rest.what} rested until {ENGLISH.long_date(rest.last)}."


def dated(day: date, sentence: str) -> str:
    return f"{ENGLISH.long_date(day)}: {sentence}"


def year_name(year: PairingYear) -> str:
    return f"The year of {year.student} and {year.officer}"


def year_summary(year: PairingYear) -> str:
    """How often there was what; the list says when."""
    parts = [f"{ENGLISH.long_date(year.first_day)} to {ENGLISH.long_date(year.last_day)}"]
    for side, writer in ((Side.STUDENT, year.student), (Side.OFFICER, year.officer)):
        counts = Counter(one.kind for one in year.moments if one.side is side)
        told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        parts.append(f"Letters from {writer}: {told or 'none yet'}")
    if others := [str(one.kind) for one in year.moments if one.side is None]:
        parts.append(f"Besides: {', '.join(others)}")
    rested = Counter(one.what for one in year.rests)
    parts += [f"The {what} rested {'once' if n == 1 else f'{n} times'}" for what, n in rested.items()]
    return ". ".join(parts) + "."


def year_list(year: PairingYear, link: Link = nowhere) -> Markup:
    """All that the line shows, as a list: for who does not see it, and for who would rather read. One a page: it has ids."""
    items = sorted(_items(year, link), key=lambda one: one[0])
    return element("ol", {"class": "year-list"}, *(_item(*one) for one in items))


def entry_of_moment(number: int) -> str:
    """Its id in the list, by its place among the year's moments."""
    return f"moment-{number}"


def entry_of_rest(number: int) -> str:
    return f"rest-{number}"


def _items(year: PairingYear, link: Link) -> Iterator[tuple[date, str, str]]:
    for number, rest in enumerate(year.rests):
        yield rest.first, entry_of_rest(number), rest_words(rest)
    for number, moment in enumerate(year.moments):
        words = moment_words(year, moment)
        to = link(moment)
        yield moment.on, entry_of_moment(number), words if to is None else element("a", {"href": to}, words)


def _item(day: date, entry: str, words: str) -> Markup:
    time = element("time", {"datetime": day.isoformat()}, ENGLISH.long_date(day))
    return element("li", {"id": entry, "tabindex": -1}, time, ": ", words)
