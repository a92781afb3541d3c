"""Who is recognised in a string, and what is nobody's."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.own_words import own_words
from audit.payloads import Words
from audit.personal import PersonalData
from bluepals.store.audit import Person
from tests.audit.town import program

SOMEBODY = UUID(int=1)


def looking_for(
    first: str = "María José",
    last: str = "O'Neil",
    external_id: str = "K-12",
    email: str = "m.oneil@pd.example",
) -> PersonalData:
    person = Person(SOMEBODY, "officer", first, last, f"{first} {last}", [email], external_id)
    return PersonalData([person], own_words(program()))


def found(personal: PersonalData, text: str, *, value: bool = True) -> frozenset[str]:
    return personal.found_in(Words(text, value))


@pytest.mark.parametrize(
    "text",
    [
        "to María José, by Friday",
        "to MARÍA JOSÉ",
        "Mari\u0301a Jose\u0301",
        "letter-for-maría-josé-o-neil",
        "O'Neil",
        "O\u2019Neil's letter",
        "oneil, m.oneil@PD.example",
        "officer k-12 is away",
        "workflow-K-12",
    ],
)
def test_somebody_is_recognised(text: str) -> None:
    assert found(looking_for(), text)


@pytest.mark.parametrize(
    "text",
    ["maría and josé", "Mariah Joseph", "neil", "oneil@pd.example", "K-121", "AK-12", "the 12 of k", ""],
)
def test_words_that_only_look_alike_are_nobodys(text: str) -> None:
    assert not found(looking_for(), text)


@pytest.mark.parametrize("name", ["Round", "Stage", "Pairing", "See", "America"])
def test_a_name_that_the_workflows_say_is_looked_for_with_the_other_name(name: str) -> None:
    personal = looking_for(first=name)
    assert personal.only_in_full == 1
    assert not found(personal, f"{name} 4: the officer's letter")
    assert found(personal, f"{name} O'Neil")


@pytest.mark.parametrize(
    "name", ["Mark", "Will", "Grace", "Hope", "Joy", "May", "Rose", "Chris", "Dana", "Art"]
)
def test_everyday_names_are_looked_for_by_themselves(name: str) -> None:
    personal = looking_for(first=name)
    assert not found(personal, f"they {name.lower()} it; it is {name.lower()}")
    assert found(personal, f"a letter for {name}.")


def test_a_short_number_counts_only_where_a_value_is_nothing_else() -> None:
    personal = looking_for(external_id="12")
    assert found(personal, "12")
    assert not found(personal, "12", value=False)  # The server's own: an event, a timer.
    assert not found(personal, "round 12")


def test_an_id_that_the_workflows_say_is_left_out_and_counted() -> None:
    personal = looking_for(external_id="officer")
    assert personal.left_out == 1
    assert not found(personal, "officer")


def test_an_id_in_the_form_of_a_uuid_is_looked_for() -> None:
    roster_id = "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
    assert found(looking_for(external_id=roster_id), f"student {roster_id.lower()}")
    assert not found(looking_for(), f"student {roster_id.lower()}")


@given(st.uuids(), st.datetimes(), st.binary(min_size=32, max_size=32))
def test_opaque_ids_instants_and_hashes_are_nobodys(one: UUID, at: object, digest: bytes) -> None:
    personal = looking_for(external_id="2027")
    assert not found(personal, f"{one} {at:%Y-%m-%dT%H:%M:%S}Z {digest.hex()}")


@given(st.integers(min_value=0, max_value=40))
def test_nine_words_of_a_letter_in_a_row_are_found_wherever_they_begin(start: int) -> None:
    words = [f"word{number}" for number in range(50)]
    personal = looking_for()
    personal.add_letter(SOMEBODY, " ".join(words))
    assert found(personal, "... " + ", ".join(words[start : start + 9]).upper())
    assert not found(personal, " ".join(words[start : start + 4]))
