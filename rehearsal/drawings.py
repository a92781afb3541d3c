"""The page's own drawings in SVG: the school year, its weeks, shares. Each says in words what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

WIDTH = 960


@dataclass(frozen=True, slots=True)
class Span:
    """Some days of the calendar's line, with a name."""

    first: date
    last: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: its parts from the bottom up (a CSS class and a count), and what a pointer over it says."""

    label: str
    parts: Sequence[tuple[str, int]]
    title: str


def calendar_line(first: date, last: date, spans: Sequence[Span], words: str) -> str:
    """The school year from left to right, its rounds as bands."""
    height, top, days = 84, 30, (last - first).days

    def x(day: date) -> float:
        return (day - first).days / days * WIDTH

    parts = [f'<rect x="0" y="{top}" width="{WIDTH}" height="24" class="ground"/>']
    parts += [
        f'<line x1="{x(month):.1f}" x2="{x(month):.1f}" y1="{top}" y2="{top + 30}" class="tick"/>'
        f'<text x="{x(month) + 4:.1f}" y="{height - 8}" class="small">{month:%b}</text>'
        for month in _months(first, last)
    ]
    for span in spans:
        width = max(x(span.last) - x(span.first), 4)
        parts.append(
            f'<rect x="{x(span.first):.1f}" y="{top}" width="{width:.1f}" height="24" class="{span.kind}">'
            f"<title>{escape(span.name)}</title></rect>"
        )
        if span.kind in {"writing", "visit"}:
            parts.append(f'<text x="{x(span.first):.1f}" y="{top - 8}">{escape(span.name)}</text>')
    return _svg(height, words, parts)


def _months(first: date, last: date) -> Sequence[date]:
    months = []
    month = date(first.year, first.month, 1)
    while month <= last:
        if month >= first:
            months.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months


def columns(bars: Sequence[Bar], words: str, height: int = 180) -> str:
    """Stacked columns, one a week."""
    tallest = max((sum(count for _, count in bar.parts) for bar in bars), default=0) or 1
    step, floor = WIDTH / max(len(bars), 1), height - 24
    parts = []
    for number, bar in enumerate(bars):
        y = float(floor)
        drawn = [f"<title>{escape(bar.title)}</title>"]
        for kind, count in bar.parts:
            tall = count / tallest * (floor - 8)
            y -= tall
            drawn.append(
                f'<rect x="{number * step + 1:.1f}" y="{y:.1f}" width="{step - 2:.1f}" height="{tall:.1f}" class="{kind}"/>'
            )
        parts.append(f"<g>{''.join(drawn)}</g>")
        if bar.label:
            parts.append(
                f'<text x="{number * step + 2:.1f}" y="{height - 6}" class="small">{escape(bar.label)}</text>'
            )
    return _svg(height, words, parts)


def share(parts_of_whole: Sequence[tuple[str, int]], words: str) -> str:
    """One bar, divided."""
    whole, x = sum(count for _, count in parts_of_whole) or 1, 0.0
    parts = []
    for kind, count in parts_of_whole:
        wide = count / whole * WIDTH
        parts.append(f'<rect x="{x:.1f}" y="0" width="{wide:.1f}" height="40" class="{kind}"/>')
        x += wide
    return _svg(40, words, parts)


def _svg(height: int, words: str, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(words, quote=True)}">{"".join(parts)}</svg>'
