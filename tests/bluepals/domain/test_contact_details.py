"""Near misses: what looks like a contact detail and is none, and the other way round."""

import pytest

from bluepals.domain.contact_details import addresses, emails, handles, links, phones
from bluepals.domain.folding import fold


def phone(text: str) -> list[str]:
    return [text[slice(*fold(text).span(*span))] for span in phones(fold(text))]


@pytest.mark.parametrize(
    "text",
    [
        "one two three four five six seven eight nine ten",
        "10 20 30 40 50 60",
        "1,234,567,890 stars",
        "2026-11-25 and 2027-03-14",
        "room 204, page 314, seat 12",
        "we won 21 to 14, then 35 to 7",
        "ISBN 978-0-06-440055-8",
        "3.14159265",
    ],
)
def test_counting_dates_scores_and_large_numbers_are_no_phone_number(text: str) -> None:
    assert phone(text) == []


def test_seven_digits_in_one_are_a_phone_number_only_where_somebody_is_to_call() -> None:
    assert phone("The lottery gave away 5550123 cookies") == []
    assert phone("call me 5550123") == ["5550123"]


def test_two_phone_numbers_are_two() -> None:
    assert phone("314-555-0123 or 636-555-0177") == ["314-555-0123", "636-555-0177"]


@pytest.mark.parametrize("text", ["look at yahoo.com", "see you @ school", "I looked at gmail dot com"])
def test_looking_at_a_site_is_no_email_address(text: str) -> None:
    assert list(emails(fold(text))) == []


@pytest.mark.parametrize(
    "text", ["He said hi.Then he left", "cats.and dogs", "e.g. this", "I scored 3.5", "Mr.Smith"]
)
def test_a_missing_space_after_a_full_stop_is_no_link(text: str) -> None:
    assert list(links(fold(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "my roblox is broken",
        "my favorite youtube channel is about science",
        "room#1234",
        "my xbox is so slow",
    ],
)
def test_talking_about_a_game_names_no_account(text: str) -> None:
    assert list(handles(fold(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "We marched down 4th Street",
        "2 blocks down the road",
        "3 different ways to win",
        "I ran 5 miles on a trail",
        "12 kids on the court",
        "I live on the third floor",
    ],
)
def test_a_street_without_a_house_is_no_address(text: str) -> None:
    assert list(addresses(fold(text))) == []
