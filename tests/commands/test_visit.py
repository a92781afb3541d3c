"""visit: the officers' answers, and who came. The last word counts."""

from collections.abc import Iterator
from typing import Any

import pytest

from commands.shell import Exit
from tests.commands.starter_line import NO_UUID, NOBODY, StarterLine


@pytest.fixture(scope="module")
def silent(invited: str, pairings: list[dict[str, Any]]) -> Iterator[str]:
    """Those that have been invited and have said nothing."""
    return (one["pairing"] for one in pairings)


@pytest.fixture
def pairing(silent: Iterator[str]) -> str:
    return next(silent)


def visit(starter: StarterLine, program: str, pairing: str) -> tuple[str | None, bool | None]:
    shown = starter.answers("pairing", "show", program, pairing)
    return shown["visit_answer"], shown["visit_attended"]


def test_the_last_answer_counts_and_the_same_again_changes_nothing(
    starter: StarterLine, invited: str, pairing: str
) -> None:
    for word, said in (("--yes", "yes"), ("--no", "no"), ("--no", "no")):
        answered = starter.answers("visit", "answer", invited, pairing, word)
        assert answered == {"asked": pairing, "answer": said}
        assert visit(starter, invited, pairing) == (said, None)
    assert starter.says("visit", "answer", invited, pairing, "--yes") == "Recorded: yes.\n"


def test_who_came_is_recorded_and_may_be_corrected(starter: StarterLine, invited: str, pairing: str) -> None:
    for words, came in (((), True), (("--came",), True), (("--did-not-come",), False)):
        attended = starter.answers("visit", "attend", invited, pairing, *words)
        assert attended == {"pairings": [pairing], "attended": came}
        assert visit(starter, invited, pairing) == (None, came)
    assert starter.says("visit", "attend", invited, pairing) == "Recorded.\n"


def test_once_it_is_recorded_who_came_no_answer_is_taken(
    starter: StarterLine, invited: str, pairing: str
) -> None:
    starter.says("visit", "attend", invited, pairing)
    refused = starter.is_refused("visit", "answer", invited, pairing, "--no")
    assert refused == f"Pairing {pairing} has no open invitation. See: starter.py pairing show"
    assert visit(starter, invited, pairing) == (None, True)


def test_whom_nobody_has_invited_neither_answers_nor_comes(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, uninvited = unopened
    for pairing in (uninvited, NOBODY):
        answered = starter.is_refused("visit", "answer", program, pairing, "--yes")
        assert answered.startswith(f"Pairing {pairing} has no open invitation.")
        came = starter.is_refused("visit", "attend", program, pairing)
        assert came.startswith(f"Pairing {pairing} was never invited.")


@pytest.mark.parametrize("words", [("answer", NO_UUID, "--yes"), ("answer", NOBODY), ("attend",)])
def test_what_is_typed_wrongly_is_wrong_usage(starter: StarterLine, words: tuple[str, ...]) -> None:
    command, *others = words
    starter.is_refused("visit", command, "town", *others, status=Exit.WRONG_USAGE)
