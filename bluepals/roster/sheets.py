"""A table out of the bytes of a CSV or XLSX file: the columns that are asked for, and no others."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice

from bluepals.domain.sentences import Sentence, counted
from bluepals.roster import workbook
from bluepals.roster.encoding import Undecodable, decode
from bluepals.roster.formulas import unguarded
from bluepals.roster.problems import Problem, Unfit

MOST_ROWS = 20_000
MOST_COLUMNS = workbook.MOST_COLUMNS
LONGEST_CELL = 32_767  # as in a spreadsheet
LINES_ABOVE = 20  # the header is among the first lines; titles may stand above it
DELIMITERS = ",;\t"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
WORKBOOK = b"PK"

_SEPARATORS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is none."""

    line: int
    why: Sentence


Record = tuple[int, Sequence[str]]  # the line on which it begins, its cells
Table = Iterator[Record | Unreadable]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns of a file: their names, and those that it may leave out."""

    names: Sequence[str]
    optional: frozenset[str] = frozenset()
    _by_plain: dict[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_plain.update((_plain(name), name) for name in self.names)

    def named(self, header: str) -> str | None:
        """The column that a header cell means, however it writes it."""
        return self._by_plain.get(_plain(header))


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Sheet:
    """The rows of a table, and what is wrong with the file itself."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_sheet(file: str, data: bytes, wanted: Wanted) -> Sheet:
    """By content, whatever the file is called. Never raises."""
    sheet = Sheet()
    try:
        _read_first(file, _tables(data, wanted), wanted, sheet)
    except Undecodable as broken:
        text = Sentence(
            "line {line} can't be read as UTF-8, UTF-16 or Windows-1252; save the file as UTF-8",
            line=broken.line,
        )
        sheet.problems.append(Problem(file, broken.line, "", "", text))
    except Unfit as unfit:
        sheet.problems.append(Problem(file, None, "", "", Sentence("the file {unfit}", unfit=unfit.sentence)))
    return sheet


def _tables(data: bytes, wanted: Wanted) -> Iterable[Table]:
    if data.startswith(OLD_WORKBOOK):
        raise Unfit("is a workbook of the old kind (.xls) or a locked one; save it as .xlsx or .csv")
    return workbook.tables(data) if data.startswith(WORKBOOK) else _text_table(data, wanted)


def _read_first(file: str, tables: Iterable[Table], wanted: Wanted, sheet: Sheet) -> None:
    """The first table that has our header; a workbook may begin with a sheet of explanations."""
    for table in tables:
        above: list[Record | Unreadable] = []
        for record in table:
            if isinstance(record, tuple) and _knows(record[1], wanted) >= _enough(wanted):
                _read_table(file, record, table, wanted, sheet)
                return
            above.append(record)
            if len(above) >= LINES_ABOVE:
                break
    raise Unfit(
        "has no header line among its first {lines}; name the columns: {columns}",
        lines=LINES_ABOVE,
        columns=", ".join(wanted.names),
    )


def _enough(wanted: Wanted) -> int:
    return min(2, len(wanted.names))


def _knows(cells: Iterable[str], wanted: Wanted) -> int:
    return len({name for cell in islice(cells, MOST_COLUMNS) if (name := wanted.named(cell))})


def _read_table(file: str, header: Record, records: Table, wanted: Wanted, sheet: Sheet) -> None:
    line, titles = header
    if len(titles) > MOST_COLUMNS:
        raise Unfit(
            "has {columns:,} columns; {most} are the most. Remove those that are not needed",
            columns=len(titles),
            most=MOST_COLUMNS,
        )
    if faults := [*_header_problems(file, line, titles, wanted)]:
        sheet.problems.extend(faults)
        return
    places = {name: place for place, cell in enumerate(titles) if (name := wanted.named(cell))}
    for record in records:
        if isinstance(record, Unreadable):
            sheet.problems.append(Problem(file, record.line, "", "", record.why))
            continue
        line, cells = record
        if not any(cell.strip() for cell in cells):
            continue
        if len(sheet.rows) == MOST_ROWS:
            text = Sentence(
                "the file has more than {most:,} rows; split it by school or leave other grades out",
                most=MOST_ROWS,
            )
            sheet.problems.append(Problem(file, line, "", "", text))
            return
        if len(cells) != len(titles):
            sheet.problems.append(_ragged(file, line, len(cells), len(titles)))
        elif long := next((name for name, at in places.items() if len(cells[at]) > LONGEST_CELL), None):
            text = Sentence(
                "has {characters:,} characters; {most:,} is the most for a cell",
                characters=len(cells[places[long]]),
                most=LONGEST_CELL,
            )
            sheet.problems.append(Problem(file, line, long, cells[places[long]], text))
        else:
            read = {name: unguarded(cells[at]) for name, at in places.items()}
            sheet.rows.append(Row(line, read))


def _ragged(file: str, line: int, cells: int, titles: int) -> Problem:
    too_many = Sentence(
        "the row has {cells} and the header {titles}; put cells with a comma, semicolon or tab in them in"
        ' "quotation marks"',
        cells=counted(cells, "cell", "cells"),
        titles=titles,
    )
    too_few = Sentence(
        "the row has {cells} and the header {titles}; add the empty cells at their places",
        cells=counted(cells, "cell", "cells"),
        titles=titles,
    )
    return Problem(file, line, "", counted(cells, "cell", "cells"), too_many if cells > titles else too_few)


def _header_problems(file: str, line: int, titles: Sequence[str], wanted: Wanted) -> Iterator[Problem]:
    counts = Counter(_plain(title) for title in titles if title.strip())
    for plain, count in counts.items():
        if count > 1:
            title = next(title for title in titles if _plain(title) == plain)
            text = Sentence("is the header of {count} columns; keep one, or rename the others", count=count)
            yield Problem(file, line, title, title, text)
    unknown = {_plain(title): title for title in titles if title.strip() and wanted.named(title) is None}
    for name in wanted.names:
        if _plain(name) in counts:
            continue
        close = get_close_matches(_plain(name), unknown, n=1, cutoff=0.85)
        if close:
            title = unknown[close[0]]
            text = Sentence("seems to mean {name}; write {name}, or remove the column", name=name)
            yield Problem(file, line, name, title, text)
        elif name not in wanted.optional:
            yield Problem(file, line, name, "", Sentence("there is no column {name}; add it", name=name))


def _plain(header: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", header)).casefold()


# ---- CSV


def _text_table(data: bytes, wanted: Wanted) -> Iterator[Table]:
    """The header's line decides about the delimiter; what stands above it is passed over."""
    lines = list(io.StringIO(decode(data), newline=""))
    for number, line in enumerate(lines[:LINES_ABOVE]):
        known = {delimiter: _knows(_split(line, delimiter), wanted) for delimiter in DELIMITERS}
        delimiter = max(DELIMITERS, key=known.__getitem__)  # of equals the first
        if known[delimiter] >= _enough(wanted):
            yield _records(lines[number:], number, delimiter)
            return


def _split(line: str, delimiter: str) -> Sequence[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _records(lines: Sequence[str], above: int, delimiter: str) -> Table:
    """Records with the line on which each begins; one with a broken quote doesn't keep the others from being read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = above + reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            yield Unreadable(line, _why(str(broken)))


def _why(error: str) -> Sentence:
    if "field larger" in error:
        return Sentence(
            "the row has a cell of more than {most:,} characters, or a quotation mark that is never closed",
            most=LONGEST_CELL,
        )
    if "unexpected end" in error:
        return Sentence(
            'the row begins a quotation that is never closed; close it, or write "" for the mark itself'
        )
    return Sentence('the row has something after a closing quotation mark; write "" for a mark inside a cell')
