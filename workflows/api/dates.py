"""What may be said to everything that lives by dates."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DatesChanged:
    """They are on record: after a pause, a move, a transfer, or an end that comes early. `version`: the how-manieth change."""

    version: int

    @property
    def is_well_formed(self) -> bool:
        return self.version > 0
