"""letter worry and case: opened in one step, attested by each for themselves, planned, and closed by the counselor."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands.shell import Exit
from tests.commands.starter_line import (
    COORDINATOR,
    MODERATOR,
    NOBODY,
    TEACHER,
    StarterLine,
    until,
    write_folder,
)
from tests.commands.test_letter import Desk, Place
from tests.workflows.world import first_day

COUNSELOR = "a-counselor"


@pytest.fixture(scope="module")
def desk(starter: StarterLine, paired: str, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The program with a counselor, and somebody to turn to."""
    folder = write_folder(
        tmp_path_factory.mktemp("counseled") / paired, paired, children=6, officers=2, capacity=3, rounds=6
    )
    _append(folder / "staff.csv", f"{COUNSELOR},Coco Lee,coco@north.example,counselor,,")
    (folder / "partners.csv").write_text("name,what_for,contact\nGrief Circle,loss,555-0132\n", "utf-8")
    starter.says("import", folder)
    return Desk(starter, paired)


def _append(file: Path, line: str) -> None:
    file.write_text(f"{file.read_text('utf-8')}{line}\n", "utf-8")


def test_a_suspected_harm_from_one_step_to_the_delivery(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place)["draft"]
    starter, program = desk.starter, desk.program
    opened = starter.answers("letter", "worry", program, draft, "--by", TEACHER, "--kind", "harm")
    case = opened["case"]
    assert (opened["draft"], opened["kind"], opened["known"]) == (draft, "harm", False)
    said = starter.says("letter", "worry", program, draft, "--by", MODERATOR, "--kind", "harm")
    assert said.startswith(f"Case {case} is open: the letter is held. Your duty to report is your own")
    starter.says("letter", "show", program, draft, "--by", MODERATOR)
    (listed,) = [one for one in starter.answers("case", "list", program) if one["case"] == case]
    assert (listed["kind"], listed["to_attest"], listed["closed_at"]) == ("harm", 2, None)
    assert f"{case}   harm" in starter.says("case", "list", program)
    shown = starter.answers("case", "show", program, case)
    assert [one["id"] for one in shown["readers"]] == [MODERATOR, TEACHER]
    assert shown["partners"][0]["name"] == "Grief Circle"
    assert "hotline: Childhelp" in starter.says("case", "show", program, case)

    attest = ("case", "attest", program, case, "--by")
    refused = starter.is_refused(*attest, TEACHER, status=Exit.WRONG_USAGE)
    assert "Say either --reported WHEN or --no-cause." in refused
    assert "each for themselves" in starter.is_refused(*attest, COUNSELOR, "--no-cause")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="minutes")
    assert "still to come" in starter.is_refused(*attest, TEACHER, "--reported", tomorrow)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="minutes")
    reported = ("--reported", yesterday, "--reference", "MO-77")
    assert starter.answers(*attest, TEACHER, *reported) == {"case": case, "known": False, "to_attest": 1}
    still_here = ("case", "not-reached", program, case, MODERATOR, "--by", COUNSELOR)
    assert "still takes part in the program" in starter.is_refused(*still_here)
    close = ("case", "close", program, case, "--letter", "deliver", "--by")
    assert "1 reader of the letter has not attested yet" in starter.is_refused(*close, COUNSELOR)
    assert starter.says(*attest, MODERATOR, "--no-cause") == "Attested, for yourself. All have.\n"

    assert "by the word of its counselor" in starter.is_refused(*close, COORDINATOR)
    done = starter.answers(*close, COUNSELOR)
    assert done == {"case": case, "closed": True, "waits_for": [], "told": True}
    until(lambda: desk.state(place) == "delivered: letter")


def test_a_worry_has_a_plan_and_a_kept_letter_stays(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place)["draft"]
    starter, program = desk.starter, desk.program
    case = starter.answers("letter", "worry", program, draft, "--by", TEACHER)["case"]
    assert not desk.waits({"draft": draft})
    keep = ("case", "close", program, case, "--by", COUNSELOR, "--letter", "keep")
    assert "There is no plan yet." in starter.is_refused(*keep)
    plan = ("case", "plan", program, case, "--by", COUNSELOR, "--look-again")
    assert "is no date" in starter.is_refused(*plan, "soon", status=Exit.WRONG_USAGE)
    day = first_day()
    unknown = starter.is_refused(*plan, day, "--partner", "Nobody")
    assert unknown == "“Nobody” is no partner of this program. There are: Grief Circle."
    planned = starter.answers(*plan, day, "--partner", "Grief Circle")
    assert planned == {"case": case, "look_again_on": str(day), "partners": ["Grief Circle"]}
    assert starter.says(*keep) == "Closed: keep.\n"
    assert desk.state(place) == "held"


def test_what_is_not_there_is_refused_with_where_to_look(desk: Desk) -> None:
    starter, program = desk.starter, desk.program
    assert "See: starter.py case list" in starter.is_refused("case", "show", program, NOBODY)
    worry = ("letter", "worry", program, NOBODY, "--by")
    assert "See: starter.py letter waiting" in starter.is_refused(*worry, TEACHER)
    assert "nobody with the id 'ghost'" in starter.is_refused(*worry, "ghost")
