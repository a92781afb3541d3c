"""The mark of each kind of moment. No two have the same outline: they are told apart in black and white too."""

from collections.abc import Mapping

from markupsafe import Markup

from bluepals.domain.pairing_year import Kind
from bluepals.paper.svg import element

RADIUS = 6  # pixels; a mark lies around its own origin

_INK, _BLUE, _GREEN, _AMBER, _VIOLET, _RED = "#1d2733", "#17437a", "#1c6b3c", "#a35c00", "#5b3d8f", "#b3261e"
_STAR = "M0,-6.5 1.6,-2.2 6.2,-2 2.6,0.9 3.8,5.3 0,2.7 -3.8,5.3 -2.6,0.9 -6.2,-2 -1.6,-2.2Z"
_HEAD_AND_SHOULDERS = "M0,-6A2.6,2.6 0 1 1 0,-0.8A2.6,2.6 0 1 1 0,-6ZM-5.5,6Q-5.5,0.6 0,0.6Q5.5,0.6 5.5,6Z"


def _full(path: str, colour: str) -> Markup:
    return element("path", {"d": path, "fill": colour, "stroke": colour, "stroke-linejoin": "round"})


def _lines(path: str, colour: str, width: float = 1.6) -> Markup:
    return _drawn({"d": path, "fill": "none", "stroke": colour, "stroke-width": width})


def _hollow(path: str, colour: str, dashes: str = "none") -> Markup:
    """White inside: what lies behind does not shine through."""
    look = {"fill": "#fff", "stroke": colour, "stroke-width": 1.6, "stroke-dasharray": dashes}
    return _drawn({"d": path, **look})


def _drawn(attributes: Mapping[str, object]) -> Markup:
    return element("path", {**attributes, "stroke-linejoin": "round", "stroke-linecap": "round"})


def _ring(colour: str) -> Markup:
    return element("circle", {"r": 4.5, "fill": "#fff", "stroke": colour, "stroke-width": 1.6})


def _disc(radius: float, colour: str) -> Markup:
    return element("circle", {"r": radius, "fill": colour})


_SHAPES: Mapping[Kind, tuple[Markup, ...]] = {
    Kind.BEING_READ: (_ring(_BLUE),),
    Kind.APPROVED: (_ring(_BLUE), _disc(2, _BLUE)),
    Kind.DELIVERED: (_disc(5.3, _GREEN),),
    Kind.LATE: (_full("M0,-6 6,0 0,6 -6,0Z", _AMBER),),
    Kind.STOCK: (_full("M-4.5,-4.5H4.5V4.5H-4.5Z", _VIOLET),),
    Kind.RETURNED: (_hollow("M4.5,-5V5L-5,0Z", _BLUE),),
    Kind.DELAYED: (_hollow("M-4.5,-5.5H4.5L-4.5,5.5H4.5Z", _INK),),
    Kind.MISSED: (_lines("M-4.5,-4.5 4.5,4.5M-4.5,4.5 4.5,-4.5", _RED, 2.6),),
    Kind.INTRODUCED: (_full("M-3.5,-6 5,-3 -3.5,0Z", _BLUE), _lines("M-3.5,-6V6", _BLUE)),
    Kind.OFFICER_BEFORE: (_hollow(_HEAD_AND_SHOULDERS, _INK),),
    Kind.NEXT_OFFICER: (_full(_HEAD_AND_SHOULDERS, _INK),),
    Kind.ANOTHER_SCHOOL: (_hollow("M-5,5.5V-0.5L0,-5.5 5,-0.5V5.5Z", _BLUE),),
    Kind.FAREWELL: (_hollow("M-5.5,-4.5H5.5L0,5Z", _INK),),
    Kind.GOES_ON: (_full("M-4.5,-5.5 5.5,0 -4.5,5.5Z", _GREEN),),
    Kind.CLOSED: (_lines("M-3.5,-6H3.5M0,-6V6M-3.5,6H3.5", _INK, 2.2),),
    Kind.VISIT: (_hollow(_STAR, _GREEN),),
    Kind.CAME: (_full(_STAR, _GREEN),),
    Kind.DID_NOT_COME: (_hollow(_STAR, _RED), _lines("M-6,6 6,-6", _RED)),
    Kind.VISIT_CALLED_OFF: (
        _hollow(_STAR, _INK, dashes="1.5 2"),
        _lines("M-6.5,0H6.5", _INK),
    ),
}


def mark(kind: Kind) -> Markup:
    """With a wider ground around it, which takes a finger's touch."""
    touched = element("circle", {"r": 11, "fill": "none", "pointer-events": "all"})
    return Markup("").join([*_SHAPES[kind], touched])
