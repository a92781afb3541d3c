"""XLSX files, opened with care: what they would unpack to is known before anything is."""

import io
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped] # It ships no types.

from bluepals.roster.problems import Unfit

MOST_BYTES_UNPACKED = 25_000_000
MOST_PARTS = 500
MOST_LINES = 1_048_576  # of a sheet
MOST_COLUMNS = 200
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")  # no spreadsheet has them; a bomb does


def tables(data: bytes) -> Iterator[Iterator[tuple[int, Sequence[str]]]]:
    """Each sheet's rows with their numbers. Raises Unfit with what is wrong with the file."""
    try:
        _look_inside(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # About styles and validations that nobody needs here.
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = [_rows(sheet) for sheet in book.worksheets]
    except Unfit:
        raise
    except Exception as broken:  # noqa: BLE001 - the library meets a broken file with whatever its parts raise
        raise Unfit(
            "is no workbook that can be opened ({error}); save it again as .xlsx or .csv",
            error=type(broken).__name__,
        ) from None
    return map(iter, sheets)


def _look_inside(data: bytes) -> None:
    """The sizes that a zip declares are the most that is ever unpacked of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        members = parts.infolist()
        size = sum(member.file_size for member in members)
        if size > MOST_BYTES_UNPACKED or len(members) > MOST_PARTS:
            raise Unfit(
                "would unpack to {size:,} bytes in {parts:,} parts; a roster has less than {most:,}. Copy the rows into a"
                " new workbook, or save them as .csv",
                size=size,
                parts=len(members),
                most=MOST_BYTES_UNPACKED,
            )
        for member in members:
            if member.filename.endswith((".xml", ".rels")):
                content = parts.read(member)
                if any(declaration in content for declaration in _DECLARATIONS):
                    raise Unfit("declares a document type, which no workbook does; save it again as .xlsx")


def _rows(sheet: Any) -> list[tuple[int, Sequence[str]]]:
    """Rows that have something in them, all of one width."""
    if not hasattr(sheet, "reset_dimensions"):
        return []  # A chart.
    sheet.reset_dimensions()  # What the file says about its own size may be wrong.
    found = []
    for number, row in enumerate(sheet.iter_rows(max_row=MOST_LINES, values_only=True), start=1):
        if len(row) > MOST_COLUMNS:
            raise Unfit("has more than {most} columns; remove those that are not needed", most=MOST_COLUMNS)
        if any(value is not None for value in row):
            found.append((number, [_text(value) for value in row]))
    width = max((len(cells) for _, cells in found), default=0)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in found]


def _text(value: object) -> str:
    """As a person reads the cell, in NFC: dates as dates, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unicodedata.normalize("NFC", str(value))
