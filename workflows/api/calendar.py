"""What may be said to everything that lives by a program's calendar."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CalendarChanged:
    """A pause or a resume has changed the dates; they are on record. `version`: the how-manieth change it was."""

    version: int

    @property
    def is_well_formed(self) -> bool:
        return self.version > 0
