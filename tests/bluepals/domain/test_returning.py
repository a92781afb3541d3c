"""Why a letter goes back, as it is said once it is on record."""

import pytest

from bluepals.domain.letters import Side
from bluepals.domain.returning import Usual, said_to_adult, usual_reasons
from bluepals.domain.sentences import Sentence

SHORT = usual_reasons(Side.OFFICER, "en")[Usual.SHORT].for_adult


@pytest.mark.parametrize("own", ["", " Tell of {Rex}!"])
def test_a_usual_reason_is_a_sentence_again_before_a_reader_s_own_words(own: str) -> None:
    said = said_to_adult(f"{SHORT}{own}")
    assert (said, isinstance(said, Sentence)) == (f"{SHORT}{own}", True)


def test_own_words_alone_are_as_they_were_written() -> None:
    said = said_to_adult(f"Not quite: {SHORT}")
    assert (said, isinstance(said, Sentence)) == (f"Not quite: {SHORT}", False)
