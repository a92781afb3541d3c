"""A daily look ahead: each liaison hears 30, 14 and 3 days before a clearance ends, each once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases
from bluepals.facts.daily import compose_daily_mail
from tests.bluepals.facts.two_schools import TwoSchools
from tests.mailroom import parsed

ENDS = date(2026, 11, 20)  # a Friday
DAY = timedelta(days=1)


@pytest.fixture
async def ending(schools: TwoSchools) -> TwoSchools:
    await schools.admin.execute("UPDATE officer SET cleared_until = $1 WHERE external_id = 'Olga'", ENDS)
    return schools


async def told(schools: TwoSchools, day: date, *, name: str = "Lee") -> bool:
    """Whether this day's mail speaks of Olga's clearance."""
    await schools.at(datetime.combine(day, time(13), UTC))
    await compose_daily_mail(schools.office, schools.scope, day)
    mail = await schools.admin.fetchval(
        "SELECT message FROM mail WHERE key = 'daily-' || $1 || '-' || $2", str(day), str(schools.staff[name])
    )
    if mail is None:
        return False
    body = parsed(mail).get_body(("plain",))
    assert body is not None
    return "Olga Officer (Olga): until November 20, 2026" in body.get_content()


async def test_each_mark_is_told_once(ending: TwoSchools) -> None:
    days = [ENDS - (35 - number) * DAY for number in range(37)]
    heard = [day for day in days if await told(ending, day)]
    assert heard == [ENDS - 30 * DAY, ENDS - 14 * DAY, ENDS - 3 * DAY]


async def test_a_mark_that_falls_on_a_day_off_is_told_on_the_next_school_day(ending: TwoSchools) -> None:
    sunday = date(2026, 10, 25)
    await ending.admin.execute(
        "UPDATE officer SET cleared_until = $1 WHERE external_id = 'Olga'", sunday + 30 * DAY
    )
    assert not await told(ending, sunday)
    await ending.at(datetime.combine(sunday + DAY, time(13), UTC))
    assert await compose_daily_mail(ending.office, ending.scope, sunday + DAY) > 0
    marks = await ending.admin.fetch("SELECT days, told_on FROM clearance_mark")
    assert [tuple(mark) for mark in marks] == [(30, sunday + DAY)]


async def test_the_same_day_composed_again_is_the_same(ending: TwoSchools) -> None:
    assert await told(ending, ENDS - 14 * DAY)
    mails = len(await ending.mails())
    assert await told(ending, ENDS - 14 * DAY)
    assert len(await ending.mails()) == mails


async def test_a_renewed_clearance_is_looked_at_anew(ending: TwoSchools) -> None:
    assert await told(ending, ENDS - 3 * DAY)
    await ending.admin.execute(
        "UPDATE officer SET cleared_until = $1 WHERE external_id = 'Olga'", ENDS + 60 * DAY
    )
    assert not await told(ending, ENDS)


async def test_another_agencys_liaison_hears_nothing(ending: TwoSchools) -> None:
    assert not await told(ending, ENDS - 14 * DAY, name="Lou")


async def test_without_a_liaison_the_coordinator_hears_of_it(ending: TwoSchools) -> None:
    await ending.admin.execute("DELETE FROM staff_role WHERE role = 'liaison'")
    assert await told(ending, ENDS - 14 * DAY, name="Cora")


async def test_a_case_that_stops_an_officer_is_no_clearance_that_has_ended(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.OFFICER)
    await cases.worry(
        schools.office,
        schools.scope,
        draft_id=draft.id,
        by=schools.staff["Cora"],
        concern=Concern.CONDUCT,
    )
    monday = date(2026, 9, 14)
    await schools.at(datetime.combine(monday, time(13), UTC))
    await compose_daily_mail(schools.office, schools.scope, monday)
    assert await schools.admin.fetchval("SELECT count(*) FROM attention WHERE kind = 'clearance'") == 0
