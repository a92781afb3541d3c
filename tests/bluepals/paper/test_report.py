"""The year for the community, as a page and as text: what each number means, and what is not there."""

import re
from collections.abc import Mapping

import pytest

from bluepals.domain.survey import QUESTIONS, Reply, Taker
from bluepals.facts.year_report import Line, Numbers, YearReport
from bluepals.paper.report import report_page
from commands.report import print_report

NUMBERS: Numbers = {
    "children": 40,
    "officers": 31,
    "pairings": 41,
    "letters": 480,
    "due": 600,
    "on_time": 390,
    "on_time_rate": 65,
    "invited": 40,
    "came": 33,
}
REPLIES: Mapping[str, Mapping[str, int | None]] = {
    question.words: {str(reply): 12 for reply in Reply} for question in QUESTIONS[Taker.TEACHER]
}
REPORT = YearReport(
    program="stl",
    name="Two schools",
    first_year=2026,
    rounds=1,
    total=NUMBERS,
    schools=[
        Line("Thurgood Marshall Elementary School", None, NUMBERS),
        Line("South School", None, {**NUMBERS, "children": None, "came": None}),
    ],
    agencies=[Line("Metropolitan Police Department", None, NUMBERS)],
    precincts=[Line("Central", "Metropolitan Police Department", NUMBERS)],
    survey={str(Taker.OFFICER): {}, str(Taker.TEACHER): REPLIES},
)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_says_what_its_numbers_are() -> None:
    page = words_of(report_page(REPORT))
    assert "1 round of letters" in page
    assert "65%" in page
    assert "Officer came: children whose own officer came to the visit" in page


def test_where_nobody_has_answered_nothing_looks_hidden() -> None:
    page = words_of(report_page(REPORT))
    assert "What officers say Nobody has answered. What teachers say yes mostly hardly no" in page
    assert page.count("not shown") == 2, "a school's children, and for how many the officer came"


def test_the_text_says_the_same(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_report(REPORT)
    said = capsys.readouterr().out
    assert "Two schools, 2026: 1 round\n" in said
    assert "65%" in said
    assert "officer came" in said
    assert "Officer came: children whose own officer came to the visit." in said
    assert "Of the officers nobody has answered the questions." in said
    assert max(map(len, said.splitlines())) <= 80
