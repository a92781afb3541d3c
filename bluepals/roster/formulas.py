"""Cells that a spreadsheet would run as a formula: led by ' on the way out, and freed of it on the way in."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_RISKY = re.compile(r"'*[=+\-@＝＋－＠\t\r\n\0]")  # noqa: RUF001 - spreadsheets run the wide signs, too
_GUARDED = re.compile(r"'+[=+\-@＝＋－＠\t\r\n\0]")  # noqa: RUF001


def guarded(cell: str) -> str:
    return f"'{cell}" if _RISKY.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file (RFC 4180, all cells quoted, UTF-8 with its mark) that no spreadsheet takes for formulas.

    The roster's reader gives back what was written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
