"""Numbers with their noun."""

from bluepals.domain.sentences import counted


def test_one_of_something_is_no_plural() -> None:
    assert [counted(number, "round", "rounds") for number in (0, 1, 2)] == ["0 rounds", "1 round", "2 rounds"]


def test_the_verb_goes_with_it() -> None:
    waiting = [counted(number, "child waits", "children wait") for number in (1, 12)]
    assert waiting == ["1 child waits", "12 children wait"]
