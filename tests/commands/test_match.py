"""match: what is proposed, and the coordinator's word about it, once."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bluepals.facts import matching as facts
from commands.match import SHEET
from commands.shell import Exit
from tests.commands.starter_line import COORDINATOR, NO_UUID, NOBODY, StarterLine, until, write_folder

Program = Callable[..., str]


def are_introduced(starter: StarterLine, program: str) -> bool:
    return all(one["first_round"] for one in starter.answers("status", program)["pairings"])


def open_pairs(starter: StarterLine, program: str) -> list[str]:
    return [pair["id"] for pair in starter.answers("match", "show", program)["pairs"]]


@pytest.fixture(scope="module")
def proposed(starter: StarterLine, worker: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two children and one officer, whose open pair nobody decides about."""
    program = "proposed"
    starter.says("import", write_folder(tmp_path_factory.mktemp(program) / program, program, children=2))
    starter.says("open", program)
    starter.says("match", "propose", program)
    return program


def test_a_proposal_made_again_with_nobody_new_says_the_same(starter: StarterLine, proposed: str) -> None:
    before = starter.answers("match", "show", proposed)
    assert starter.answers("match", "propose", proposed) == {"open": 1}
    assert starter.answers("match", "show", proposed) == before
    assert "Open pairs: 1." in starter.says("match", "propose", proposed)


def test_show_has_the_pairs_with_reasons_who_is_needed_and_who_waits(
    starter: StarterLine, proposed: str
) -> None:
    shown = starter.answers("match", "show", proposed)
    (pair,) = shown["pairs"]
    (child,) = shown["waiting"]
    assert pair["officer"] == "Officer1 Roe"
    assert pair["reason"]
    assert {pair["student"], child["name"]} == {"Child1 Doe", "Child2 Doe"}
    (need,) = [one for one in shown["needs"] if one["gender"] == "female"]
    assert (need["children"], need["officers"], need["places"]) == (2, 1, 1)
    assert (need["needed"], need["missing"]) == ([2, 1, 1], [1, 0, 0])

    said = starter.says("match", "show", proposed)
    for words in ("1 open pair", pair["id"], "same gender", "1 child waits", child["name"]):
        assert words in said


def test_show_writes_the_open_pairs_as_a_sheet_whose_ids_approve_takes(
    starter: StarterLine, opened: Program, tmp_path: Path
) -> None:
    program, sheet = opened(children=2, officers=2), tmp_path / "pairs.csv"
    shown = starter.answers("match", "show", program, "--csv", sheet)
    assert shown["pairs"]
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{name: pair[name] for name in SHEET} for pair in shown["pairs"]]
    starter.answers("match", "show", program, "--csv", sheet)
    assert len(sheet.read_text("utf-8-sig").splitlines()) == 3  # written anew, not longer

    first, _ = (row["id"] for row in rows)
    decided = starter.answers("match", "approve", program, first, "--by", COORDINATOR)
    assert decided == {"changed": 1, "still_open": 1, "superseded": 0}


def test_a_sheet_that_cannot_be_written_is_refused(
    starter: StarterLine, proposed: str, tmp_path: Path
) -> None:
    refused = starter.is_refused("match", "show", proposed, "--csv", tmp_path / "no folder" / "pairs.csv")
    assert "can't be used: No such file or directory." in refused


def test_approved_pairs_are_introduced_and_approving_again_changes_nothing(
    starter: StarterLine, opened: Program
) -> None:
    program = opened(children=2, officers=2)
    first, _ = open_pairs(starter, program)
    by_name = ("match", "approve", program, first, "--by", COORDINATOR)
    all_open = ("match", "approve", program, "--by", COORDINATOR)

    assert starter.answers(*by_name) == {"changed": 1, "still_open": 1, "superseded": 0}
    assert starter.answers(*by_name) == {"changed": 0, "still_open": 1, "superseded": 0}
    assert "1 pair approved, 0 still open." in starter.says(*all_open)
    assert starter.is_refused(*all_open).startswith("No pair is open.")
    assert len(starter.answers("status", program)["pairings"]) == 2
    until(lambda: are_introduced(starter, program))


def test_a_rejected_pair_keeps_its_reason_and_the_child_is_matched_with_somebody_else(
    starter: StarterLine, opened: Program, on_record: Callable[..., str]
) -> None:
    program = opened(children=1, officers=2)
    (before,) = starter.answers("match", "show", program)["pairs"]
    words = (
        "match",
        "reject",
        program,
        before["id"],
        "--by",
        COORDINATOR,
        "--reason",
        "They are neighbours.",
    )

    assert starter.answers(*words) == {"changed": 1, "still_open": 0, "superseded": 0}
    why = on_record("SELECT decided_why FROM proposed_pair WHERE id = $1", before["id"])
    assert why == "They are neighbours."
    assert starter.answers("match", "propose", program) == {"open": 1}
    (after,) = starter.answers("match", "show", program)["pairs"]
    assert after["officer"] != before["officer"]
    assert starter.answers(*words) == {"changed": 0, "still_open": 1, "superseded": 0}


def test_a_pair_whose_place_has_gone_meanwhile_is_superseded_and_said_to_be(
    starter: StarterLine, opened: Program, tmp_path: Path
) -> None:
    program = opened(children=2, officers=1, capacity=2)
    starter.says("import", write_folder(tmp_path / program, program, children=2, officers=1, capacity=1))
    said = starter.says("match", "approve", program, "--by", COORDINATOR)
    assert said.startswith("1 pair approved, 0 still open.\n1 can't be any more")
    assert "or the officer takes no new child: these children are matched again." in said
    assert len(starter.answers("status", program)["pairings"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "--by", COORDINATOR),
        ("reject", "--by", COORDINATOR, "--reason", "None of them."),
        ("propose",),
    ],
)
def test_before_the_year_is_open_it_says_how_to_open_it(
    starter: StarterLine, imported: Program, words: tuple[str, ...]
) -> None:
    command, *others = words
    refused = starter.is_refused("match", command, imported(), *others)
    assert refused.endswith("Start the program's years first: starter.py open PROGRAM")


def test_who_is_not_among_the_staff_decides_nothing(starter: StarterLine, proposed: str) -> None:
    refused = starter.is_refused("match", "approve", proposed, "--by", "nobody")
    assert refused == "There is no staff member 'nobody'. The ids are those of staff.csv."
    assert len(open_pairs(starter, proposed)) == 1


def test_an_unknown_pair_changes_nothing(starter: StarterLine, proposed: str) -> None:
    decided = starter.answers("match", "approve", proposed, NOBODY, "--by", COORDINATOR)
    assert decided == {"changed": 0, "still_open": 1, "superseded": 0}


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "town"),
        ("approve", "town", NO_UUID, "--by", COORDINATOR),
        ("reject", "town", "--by", COORDINATOR),
        ("reject", "town", "--reason", "They are neighbours."),
    ],
)
def test_what_is_typed_wrongly_is_wrong_usage(starter: StarterLine, words: tuple[str, ...]) -> None:
    starter.is_refused("match", *words, status=Exit.WRONG_USAGE)


def test_square_brackets_in_a_name_are_said_as_they_are(
    starter: StarterLine,
    tmp_path: Path,
    by_hand: Callable[..., None],
) -> None:
    program = "brackets"
    folder = write_folder(tmp_path / program, program)
    for file, name, called in (("officers.csv", "Roe", "Roe [/ret.]"), ("students.csv", "Doe", "Doe [ann]")):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text.replace(f",{name},", f",{called},"), "utf-8")
    starter.says("import", folder)
    by_hand(facts.make_proposal, program, 1)
    said = starter.says("match", "show", program)
    assert "Roe [/ret.]" in said
    assert "Doe [ann]" in said
