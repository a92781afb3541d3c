"""A class's letters on paper: the code on a printed sheet, and whose the pages of a scanned stack are."""

from dataclasses import dataclass
from uuid import UUID

SHEET = "BP"  # how the code on a printed sheet begins


@dataclass(frozen=True, slots=True)
class SheetCode:
    """What a printed sheet says of itself to the scanner: ids, and nothing that tells who it is."""

    pairing_id: UUID
    round_number: int
