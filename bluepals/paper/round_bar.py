"""How far a school's round is, as a small bar for each side: the children's letters above, the officers' below."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from markupsafe import Markup

from bluepals.domain.board import SchoolRound, SideCount
from bluepals.domain.sentences import Say, Sentence, counted, together
from bluepals.paper.svg import element, key, named

WIDTH, HEIGHT = 112, 36  # pixels; it does not grow with its page
BAR, ROW, THICK = 64, 18, 9

# From the left; each is darker than the next one, in grey too.
_STAGES = {
    "released": {"fill": "#17437a"},
    "read": {"fill": "#7ba3d4"},
    "written": {"fill": "#cfe0f3"},
}
_OUTLINE = {"fill": "#fff", "stroke": "#536173"}
_LATE = {"fill": "#a35c00"}
_MISSING = {"fill": "#fff", "stroke": "#b3261e", "stroke-width": 1.6, "stroke-dasharray": "2 1.5"}


def round_words(of: SchoolRound) -> Sentence:
    """All that the bar shows."""
    return Sentence(
        "Round {number}, {school}. Children: {children}. Officers: {officers}.",
        number=of.number,
        school=of.school_name,
        children=_count_words(of.students),
        officers=_count_words(of.officers),
    )


def _count_words(count: SideCount) -> Sentence:
    letters = Sentence(
        "{written} of {of} written, {read} read, {released} released, {late} late, {missing} missing",
        **asdict(count),
    )
    if not count.stock:
        return letters
    stock = counted(count.stock, "stock letter stands in", "stock letters stand in")
    return together(letters, stock, between=", ")


def round_bar(of: SchoolRound, say: Say = str) -> Markup:
    """As one image, with `round_words` as its name."""
    box = {"width": WIDTH, "height": HEIGHT, "viewBox": f"0 0 {WIDTH} {HEIGHT}", "font-size": 12}
    return named(
        "svg",
        {"class": "round-bar", "role": "img", **box},
        say(round_words(of)),
        _row(of.students, "students", 3),
        _row(of.officers, "officers", 3 + ROW),
    )


def _row(count: SideCount, side: str, y: int) -> Markup:
    done = f"{count.written}/{count.of}" if count.of else "-"
    return element(
        "g",
        {"data-side": side},
        element("rect", {"data-part": "of", "x": 0, "y": y, "width": BAR, "height": THICK, **_OUTLINE}),
        *_parts(count, y),
        element("text", {"x": BAR + 6, "y": y + THICK, "fill": "#1d2733"}, done),
    )


def _parts(count: SideCount, y: int) -> Iterator[Markup]:
    """What there is of; the stages from the left, what is missing from the right, a line below for what came late."""

    def part(name: str, x: float, letters: int, look: Mapping[str, object], *, at: int, thick: int) -> Markup:
        place = {"x": f"{x:.1f}", "y": at, "width": f"{letters * each:.1f}", "height": thick}
        return element("rect", {"data-part": name, **place, **look})

    each, x = BAR / max(count.of, 1), 0.0
    for name, letters in _stages(count).items():
        if letters:
            yield part(name, x, letters, _STAGES[name], at=y, thick=THICK)
            x += letters * each
    if count.missing:
        x = BAR - count.missing * each
        yield part("missing", x, count.missing, _MISSING, at=y, thick=THICK)
    if count.late:
        yield part("late", 0, count.late, _LATE, at=y + THICK + 1, thick=3)


def _stages(count: SideCount) -> Mapping[str, int]:
    """How many letters have come just so far."""
    return {
        "released": count.released,
        "read": count.read - count.released,
        "written": count.written - count.read,
    }


def round_key(say: Say = str) -> Markup:
    looks: dict[Sentence, Mapping[str, object]] = {
        Sentence("released"): _STAGES["released"],
        Sentence("read, not released"): _STAGES["read"],
        Sentence("written, not read"): _STAGES["written"],
        Sentence("to be written"): _OUTLINE,
        Sentence("missing"): _MISSING,
    }
    bars = [(_sample(look, y=-5, thick=10), say(words)) for words, look in looks.items()]
    return key([*bars, (_sample(_LATE, y=2, thick=3), say(Sentence("late")))])


def _sample(look: Mapping[str, object], *, y: int, thick: int) -> Markup:
    return element("rect", {"x": -7, "y": y, "width": 14, "height": thick, **look})
