"""A pairing's beginning and end, and whom its people hear of it from."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from bluepals.facts import matching, pairings, pauses
from bluepals.facts.pairings import Asked, Introduced
from bluepals.store.database import Database
from bluepals.store.deliveries import Held
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.two_schools import CHILDREN_DUE, TwoSchools, two_schools
from tests.mailroom import parsed


@pytest.fixture
async def paired(database: Database, admin: asyncpg.Connection) -> TwoSchools:
    """Everybody is paired; nobody knows of it yet."""
    schools = await two_schools(database, admin)
    await matching.make_proposal(schools.office, schools.scope, seed=7)
    await matching.approve(schools.office, schools.scope, [], schools.staff["Cora"])
    await schools.know_pairings()
    return schools


async def introduce(schools: TwoSchools, child: str) -> Introduced | Asked | Held:
    return await pairings.introduce(schools.office, schools.scope, schools.pairing[child])


async def test_both_sides_hear_of_each_other_once_by_first_name(paired: TwoSchools) -> None:
    first, again = await introduce(paired, "Ana"), await introduce(paired, "Ana")
    assert again == first
    mails = {mail["to_address"]: parsed(mail["message"]) for mail in await paired.mails("introduction")}
    assert sorted(mails) == ["family.ana@home.example", "olga@city.example"]
    for mail in mails.values():
        for part in mail.iter_parts():
            assert "Alvarez" not in part.get_content()
    assert mails["family.ana@home.example"]["Content-Language"] == "es"


async def test_a_family_without_an_address_gets_a_paper_notice(paired: TwoSchools) -> None:
    await introduce(paired, "Ben")
    assert await paired.mailed_to("introduction") == ["omar@city.example"]


@pytest.mark.parametrize(
    ("now", "first_round"),
    [(CHILDREN_DUE - timedelta(seconds=1), 1), (CHILDREN_DUE, 2), (datetime(2026, 12, 1, tzinfo=UTC), 3)],
)
async def test_a_pairing_joins_at_the_first_round_that_is_still_to_be_written(
    paired: TwoSchools, now: datetime, first_round: int
) -> None:
    await paired.at(now)
    introduced = await introduce(paired, "Ana")
    assert isinstance(introduced, Introduced)
    assert [one.number for one in introduced.calendar.rounds] == list(range(first_round, 3))
    assert (
        await paired.admin.fetchval("SELECT first_round FROM pairing WHERE id = $1", paired.pairing["Ana"])
        == first_round
    )


async def _told(schools: TwoSchools, address: str) -> str:
    """What the introduction says to this address, on one line."""
    (mail,) = [one for one in await schools.mails("introduction") if one["to_address"] == address]
    body = parsed(mail["message"]).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


async def test_who_is_introduced_after_the_last_round_hears_that_they_meet_at_the_visit(
    paired: TwoSchools,
) -> None:
    await paired.at(datetime(2026, 12, 1, tzinfo=UTC))
    await introduce(paired, "Cleo")
    await introduce(paired, "Ana")
    for address in ("paula@county.example", "family.cleo@home.example"):
        said = await _told(paired, address)
        assert "No round of letters is left" in said
        assert "Wednesday, April 14" in said
        assert "next year" not in said
    assert "miércoles 14 de abril de 2027" in await _told(paired, "family.ana@home.example")


async def test_who_is_introduced_while_the_visit_rests_hears_of_no_day(paired: TwoSchools) -> None:
    await paired.at(datetime(2026, 12, 1, tzinfo=UTC))
    by = paired.staff["Cora"]
    await pauses.pause(paired.office, paired.scope, Target(), [What.VISITS], reason="flood", by=by)
    introduced = await introduce(paired, "Cleo")
    assert isinstance(introduced, Introduced)
    assert introduced.calendar.visit_over == datetime(2027, 5, 20, 18, tzinfo=UTC), "until then it may be"
    for address in ("paula@county.example", "family.cleo@home.example"):
        said = await _told(paired, address)
        assert "No round of letters is left" in said
        assert "visit" not in said


async def test_who_is_introduced_after_the_visit_too_hears_that_it_is_up_to_them(paired: TwoSchools) -> None:
    await paired.at(datetime(2027, 4, 20, tzinfo=UTC))
    await introduce(paired, "Cleo")
    assert "next school year is up to both" in await _told(paired, "paula@county.example")
    assert "visit" not in await _told(paired, "family.cleo@home.example")


async def test_its_calendar_comes_from_the_program(paired: TwoSchools) -> None:
    introduced = await introduce(paired, "Ana")
    assert isinstance(introduced, Introduced)
    assert introduced.on == date(2026, 9, 1)
    assert introduced.calendar.rounds[0].students_due == CHILDREN_DUE
    assert introduced.calendar.visit_over == datetime(2027, 4, 14, 22, tzinfo=UTC)
    assert introduced.calendar.closes == datetime(2027, 5, 21, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ("UPDATE student SET consent_on = NULL", Held.NO_CONSENT),
        ("UPDATE student SET withdrawn_at = now()", Held.NO_CONSENT),
        ("UPDATE officer SET cleared_until = '2026-08-31'", Held.NOT_CLEARED),
        ("UPDATE officer SET cleared_until = NULL", Held.NOT_CLEARED),
        ("UPDATE officer SET withdrawn_at = now()", Held.NOT_CLEARED),
        ("UPDATE pairing SET ended_at = now(), end_reason = 'student left'", Held.ENDED),
    ],
)
async def test_fault_10_nobody_is_introduced_while_a_gate_is_closed(
    paired: TwoSchools, change: str, held: Held
) -> None:
    await paired.admin.execute(change)
    assert await introduce(paired, "Ana") is held
    assert await paired.mails("introduction") == []


async def test_a_clearance_counts_to_its_last_day(paired: TwoSchools) -> None:
    await paired.admin.execute("UPDATE officer SET cleared_until = '2026-09-01'")
    assert isinstance(await introduce(paired, "Ana"), Introduced)


async def test_nobody_is_introduced_to_a_pairing_that_is_not_there(paired: TwoSchools) -> None:
    paired.pairing["Ana"] = paired.student["Ana"]
    assert await introduce(paired, "Ana") is Held.ENDED


async def test_a_farewell_is_said_once_to_both(schools: TwoSchools) -> None:
    for _ in range(2):
        await pairings.say_farewell(schools.office, schools.scope, schools.pairing["Ana"])
    await pairings.say_farewell(schools.office, schools.scope, schools.pairing["Ben"])
    assert await schools.mailed_to("farewell") == [
        "family.ana@home.example",
        "olga@city.example",
        "omar@city.example",
    ]


async def test_a_pairing_ends_once(schools: TwoSchools) -> None:
    ended = "SELECT ended_at FROM pairing WHERE id = $1"
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    first = await schools.admin.fetchval(ended, schools.pairing["Ana"])
    await schools.at(CHILDREN_DUE)
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    assert await schools.admin.fetchval(ended, schools.pairing["Ana"]) == first
