"""silence: who has stopped writing; nobody yet."""

from tests.commands.starter_line import COORDINATOR, NOBODY, StarterLine


def test_nobody_is_silent_before_a_date_is_missed(starter: StarterLine, paired: str) -> None:
    assert starter.answers("silence", "list", paired) == []
    assert "0 are silent" in starter.says("silence", "list", paired)


def test_who_is_not_silent_is_not_warned(starter: StarterLine, paired: str) -> None:
    for command in ("warn", "more-time"):
        said = starter.is_refused("silence", command, paired, NOBODY, "--by", COORDINATOR)
        assert "is not silent for so long" in said
