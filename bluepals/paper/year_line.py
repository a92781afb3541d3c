"""A pairing's whole year on one line: the child's letters above it, the officer's below, people and the visit on it.

Places are in per cent and sizes in pixels: the line is as wide as its page, and its words are as large on a phone as on
a desk. Where marks would cover each other on a phone, they stand one above the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, PairingYear, Rest
from bluepals.domain.sentences import Say, Sentence, dated
from bluepals.paper.marks import RADIUS, mark
from bluepals.paper.svg import element, key, named
from bluepals.paper.year_words import (
    KINDS,
    Link,
    entry_of_moment,
    entry_of_rest,
    moment_words,
    rest_words,
    with_its_day,
    year_name,
    year_summary,
)

INK, SOFT, GRID = "#1d2733", "#536173", "#8b98a8"
RESTS: dict[str, dict[str, object]] = {
    "letters": {"fill": "#dfe4eb", "stroke": GRID, "stroke-dasharray": "2 2"},
    "visits": {"fill": "#fff", "stroke": GRID},
}
REST_WORDS = {"letters": Sentence("letters rest"), "visits": Sentence("visits rest")}
MARGIN = 3  # per cent on either side, for half a mark
STEP = 2 * RADIUS + 2  # pixels from one mark to the next above it
NARROWEST = 270  # pixels that the year has on a phone of 390
WORDS = 16  # pixels for a line of words
LONGEST_NAME = 24  # characters; the drawing's own name says all of them


@dataclass(frozen=True, slots=True)
class Placed:
    """A moment, its place among the year's, and its level: 0 is nearest to the line."""

    moment: Moment
    number: int
    level: int


@dataclass(frozen=True, slots=True)
class Scale:
    """From days to per cent of the drawing's width. What lies before or after the year stands at its edge."""

    first: date
    last: date

    def day(self, day: date) -> date:
        return min(max(day, self.first), self.last)

    def x(self, day: date) -> str:
        return f"{self._x(day):.2f}%"

    def width(self, first: date, last: date) -> str:
        """The last day included."""
        return f"{max(self._x(last + timedelta(days=1)) - self._x(first), 0.4):.2f}%"

    def _x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return MARGIN + (self.day(day) - self.first).days / span * (100 - 2 * MARGIN)

    @property
    def apart(self) -> float:
        """Days between two marks that stand side by side on a phone."""
        return STEP / NARROWEST * (self.last - self.first).days


@dataclass(frozen=True, slots=True)
class Layout:
    """Heights in pixels, from the top: the child's name, opening days, its letters, the line, the officer's, months."""

    above: int
    on_it: int
    below: int

    @classmethod
    def of(cls, placed: Sequence[Placed]) -> "Layout":
        def levels(side: Side | None) -> int:
            return 1 + max((one.level for one in placed if one.moment.side is side), default=0)

        return cls(levels(Side.STUDENT), levels(None), levels(Side.OFFICER))

    @property
    def top(self) -> int:
        return 2 * WORDS

    @property
    def axis(self) -> int:
        return self.top + self.above * STEP + STEP // 2 + 4

    @property
    def bottom(self) -> int:
        return self.axis + self.on_it * STEP + self.below * STEP + 4

    @property
    def height(self) -> int:
        return self.bottom + 2 * WORDS + 8

    def y(self, placed: Placed) -> int:
        match placed.moment.side:
            case Side.STUDENT:
                return self.axis - 4 - (placed.level + 1) * STEP
            case Side.OFFICER:
                return self.axis + 4 + (self.on_it + placed.level) * STEP
            case None:
                return self.axis + placed.level * STEP


def year_line(year: PairingYear, link: Link | None = None, say: Say = str) -> Markup:
    """As one image, which `year_list` says in words; with `link`, as a group of links, each with its own name.

    What leads nowhere else leads to its entry in the list, which has to be on the same page.
    """
    scale = Scale(year.first_day, year.last_day)
    placed = [*_placed(year.moments, scale)]
    layout = Layout.of(placed)

    def entry(one: str) -> str | None:
        return None if link is None else f"#{one}"

    def to(one: Placed) -> str | None:
        return (link(one.moment) if link else None) or entry(entry_of_moment(one.number))

    return named(
        "svg",
        {
            "class": "year-line",
            "role": "img" if link is None else "group",
            "width": "100%",
            "height": layout.height,
            "font-size": 12,
            "fill": INK,
        },
        say(year_name(year)),
        element("desc", {}, say(year_summary(year))),
        *(
            _rest(one, entry(entry_of_rest(number)), year.today, scale, layout, say)
            for number, one in enumerate(year.rests)
        ),
        *_ground(year, scale, layout, say),
        *(_moment(year, one, to(one), scale, layout, say) for one in placed),
    )


def _placed(moments: Sequence[Moment], scale: Scale) -> Iterator[Placed]:
    """Each on the lowest level of its side on which it covers no other."""
    newest: dict[Side | None, list[date]] = {}
    for number, moment in sorted(enumerate(moments), key=lambda one: one[1].on):
        levels, day = newest.setdefault(moment.side, []), scale.day(moment.on)
        free = (level for level, before in enumerate(levels) if (day - before).days >= scale.apart)
        level = next(free, len(levels))
        levels[level : level + 1] = [day]
        yield Placed(moment, number, level)


def _moment(
    year: PairingYear, placed: Placed, to: str | None, scale: Scale, layout: Layout, say: Say
) -> Markup:
    moment = placed.moment
    words = say(with_its_day(moment.on, moment_words(year, moment)))
    around: tuple[str, dict[str, object]] = ("g", {"role": "img"}) if to is None else ("a", {"href": to})
    return element(
        "svg",
        {
            "class": "moment",
            "role": "none",
            "data-kind": moment.kind,
            "x": scale.x(moment.on),
            "y": layout.y(placed),
            "overflow": "visible",
        },
        named(*around, words, mark(moment.kind)),
    )


def _rest(rest: Rest, to: str | None, today: date, scale: Scale, layout: Layout, say: Say) -> Markup:
    """Letters rest on all of the line, a visit on its own part."""
    top, bottom = (
        (layout.top, layout.bottom)
        if rest.what == "letters"
        else (layout.axis - STEP // 2, layout.axis + STEP // 2)
    )
    shape: dict[str, object] = {
        "class": "rest",
        "data-what": rest.what,
        "x": scale.x(rest.first),
        "y": top,
        "width": scale.width(rest.first, rest.last or max(today, rest.first)),
        "height": bottom - top,
        **RESTS[rest.what],
    }
    words = say(with_its_day(rest.first, rest_words(rest)))
    if to is None:
        return named("rect", {"role": "img", **shape}, words)
    return named("a", {"href": to}, words, element("rect", shape))


def _ground(year: PairingYear, scale: Scale, layout: Layout, say: Say) -> Iterator[Markup]:
    """The line, its months and opening days, today, and whose letters stand above and below."""
    yield _words(say(_letters_from(year.student)), "0", WORDS - 4)
    yield _words(say(_letters_from(year.officer)), "0", layout.bottom + WORDS - 2)
    yield _line({"x1": f"{MARGIN}%", "x2": f"{100 - MARGIN}%"}, layout.axis, layout.axis, stroke=INK)
    for month in _months(year.first_day, year.last_day):
        at = scale.x(month)
        yield _line({"x1": at, "x2": at}, layout.height - WORDS - 4, layout.height - 2, stroke=GRID)
        yield _words(say(dated(month, "%b")), at, layout.height - 6, dx=3)
    for opening in year.opening_days:
        at = scale.x(opening.on)
        yield _line({"x1": at, "x2": at, "stroke-dasharray": "3 3"}, layout.top, layout.bottom, stroke=GRID)
        yield _words(str(opening.number), at, layout.top - 4, **{"text-anchor": "middle"})
    if year.first_day <= year.today <= year.last_day:
        at = scale.x(year.today)
        yield _line({"class": "today", "x1": at, "x2": at}, layout.top, layout.bottom, stroke="#17437a")


def _line(attributes: dict[str, object], y1: int, y2: int, *, stroke: str) -> Markup:
    return element("line", {**attributes, "y1": y1, "y2": y2, "stroke": stroke})


def _words(text: str, x: str, y: int, **more: object) -> Markup:
    """What a screen reader says of the drawing is in the names of its parts."""
    return element("text", {"x": x, "y": y, "fill": SOFT, "aria-hidden": "true", **more}, text)


def _letters_from(name: str) -> Sentence:
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return Sentence("Letters from {writer}", writer=short)


def _months(first: date, last: date) -> Iterator[date]:
    month = date(first.year, first.month, 1)
    while month <= last:
        if month >= first:
            yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def year_key(years: Sequence[PairingYear], say: Say = str) -> Markup:
    """What the marks of these lines mean: those that occur, in the order of a letter's way."""
    kinds = {one.kind for year in years for one in year.moments}
    rests = {one.what for year in years for one in year.rests}
    return key(
        [
            *((mark(kind), say(KINDS[kind])) for kind in Kind if kind in kinds),
            *((_square(RESTS[what]), say(words)) for what, words in REST_WORDS.items() if what in rests),
        ]
    )


def _square(look: Mapping[str, object]) -> Markup:
    return element("rect", {"x": -6, "y": -6, "width": 12, "height": 12, **look})
