"""student withdraw | leave | transfer."""

from collections.abc import Callable
from typing import Any

import pytest

from commands.shell import Exit
from tests.commands.starter_line import COORDINATOR, StarterLine


def test_a_withdrawn_consent_ends_the_pairing(
    starter: StarterLine, unopened: tuple[str, str], on_record: Callable[..., Any]
) -> None:
    program, pairing = unopened
    said = starter.answers("student", "withdraw", program, "s01", "--by", COORDINATOR)
    assert said == {
        "scopes": ["letters", "visit", "photos", "follow-on"],
        "pairing_id": pairing,
        "known": False,
    }
    assert on_record("SELECT end_reason FROM pairing WHERE id = $1", pairing) == "student left"
    assert "nothing changed" in starter.says("student", "withdraw", program, "s01", "--by", COORDINATOR)


def test_the_visit_alone_leaves_the_letters(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, pairing = unopened
    said = starter.says("student", "withdraw", program, "s01", "--by", COORDINATOR, "--scope", "visit")
    assert said == "Withdrawn for s01: visit.\n"
    assert starter.answers("pairing", "show", program, pairing)["end_reason"] is None


def test_nobody_is_made_up(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, _ = unopened
    said = starter.is_refused("student", "withdraw", program, "nobody", "--by", COORDINATOR)
    assert said == "There is no student 'nobody'. The ids are those of students.csv."
    said = starter.is_refused("student", "withdraw", program, "s01", "--by", "nobody")
    assert said == "There is no staff member 'nobody'. The ids are those of staff.csv."


@pytest.mark.parametrize(
    "words", [("withdraw", "town", "s01"), ("withdraw", "town", "s01", "--by", "x", "--scope", "y")]
)
def test_what_is_typed_wrongly_is_wrong_usage(starter: StarterLine, words: tuple[str, ...]) -> None:
    starter.is_refused("student", *words, status=Exit.WRONG_USAGE)


def test_a_child_leaves_once(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, pairing = unopened
    left = starter.answers("student", "leave", program, "s01", "--by", COORDINATOR)
    assert (left["pairing_id"], left["known"]) == (pairing, False)
    assert left["farewell_until"] is not None
    assert starter.says("student", "leave", program, "s01", "--by", COORDINATOR).startswith(
        "s01 had left before"
    )


def test_a_child_that_leaves_by_mistake_stays(
    starter: StarterLine, unopened: tuple[str, str], on_record: Callable[..., Any]
) -> None:
    program, pairing = unopened
    starter.answers("student", "leave", program, "s01", "--by", COORDINATOR)
    back = ("student", "take-back", program, "s01", "--by", COORDINATOR)
    assert starter.answers(*back) == {"pairing_id": pairing}
    assert on_record("SELECT count(*) FROM ending WHERE pairing_id = $1", pairing) == 0
    assert starter.is_refused(*back) == "s01 is not leaving; there is nothing to take back."


def test_a_child_changes_classes(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, pairing = unopened
    words = ("student", "transfer", program, "s01", "--by", COORDINATOR, "--to", "north", "--class", "5B")
    moved = starter.answers(*words)
    assert moved == {"pairing_id": pairing, "school": "north", "class_name": "5B", "known": False}
    assert "nothing changed" in starter.says(*words)
    said = starter.is_refused(*words[:-3], "west", *words[-2:])
    assert said == "There is no school 'west' in this program. See: starter.py status PROGRAM"
