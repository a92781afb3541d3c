"""Folders in which servers may keep their data."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MEMORY, ENOUGH = Path("/dev/shm"), 2 * 1024**3


def memory() -> Path | None:
    """A file system in memory, where there is one with room for databases that nobody keeps."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return MEMORY if has_room else None


@contextmanager
def open_folder(parent: Path | None = None) -> Iterator[Path]:
    """Gone at the end. Everybody may enter: PostgreSQL runs as a user of its own when this is root."""
    with TemporaryDirectory(prefix="bluepals-tests-", dir=parent) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
