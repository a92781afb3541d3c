"""What the actors write: letters in a child's and an officer's voice, none twice in a pairing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bluepals.domain.letters import Side
from rehearsal.cast import Couple
from rehearsal.dice import Dice

FOLDER = Path(__file__).parent / "letters"


@dataclass(frozen=True, slots=True)
class Sample:
    """`contains`: what a reader has to find in it (phone, worry, ...); None: nothing."""

    id: str
    side: Side
    language: str
    text: str
    contains: str | None


@cache
def samples() -> Sequence[Sample]:
    found = []
    for file in sorted(FOLDER.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            found.append(
                Sample(row["id"], Side(row["side"]), row["language"], row["text"], row.get("contains"))
            )
    return found


@dataclass(frozen=True, slots=True)
class Pen:
    """Hands out letters: for each pairing and side in an order of its own."""

    dice: Dice

    def first_draft(self, couple: Couple, side: Side, round_number: int) -> Sample:
        return self._turn(couple, side, round_number - 1, contained=True)

    def second_draft(self, couple: Couple, side: Side, round_number: int) -> Sample:
        """After a return: another letter, with nothing in it to stumble over; from the other end of the order."""
        return self._turn(couple, side, -round_number, contained=False)

    def _turn(self, couple: Couple, side: Side, position: int, *, contained: bool) -> Sample:
        language = language_of(couple)
        pool = [
            sample
            for sample in samples()
            if sample.side is side and sample.language == language and (contained or sample.contains is None)
        ]
        pool.sort(key=lambda sample: self.dice.roll("letter", couple.key, couple.officer_key, sample.id))
        return pool[position]

    def written(self, sample: Sample, couple: Couple) -> str:
        me, pal = couple.student_name, couple.officer_name
        if sample.side is Side.OFFICER:
            me, pal = pal, me
        return sample.text.replace("{me}", me).replace("{pal}", pal)


def language_of(couple: Couple) -> str:
    """The family's language if the pal reads it, otherwise English."""
    return couple.language if couple.language in couple.officer_languages else "en"
