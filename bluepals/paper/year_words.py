"""A pairing's year in words: a sentence for each moment, the same as a list, and a summary."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from markupsafe import Markup

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, PairingYear, Rest
from bluepals.domain.sentences import Say, Sentence, counted, long_date, together
from bluepals.paper.svg import element

# Where a moment leads to: None where it leads nowhere, or not for whoever looks at the page.
Link = Callable[[Moment], str | None]

KINDS: Mapping[Kind, Sentence] = {
    Kind.BEING_READ: Sentence("being read"),
    Kind.APPROVED: Sentence("approved"),
    Kind.DELIVERED: Sentence("delivered"),
    Kind.LATE: Sentence("delivered late"),
    Kind.STOCK: Sentence("stock letter"),
    Kind.RETURNED: Sentence("returned"),
    Kind.DELAYED: Sentence("delayed"),
    Kind.MISSED: Sentence("missed"),
    Kind.INTRODUCED: Sentence("introduced"),
    Kind.OFFICER_BEFORE: Sentence("officer before"),
    Kind.NEXT_OFFICER: Sentence("next officer"),
    Kind.ANOTHER_SCHOOL: Sentence("another school"),
    Kind.FAREWELL: Sentence("farewell"),
    Kind.GOES_ON: Sentence("goes on after all"),
    Kind.CLOSED: Sentence("letters over"),
    Kind.VISIT: Sentence("visit"),
    Kind.VISIT_CALLED_OFF: Sentence("visit called off"),
    Kind.CAME: Sentence("came to the visit"),
    Kind.DID_NOT_COME: Sentence("did not come"),
}


def nowhere(_: Moment) -> None:
    """No moment leads anywhere."""


def moment_words(year: PairingYear, moment: Moment) -> Sentence:
    """A sentence without its day."""
    pals = {"student": year.student, "officer": year.officer}
    writer, pal = pals.values() if moment.side is Side.STUDENT else reversed(pals.values())
    letter = {"writer": writer, "pal": pal, "number": moment.round_number}
    return {
        Kind.BEING_READ: Sentence("{writer}'s letter of round {number} came in and is being read.", **letter),
        Kind.APPROVED: Sentence("{writer}'s letter of round {number} was approved.", **letter),
        Kind.DELIVERED: Sentence("{writer}'s letter of round {number} was released to {pal}.", **letter),
        Kind.LATE: Sentence("{writer}'s letter of round {number}, late, was released to {pal}.", **letter),
        Kind.STOCK: Sentence(
            "A reserve officer's letter stood in for {writer}'s of round {number}.", **letter
        ),
        Kind.RETURNED: Sentence("{writer}'s letter of round {number} came back, to be changed.", **letter),
        Kind.DELAYED: Sentence("{writer}'s letter of round {number} is delayed.", **letter),
        Kind.MISSED: Sentence("{writer}'s letter of round {number} had not come by its date.", **letter),
        Kind.INTRODUCED: Sentence("{student} and {officer} were introduced to each other.", **pals),
        Kind.OFFICER_BEFORE: Sentence("{student} had another officer before.", **pals),
        Kind.NEXT_OFFICER: Sentence("{student} has another officer.", **pals),
        Kind.ANOTHER_SCHOOL: Sentence(
            "{student} is at another school of the program; the letters went along.", **pals
        ),
        Kind.FAREWELL: Sentence("The letters of {student} and {officer} end; both may say farewell.", **pals),
        Kind.GOES_ON: Sentence("The letters of {student} and {officer} go on after all.", **pals),
        Kind.CLOSED: Sentence("The letters of {student} and {officer} are over.", **pals),
        Kind.VISIT: Sentence("The officers' visit."),
        Kind.VISIT_CALLED_OFF: Sentence("The officers' visit was called off."),
        Kind.CAME: Sentence("{officer} came to the visit.", **pals),
        Kind.DID_NOT_COME: Sentence("{officer} did not come to the visit.", **pals),
    }[moment.kind]


def rest_words(rest: Rest) -> Sentence:
    of_letters = rest.what == "letters"
    if rest.last is None:
        return (
            Sentence("The letters rest from then on.")
            if of_letters
            else Sentence("The visits rest from then on.")
        )
    if rest.last == rest.first:
        return (
            Sentence("The letters rested for a day.")
            if of_letters
            else Sentence("The visits rested for a day.")
        )
    until = long_date(rest.last)
    if of_letters:
        return Sentence("The letters rested until {until}.", until=until)
    return Sentence("The visits rested until {until}.", until=until)


def with_its_day(day: date, sentence: str) -> Sentence:
    return Sentence("{day}: {sentence}", day=long_date(day), sentence=sentence)


def year_name(year: PairingYear) -> Sentence:
    return Sentence("The year of {student} and {officer}", student=year.student, officer=year.officer)


def year_summary(year: PairingYear) -> Sentence:
    """How often there was what; the list says when."""
    parts = [Sentence("{first} to {last}.", first=long_date(year.first_day), last=long_date(year.last_day))]
    for side, writer in ((Side.STUDENT, year.student), (Side.OFFICER, year.officer)):
        counts = Counter(one.kind for one in year.moments if one.side is side)
        if counts:
            told = together(*(_so_many(count, kind) for kind, count in counts.items()), between=", ")
            parts.append(Sentence("Letters from {writer}: {told}.", writer=writer, told=told))
        else:
            parts.append(Sentence("Letters from {writer}: none yet.", writer=writer))
    if others := [KINDS[one.kind] for one in year.moments if one.side is None]:
        parts.append(Sentence("Besides: {told}.", told=together(*others, between=", ")))
    rested = Counter(one.what for one in year.rests)
    parts += [_so_often(count, of_letters=what == "letters") for what, count in rested.items()]
    return together(*parts)


def _so_many(count: int, kind: Kind) -> Sentence:
    """Of a side's letters."""
    return {
        Kind.BEING_READ: counted(count, "is being read", "are being read"),
        Kind.APPROVED: counted(count, "was approved", "were approved"),
        Kind.DELIVERED: counted(count, "was delivered", "were delivered"),
        Kind.LATE: counted(count, "was delivered late", "were delivered late"),
        Kind.STOCK: counted(count, "was a stock letter", "were stock letters"),
        Kind.RETURNED: counted(count, "came back", "came back"),
        Kind.DELAYED: counted(count, "is delayed", "are delayed"),
        Kind.MISSED: counted(count, "was missed", "were missed"),
    }[kind]


def _so_often(count: int, *, of_letters: bool) -> Sentence:
    if count == 1:
        return Sentence("The letters rested once.") if of_letters else Sentence("The visits rested once.")
    if of_letters:
        return Sentence("The letters rested {count} times.", count=count)
    return Sentence("The visits rested {count} times.", count=count)


def year_list(year: PairingYear, link: Link = nowhere, say: Say = str) -> Markup:
    """All that the line shows, as a list: for who does not see it, and for who would rather read. One a page: it has ids."""
    items = sorted(_items(year, link, say), key=lambda one: one[0])
    return element("ol", {"class": "year-list"}, *(_item(*one, say) for one in items))


def entry_of_moment(number: int) -> str:
    """Its id in the list, by its place among the year's moments."""
    return f"moment-{number}"


def entry_of_rest(number: int) -> str:
    return f"rest-{number}"


def _items(year: PairingYear, link: Link, say: Say) -> Iterator[tuple[date, str, str]]:
    for number, rest in enumerate(year.rests):
        yield rest.first, entry_of_rest(number), say(rest_words(rest))
    for number, moment in enumerate(year.moments):
        words = say(moment_words(year, moment))
        to = link(moment)
        yield moment.on, entry_of_moment(number), words if to is None else element("a", {"href": to}, words)


def _item(day: date, entry: str, words: str, say: Say) -> Markup:
    time = element("time", {"datetime": day.isoformat()}, say(long_date(day)))
    return element("li", {"id": entry, "tabindex": -1}, time, ": ", words)
