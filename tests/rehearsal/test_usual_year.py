"""A small year in which people change their minds, rest, call off and answer, by rates turned up."""

import pytest

from commands.shell import Exit
from tests.rehearsal.rehearsed import Rehearsal, rehearsed_town

pytestmark = pytest.mark.begun_first


@pytest.fixture(scope="module")
async def usual() -> Rehearsal:
    return await rehearsed_town("usual", seed=279)


def test_whatever_people_decide_no_rule_is_broken(usual: Rehearsal):
    assert usual.status == Exit.DONE, usual.said
    assert "No rule was broken." in usual.said


def test_what_people_decide_is_counted_and_said(usual: Rehearsal):
    happened = ("declined", "taken_back", "rests", "visits_called_off", "erased", "survey_answers")
    assert all(usual.report[key] > 0 for key in happened), usual.report
    assert f"{usual.report['erased']} erased" in usual.said
