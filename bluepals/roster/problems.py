"""What a person has to mend, and where: every sentence goes on after the value and says what to do."""

from dataclasses import dataclass

from bluepals.domain.refusals import Worded
from bluepals.domain.sentences import Sentence

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Stops the import. `line` is the file's own; None when the thing is not there at all."""

    file: str
    line: int | None
    column: str
    value: str
    problem: Sentence

    def __post_init__(self) -> None:
        for cut in ("column", "value"):
            object.__setattr__(self, cut, shown(getattr(self, cut)))


@dataclass(frozen=True, slots=True)
class NeedsPerson(Problem):
    """Stops nothing, and goes to the coordinator's list. `about` is an id or a place, and never a name."""

    about: str
    school: str | None = None
    agency: str | None = None

    @property
    def key(self) -> str:
        return key_of(self.file, self.column, self.about)


def key_of(file: str, column: str, about: str) -> str:
    """The same thing in the next import, wherever its row stands then."""
    return f"roster {file.partition('.')[0]} {column} {about}"


class Unfit(Worded):
    """A value that can't be taken; the sentence is a Problem's."""


def shown(value: str) -> str:
    """A value as it may be printed anywhere: one short line of printable characters. A sentence is ours, and is one."""
    if isinstance(value, Sentence):
        return value
    printable = "".join(
        char if char.isprintable() else f"\\u{ord(char):04x}" for char in value[: LONGEST_SHOWN + 1]
    )
    return printable if len(printable) <= LONGEST_SHOWN else printable[: LONGEST_SHOWN - 1] + "…"
