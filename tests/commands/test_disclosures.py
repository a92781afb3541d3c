"""disclosures: who outside the school has seen a letter, as a table, as JSON and as a file that no spreadsheet runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.commands.starter_line import COORDINATOR, NOBODY, TEACHER, StarterLine


def test_what_was_shown_is_on_record_and_in_the_file_no_cell_is_a_formula(
    starter: StarterLine, unopened: tuple[str, str], on_record: Callable[..., Any], tmp_path: Path
) -> None:
    program, pairing = unopened
    submit = ("letter", "submit", program, pairing, "--round", 1, "--side", "student", "--by", TEACHER)
    draft = starter.answers(*submit, typed="Dear pal")["draft"]
    on_record(
        "UPDATE staff SET name = '=cmd|''/C calc''!A0' WHERE program_id = $1 AND external_id = $2 RETURNING 1",
        program,
        COORDINATOR,
    )
    for reader in (COORDINATOR, COORDINATOR):
        starter.says("letter", "show", program, draft, "--by", reader)
    file = tmp_path / "seen.csv"
    (seen,) = starter.answers("disclosures", program, "--student", "s01", "--csv", file)
    assert (seen["student"], seen["draft"], seen["who_id"]) == ("s01", draft, COORDINATOR)
    assert (seen["role"], seen["interest"]) == ("coordinator", "runs the program")
    header, row = file.read_text("utf-8-sig").splitlines()
    assert header.startswith('"at","student","school","round"')
    assert '''"'=cmd|'/C calc'!A0"''' in row
    said = starter.says("disclosures", program)
    assert "Views of letters on record: 1" in said
    assert "There is no student 'nobody'" in starter.is_refused("disclosures", program, "--student", "nobody")
    assert "Import its folder first" in starter.is_refused("disclosures", NOBODY)
