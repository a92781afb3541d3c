"""What the filter marks in the rehearsal's letters: what is in them, and next to nothing else."""

import pytest

from bluepals.domain.screening import Risk, screen
from rehearsal.pen import Sample, samples

WORRIES = {"worry", "harm"}
CLEAN = [one for one in samples() if one.contains is None]


def as_written(sample: Sample) -> str:
    return sample.text.replace("{me}", "Simone").replace("{pal}", "Rosa")


@pytest.mark.parametrize("one", [one for one in samples() if one.contains], ids=lambda one: one.id)
def test_what_a_letter_contains_is_marked(one: Sample):
    screening = screen(as_written(one))
    expected = "worry" if one.contains in WORRIES else one.contains
    assert expected in {mark.kind for mark in screening.marks}
    assert one.contains != "harm" or screening.risk is Risk.HIGH
    assert one.contains != "worry" or screening.risk is Risk.LOW


def test_at_most_one_clean_letter_in_twenty_is_marked_and_none_as_a_great_worry():
    marked = {one.id: screening.risk for one in CLEAN if (screening := screen(as_written(one))).marks}
    assert [name for name, risk in marked.items() if risk is Risk.HIGH] == []
    assert len(marked) <= len(CLEAN) / 20


def test_a_clean_letter_is_never_returned_for_contact_details():
    marked = {one.id: {mark.kind for mark in screen(as_written(one)).marks} - {"worry"} for one in CLEAN}
    assert {name: kinds for name, kinds in marked.items() if kinds} == {}
