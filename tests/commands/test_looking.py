"""status, pairing list and pairing show: where things stand, with the ids that other commands take."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from commands.shell import Exit
from tests.commands.starter_line import COORDINATOR, NO_UUID, NOBODY, TEACHER, StarterLine
from tests.workflows.world import first_day, rounds_of


def test_a_year_that_nobody_has_opened_is_prepared_and_needs_nobody(
    starter: StarterLine, imported: Callable[..., str]
) -> None:
    program = imported(children=3)
    school = {
        "program_year": f"{program}.north.{first_day().year}",
        "school": "north",
        "year": "prepared",
        "students": 3,
        "pairings": 0,
        "without_pal": 3,
        "to_read": 0,
        "delivered": 0,
        "next_date": str(rounds_of(1, first_day())[0].students_due),
    }
    assert starter.answers("status", program)["schools"] == [school]


def test_status_counts_what_is_to_be_read_and_delivered(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, pairing_id = unopened
    starter.says(
        *("letter", "submit", program, pairing_id, "--round", 1, "--side", "student", "--by", TEACHER),
        typed="Dear pal, hello.",
    )
    (school,) = starter.answers("status", program)["schools"]
    assert (school["pairings"], school["without_pal"], school["to_read"], school["delivered"]) == (1, 0, 1, 0)
    (one,) = starter.answers("status", program)["pairings"]
    assert one == {
        "pairing": pairing_id,
        "student_id": "s01",
        "officer_id": "o01",
        "student": "Child1 Doe",
        "officer": "Officer1 Roe",
        "program_year": f"{program}.north.{first_day().year}",
        "school": "north",
        "class": "5A",
        "first_round": 1,
        "end_reason": None,
    }


def test_pairings_are_listed_by_name_with_their_ids(starter: StarterLine, unopened: tuple[str, str]) -> None:
    program, pairing_id = unopened
    listed = starter.answers("pairing", "list", program)
    assert listed == starter.answers("status", program)["pairings"]
    said = starter.says("pairing", "list", program)
    assert all(words in said for words in (pairing_id, "Child1", "Officer1", "5A"))


def test_status_says_what_needs_a_person(starter: StarterLine, imported: Callable[..., str]) -> None:
    program = imported()
    calls = starter.answers("status", program)["attention"]
    assert calls
    said = starter.says("status", program)
    for call in calls:
        assert datetime.fromisoformat(call["opened_at"]).utcoffset() == timedelta(0)
        assert f"- {call['sentence']}" in said.splitlines()


def test_the_ids_of_years_stand_in_lists_whole_and_on_a_narrow_screen(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, _ = unopened
    narrow = replace(starter, columns=80)
    for words in (("status",), ("pairing", "list")):
        said = narrow.says(*words, program)
        assert f"{program}.north.{first_day().year}" in said
        table = [line for line in said.splitlines() if "starter.py" not in line]
        assert max(map(len, table)) <= narrow.columns


def test_a_pause_stands_in_status_with_the_command_that_ends_it(
    starter: StarterLine, imported: Callable[..., str]
) -> None:
    program = imported()
    starter.says("pause", program, "--by", COORDINATOR, "--reason", "snow", "--school", "north")
    starter.says("pause", program, "--by", COORDINATOR, "--reason", "flu", "--letters")
    said = starter.says("status", program)
    assert f"To end it: starter.py resume {program} --letters --by YOUR-ID --preview" in replace(
        starter, columns=40
    ).says("status", program), "a command is one line, however narrow the screen"
    assert re.search(
        r"- Paused since \w+ \d+, \d{4}, before the first day of this school year:"
        r" letters and visits of school north \(snow\)\.",
        said,
    )
    assert f"To end it: starter.py resume {program} --school north --by YOUR-ID --preview" in said
    assert [one["what"] for one in starter.answers("status", program)["pauses"]] == [
        "letters",
        "visits",
        "letters",
    ]


def test_a_pairing_is_shown_with_its_rounds_its_visit_and_its_workflow(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, pairing_id = unopened
    shown = starter.answers("pairing", "show", program, pairing_id)
    introduced_at = datetime.fromisoformat(shown.pop("introduced_at"))
    assert introduced_at.utcoffset() == timedelta(0)
    assert shown.pop("story") == [{"at": introduced_at.isoformat(), "what": "introduced"}]
    assert shown == {
        "pairing": pairing_id,
        "student": "Child1",
        "officer": "Officer1",
        "school": "north",
        "agency": "pd",
        "ended_at": None,
        "end_reason": None,
        "visit_answer": None,
        "visit_attended": None,
        "workflow": f"pairing-{pairing_id}",
        "rounds": [
            {"number": one.number, "student": "not yet", "officer": "not yet", "opens_on": str(one.opens_on)}
            for one in rounds_of(2, first_day())
        ],
    }
    assert starter.answers("pairing", "show", program, pairing_id)["rounds"] == shown["rounds"]

    said = starter.says("pairing", "show", program, pairing_id)
    for words in (
        "student: Child1",
        f"workflow: {shown['workflow']}",
        shown["rounds"][1]["opens_on"],
        " introduced",
    ):
        assert words in said


def test_a_pairing_of_another_program_is_not_shown(
    starter: StarterLine, unopened: tuple[str, str], imported: Callable[..., str]
) -> None:
    _, pairing_id = unopened
    other = imported()
    for unknown in (pairing_id, NOBODY):
        refused = starter.is_refused("pairing", "show", other, unknown)
        assert refused.startswith(f"There is no pairing {unknown} in this program.")


@pytest.mark.parametrize("words", [("status",), ("pairing", "show")])
def test_a_program_that_is_not_on_record_is_refused(starter: StarterLine, words: tuple[str, ...]) -> None:
    pairing_id = [NOBODY] if words == ("pairing", "show") else []
    refused = starter.is_refused(*words, "nowhere", *pairing_id)
    assert refused.startswith("This program is not on record.")


def test_a_pairing_is_named_by_its_uuid(starter: StarterLine) -> None:
    starter.is_refused("pairing", "show", "town", NO_UUID, status=Exit.WRONG_USAGE)


def test_what_is_typed_in_another_encoding_is_no_fault_of_the_program(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    typed = b"Nu\xf1ez".decode("utf-8", "surrogateescape")  # as Python has the words of a command line
    for words in (
        ("status", typed),
        ("student", "leave", unopened[0], typed, "--by", COORDINATOR),
        ("disclosures", unopened[0], "--student", typed),
    ):
        assert "no UTF-8 text" in starter.is_refused(*words)
