"""What a school prints for a visit: tables under a title."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bluepals.paper.lettering import printable_lines
from bluepals.paper.printing import as_pdf, filled

TEMPLATE = Path(__file__).parent / "visit_sheets.typ"


@dataclass(frozen=True, slots=True)
class Table:
    heading: str
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    subtitle: str
    notes: Sequence[str]
    columns: Sequence[str]
    tables: Sequence[Table]


def sheet(of: Sheet) -> bytes:
    """One PDF. The same sheet, the same bytes."""
    return as_pdf(filled(TEMPLATE, asdict(_printable(of))))


def _printable(of: Sheet) -> Sheet:
    return replace(
        of,
        title=_line(of.title),
        notes=[_line(note) for note in of.notes],
        tables=[
            Table(_line(table.heading), [tuple(map(_line, row)) for row in table.rows]) for table in of.tables
        ],
    )


def _line(text: str) -> str:
    return " ".join(printable_lines(text))
