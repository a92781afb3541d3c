"""What may be said to everything that lives by the record."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RecordChanged:
    """What a workflow lives by is another on record now. `version`: the how-manieth change."""

    rule: ClassVar[str] = "version is at least 1."

    version: int

    @property
    def is_well_formed(self) -> bool:
        return self.version > 0


@dataclass(frozen=True)
class DatesChanged(RecordChanged):
    """After a pause, a move, a transfer, or an end that comes early."""
