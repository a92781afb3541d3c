"""A family's notice on paper: in its language, with the address of its page, and no markup of anybody's name."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bluepals.paper.family_notices import IN, Asked, FamilyNotice, notices
from bluepals.roster.cells import LONGEST_CLASS, LONGEST_NAME
from tests.desk.town import read_pdf

ADDRESS = "https://desk.example/stl/family"
ASKED = Asked("Dana", "City Police", datetime(2026, 9, 8, 17, tzinfo=ZoneInfo("America/Chicago")), False)


def notice(first_name: str = "Maya", language: str = "en", asked: Asked | None = None) -> FamilyNotice:
    return FamilyNotice(first_name, "Lopez", language, "North School", "5A", ADDRESS, asked)


def read(*of: FamilyNotice) -> list[str]:
    return [" ".join(page.split()) for page in read_pdf(notices(of))]


@pytest.mark.parametrize("goes_on", [False, True])
def test_before_the_introduction_it_says_who_it_is_to_be_and_until_when_to_say_no(goes_on: bool) -> None:
    asked = replace(ASKED, goes_on=goes_on)
    english, spanish = read(notice(asked=asked), notice("Ana", "es", asked))
    who = (
        ("Maya and Dana of City Police both wished to go on", "Ana y Dana, de City Police, quisieron seguir")
        if goes_on
        else ("introduce Maya to Dana of City Police", "presentar a Ana a Dana, de City Police")
    )
    assert who[0] in english
    assert "say so by Tuesday, September 8, 2026, 5:00 PM." in english
    assert "Say it on your family's page, or tell the teacher or the school." in english
    assert who[1] in spanish
    assert "antes de esta fecha: martes 8 de septiembre de 2026, 5:00 PM." in spanish
    assert "en la página de su familia, o decirlo en la escuela" in spanish


def test_a_family_that_has_not_agreed_reads_what_it_is_about_and_how_it_may() -> None:
    english, spanish = read(
        *(replace(notice(name, language), agreed=False) for name, language in (("Maya", "en"), ("Ana", "es")))
    )
    assert "We do not have your agreement yet, so nobody writes to Maya." in english
    assert "agree on your family's page, or sign the school's form and give it to the teacher." in english
    assert "agreed to" not in english
    assert "Todavía no tenemos su autorización; por eso nadie escribe a Ana." in spanish
    assert "autorícelo en la página de su familia, o firme el formulario de la escuela" in spanish
    assert ADDRESS in english
    assert ADDRESS in spanish


def test_at_other_times_it_names_nobody() -> None:
    (page,) = read(notice())
    assert "introduce Maya" not in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_longest_names_stay_on_their_page_and_the_address_on_its_line(language: str) -> None:
    name = ("Maximiliana Guadalupe " * 9)[:LONGEST_NAME]
    address = "https://desk.blue-pals-of-the-district.example/st-louis-public-network/family"
    one = FamilyNotice(
        name, name, language, name, "5" * LONGEST_CLASS, address, replace(ASKED, officer=name, agency=name)
    )
    pages = read_pdf(notices([one, replace(one, asked=None, agreed=False)]))
    assert [address in page for page in pages] == [True, True]


def test_each_family_has_a_page_in_its_language_with_the_address() -> None:
    english, spanish, other = read_pdf(notices([notice(), notice("Ana", "es-MX"), notice("Li", "zh")]))
    assert "For the family of Maya Lopez" in english
    assert "Para la familia de Ana Lopez" in spanish
    assert "For the family of Li Lopez" in other, "English where the program has no other words"
    assert all(ADDRESS in page for page in (english, spanish, other))


def test_the_languages_say_equally_much() -> None:
    assert {(len(words.paragraphs), len(words.points)) for words in IN.values()} == {(2, 4)}
    assert {(len(words.before_they_agree), len(words.points_before_they_agree)) for words in IN.values()} == {
        (2, 4)
    }


def test_a_name_prints_as_it_is_written() -> None:
    (page,) = read_pdf(notices([notice('*#set text(1pt)* {child} "x"')]))
    assert 'For the family of *#set text(1pt)* {child} "x" Lopez' in " ".join(page.split())


def test_the_same_notices_are_the_same_bytes() -> None:
    assert notices([notice()]) == notices([notice()])
