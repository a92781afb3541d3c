"""Before an introduction: who is asked, who may say no, and what follows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from bluepals.domain.program import Policy
from bluepals.facts import declining, leaving, matching, pairings, roster
from bluepals.facts.declining import Decliner
from bluepals.facts.pairings import Asked, Introduced
from bluepals.links import LinkRefused
from bluepals.store.deliveries import Held
from bluepals.store.letters import NotTaken
from tests.bluepals.facts.two_schools import BEGIN, TwoSchools, officer, people
from tests.mailroom import parsed

UNTIL = datetime(2026, 9, 8, 22, tzinfo=UTC)  # a week after the first of September, at five in Chicago


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


async def introduce(schools: TwoSchools, child: str) -> Introduced | Asked | Held:
    return await pairings.introduce(schools.office, schools.scope, schools.pairing[child])


async def decline(schools: TwoSchools, child: str, by: UUID) -> None:
    await declining.decline(schools.office, schools.scope, schools.pairing[child], by=by)


async def test_both_sides_are_asked_once_with_the_other_ones_first_name(asking: TwoSchools) -> None:
    assert [await introduce(asking, "Ana") for _ in range(2)] == [Asked(UNTIL)] * 2
    mails = {mail["to_address"]: parsed(mail["message"]) for mail in await asking.mails("asked")}
    assert sorted(mails) == [
        "cal@staff.example",
        "coco@staff.example",
        "family.ana@home.example",
        "olga@city.example",
    ]
    assert "Olga, de City Police" in words(mails["family.ana@home.example"])
    assert "martes 8 de septiembre de 2026, 5:00 PM." in words(mails["family.ana@home.example"])
    assert "Ana, a fifth-grader" in words(mails["olga@city.example"])
    assert await asking.mails("introduction") == []


async def test_whom_the_year_has_asked_the_introduction_asks_no_more(asking: TwoSchools) -> None:
    assert await pairings.ask(asking.office, asking.scope, asking.pairing["Ana"]) == UNTIL
    assert await introduce(asking, "Ana") == Asked(UNTIL)
    assert len(await asking.mailed_to("asked")) == 4


async def test_nobody_is_asked_about_a_pair_whose_gate_is_closed(asking: TwoSchools) -> None:
    await asking.admin.execute("UPDATE student SET consent_on = NULL WHERE id = $1", asking.student["Ana"])
    assert await pairings.ask(asking.office, asking.scope, asking.pairing["Ana"]) is None
    assert await asking.mailed_to("asked") == ["cal@staff.example", "coco@staff.example"]


async def test_a_counselor_gets_the_pairs_of_the_school_in_one_mail(asking: TwoSchools) -> None:
    (mail,) = [one for one in await asking.mails("asked") if one["to_address"] == "coco@staff.example"]
    text = words(parsed(mail["message"]))
    assert all(f"{child} and " in text for child in ("Ana", "Ben"))
    assert "Cleo" not in text


async def test_who_was_not_declined_is_introduced_when_the_date_is_over(asking: TwoSchools) -> None:
    await introduce(asking, "Ana")
    await asking.at(UNTIL)
    introduced = await introduce(asking, "Ana")
    assert isinstance(introduced, Introduced)
    assert [one.number for one in introduced.calendar.rounds] == [1, 2], "nobody loses the first round by it"


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("counselor", ["family.ana@home.example", "olga@city.example"]),
        ("officer", ["family.ana@home.example"]),
        ("family", ["olga@city.example"]),
    ],
)
async def test_each_of_the_three_may_decline_and_the_others_are_told_without_a_name(
    asking: TwoSchools, who: str, told: list[str]
) -> None:
    await introduce(asking, "Ana")
    by = {
        "counselor": asking.staff["Coco"],
        "officer": asking.officer["Olga"],
        "family": asking.student["Ana"],
    }
    await decline(asking, "Ana", by[who])
    assert await introduce(asking, "Ana") is Held.ENDED
    assert await asking.mailed_to("declined") == told
    states = {
        row["to_address"]: row["state"]
        for row in await asking.mails("asked")
        if row["pairing_id"] is not None
    }
    assert set(states.values()) == {"cancelled"}, "whoever has not been asked is not asked any more"


async def test_the_same_two_are_not_proposed_again(asking: TwoSchools) -> None:
    await decline(asking, "Ana", asking.staff["Coco"])
    assert (await matching.make_proposal(asking.office, asking.scope, seed=7)).waiting == 1
    again = people(asking.program)
    officers = [officer("Rita", capacity=1) if one.officer_id == "Rita" else one for one in again.officers]
    await roster.apply(
        asking.office,
        replace(again, program=replace(again.program, policy=Policy(declining_days=7)), officers=officers),
    )
    await matching.make_proposal(asking.office, asking.scope, seed=7)
    pairs = await asking.admin.fetch(
        "SELECT officer.external_id FROM proposed_pair JOIN officer ON officer.id = officer_id WHERE state = 'proposed'"
    )
    assert [pair["external_id"] for pair in pairs] == ["Rita"]


async def test_the_coordinator_hears_that_the_child_waits_again(asking: TwoSchools) -> None:
    await decline(asking, "Ana", asking.staff["Coco"])
    sentence = await asking.admin.fetchval("SELECT sentence FROM attention WHERE kind = 'declined'")
    assert "student Ana waits for another pal" in sentence
    assert "Coco" not in sentence


async def test_after_the_introduction_it_is_too_late_for_that(schools: TwoSchools) -> None:
    with pytest.raises(NotTaken, match="introduced already"):
        await decline(schools, "Ana", schools.staff["Coco"])


async def test_fault_10_a_closed_gate_keeps_the_other_sides_name_too(asking: TwoSchools) -> None:
    await asking.admin.execute("UPDATE student SET consent_on = NULL")
    before = len(await asking.mails("asked"))
    assert await introduce(asking, "Ana") is Held.NO_CONSENT
    assert len(await asking.mails("asked")) == before


async def test_who_is_stopped_is_told_nothing_at_a_former_address_either(asking: TwoSchools) -> None:
    await introduce(asking, "Ana")
    await decline(asking, "Ana", asking.staff["Coco"])
    await asking.admin.execute(
        "UPDATE officer SET email = 'olga.new@city.example' WHERE id = $1", asking.officer["Olga"]
    )
    await leaving.stop(asking.office, asking.scope, asking.officer["Olga"], by=asking.staff["Lee"])
    states = {row["to_address"]: row["state"] for row in await asking.mails("declined")}
    assert states == {"olga@city.example": "cancelled", "family.ana@home.example": "pending"}


async def test_a_link_says_no_for_its_own_side_and_pair_only(asking: TwoSchools) -> None:
    link = asking.office.links.decline(
        asking.program,
        Decliner.FAMILY,
        asking.pairing["Ana"],
        BEGIN + timedelta(days=7),
        "family.ana@home.example",
    )
    _, page, token = urlsplit(link).path.split("/")
    visitor, _ = await declining.asked(asking.office, Decliner(page), token)
    with pytest.raises(LinkRefused):
        await declining.asked(asking.office, Decliner.OFFICER, token)
    await declining.decline_by_link(asking.office, Decliner(page), visitor)
    ended = await asking.admin.fetch("SELECT pairing_id, ended_by FROM ending")
    assert [tuple(row) for row in ended] == [(asking.pairing["Ana"], asking.student["Ana"])]


@pytest.mark.parametrize(
    ("today", "first_round"),
    [(date(2026, 9, 4), 1), (date(2026, 9, 5), 2), (date(2026, 10, 16), 2), (date(2026, 10, 17), 3)],
)
async def test_who_comes_after_the_others_joins_where_two_full_weeks_are_left(
    schools: TwoSchools, today: date, first_round: int
) -> None:
    """The first letters are due on September 18, the second on October 30."""
    await schools.at(datetime(today.year, today.month, today.day, 15, tzinfo=UTC))
    await schools.admin.execute(
        "UPDATE pairing SET introduced_at = NULL, first_round = NULL, begins_on = $2 WHERE id = $1",
        schools.pairing["Ana"],
        today,
    )
    introduced = await introduce(schools, "Ana")
    assert isinstance(introduced, Introduced)
    assert [one.number for one in introduced.calendar.rounds] == list(range(first_round, 3))
