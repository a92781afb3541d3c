"""A small year that an epidemic stops, and in which everything else happens too, by rates turned up."""

import re

import pytest

from commands.shell import Exit
from tests.rehearsal.rehearsed import Rehearsal, rehearsed_town

pytestmark = pytest.mark.begun_first


@pytest.fixture(scope="module")
async def eventful() -> Rehearsal:
    return await rehearsed_town("epidemic", seed=11)


def test_a_year_in_which_everything_happens_keeps_the_rules_too(eventful: Rehearsal):
    assert eventful.status == Exit.DONE, eventful.said
    assert "No rule was broken." in eventful.said
    assert 'class="bad"' not in eventful.page


def test_what_happened_is_counted(eventful: Rehearsal):
    report = eventful.report
    happened = ("new_officers", "transfers", "withdrawals", "cases", "held")
    assert all(report[key] > 0 for key in happened), report
    assert report["paused_days"] >= 2 * 10, "an epidemic closes both schools for weeks"
    assert report["held"] <= report["cases"]
    assert report["program_years"] == 2


def test_a_childs_two_officers_are_told_of_on_the_page(eventful: Rehearsal):
    assert re.search(r"<h3>How \w+ got another officer</h3>", eventful.page)
    assert "The letters of all schools rest" in eventful.page
