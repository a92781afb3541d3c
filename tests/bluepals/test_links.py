"""What is printed on a sheet: ids and a check, which only the key of the links makes."""

from uuid import UUID

import pytest

from bluepals.domain.stacks import SheetCode
from bluepals.links import Links

LINKS = Links("not a secret, and long enough for a test", "https://desk.example")
MAYAS = SheetCode(UUID("0f7f3a52-6c0e-4f0b-a9d4-2c8c5f6f1a11"), 3)


def test_a_sheets_code_comes_back_as_it_was() -> None:
    assert LINKS.sheet(LINKS.on_sheet(MAYAS)) == MAYAS


def test_a_code_has_34_signs_of_those_that_make_the_smallest_square() -> None:
    code = LINKS.on_sheet(MAYAS)
    assert len(code) == 34
    assert code.isalnum()
    assert code.isupper()


@pytest.mark.parametrize("place", range(34))
def test_no_sign_of_a_code_can_be_another_one(place: int) -> None:
    code = LINKS.on_sheet(MAYAS)
    other = "A" if code[place] != "A" else "B"
    assert LINKS.sheet(code[:place] + other + code[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "BP", "https://example.org", "BP" + "A" * 32, "BP" + "A" * 31, "ÄÖÜ"])
def test_what_is_no_sheet_of_ours_says_nothing(text: str) -> None:
    assert LINKS.sheet(text) is None


def test_a_sheet_of_another_key_says_nothing() -> None:
    others = Links("another one, and long enough for a test too", "https://desk.example")
    assert LINKS.sheet(others.on_sheet(MAYAS)) is None
