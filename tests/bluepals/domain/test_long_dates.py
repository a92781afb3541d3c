"""Dates in sentences are written out, and nothing else is."""

import pytest

from bluepals.domain.long_dates import with_long_dates


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("Silent since 2026-09-18.", "Silent since September 18, 2026."),
        ("2026-09-01 to 2026-12-24", "September 1, 2026 to December 24, 2026"),
        ("Student S-2026-09-18 waits.", "Student S-2026-09-18 waits."),
        ("Pairing 2026-09-18-1 waits.", "Pairing 2026-09-18-1 waits."),
        ("2026-13-40 is no date.", "2026-13-40 is no date."),
        ("Write it such as “2026-12-01”.", "Write it such as “2026-12-01”."),
    ],
)
def test_a_date_is_written_out(kept: str, said: str) -> None:
    assert with_long_dates(kept) == said
