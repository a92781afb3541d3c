"""A family's notice on paper: in its language, with the address of its page, and no markup of anybody's name."""

from bluepals.paper.family_notices import IN, FamilyNotice, notices
from tests.desk.town import read_pdf

ADDRESS = "https://desk.example/stl/family"


def notice(first_name: str = "Maya", language: str = "en") -> FamilyNotice:
    return FamilyNotice(first_name, "Lopez", language, "North School", "5A", ADDRESS)


def test_each_family_has_a_page_in_its_language_with_the_address() -> None:
    english, spanish, other = read_pdf(notices([notice(), notice("Ana", "es-MX"), notice("Li", "zh")]))
    assert "For the family of Maya Lopez" in english
    assert "Para la familia de Ana Lopez" in spanish
    assert "For the family of Li Lopez" in other, "English where the program has no other words"
    assert all(ADDRESS in page for page in (english, spanish, other))


def test_the_languages_say_equally_much() -> None:
    assert {(len(words.paragraphs), len(words.points)) for words in IN.values()} == {(2, 4)}


def test_a_name_prints_as_it_is_written() -> None:
    (page,) = read_pdf(notices([notice('*#set text(1pt)* {child} "x"')]))
    assert 'For the family of *#set text(1pt)* {child} "x" Lopez' in " ".join(page.split())


def test_the_same_notices_are_the_same_bytes() -> None:
    assert notices([notice()]) == notices([notice()])
