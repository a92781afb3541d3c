"""Folders in which servers may keep their data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def open_folder(parent: Path | None = None) -> Iterator[Path]:
    """Gone at the end. Everybody may enter: PostgreSQL runs as a user of its own when this is root."""
    with TemporaryDirectory(prefix="bluepals-tests-", dir=parent) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
