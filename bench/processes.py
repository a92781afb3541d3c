"""What processes have used, as Linux tells it."""

import os
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

# Fields of /proc/PID/stat, counted from the one after the name.
PARENT, USER, SYSTEM = 1, 11, 12


def cpu_seconds(process_id: int) -> float:
    """Of the process and all that it has started, those that ended included."""
    family = _family(process_id)
    ticks = sum(int(fields[USER]) + int(fields[SYSTEM]) for fields in family.values())
    ended = family[process_id]
    return (ticks + int(ended[USER + 2]) + int(ended[SYSTEM + 2])) / TICK


def machine_seconds() -> float:
    """All that ran on this machine, ours and others'."""
    user, nice, system, _idle, _waiting, interrupts, soft = map(int, (PROC / "stat").read_text().split()[1:8])
    return (user + nice + system + interrupts + soft) / TICK


def resident_bytes(process_id: int) -> int:
    return int((PROC / str(process_id) / "statm").read_text().split()[1]) * PAGE


def _family(ancestor: int) -> Mapping[int, list[str]]:
    everyone = {int(folder.name): _stat(folder) for folder in PROC.iterdir() if folder.name.isdigit()}
    family = {ancestor}
    grown = True
    while grown:
        born = {one for one, fields in everyone.items() if fields and int(fields[PARENT]) in family}
        grown = not born <= family
        family |= born
    return {one: everyone[one] for one in family}


def _stat(folder: Path) -> list[str]:
    """Empty when the process has ended meanwhile."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
