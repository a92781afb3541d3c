"""Where servers may keep what is gone at their end."""

import os
import shutil
from pathlib import Path

MEMORY, ENOUGH = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 - folders in it are made by tempfile


def memory() -> Path | None:
    """A file system in memory, where there is one with room: a commit on it waits for no disk.

    Whoever names a place for temporary files, as TMPDIR, gets them there.
    """
    if "TMPDIR" in os.environ:
        return None
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return MEMORY if has_room else None
