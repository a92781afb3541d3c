"""What an answer means: the code decides, the text can say anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.mail.replies import INVALID_ADDRESS, Result, outcome_of, short, turned_away


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        (250, Result.REFUSED_FOR_NOW, Result.SENT),
        (354, Result.REFUSED_FOR_NOW, Result.UNKNOWN),
        (421, Result.REFUSED_FOR_NOW, Result.REFUSED_FOR_NOW),
        (550, Result.REFUSED, Result.REFUSED),
        (600, Result.REFUSED_FOR_NOW, Result.UNKNOWN),
        (-1, Result.REFUSED_FOR_NOW, Result.UNKNOWN),
    ],
)
def test_a_code_means_one_thing_before_the_body_and_one_after(
    code: int, before: Result, after: Result
) -> None:
    assert outcome_of(code, "", body_sent=False).result is before
    assert outcome_of(code, "", body_sent=True).result is after


@given(st.integers(200, 699), st.text(), st.booleans())
def test_no_text_changes_what_a_code_means(code: int, text: str, body_sent: bool) -> None:
    assert (
        outcome_of(code, text, body_sent=body_sent).result is outcome_of(code, "", body_sent=body_sent).result
    )


@pytest.mark.parametrize("status", sorted(INVALID_ADDRESS))
def test_an_address_is_wrong_only_if_the_status_says_so_first(status: str) -> None:
    assert outcome_of(550, f"{status} No such person", body_sent=False).suppress
    assert not outcome_of(550, f"We mention {status}", body_sent=False).suppress
    assert not outcome_of(450, f"{status} Odd", body_sent=False).suppress
    assert not outcome_of(550, f"{status}7 Odd", body_sent=False).suppress


def test_a_reply_on_record_holds_no_address() -> None:
    assert short(550, "5.1.1 <ana@home.example> is unknown") == "550 5.1.1"
    assert short(550, "ana@home.example is unknown") == "550"
    assert turned_away(535, "5.7.8 pals@bluepals.example").reply == "535 5.7.8"
