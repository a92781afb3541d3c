"""officer, student and replacement: who goes, who is next, and the sentences of what can't be."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from bluepals.facts import replacements
from commands.shell import Exit
from tests.commands.starter_line import COORDINATOR, MODERATOR, NOBODY, TEACHER, StarterLine, write_folder


@pytest.fixture
def leaving(starter: StarterLine, unopened: tuple[str, str], tmp_path: Any) -> tuple[str, str]:
    """A program whose officer leaves while a reserve is there, and the replacement of its child."""
    program, _ = unopened
    starter.says("import", write_folder(tmp_path / f"{program}-more", program, officers=2))
    left = starter.answers("officer", "leave", program, "o01", "--reason", "moved", "--by", COORDINATOR)
    assert left["pairings"] == 1
    assert left["farewell_until"]
    (one,) = starter.answers("replacement", "list", program)
    return program, one["id"]


def test_who_leaves_is_said_once_and_a_last_letter_may_be_written(
    starter: StarterLine, leaving: tuple[str, str]
) -> None:
    program, _ = leaving
    said = starter.says("officer", "leave", program, "o01", "--reason", "moved", "--by", COORDINATOR)
    assert "Pairings that end by this: 0. A last letter may be written by" in said


def test_a_proposed_officer_is_approved_or_rejected(
    starter: StarterLine, leaving: tuple[str, str], by_hand: Callable[..., None]
) -> None:
    program, one = leaving
    words = (program, one, "--by", COORDINATOR)
    by_hand(replacements.look_after, program, UUID(one))
    assert "to approve" in starter.says("replacement", "list", program)
    for known in (False, True):
        assert starter.answers("replacement", "approve", *words)["known"] is known
    starter.answers("replacement", "reject", *words, "--reason", "neighbours")
    assert "none has a free place" in starter.says("replacement", "list", program)


def test_who_of_the_staff_leaves_is_said_with_what_needs_somebody_else(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, _ = unopened
    said = starter.says("staff", "leave", program, TEACHER, "--by", COORDINATOR)
    assert f"{TEACHER} has left" in said
    assert "- teacher of 5A north" in said
    assert starter.answers("staff", "leave", program, TEACHER, "--by", COORDINATOR) == {"roles": []}
    assert "Another coordinator" in starter.is_refused(
        "staff", "leave", program, COORDINATOR, "--by", COORDINATOR
    )


def test_who_of_the_staff_has_lost_a_device_is_logged_out(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, _ = unopened
    said = starter.says("staff", "log-out", program, MODERATOR, "--by", COORDINATOR)
    assert f"{MODERATOR} is out: 0 sessions ended, 0 passkeys taken back." in said
    answered = starter.answers("staff", "log-out", program, MODERATOR, "--by", COORDINATOR)
    assert answered == {"sessions": 0, "passkeys": 0}
    assert "Only a coordinator logs somebody else out" in starter.is_refused(
        "staff", "log-out", program, COORDINATOR, "--by", MODERATOR
    )


def test_nobody_is_approved_while_no_officer_has_a_free_place(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, _ = unopened
    starter.says("officer", "leave", program, "o01", "--reason", "moved", "--by", COORDINATOR)
    (one,) = starter.answers("replacement", "list", program)
    refused = starter.is_refused("replacement", "approve", program, one["id"], "--by", COORDINATOR)
    assert "No officer is proposed yet" in refused


def test_a_mistake_is_taken_back(starter: StarterLine, leaving: tuple[str, str]) -> None:
    program, _ = leaving
    assert starter.answers("officer", "take-back", program, "o01", "--by", COORDINATOR) == {"pairings": 1}
    assert starter.answers("replacement", "list", program) == []


def test_stopped_it_is_over_at_once(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, pairing = unopened
    said = starter.says("officer", "stop", program, "o01", "--by", COORDINATOR)
    assert "Pairings that end by this: 1. Nothing goes out any more" in said
    assert starter.answers("pairing", "show", program, pairing)["end_reason"] == "officer left"


def test_after_a_death_people_decide(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, pairing = unopened
    starter.answers("officer", "died", program, "o01", "--by", COORDINATOR)
    assert starter.answers("replacement", "list", program) == []
    begun = starter.answers("replacement", "begin", program, pairing, "--by", COORDINATOR)
    (one,) = starter.answers("replacement", "list", program)
    assert one["id"] == begun["replacement"]


def test_a_childs_death(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, pairing = unopened
    assert starter.answers("student", "died", program, "s01", "--by", COORDINATOR) == {"pairings": 1}
    assert starter.answers("pairing", "show", program, pairing)["end_reason"] == "student left"


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["officer", "stop", "PROGRAM", "o01", "--by", MODERATOR], Exit.REFUSED, "Only the liaison"),
        (["officer", "stop", "PROGRAM", "o99", "--by", COORDINATOR], Exit.REFUSED, "There is no officer"),
        (["officer", "take-back", "PROGRAM", "o01", "--by", COORDINATOR], Exit.REFUSED, "is not leaving"),
        (
            ["officer", "leave", "PROGRAM", "o01", "--reason", "tired", "--by", COORDINATOR],
            Exit.WRONG_USAGE,
            "is not one of",
        ),
        (["student", "died", "PROGRAM", "s99", "--by", COORDINATOR], Exit.REFUSED, "There is no student"),
        (
            ["replacement", "approve", "PROGRAM", NOBODY, "--by", COORDINATOR],
            Exit.REFUSED,
            "There is no replacement",
        ),
        (
            ["replacement", "begin", "PROGRAM", NOBODY, "--by", COORDINATOR],
            Exit.REFUSED,
            "There is no pairing",
        ),
    ],
)
def test_a_refusal_says_what_to_do(
    starter: StarterLine, paired: str, words: list[str], status: Exit, sentence: str
) -> None:
    said = starter.is_refused(*(paired if word == "PROGRAM" else word for word in words), status=status)
    assert sentence in said
