"""pause and resume: what is frozen, the dates to agree to, and the sentences of what can't be."""

from collections.abc import Callable

import pytest

from commands.shell import Exit
from tests.commands.starter_line import COORDINATOR, MODERATOR, StarterLine

Program = Callable[..., str]


def test_a_pause_is_looked_at_and_then_ended_exactly_so(starter: StarterLine, imported: Program) -> None:
    program = imported(children=1)
    paused = starter.answers("pause", program, "--by", COORDINATOR, "--reason", "snow", "--letters")
    assert paused == {"paused": ["letters of the program"], "told": 0}
    seen = starter.answers("resume", program, "--by", COORDINATOR, "--letters", "--preview")
    assert all(one["opens_at"] for one in seen["rounds"])
    said = starter.says("resume", program, "--by", COORDINATOR, "--letters", "--agreed", seen["agree"])
    assert "Resumed." in said


def test_a_preview_says_how_to_agree_and_changes_nothing(starter: StarterLine, imported: Program) -> None:
    program = imported(children=1)
    starter.says("pause", program, "--by", COORDINATOR, "--reason", "snow", "--school", "north")
    for _ in range(2):
        said = starter.says("resume", program, "--by", COORDINATOR, "--school", "north", "--preview")
        assert "Nothing is changed. To do this: --agreed " in said


def test_a_preview_shows_until_when_a_last_letter_may_be_written(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, pairing = unopened
    starter.says("student", "leave", program, "s01", "--by", COORDINATOR)
    starter.says("pause", program, "--by", COORDINATOR, "--reason", "snow", "--letters")
    this = ("resume", program, "--by", COORDINATOR, "--letters", "--preview")
    (deadline,) = starter.answers(*this)["deadlines"]
    assert (deadline["what"], deadline["pairing_id"]) == ("last letters", pairing)
    assert deadline["at"]
    assert "last letters" in starter.says(*this)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["resume", "--preview"], Exit.REFUSED, "are not paused. Paused: nothing is."),
        (["pause", "--reason", "x", "--school", "west"], Exit.REFUSED, "There is no school west"),
        (
            ["pause", "--reason", "x", "--school", "north", "--agency", "pd"],
            Exit.WRONG_USAGE,
            "name a school",
        ),
        (["resume"], Exit.WRONG_USAGE, "--preview to look, or --agreed CODE"),
        (["resume", "--preview", "--round", "4=forget"], Exit.WRONG_USAGE, "write it as 4=drop"),
    ],
)
def test_a_refusal_says_what_to_do(
    starter: StarterLine, paired: str, words: list[str], status: Exit, sentence: str
) -> None:
    command, *options = words
    said = starter.is_refused(command, paired, "--by", COORDINATOR, *options, status=status)
    assert sentence in said


def test_only_a_coordinator_pauses(starter: StarterLine, paired: str) -> None:
    said = starter.is_refused("pause", paired, "--by", MODERATOR, "--reason", "x")
    assert "Only a coordinator pauses and resumes" in said
