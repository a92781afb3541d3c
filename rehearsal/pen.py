"""What the actors write: letters in a child's and an officer's voice, none twice in a pairing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bluepals.domain.letters import Side
from rehearsal.cast import Couple
from rehearsal.dice import Dice

FOLDER = Path(__file__).parent / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """`opener`: it introduces its writer, as a first letter does; all others fit any later round.

    `contains`: what a reader has to find in it: phone, email, address, handle or link, worry (sorrow), or harm
    (something serious); None: nothing.
    """

    id: str
    side: Side
    language: str
    text: str
    opener: bool = False
    contains: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "side", Side(self.side))


@cache
def samples() -> Sequence[Sample]:
    return [
        Sample(**json.loads(line))
        for file in sorted(FOLDER.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


@dataclass(frozen=True, slots=True)
class Pen:
    """Hands out letters: for each pairing and side in an order of its own, an opener in its first round."""

    dice: Dice

    def first_draft(self, couple: Couple, side: Side, round_number: int) -> Sample:
        return self._shuffled(couple, side, round_number)[self._turn(couple, round_number)]

    def second_draft(self, couple: Couple, side: Side, round_number: int) -> Sample:
        """After a return: another letter, with nothing in it to stumble over; from the other end of the order."""
        clean = [one for one in self._shuffled(couple, side, round_number) if one.contains is None]
        return clean[-1 - self._turn(couple, round_number)]

    def _shuffled(self, couple: Couple, side: Side, round_number: int) -> Sequence[Sample]:
        language, opener = language_of(couple), round_number == couple.first_round
        pool = [
            one for one in samples() if one.side is side and one.language == language and one.opener == opener
        ]
        return sorted(pool, key=lambda one: self.dice.roll("letter", couple.key, couple.officer_key, one.id))

    @staticmethod
    def _turn(couple: Couple, round_number: int) -> int:
        """How many letters of its kind the pairing has had before this round's."""
        return max(round_number - couple.first_round - 1, 0)

    def written(self, sample: Sample, couple: Couple) -> str:
        me, pal = couple.student_name, couple.officer_name
        if sample.side is Side.OFFICER:
            me, pal = pal, me
        return sample.text.replace("{me}", me).replace("{pal}", pal)


def language_of(couple: Couple) -> str:
    """The family's language if the pal reads it and there are samples in it, otherwise English."""
    written = {one.language for one in samples()}
    return couple.language if couple.language in written.intersection(couple.officer_languages) else "en"
