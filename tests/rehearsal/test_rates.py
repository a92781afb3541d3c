"""The file that says how often people do what."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from commands.rehearse import rehearse
from commands.shell import Exit
from rehearsal.rates import DEFAULT, Rates, RatesRefused

ROOT = Path(__file__).parents[2]
APP = typer.Typer()
APP.command()(rehearse)
KNOWN = DEFAULT.read_text("utf-8")


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "mine.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_the_rates_that_come_with_the_program_can_be_used_and_leave_room_for_who_does_nothing():
    rates = Rates.read()
    assert rates.officer_on_time == 0.65
    assert rates.student_on_time + rates.student_late < 1
    assert rates.officer_on_time + rates.officer_late < 1
    assert rates.visit_yes + rates.visit_no < 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (KNOWN.replace("0.93", "1.2", 1), "student_on_time: Input should be less than or equal to 1"),
        (KNOWN.replace("0.93", "-0.1", 1), "student_on_time: Input should be greater than or equal to 0"),
        (KNOWN + "floods = 0.1\n", "epidemic: floods: Extra inputs are not permitted"),
        (KNOWN.replace("0.93", "nan", 1), "student_on_time: Input should be"),
        (KNOWN.replace("0.93", '"often"', 1), "student_on_time: Input should be a valid number"),
        (KNOWN.replace("scanned", "scaned"), "scaned: Extra inputs are not permitted"),
        (KNOWN.replace("scanned", "scaned"), "scanned: Field required"),
        (KNOWN.replace("0.93", "0.99", 1), "student_on_time and student_late are shares of the same people"),
        ("", "visit_come: Field required"),
        (KNOWN.replace("=", ":", 1), "at line 2, column 17"),
        ("scanned = 0.1\n" + KNOWN, "Cannot overwrite a value"),
        (b"\xff\xfe", "can't decode byte"),
    ],
    ids=[
        "above 1",
        "below 0",
        "unknown of life",
        "no number",
        "words",
        "unknown",
        "missing",
        "more than all",
        "empty",
        "no toml",
        "twice",
        "bytes",
    ],
)
def test_a_file_that_can_not_be_used_is_refused_in_a_sentence(tmp_path: Path, text: str | bytes, told: str):
    with pytest.raises(RatesRefused) as refused:
        Rates.read(written(tmp_path, text))
    assert str(refused.value).startswith("mine.toml can't be used. ")
    assert told in str(refused.value)
    assert str(refused.value).endswith(" rehearsal/rates.toml shows what belongs in it.")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path):
    with pytest.raises(RatesRefused, match=r"student_late: .*; .*scanned: .*; .*visit_no: "):
        Rates.read(written(tmp_path, "student_on_time = 0.5\nofficer_late = 0.5\nofficer_on_time = 0.5\n"))


@pytest.mark.parametrize(
    ("file", "told"),
    [("mine.toml", "mine.toml can't be used."), ("nowhere.toml", "nowhere.toml can't be used:")],
)
def test_a_rehearsal_refuses_them_before_it_starts_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, told: str
):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "nothing = 1")
    result = CliRunner().invoke(APP, [str(ROOT / "examples/small"), "--rates", file])
    assert result.exit_code == Exit.REFUSED
    assert told in result.stderr
    assert "starting" not in result.stdout
