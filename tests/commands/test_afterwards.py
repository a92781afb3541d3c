"""hold, erase, report: what there is to do after the year."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from commands.shell import Exit
from tests.commands.starter_line import COORDINATOR, NOBODY, TEACHER, StarterLine, until

HOLD = ("--reason", "An authority asks.", "--by", COORDINATOR)


def test_a_child_is_erased_in_two_steps_and_not_while_it_is_held_or_writes(
    starter: StarterLine, unopened: tuple[str, str], on_record: Callable[..., Any]
) -> None:
    program, pairing = unopened
    asked = starter.answers("erase", "request", program, "s01", "--by", TEACHER)
    assert asked == {"student": "s01", "state": "requested"}
    confirm = ("erase", "confirm", program, "s01", "--by")
    assert "confirmed by a coordinator" in starter.is_refused(*confirm, TEACHER)
    # While a mail about the child is under way, that is what has to be waited for.
    until(lambda: f"End pairing {pairing} first" in starter.is_refused(*confirm, COORDINATOR))
    on_record(
        "UPDATE pairing SET ended_at = now(), end_reason = 'student left' WHERE id = $1 RETURNING 1", pairing
    )

    starter.says("hold", "set", program, "7", "--subject", "pairing", "--id", pairing, *HOLD)
    (held,) = starter.answers("hold", "list", program)
    assert (held["key"], held["subject_id"]) == ("7", pairing)
    assert "under a legal hold" in starter.is_refused(*confirm, COORDINATOR)
    assert starter.answers("hold", "release", program, "7", "--by", COORDINATOR)["state"] == "released"
    assert starter.says("hold", "list", program) == "Nothing is held.\n"

    assert starter.answers(*confirm, COORDINATOR) == {"student": "s01", "state": "erased"}
    assert on_record("SELECT first_name FROM student WHERE program_id = $1", program) == "erased"
    assert "erased already" in starter.says("erase", "request", program, "s01", "--by", TEACHER)


def test_what_is_not_there_is_neither_held_nor_erased(
    starter: StarterLine, imported: Callable[..., str]
) -> None:
    program = imported()
    for subject, named in (("student", "nobody"), ("pairing", NOBODY), ("draft", "no-id")):
        refused = starter.is_refused("hold", "set", program, "8", "--subject", subject, "--id", named, *HOLD)
        assert "no" in refused.split()
    assert "There is no student" in starter.is_refused(
        "erase", "confirm", program, "nobody", "--by", COORDINATOR
    )
    assert "Nobody has asked" in starter.is_refused("erase", "confirm", program, "s01", "--by", COORDINATOR)
    long = ("--reason", "x" * 201, "--by", COORDINATOR)
    assert "1 to 200" in starter.is_refused(
        "hold", "set", program, "8", "--subject", "student", "--id", "s01", *long, status=Exit.REFUSED
    )


def test_the_report_hides_what_is_small(starter: StarterLine, paired: str, tmp_path: Path) -> None:
    page = tmp_path / "year.html"
    made = starter.answers("report", paired, "--out", page)
    (school,) = made["schools"]
    assert (school["name"], school["numbers"]["children"]) == ("North School", None), "two officers are few"
    assert made["total"]["officers"] is None
    assert "not shown" in page.read_text("utf-8")
    assert "not shown" in starter.says("report", paired)


def test_certificates_are_for_a_school_or_for_an_agency(
    starter: StarterLine, paired: str, tmp_path: Path
) -> None:
    file = tmp_path / "certificates.pdf"
    for words in (("--school", "north"), ("--school", "north", "--class", "5A"), ("--agency", "pd")):
        assert starter.says("certificates", paired, "--out", file, *words) == f"Written: {file}\n"
        assert file.read_bytes().startswith(b"%PDF")
        file.unlink()
    assert "Name either a school" in starter.is_refused("certificates", paired, "--out", file)
    nobody = starter.is_refused("certificates", paired, "--out", file, "--school", "nowhere")
    assert nobody.startswith("Nobody of school nowhere")
    assert not file.exists()


def test_notices_are_for_a_school_or_one_of_its_classes(
    starter: StarterLine, paired: str, tmp_path: Path
) -> None:
    file = tmp_path / "notices.pdf"
    for words in (("--school", "north"), ("--school", "north", "--class", "5A")):
        assert starter.says("notices", paired, "--out", file, *words) == f"Written: {file}\n"
        assert file.read_bytes().startswith(b"%PDF")
        file.unlink()
    nobody = starter.is_refused("notices", paired, "--out", file, "--school", "nowhere")
    assert nobody.startswith("No child of school nowhere takes part.")
    assert not file.exists()
