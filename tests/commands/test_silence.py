"""silence: who has stopped writing, and what is said of it."""

from datetime import date
from uuid import UUID

import pytest

from bluepals.domain.letters import Side
from bluepals.domain.silence import Rung, Silence
from bluepals.store.silence import SilentSide
from commands.silence import print_silent
from tests.commands.starter_line import COORDINATOR, NOBODY, StarterLine

LONG = Silence(
    Side.OFFICER,
    3,
    date(2026, 10, 2),
    {
        Rung.KIND_WORD: date(2026, 10, 5),
        Rung.LIAISON: date(2026, 11, 16),
        Rung.WARNING_PROPOSED: date(2026, 12, 7),
        Rung.WARNED: date(2026, 12, 7),
    },
)


def silent_side(silence: Silence) -> SilentSide:
    return SilentSide(
        pairing_id=UUID(int=7),
        school="north",
        class_name="5A",
        agency="city",
        officer_id=UUID(int=8),
        officer="O-1",
        officer_name="Olga Officer",
        officer_first_name="Olga",
        officer_email="olga@city.example",
        student_first_name="Ana",
        first_missed=1,
        reached=True,
        silence=silence,
    )


def test_nobody_is_silent_before_a_date_is_missed(starter: StarterLine, paired: str) -> None:
    assert starter.answers("silence", "list", paired) == []
    assert "0 are silent" in starter.says("silence", "list", paired)


def test_who_is_not_silent_is_not_warned(starter: StarterLine, paired: str) -> None:
    for command in ("warn", "more-time"):
        said = starter.is_refused("silence", command, paired, NOBODY, "--by", COORDINATOR)
        assert "is not silent for so long" in said


def test_ids_and_dates_are_whole_on_a_narrow_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_silent([silent_side(LONG)])
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert "1 is silent" in said
    for whole in (
        str(UUID(int=7)),
        "since Oct 2, 2026",
        "kind word Oct 5",
        "warning proposed Dec 7",
        "warned Dec 7",
    ):
        assert whole in said
