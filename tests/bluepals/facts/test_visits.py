"""The visit beyond its invitations: hosts, attendance by name, sheets, and what an import leaves alone."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from icalendar import Calendar

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.people import ConsentScope
from bluepals.domain.program import Room, RoundDates
from bluepals.facts import (
    cases,
    consents,
    daily,
    dates,
    leaving,
    moves,
    officers_page,
    pairings,
    pauses,
    roster,
    visit_hosts,
    visit_sheets,
    visits,
    year,
)
from bluepals.facts.consents import PaperForms
from bluepals.facts.officers_page import OfficerAtDesk
from bluepals.store import attention, programs
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.two_schools import BEGIN, CLEARED, YEAR_OVER, TwoSchools, people
from tests.desk.town import read_pdf
from tests.mailroom import parsed

DAY = timedelta(days=1)
VISIT_DAY = date(2027, 4, 14)
MORNING = datetime(2027, 4, 14, 15, tzinfo=UTC)


@pytest.fixture
async def north(schools: TwoSchools) -> str:
    """The year of the north, whose officers are invited; Rita and Rob have a free place."""
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id IN ('Rita', 'Rob')")
    invited = schools.year("north")
    await visits.invite(schools.office, schools.scope, invited)
    return invited


async def _body(schools: TwoSchools, kind: str, address: str) -> str:
    """What the newest mail of this kind says to this address, on one line."""
    *_, newest = [one for one in await schools.mails(kind) if one["to_address"] == address]
    body = parsed(newest["message"]).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


async def _open_calls(schools: TwoSchools) -> list[str]:
    rows = await schools.admin.fetch(
        "SELECT sentence FROM attention WHERE closed_at IS NULL ORDER BY opened_at, key"
    )
    return [row["sentence"] for row in rows]


async def refuse(schools: TwoSchools, child: str) -> UUID:
    """The child's officer can't come; the request to the reserve."""
    await visits.answer(schools.office, schools.scope, schools.pairing[child], "no")
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))
    request: UUID = await schools.admin.fetchval(
        "SELECT id FROM visit_host WHERE pairing_id = $1", schools.pairing[child]
    )
    return request


async def test_the_invitation_tells_the_limits_on_gifts_and_photos_and_until_when_to_answer(
    schools: TwoSchools, north: str
) -> None:
    message = bytes((await schools.mails("visit"))[0]["message"]).decode().replace("=\r\n", "")
    assert "Please bring no gifts" in message
    assert "Please take no photos" in message
    assert "by Tuesday, September 15, 2026, 5:00 PM CDT" in message


async def test_who_is_invited_after_the_run_sheet_is_made_answers_until_the_visit_begins(
    schools: TwoSchools,
) -> None:
    north = schools.year("north")
    await schools.at(datetime(2027, 4, 13, 18, tzinfo=UTC))
    assert await visits.invite(schools.office, schools.scope, north) == 2
    assert "by Wednesday, April 14, 2027, 1:00 PM CDT" in await _body(schools, "visit", "omar@city.example")
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await _open_calls(schools) == [], "nobody has been silent for too long"


async def test_once_the_visit_has_begun_nobody_is_invited(schools: TwoSchools) -> None:
    await schools.at(MORNING + timedelta(hours=4))
    assert await visits.invite(schools.office, schools.scope, schools.year("north")) == 0
    assert await schools.mailed_to("visit") == []


async def test_a_host_has_the_child_s_pal_s_gender_by_construction(schools: TwoSchools, north: str) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="same_gender_as_the_host"):
        await schools.admin.execute(
            "INSERT INTO visit_host (program_id, program_year_id, school_id, agency_id, pairing_id, officer_id, gender,"
            " visit_sequence, answer_by) SELECT program_id, program_year_id, school_id, agency_id, id, $2, gender, 0, now()"
            " FROM pairing WHERE id = $1",
            schools.pairing["Ana"],
            schools.officer["Rob"],
        )


async def test_a_reserve_without_a_free_place_or_clearance_or_of_another_agency_is_not_asked(
    schools: TwoSchools, north: str
) -> None:
    await schools.admin.execute("UPDATE officer SET cleared_until = NULL WHERE external_id = 'Rita'")
    await schools.admin.execute("UPDATE officer SET capacity = 3 WHERE external_id = 'Paula'")
    assert await refuse(schools, "Ana") is None
    assert await schools.mailed_to("host") == []


async def test_two_reserves_never_both_host_one_child(schools: TwoSchools, north: str) -> None:
    await schools.admin.execute(
        "UPDATE officer SET capacity = 2, agency_id = 'city', gender = 'female' WHERE external_id = 'Rob'"
    )
    first = await refuse(schools, "Ana")
    await schools.at(datetime(2026, 9, 8, 12, tzinfo=UTC))
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    (second,) = await schools.admin.fetch("SELECT id FROM visit_host WHERE id <> $1", first)
    await visits.answer(schools.office, schools.scope, second["id"], "yes")
    with pytest.raises(NotTaken, match="somebody else meets this child"):
        await visits.answer(schools.office, schools.scope, first, "yes")


async def _asked(schools: TwoSchools) -> list[tuple[str, str | None, bool]]:
    """Whom: name, answer, whether let go."""
    rows = await schools.admin.fetch(
        "SELECT first_name, answer, released_at IS NOT NULL FROM visit_host JOIN officer ON officer.id = officer_id"
        " ORDER BY asked_at, visit_host.id"
    )
    return [tuple(row) for row in rows]


async def _says(schools: TwoSchools, asked: UUID, said: str) -> None:
    await visits.answer(schools.office, schools.scope, asked, said)
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))


async def test_a_reserve_who_was_let_go_is_asked_again_when_the_childs_officer_can_not_come_after_all(
    schools: TwoSchools, north: str
) -> None:
    ana, request = schools.pairing["Ana"], await refuse(schools, "Ana")
    await _says(schools, request, "yes")
    await _says(schools, ana, "yes")
    assert await _asked(schools) == [("Rita", "yes", True)]
    await _says(schools, ana, "no")
    assert await _asked(schools) == [("Rita", None, False)]
    assert await _open_calls(schools) == []
    assert "Now Ana's pal can't come after all" in await _body(schools, "host", "rita@city.example")
    mails = [one for one in await schools.mails() if one["to_address"] == "rita@city.example"]
    files = [_event(one) for one in mails]
    assert [sequence for _, sequence in files] == [0, 1, 2]
    assert len({uid for uid, _ in files}) == 1
    await _says(schools, request, "yes")
    assert await _asked(schools) == [("Rita", "yes", False)]


def _event(mail: asyncpg.Record) -> tuple[str, int]:
    """The calendar file's UID and sequence; it is for whoever gets the mail."""
    (file,) = parsed(mail["message"]).iter_attachments()
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert event["ATTENDEE"] == f"mailto:{mail['to_address']}"
    return str(event["UID"]), int(event.decoded("SEQUENCE"))


async def test_a_reserve_who_refused_or_was_silent_for_too_long_before_it_was_let_go_is_not_asked_again(
    schools: TwoSchools, north: str
) -> None:
    ana, request = schools.pairing["Ana"], await refuse(schools, "Ana")
    await schools.at(BEGIN + timedelta(days=10))
    await _says(schools, ana, "yes")
    await _says(schools, ana, "no")
    assert await _asked(schools) == [("Rita", None, True)]
    (call,) = await _open_calls(schools)
    assert "no reserve is left to ask" in call
    with pytest.raises(NotTaken, match="own officer comes after all, or the visit has another day"):
        await visits.answer(schools.office, schools.scope, request, "yes")


async def test_who_was_ready_before_is_asked_before_others(schools: TwoSchools, north: str) -> None:
    await schools.admin.execute("UPDATE officer SET gender = 'female' WHERE external_id = 'Rob'")
    first, last = sorted(("Rita", "Rob"), key=lambda name: schools.officer[name])
    cleared = "UPDATE officer SET cleared_until = $2 WHERE external_id = $1"
    await schools.admin.execute(cleared, first, None)
    await _says(schools, await refuse(schools, "Ana"), "yes")
    await _says(schools, schools.pairing["Ana"], "yes")
    await schools.admin.execute(cleared, first, CLEARED)
    await _says(schools, schools.pairing["Ana"], "no")
    assert await _asked(schools) == [(last, None, False)]


async def test_only_who_had_agreed_is_thanked_for_being_ready(schools: TwoSchools, north: str) -> None:
    await refuse(schools, "Ana")
    await _says(schools, schools.pairing["Ana"], "yes")
    said = await _body(schools, "cancelled", "rita@city.example")
    assert "There is nothing to answer." in said
    assert "Thank you for" not in said
    await _says(schools, schools.pairing["Ana"], "no")
    await _says(schools, await refuse(schools, "Ana"), "yes")
    await visits.call_off(schools.office, schools.scope, north, read_aloud=True)
    said = await _body(schools, "cancelled", "rita@city.example")
    assert "Thank you for being ready to meet Ana at North School." in said
    assert "since the visit is called off" in said


async def told(schools: TwoSchools) -> int:
    """How often the visit's workflow had to hear of something."""
    return int(await schools.admin.fetchval("SELECT count(*) FROM tell WHERE fact = 'visit_answered'"))


@pytest.mark.parametrize("goes", ["leaves", "is stopped", "has no clearance"])
async def test_the_visit_looks_for_another_host_as_soon_as_one_can_not_come(
    schools: TwoSchools, north: str, goes: str
) -> None:
    request = await refuse(schools, "Ana")
    await visits.answer(schools.office, schools.scope, request, "yes")
    before = await told(schools)
    await _host_goes(schools, "Rita", goes)
    assert await told(schools) > before
    async with schools.database.transaction(schools.scope) as connection:
        assert schools.pairing["Ana"] in await visit_hosts.children_without_anybody(connection, north)


@pytest.mark.parametrize("goes", ["leaves", "is stopped", "has no clearance"])
async def test_who_is_asked_in_the_place_of_a_host_who_can_not_come_may_agree(
    schools: TwoSchools, north: str, goes: str
) -> None:
    await schools.admin.execute("UPDATE officer SET gender = 'female' WHERE external_id = 'Rob'")
    first = await refuse(schools, "Ana")
    await _says(schools, first, "yes")
    ((name, *_),) = await _asked(schools)
    await _host_goes(schools, name, goes)
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    (second,) = await schools.admin.fetch("SELECT id FROM visit_host WHERE id <> $1", first)
    await _says(schools, second["id"], "yes")
    shown = await visit_sheets.overview(schools.office, schools.scope, north)
    assert [one.officer == f"{name} Officer" for one in shown.meetings if one.child == "Ana Alvarez"] == [
        False
    ]
    assert await _open_calls(schools) == []


async def test_a_host_who_was_stopped_hears_no_more_of_the_visit(schools: TwoSchools, north: str) -> None:
    await _says(schools, await refuse(schools, "Ana"), "yes")
    await _host_goes(schools, "Rita", "is stopped")
    await visits.call_off(schools.office, schools.scope, north, read_aloud=True)
    assert "rita@city.example" not in await schools.mailed_to("cancelled")


async def _host_goes(schools: TwoSchools, name: str, how: str) -> None:
    officer, cora = schools.officer[name], schools.staff["Cora"]
    match how:
        case "leaves":
            await leaving.leave(schools.office, schools.scope, officer, Reason.MOVED, by=cora)
        case "is stopped":
            await leaving.stop(schools.office, schools.scope, officer, by=cora)
        case _:
            await schools.admin.execute(
                "UPDATE officer SET cleared_until = '2026-08-31' WHERE id = $1", officer
            )
            await daily.compose_daily_mail(schools.office, schools.scope, BEGIN.date())


async def _introduce_late(schools: TwoSchools, on: datetime) -> None:
    await schools.at(on)
    await schools.admin.execute(
        "UPDATE pairing SET (introduced_at, first_round) = (NULL, NULL) WHERE id = $1", schools.pairing["Ben"]
    )
    await pairings.introduce(schools.office, schools.scope, schools.pairing["Ben"])


async def test_the_first_pair_that_is_introduced_once_invitations_are_due_is_told_to_the_visit(
    schools: TwoSchools,
) -> None:
    await _introduce_late(schools, datetime(2027, 3, 15, 15, tzinfo=UTC))
    assert await told(schools) == 0, "28 days before the visit is on the 17th"
    await _introduce_late(schools, datetime(2027, 3, 17, 15, tzinfo=UTC))
    assert await told(schools) == 1


async def _stay_away(schools: TwoSchools) -> None:
    """Ana's family agrees to the visit no longer, and the visit hears of it."""
    await consents.withdraw(
        schools.office, schools.scope, "Ana", ConsentScope.VISIT, by=schools.staff["Cora"]
    )
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))


async def test_whose_family_agrees_to_the_visit_no_longer_is_on_no_list_at_once(
    schools: TwoSchools, north: str
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    before = await told(schools)
    await consents.withdraw(
        schools.office, schools.scope, "Ana", ConsentScope.VISIT, by=schools.staff["Cora"]
    )
    assert await told(schools) == before + 1
    found = await visit_sheets.overview(schools.office, schools.scope, north)
    assert [one.child for one in found.meetings] == ["Ben Brown"]
    (desk_list,) = read_pdf(await visit_sheets.visitors_list(schools.office, schools.scope, north))
    assert "Olga" not in desk_list


@pytest.mark.parametrize("said", ["yes", None, "no"])
async def test_the_officer_of_a_child_that_stays_away_need_not_come_and_no_reserve_is_asked(
    schools: TwoSchools, north: str, said: str | None
) -> None:
    if said:
        await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], said)
    await _stay_away(schools)
    await _stay_away(schools)
    assert await schools.mailed_to("cancelled") == ([] if said == "no" else ["olga@city.example"])
    assert not await schools.count("visit_host")
    with pytest.raises(NotTaken, match="no open invitation"):
        await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")


async def _family_says_no(schools: TwoSchools) -> None:
    ana = schools.student["Ana"]
    await consents.withdraw(schools.office, schools.scope, "Ana", ConsentScope.VISIT, by=ana, guardian=1)
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))


async def _hands_in_a_form(schools: TwoSchools) -> None:
    forms = PaperForms([schools.student["Ana"]], [ConsentScope.VISIT], date(2026, 9, 2), None)
    await consents.record(schools.office, schools.scope, forms, by=schools.staff["Cora"])


async def _agrees_on_the_page(schools: TwoSchools) -> None:
    ana = schools.student["Ana"]
    await consents.agree(schools.office, schools.scope, ana, ConsentScope.VISIT, guardian=1)


async def _is_in_the_roster(schools: TwoSchools) -> None:
    rows, again = people(schools.program), ((ConsentScope.VISIT, date(2026, 9, 2)),)
    children = [
        replace(one, further_consents=again) if one.student_id == "Ana" else one for one in rows.students
    ]
    await roster.apply(schools.office, replace(rows, students=children))


@pytest.mark.parametrize("agrees", [_hands_in_a_form, _agrees_on_the_page, _is_in_the_roster])
async def test_whose_family_agrees_again_is_invited_anew_and_not_reminded_before_that(
    schools: TwoSchools, north: str, agrees: Callable[[TwoSchools], Awaitable[None]]
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    await _family_says_no(schools)
    await schools.at(datetime(2026, 9, 2, 12, tzinfo=UTC))
    before = await told(schools)
    await agrees(schools)
    assert await told(schools) == before + 1, "the visit invites whoever is not asked"
    await visits.remind(schools.office, schools.scope, north, 1)
    assert await _states(schools, "visit", "olga@city.example") == ["pending"], "the first invitation"
    assert await _states(schools, "visit", "omar@city.example") == ["pending"] * 2
    await visits.invite(schools.office, schools.scope, north)
    assert await _states(schools, "visit", "olga@city.example") == ["cancelled", "pending"]
    assert "The children would love to meet you" in await _body(schools, "visit", "olga@city.example")
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")


async def test_a_family_that_agrees_before_anybody_is_invited_is_not_told_to_the_visit(
    schools: TwoSchools,
) -> None:
    await _family_says_no(schools)
    before = await told(schools)
    await _agrees_on_the_page(schools)
    assert await told(schools) == before


async def test_each_change_of_a_family_s_mind_reaches_its_officer_and_their_calendar(
    schools: TwoSchools, north: str
) -> None:
    for _ in range(2):
        await _family_says_no(schools)
        await _agrees_on_the_page(schools)
        await visits.invite(schools.office, schools.scope, north)
    to_olga = [one for one in await schools.mails() if one["to_address"] == "olga@city.example"]
    about = [one for one in to_olga if one["kind"] in ("visit", "cancelled")]
    assert [one["kind"] for one in about] == ["visit", "cancelled", "visit", "cancelled", "visit"]
    assert [_event(one)[1] for one in about] == [0, 1, 2, 3, 4]


async def _goes(schools: TwoSchools, why: str) -> None:
    """Ana takes part in nothing any more, and the visit hears of it."""
    this, cora = (schools.office, schools.scope), schools.staff["Cora"]
    match why:
        case "letters withdrawn":
            await consents.withdraw(*this, "Ana", ConsentScope.LETTERS, by=cora)
        case "elsewhere":
            await moves.leave(*this, "Ana", by=cora)
        case _:
            await leaving.student_died(*this, schools.student["Ana"], by=cora)
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))


@pytest.mark.parametrize("why", ["letters withdrawn", "elsewhere"])
async def test_the_officer_of_a_child_that_goes_before_the_visit_need_not_come(
    schools: TwoSchools, north: str, why: str
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    before = await told(schools)
    await _goes(schools, why)
    assert await told(schools) > before
    assert await schools.mailed_to("cancelled") == ["olga@city.example"]
    (cancelled,) = await schools.mails("cancelled")
    files = [
        part for part in parsed(cancelled["message"]).walk() if part.get_content_type() == "text/calendar"
    ]
    assert "METHOD:CANCEL" in files[0].get_content()
    found = await visit_sheets.overview(schools.office, schools.scope, north)
    assert [one.child for one in found.meetings] == ["Ben Brown"]
    await _goes(schools, why)
    assert await schools.mailed_to("cancelled") == ["olga@city.example"]


@pytest.mark.parametrize("why", ["stays away", "changes schools"])
async def test_who_hosts_another_child_there_is_not_told_to_stay_at_home_when_their_own_pal_does_not_come(
    schools: TwoSchools, north: str, why: str
) -> None:
    """Omar has two places, and meets Dan, whose own officer can't come."""
    await schools.admin.execute(
        "UPDATE officer SET capacity = CASE external_id WHEN 'Omar' THEN 2 ELSE 0 END"
        " WHERE external_id IN ('Omar', 'Rita', 'Rob')"
    )
    await moves.transfer(schools.office, schools.scope, "Dan", school="north", class_name="5A")
    await visits.invite(schools.office, schools.scope, north)
    await _says(schools, await refuse(schools, "Dan"), "yes")
    assert await _asked(schools) == [("Omar", "yes", False)]
    if why == "stays away":
        cora = schools.staff["Cora"]
        await consents.withdraw(schools.office, schools.scope, "Ben", ConsentScope.VISIT, by=cora)
        await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    else:
        await moves.transfer(schools.office, schools.scope, "Ben", school="south", class_name="5B")
    said = await _body(schools, "cancelled", "omar@city.example")
    assert "you need not come" not in said
    assert "still counts on you" in said


async def test_after_a_childs_death_no_mail_tells_its_officer_not_to_come_and_a_person_is_asked_to(
    schools: TwoSchools, north: str
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    await _goes(schools, "died")
    assert await schools.mailed_to("cancelled") == []
    (call,) = await _open_calls(schools)
    assert "decide who tells the officer" in call


@pytest.mark.parametrize("first", [ConsentScope.VISIT, ConsentScope.LETTERS])
async def test_who_was_to_meet_two_children_need_not_come_once_neither_does(
    schools: TwoSchools, north: str, first: ConsentScope
) -> None:
    await _give_another_pal(schools)
    await visits.invite(schools.office, schools.scope, north)
    cora = schools.staff["Cora"]
    await consents.withdraw(schools.office, schools.scope, "Ana", first, by=cora)
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await schools.mailed_to("cancelled") == []
    await consents.withdraw(schools.office, schools.scope, "Eva", ConsentScope.VISIT, by=cora)
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await schools.mailed_to("cancelled") == ["olga@city.example"]


async def test_the_host_of_a_child_that_stays_away_is_let_go(schools: TwoSchools, north: str) -> None:
    await _says(schools, await refuse(schools, "Ana"), "yes")
    await _stay_away(schools)
    assert await _asked(schools) == [("Rita", "yes", True)]
    assert "the child is not there" in await _body(schools, "cancelled", "rita@city.example")


async def _child_died(schools: TwoSchools) -> None:
    await leaving.student_died(
        schools.office, schools.scope, schools.student["Ana"], by=schools.staff["Coco"]
    )


async def _officer_died(schools: TwoSchools) -> None:
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"]
    )


Died = Callable[[TwoSchools], Awaitable[None]]


async def _states(schools: TwoSchools, kind: str, address: str) -> list[str]:
    return [one["state"] for one in await schools.mails(kind) if one["to_address"] == address]


async def _send(schools: TwoSchools, kind: str) -> None:
    await schools.admin.execute(
        "UPDATE mail SET state = 'sent', sent_at = program_now(), bodies_started = 1 WHERE kind = $1", kind
    )


@pytest.mark.parametrize("died", [_child_died, _officer_died])
async def test_at_a_death_a_reserve_who_has_heard_of_nothing_is_not_asked_any_more(
    schools: TwoSchools, north: str, died: Died
) -> None:
    await refuse(schools, "Ana")
    for _ in range(2):
        await died(schools)
        await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await _states(schools, "host", "rita@city.example") == ["cancelled"]
    assert await _asked(schools) == [("Rita", None, True)]
    assert not [call for call in await _open_calls(schools) if "Rita" in call]


@pytest.mark.parametrize("died", [_child_died, _officer_died])
@pytest.mark.parametrize("said", ["yes", None])
async def test_at_a_death_people_tell_the_reserve_who_was_to_meet_the_child(
    schools: TwoSchools, north: str, died: Died, said: str | None
) -> None:
    request = await refuse(schools, "Ana")
    await _send(schools, "host")
    if said:
        await _says(schools, request, said)
        await visits.remind(schools.office, schools.scope, north, 1)
    for _ in range(2):
        await died(schools)
        await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await _states(schools, "host", "rita@city.example") == ["sent"], "nobody writes to them by itself"
    assert "pending" not in await _states(schools, "visit", "rita@city.example")
    (call,) = [call for call in await _open_calls(schools) if "Rita" in call]
    assert "decide who tells them" in call


@pytest.mark.parametrize("said", ["no", "over"])
async def test_a_reserve_who_does_not_come_is_nobodys_to_tell(
    schools: TwoSchools, north: str, said: str
) -> None:
    request = await refuse(schools, "Ana")
    await _send(schools, "host")
    if said == "no":
        await _says(schools, request, said)
    else:
        await schools.at(MORNING + timedelta(days=1))
    await _child_died(schools)
    assert not [call for call in await _open_calls(schools) if "Rita" in call]


async def test_a_child_whose_officer_has_died_gets_a_host_again_when_people_say_that_it_goes_on(
    schools: TwoSchools, north: str
) -> None:
    await refuse(schools, "Ana")
    await _officer_died(schools)
    await leaving.begin(
        schools.office, schools.scope, schools.pairing["Ana"], Reason.OFFICER_DIED, by=schools.staff["Cora"]
    )
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await _asked(schools) == [("Rita", None, False)]
    asks = await _body(schools, "host", "rita@city.example")
    assert "Ana's pal can't come to the visit" in asks, "they were not told that they need not come"


async def test_an_officer_whose_only_pal_there_has_died_is_invited_no_more(
    schools: TwoSchools, north: str
) -> None:
    await visits.remind(schools.office, schools.scope, north, 1)
    await _child_died(schools)
    assert await _states(schools, "visit", "olga@city.example") == ["cancelled", "cancelled"]
    assert await _states(schools, "visit", "omar@city.example") == ["pending", "pending"]


async def test_an_officer_with_another_pal_there_stays_invited_when_one_has_died(
    schools: TwoSchools,
) -> None:
    await _give_another_pal(schools)
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await _child_died(schools)
    assert await _states(schools, "visit", "olga@city.example") == ["pending"]


async def test_who_has_another_pal_at_the_visit_comes_all_the_same(schools: TwoSchools, north: str) -> None:
    await _give_another_pal(schools)
    await visits.invite(schools.office, schools.scope, north)
    await _stay_away(schools)
    assert await schools.mailed_to("cancelled") == []


async def _give_another_pal(schools: TwoSchools) -> None:
    """Olga, beside Ana: a girl who has just come to the school."""
    rows = people(schools.program)
    children = [*rows.students, replace(rows.students[0], student_id="Eva", first_name="Eva")]
    officers = [replace(one, capacity={"Olga": 2, "Rita": 0}.get(one.officer_id, 1)) for one in rows.officers]
    await roster.apply(schools.office, replace(rows, students=children, officers=officers))
    await schools.pair()


async def test_a_roster_without_that_consent_does_the_same(schools: TwoSchools, north: str) -> None:
    before, rows = await told(schools), people(schools.program)
    children = [
        replace(one, further_consents=()) if one.student_id == "Ana" else one for one in rows.students
    ]
    await roster.apply(schools.office, replace(rows, students=children))
    assert await told(schools) == before + 1
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await schools.mailed_to("cancelled") == ["olga@city.example"]


async def test_a_visit_that_moves_asks_nobody_for_a_child_that_stays_away(
    schools: TwoSchools, north: str
) -> None:
    await _stay_away(schools)
    await visits.move(schools.office, schools.scope, north, VISIT_DAY + timedelta(days=5))
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await schools.mailed_to("cancelled") == ["olga@city.example"]
    assert "olga@city.example" not in await schools.mailed_to("moved")


async def test_a_clearance_that_has_ended_is_told_once(schools: TwoSchools, north: str) -> None:
    before = await told(schools)
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-08-31' WHERE external_id = 'Olga'")
    for day in (1, 2):
        await schools.at(BEGIN + timedelta(days=day))
        await daily.compose_daily_mail(schools.office, schools.scope, BEGIN.date() + timedelta(days=day))
    assert await told(schools) == before + 1


async def test_a_roster_with_an_ended_clearance_makes_the_visit_look_at_once(
    schools: TwoSchools, north: str
) -> None:
    before = await told(schools)
    again = people(schools.program)
    ended = [
        replace(one, cleared_until=date(2026, 8, 31)) if one.officer_id == "Olga" else one
        for one in again.officers
    ]
    for _ in range(2):
        await roster.apply(schools.office, replace(again, officers=ended))
    assert await told(schools) == before + 1


async def test_the_visit_looks_for_a_host_while_a_case_stops_the_childs_own_officer(
    schools: TwoSchools, north: str
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ben"], "yes")
    before = await told(schools)
    draft = await schools.write("Ben", Side.OFFICER)
    await cases.worry(
        schools.office,
        schools.scope,
        draft_id=draft.id,
        by=schools.staff["Cora"],
        concern=Concern.CONDUCT,
    )
    assert await told(schools) > before
    async with schools.database.transaction(schools.scope) as connection:
        assert await visit_hosts.children_without_anybody(connection, north) == [schools.pairing["Ben"]]


async def test_a_child_between_two_officers_is_met_by_a_host_until_the_next_one_is_introduced(
    schools: TwoSchools, north: str
) -> None:
    before = await told(schools)
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    assert await told(schools) > before
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await schools.mailed_to("host") == ["rita@city.example"]
    (ana, _) = (await visit_sheets.overview(schools.office, schools.scope, north)).meetings
    assert (ana.child, ana.own_officer, ana.officer) == ("Ana Alvarez", None, None)
    await schools.admin.execute("UPDATE replacement SET closed_at = program_now(), outcome = 'people decide'")
    await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    assert await schools.admin.fetchval("SELECT bool_and(released_at IS NOT NULL) FROM visit_host")


async def test_a_child_whose_officer_has_no_clearance_takes_part_and_the_officer_is_not_invited(
    schools: TwoSchools,
) -> None:
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id = 'Rita'")
    await schools.admin.execute("UPDATE officer SET cleared_until = NULL WHERE external_id = 'Olga'")
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))
    assert await schools.mailed_to("visit") == ["omar@city.example"]
    assert await schools.mailed_to("host") == ["rita@city.example"]


async def test_an_officer_who_leaves_is_asked_to_host_nobody(schools: TwoSchools, north: str) -> None:
    await leaving.leave(
        schools.office, schools.scope, schools.officer["Rita"], Reason.BUSY, by=schools.staff["Cora"]
    )
    assert await refuse(schools, "Ana") is None


async def test_who_came_is_recorded_by_name_on_the_day_and_at_no_other(
    schools: TwoSchools, north: str
) -> None:
    with pytest.raises(NotTaken, match="Nobody of this name is expected at a visit today"):
        await visits.attend_by_name(schools.office, schools.scope, "Olga Officer", came=True)
    await schools.at(MORNING)
    found = await visits.attend_by_name(schools.office, schools.scope, "olga officer", came=True)
    assert found == [schools.pairing["Ana"]]
    with pytest.raises(NotTaken, match="Nobody of this name"):
        await visits.attend_by_name(schools.office, schools.scope, "Paula Nobody", came=True)


async def test_who_came_is_recorded_by_pairing_from_the_day_on(schools: TwoSchools, north: str) -> None:
    host = await refuse(schools, "Ana")
    await visits.answer(schools.office, schools.scope, host, "yes")
    await schools.at(MORNING - timedelta(days=1))
    with pytest.raises(NotTaken, match="It is on 2027-04-14"):
        await visits.attend(schools.office, schools.scope, schools.pairing["Ben"], came=True)
    with pytest.raises(NotTaken):
        await visits.attend(schools.office, schools.scope, host, came=True)
    for later in (timedelta(0), timedelta(days=2)):
        await schools.at(MORNING + later)
        await visits.attend(schools.office, schools.scope, schools.pairing["Ben"], came=True)
        await visits.attend(schools.office, schools.scope, host, came=True)


async def test_nobody_comes_to_a_visit_that_rests_on_its_day_and_who_came_before_a_rest_is_recorded(
    schools: TwoSchools, north: str
) -> None:
    ana, cora = schools.pairing["Ana"], schools.staff["Cora"]
    rest = (schools.office, schools.scope, Target(), [What.VISITS])
    await schools.at(MORNING - 2 * DAY)
    await pauses.pause(*rest, reason="flood", by=cora)
    await schools.at(MORNING)
    with pytest.raises(NotTaken, match="rests, and gets its day when that ends"):
        await visits.attend(schools.office, schools.scope, ana, came=True)
    with pytest.raises(NotTaken, match="Nobody of this name is expected"):
        await visits.attend_by_name(schools.office, schools.scope, "Olga Officer", came=True)
    await schools.admin.execute("UPDATE pause SET began_at = $1", MORNING + timedelta(hours=6))
    await schools.at(MORNING + DAY)
    await visits.attend(schools.office, schools.scope, ana, came=True)


async def test_on_the_day_a_host_is_found_among_those_present_or_the_sentence_says_what_to_do(
    schools: TwoSchools, north: str
) -> None:
    ana = schools.pairing["Ana"]
    request = await refuse(schools, "Ana")
    await visits.answer(schools.office, schools.scope, request, "yes")
    await schools.admin.execute("UPDATE officer SET gender = 'female' WHERE false")
    await schools.at(MORNING)
    with pytest.raises(NotTaken, match="has been recorded as present"):
        await visit_hosts.host_now(schools.office, schools.scope, ana)
    await visits.attend_by_name(schools.office, schools.scope, "Rita Officer", came=True)
    hosts = [await visit_hosts.host_now(schools.office, schools.scope, ana) for _ in range(2)]
    assert [host.officer_name for host in hosts] == ["Rita Officer"] * 2
    await visits.attend(schools.office, schools.scope, schools.pairing["Ben"], came=True)
    with pytest.raises(NotTaken, match="is here"):
        await visit_hosts.host_now(schools.office, schools.scope, schools.pairing["Ben"])


async def test_after_the_day_and_after_it_was_called_off_no_answer_is_taken(
    schools: TwoSchools, north: str
) -> None:
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    with pytest.raises(NotTaken, match="no open invitation"):
        await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    await schools.at(datetime(2027, 4, 15, 15, tzinfo=UTC))
    with pytest.raises(NotTaken, match="no open invitation"):
        await visits.answer(schools.office, schools.scope, schools.pairing["Ben"], "yes")


async def _reason(schools: TwoSchools, because: str | None) -> None:
    await visits.give_reason(schools.office, schools.scope, schools.year("north"), because)


async def _reason_on_record(schools: TwoSchools) -> str | None:
    said: str | None = await schools.admin.fetchval(
        "SELECT visit_because FROM program_year WHERE id = $1", schools.year("north")
    )
    return said


@pytest.mark.parametrize("because", [None, "The hall is painted."])
async def test_a_change_that_is_not_made_leaves_the_reason_of_the_last_one(
    schools: TwoSchools, north: str, because: str | None
) -> None:
    await _reason(schools, "Snow.")
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    await _reason(schools, because)
    with pytest.raises(NotTaken, match="is a Saturday"):
        await visits.move(schools.office, schools.scope, north, date(2027, 4, 17))
    await _reason(schools, because)
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    assert await _reason_on_record(schools) == "Snow."


async def test_each_change_has_its_own_reason_and_no_second_date_that_of_the_first_unless_there_is_another(
    schools: TwoSchools, north: str
) -> None:
    await _reason(schools, "The hall is painted.")
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
    assert "The hall is painted." in await _body(schools, "moved", "omar@city.example")
    await _reason(schools, None)
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 21))
    assert "The hall is painted." not in await _body(schools, "moved", "omar@city.example")
    await _reason(schools, "Snow.")
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    await _reason(schools, None)
    await visits.call_off(schools.office, schools.scope, north, read_aloud=True)
    assert await _reason_on_record(schools) == "Snow."


async def test_a_second_date_that_was_hoped_for_and_does_not_come_is_told_to_officers_and_school(
    schools: TwoSchools, north: str
) -> None:
    everybody = [f"{name}@staff.example" for name in ("cora", "tess")]
    everybody += [f"{name}@city.example" for name in ("olga", "omar")]
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    for _ in range(2):
        await visits.call_off(schools.office, schools.scope, north, read_aloud=True)
    assert await schools.mailed_to("cancelled") == sorted(2 * everybody)
    for address in everybody:
        said = await _body(schools, "cancelled", address)
        assert "There will be no second date." in said
        assert "Please do not come" not in said


async def test_only_officers_are_asked_not_to_come_and_the_school_is_told_by_name(
    schools: TwoSchools, north: str
) -> None:
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    assert "Please do not come." in await _body(schools, "cancelled", "omar@city.example")
    said = await _body(schools, "cancelled", "tess@staff.example")
    assert said.startswith("Dear Tess,")
    assert "no officer comes" in said
    assert "do not come" not in said


@pytest.mark.parametrize("what", ["off", "moved", "no child"])
async def test_an_officer_whose_clearance_has_ended_since_hears_that_nobody_waits_on_that_day(
    schools: TwoSchools, north: str, what: str
) -> None:
    """It may be renewed by then."""
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-08-31' WHERE external_id = 'Olga'")
    match what:
        case "off":
            await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
        case "moved":
            await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
        case _:
            await consents.withdraw(
                schools.office, schools.scope, "Ana", ConsentScope.VISIT, by=schools.staff["Cora"]
            )
            await visit_hosts.settle_hosts(schools.office, schools.scope, north)
    *_, last = [one for one in await schools.mails() if one["to_address"] == "olga@city.example"]
    assert last["kind"] == ("moved" if what == "moved" else "cancelled")
    assert _event(last)[1] == 1


async def test_an_officer_who_was_not_invited_for_want_of_a_clearance_hears_of_no_other_day(
    schools: TwoSchools,
) -> None:
    await schools.admin.execute("UPDATE officer SET cleared_until = NULL WHERE external_id = 'Olga'")
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await visits.move(schools.office, schools.scope, schools.year("north"), date(2027, 4, 20))
    assert "olga@city.example" not in await schools.mailed_to("moved")


async def test_who_is_asked_again_for_another_day_is_told_until_when_to_answer(
    schools: TwoSchools, north: str
) -> None:
    await schools.at(datetime(2027, 4, 1, 15, tzinfo=UTC))
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
    assert "by Thursday, April 15, 2027, 5:00 PM CDT" in await _body(schools, "moved", "omar@city.example")
    assert "Please tell us" not in await _body(schools, "moved", "tess@staff.example")


@pytest.mark.parametrize(
    ("off", "at", "sentence"),
    [
        (None, datetime(2027, 4, 14, 22, tzinfo=UTC), "The visit is over"),
        ("read aloud", BEGIN, "Letters are read aloud instead"),
        ("called off", datetime(2027, 5, 20, 18, tzinfo=UTC), "no day left for a second date"),
    ],
)
async def test_a_visit_that_can_not_change_any_more_says_so(
    schools: TwoSchools, north: str, off: str | None, at: datetime, sentence: str
) -> None:
    if off:
        await visits.call_off(schools.office, schools.scope, north, read_aloud=off == "read aloud")
    await schools.at(at)
    with pytest.raises(NotTaken, match=sentence):
        await _reason(schools, "Snow.")


async def test_who_was_recorded_as_there_is_asked_again_for_a_second_date(
    schools: TwoSchools, north: str
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    await visits.answer(schools.office, schools.scope, await refuse(schools, "Ben"), "yes")
    await schools.at(MORNING)
    for pairing in ("Ana", "Ben"):
        await visits.attend(schools.office, schools.scope, schools.pairing[pairing], came=True)
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
    rows = await schools.admin.fetch("SELECT answer, attended FROM visit WHERE program_id = 'stl'")
    assert {tuple(row) for row in rows} == {(None, None)}
    assert await schools.admin.fetchval("SELECT count(*) FROM visit_host WHERE released_at IS NULL") == 0


async def test_an_import_leaves_a_moved_day_where_people_put_it(schools: TwoSchools, north: str) -> None:
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
    folder = people("stl")
    await roster.apply(schools.office, folder)
    await schools.admin.execute('UPDATE program SET definition = definition || \'{"name": "Old"}\'')
    await roster.apply(schools.office, folder)
    async with schools.database.transaction(schools.scope) as connection:
        assert await programs.visit_on(connection, north) == date(2027, 4, 20)
        assert await programs.visit_on(connection, schools.year("south")) == VISIT_DAY


async def test_the_run_sheet_says_who_meets_whom_and_the_front_desk_s_list_names_no_child(
    schools: TwoSchools, north: str
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ben"], "yes")
    await visits.answer(schools.office, schools.scope, await refuse(schools, "Ana"), "yes")
    (sheet,) = read_pdf(await visit_sheets.run_sheet(schools.office, schools.scope, north))
    assert "Wednesday, April 14, 2027" in sheet
    assert "Ana Alvarez Rita Officer (host) City Police" in sheet
    assert "Ben Brown Omar Officer City Police" in sheet
    (desk_list,) = read_pdf(await visit_sheets.visitors_list(schools.office, schools.scope, north))
    assert "Omar Officer City Police 1:00 PM" in desk_list
    assert "Rita Officer City Police 1:00 PM" in desk_list
    assert not {"Ana", "Ben", "Alvarez", "Brown", "Olga"} & set(desk_list.split())


async def test_a_list_without_visitors_says_so(schools: TwoSchools, north: str) -> None:
    (desk_list,) = read_pdf(await visit_sheets.visitors_list(schools.office, schools.scope, north))
    assert "Nobody has said yet that they come." in desk_list


async def test_one_visitor_is_one(schools: TwoSchools, north: str) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ben"], "yes")
    (desk_list,) = read_pdf(await visit_sheets.visitors_list(schools.office, schools.scope, north))
    assert "1 visitor is expected. Please ask for a badge." in desk_list


@pytest.mark.parametrize(
    ("read_aloud", "words"), [(False, "is called off"), (True, "does not take place"), (None, "rests")]
)
async def test_nothing_is_printed_for_a_visit_that_does_not_take_place(
    schools: TwoSchools, north: str, read_aloud: bool | None, words: str
) -> None:
    await _stop_visit(schools, read_aloud)
    for print_it in (visit_sheets.run_sheet, visit_sheets.visitors_list):
        with pytest.raises(NotTaken, match=f"{words}: there is nothing to print for it now"):
            await print_it(schools.office, schools.scope, north)


async def _stop_visit(schools: TwoSchools, read_aloud: bool | None) -> None:
    """Called off with or without a second date; None: it rests."""
    if read_aloud is not None:
        await visits.call_off(schools.office, schools.scope, schools.year("north"), read_aloud=read_aloud)
        return
    await pauses.pause(
        schools.office,
        schools.scope,
        Target(school="north"),
        [What.VISITS],
        reason="snow",
        by=schools.staff["Cora"],
    )


async def test_the_overview_says_that_it_rests_until_when_somebody_may_answer_and_who_was_let_go(
    schools: TwoSchools, north: str
) -> None:
    await _says(schools, await refuse(schools, "Ana"), "yes")
    await _says(schools, schools.pairing["Ana"], "yes")
    await _stop_visit(schools, None)
    found = await visit_sheets.overview(schools.office, schools.scope, north)
    assert found.state == "rests"
    assert {str(one.own_answer_by) for one in found.meetings} == {"2026-09-15 17:00:00-05:00"}
    (request,) = found.requests
    assert (request.officer, request.answer, request.released) == ("Rita Officer", "yes", True)
    assert str(request.answer_by) == "2026-09-04 17:00:00-05:00"


async def test_where_the_rooms_hold_too_few_a_person_is_called_and_all_meet_at_once(
    schools: TwoSchools, north: str
) -> None:
    await _give_rooms(schools, 1)
    found = await visit_sheets.overview(schools.office, schools.scope, north)
    assert [(one.child, one.room, one.begins.hour) for one in found.meetings] == [
        ("Ana Alvarez", "Closet", 13),
        ("Ben Brown", "Closet", 14),
    ]
    await schools.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{visit,minutes}', '240')"
    )
    await visits.invite(schools.office, schools.scope, north)
    sentences = await schools.admin.fetch("SELECT sentence FROM attention WHERE closed_at IS NULL")
    assert any(
        "2 children have a visit, and the school's rooms hold 1" in row["sentence"] for row in sentences
    )


async def test_for_a_refusal_after_noon_of_the_day_before_a_person_is_told_how_to_find_a_host(
    schools: TwoSchools, north: str
) -> None:
    await schools.at(datetime(2027, 4, 13, 17, 30, tzinfo=UTC))
    assert await refuse(schools, "Ana") is None
    async with schools.database.transaction(schools.scope) as connection:
        (call,) = [
            one for one in await attention.open_calls(connection) if one.subject_id == schools.pairing["Ana"]
        ]
    assert "too late to ask a reserve" in call.sentence
    assert call.how == f"On the day: starter.py visit host stl {schools.pairing['Ana']}"


async def test_an_officer_is_told_the_time_slot_of_its_own_children(schools: TwoSchools, north: str) -> None:
    await _give_rooms(schools, 1)
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
    later = "Tuesday, April 20, 2027, 2:15 PM CDT"
    assert later in await _body(schools, "moved", "omar@city.example")
    omar = OfficerAtDesk(
        schools.officer["Omar"], "Omar", Scope(schools.program, agencies=("city",)), leaves_at=None
    )
    (invitation,) = (await officers_page.officer_page(schools.office, omar)).invitations
    assert (invitation.when, invitation.minutes) == (later, 75)


async def test_who_meets_two_children_stays_from_the_first_slot_to_the_end_of_the_last(
    schools: TwoSchools, north: str
) -> None:
    await _give_rooms(schools, 1)
    both = [schools.pairing["Ana"], schools.pairing["Ben"]]
    own = (await visit_sheets.stays(schools.office, schools.program, {north: both}))[north]
    assert (own.begins, own.minutes) == (datetime(2027, 4, 14, 18, tzinfo=UTC), 150)


async def _give_rooms(schools: TwoSchools, places: int) -> None:
    await schools.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{schools,0,rooms}', $1::jsonb)",
        f'[{{"name": "{Room("Closet", places).name}", "places": {places}}}]',
    )


async def test_mails_about_a_visit_name_no_family_name(schools: TwoSchools, north: str) -> None:
    await refuse(schools, "Ana")
    await visit_sheets.announce(schools.office, schools.scope, north)
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
    for kind in ("visit", "host", "sheets", "moved"):
        for mail in await schools.mails(kind):
            assert not {b"Alvarez", b"Brown", b"Officer,"} & set(bytes(mail["message"]).split())


async def test_the_call_for_a_host_is_settled_when_the_visit_is_called_off(
    schools: TwoSchools, north: str
) -> None:
    await _refuse_without_a_reserve(schools)
    await visits.call_off(schools.office, schools.scope, north, read_aloud=True)
    assert await _open_calls(schools) == []


async def test_the_call_for_a_host_is_settled_when_the_visit_is_over(schools: TwoSchools, north: str) -> None:
    await _refuse_without_a_reserve(schools)
    await schools.at(MORNING)
    await daily.compose_daily_mail(schools.office, schools.scope, VISIT_DAY)
    assert len(await _open_calls(schools)) == 1, "on the day somebody may still be found"
    await schools.at(MORNING + timedelta(days=1))
    await daily.compose_daily_mail(schools.office, schools.scope, VISIT_DAY + timedelta(days=1))
    assert await _open_calls(schools) == []


async def test_the_call_for_a_host_is_settled_at_the_latest_with_the_thanks(
    schools: TwoSchools, north: str
) -> None:
    await _refuse_without_a_reserve(schools)
    await schools.at(MORNING + timedelta(days=1))
    await visits.thank(schools.office, schools.scope, north)
    assert await _open_calls(schools) == []


async def _refuse_without_a_reserve(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "UPDATE officer SET cleared_until = NULL WHERE external_id IN ('Rita', 'Rob')"
    )
    assert await refuse(schools, "Ana") is None
    assert len(await _open_calls(schools)) == 1


async def test_nobody_waits_for_a_second_date_in_a_year_that_is_over(schools: TwoSchools, north: str) -> None:
    await year.open_year(schools.office, schools.scope, north)
    await visits.call_off(schools.office, schools.scope, north, read_aloud=False)
    assert len(await _open_calls(schools)) == 1
    await schools.at(YEAR_OVER)
    await year.close_year(schools.office, schools.scope, north)
    assert await _open_calls(schools) == []


@pytest.mark.parametrize(
    ("at", "off", "rested", "hears"),
    [
        (BEGIN, None, False, True),
        (MORNING + timedelta(days=1), None, False, False),
        (MORNING + timedelta(days=1), None, True, True),
        (MORNING + timedelta(days=1), "called off", False, True),
        (BEGIN, "read aloud", False, False),
        (datetime(2027, 5, 20, 18, tzinfo=UTC), "called off", False, False),
    ],
    ids=[
        "ahead",
        "over",
        "rested when it was to be",
        "may get a second date",
        "read aloud",
        "no day is left",
    ],
)
async def test_only_a_visit_that_waits_for_something_hears_of_new_dates(
    schools: TwoSchools, north: str, at: datetime, off: str | None, rested: bool, hears: bool
) -> None:
    this, by = (schools.office, schools.scope, Target(school="north")), schools.staff["Cora"]
    await year.open_year(schools.office, schools.scope, north)
    if off:
        await visits.call_off(schools.office, schools.scope, north, read_aloud=off == "read aloud")
    if rested:
        await pauses.pause(*this, [What.VISITS], reason="snow", by=by)
    await schools.admin.execute("DELETE FROM tell")
    await schools.at(at)
    await pauses.pause(*this, [What.LETTERS], reason="snow", by=by)
    rows = await schools.admin.fetch("SELECT workflow_id FROM tell WHERE fact = 'dates_changed'")
    assert (f"visit-day-{north}" in {row["workflow_id"] for row in rows}) == hears


async def _rest_until(schools: TwoSchools, at: datetime) -> None:
    """The visit rests from now on, and the rest ends then."""
    this, by = (schools.office, schools.scope, Target(school="north"), [What.VISITS]), schools.staff["Cora"]
    await year.open_year(schools.office, schools.scope, schools.year("north"))
    await pauses.pause(*this, reason="snow", by=by)
    await schools.at(at)
    seen = await pauses.preview(*this, {}, by=by)
    await pauses.resume(*this, {}, by=by, agreed=seen.agreement)


async def test_a_host_of_a_day_that_a_rest_has_moved_is_let_go_and_no_older_reason_is_told(
    schools: TwoSchools, north: str
) -> None:
    await _reason(schools, "The hall is painted.")
    await visits.move(schools.office, schools.scope, north, VISIT_DAY + timedelta(days=1))
    await _says(schools, await refuse(schools, "Ana"), "yes")
    await schools.at(MORNING - timedelta(days=2))
    await _rest_until(schools, MORNING + timedelta(days=5))
    assert await _asked(schools) == [("Rita", "yes", True)]
    assert "the visit is on another day" in await _body(schools, "cancelled", "rita@city.example")
    assert "The hall is painted." not in await _body(schools, "moved", "omar@city.example")


async def test_a_rest_moves_a_visit_also_while_the_clock_goes_on(schools: TwoSchools, north: str) -> None:
    """As it does when nobody turns it: the pause has ended a moment before anybody asks."""
    await schools.admin.execute(
        "CREATE FUNCTION a_moment_later() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
        " UPDATE virtual_clock SET now_at = now_at + '1 ms'; RETURN NULL; END $$;"
        " CREATE TRIGGER goes_on AFTER UPDATE OF ended_at ON pause FOR EACH ROW EXECUTE FUNCTION a_moment_later()"
    )
    await schools.at(MORNING - timedelta(days=2))
    await _rest_until(schools, MORNING + timedelta(days=5))
    assert await schools.admin.fetchval("SELECT visit_on FROM program_year WHERE id = $1", north) > VISIT_DAY


async def test_a_visit_that_began_to_rest_hours_before_it_gets_the_first_day_of_which_all_can_hear(
    schools: TwoSchools, north: str
) -> None:
    """Snow from the afternoon before until the second morning."""
    await schools.at(MORNING - DAY + timedelta(hours=5))
    await _rest_until(schools, MORNING + DAY)
    async with schools.database.transaction(schools.scope) as connection:
        assert await programs.visit_on(connection, north) == VISIT_DAY + 2 * DAY
    assert await schools.mailed_to("cancelled") == []
    assert "omar@city.example" in await schools.mailed_to("moved")
    assert await _open_calls(schools) == []


async def test_a_visit_that_has_rested_until_no_day_is_left_is_called_off_and_may_still_be_read_aloud(
    schools: TwoSchools, north: str
) -> None:
    await _rest_until(schools, datetime(2027, 5, 19, 15, tzinfo=UTC))
    assert "omar@city.example" in await schools.mailed_to("cancelled")
    assert any("no school day is left for the visit" in call for call in await _open_calls(schools))
    await _reason(schools, None)
    await visits.call_off(schools.office, schools.scope, north, read_aloud=True)
    assert await _open_calls(schools) == []


# An agency or a pairing rests, and its school does not

CITY = Target(agency="city")
MARCH = datetime(2027, 3, 15, 15, tzinfo=UTC)
LIMIT = datetime(2027, 3, 29, 22, tzinfo=UTC)  # two weeks after it
RESTING_UNTIL = datetime(2027, 4, 6, 12, tzinfo=UTC)  # a week before the run sheet is made


@pytest.fixture
async def march(schools: TwoSchools) -> str:
    """The year of the north a month before the visit; Rita and Rob have a free place."""
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id IN ('Rita', 'Rob')")
    await schools.at(MARCH)
    await year.open_year(schools.office, schools.scope, schools.year("north"))
    return schools.year("north")


async def rest(schools: TwoSchools, target: Target) -> int:
    changed = await pauses.pause(
        schools.office, schools.scope, target, [What.VISITS], reason="strike", by=schools.staff["Cora"]
    )
    return changed.told


async def wake(schools: TwoSchools, target: Target) -> None:
    this, by = (schools.office, schools.scope, target, [What.VISITS]), schools.staff["Cora"]
    seen = await pauses.preview(*this, {}, by=by)
    await pauses.resume(*this, {}, by=by, agreed=seen.agreement)


async def invite(schools: TwoSchools) -> int:
    return await visits.invite(schools.office, schools.scope, schools.year("north"))


async def settle(schools: TwoSchools) -> datetime | None:
    return await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))


async def limit(schools: TwoSchools, child: str = "Ana") -> datetime | None:
    found: datetime | None = await schools.admin.fetchval(
        "SELECT answer_by FROM visit WHERE pairing_id = $1", schools.pairing[child]
    )
    return found


async def hosts_asked(schools: TwoSchools) -> list[str]:
    rows = await schools.admin.fetch(
        "SELECT external_id FROM visit_host JOIN officer ON officer.id = officer_id WHERE released_at IS NULL ORDER BY 1"
    )
    return [row["external_id"] for row in rows]


async def test_an_officer_who_rests_is_invited_when_that_is_over(schools: TwoSchools, march: str) -> None:
    ana = Target(pairing_id=schools.pairing["Ana"])
    assert await rest(schools, ana) > 1, "the pairing, and the visit"
    assert await invite(schools) == 1
    assert await schools.mailed_to("visit") == ["omar@city.example"]
    assert await limit(schools) is None
    await schools.at(LIMIT)
    await settle(schools)
    assert await hosts_asked(schools) == ["Rob"], "Omar was silent"
    await wake(schools, ana)
    assert await invite(schools) == 2
    assert await schools.mailed_to("visit") == ["olga@city.example", "omar@city.example"]
    assert "April 12" in await _body(schools, "visit", "olga@city.example")
    assert await limit(schools) == datetime(2027, 4, 12, 22, tzinfo=UTC)


async def test_while_an_agency_rests_no_silence_counts_and_afterwards_its_officers_are_asked_anew(
    schools: TwoSchools, march: str
) -> None:
    await invite(schools)
    assert await limit(schools) == LIMIT
    await visits.answer(schools.office, schools.scope, schools.pairing["Ben"], "yes")
    await schools.at(MARCH + timedelta(days=1))
    await rest(schools, CITY)
    await schools.at(LIMIT + timedelta(days=1))
    assert await settle(schools) == RESTING_UNTIL
    assert await hosts_asked(schools) == []
    assert await _open_calls(schools) == []
    assert await visits.remind(schools.office, schools.scope, march, 1) == 0
    await wake(schools, CITY)
    await settle(schools)
    assert await hosts_asked(schools) == [], "it is still to be asked"
    await invite(schools)
    assert await limit(schools) == datetime(2027, 4, 13, 17, tzinfo=UTC), "the run sheet is made then"
    assert await limit(schools, "Ben") == LIMIT, "Omar has answered"
    asked = [one for one in await schools.mails("visit") if one["to_address"] == "olga@city.example"]
    assert [one["state"] for one in asked] == ["cancelled", "pending"], "the first one said another limit"
    assert [one["to_address"] for one in await schools.mails("visit")].count("omar@city.example") == 1


async def test_who_was_silent_before_the_rest_is_not_asked_anew(schools: TwoSchools, march: str) -> None:
    await invite(schools)
    await schools.at(LIMIT)
    await settle(schools)
    await rest(schools, CITY)
    await wake(schools, CITY)
    await invite(schools)
    assert await limit(schools) == LIMIT


async def test_a_child_whose_officer_rests_when_the_visit_comes_near_gets_another_host(
    schools: TwoSchools, march: str
) -> None:
    ana = Target(pairing_id=schools.pairing["Ana"])
    await invite(schools)
    for child in ("Ana", "Ben"):
        await visits.answer(schools.office, schools.scope, schools.pairing[child], "yes")
    await rest(schools, ana)
    await schools.at(RESTING_UNTIL - timedelta(seconds=1))
    await settle(schools)
    assert await hosts_asked(schools) == []
    await schools.at(RESTING_UNTIL)
    await settle(schools)
    assert await hosts_asked(schools) == ["Rita"]
    shown = await visit_sheets.overview(schools.office, schools.scope, march)
    assert [(one.child, one.officer) for one in shown.meetings] == [
        ("Ana Alvarez", None),
        ("Ben Brown", "Omar Officer"),
    ]
    await wake(schools, ana)
    await settle(schools)
    assert await hosts_asked(schools) == [], "Olga comes after all"


async def test_where_all_reserves_rest_too_the_coordinator_sees_who_is_alone(
    schools: TwoSchools, march: str
) -> None:
    await invite(schools)
    await rest(schools, CITY)
    await schools.at(RESTING_UNTIL)
    await settle(schools)
    assert await hosts_asked(schools) == []
    calls = await _open_calls(schools)
    assert len(calls) == 2
    assert all(str(schools.pairing[child]) in "".join(calls) for child in ("Ana", "Ben"))


async def test_a_reserve_whose_agency_rests_is_let_go_and_may_be_asked_again(
    schools: TwoSchools, march: str
) -> None:
    await invite(schools)
    request = await refuse(schools, "Ana")
    await schools.admin.execute(
        "UPDATE mail SET state = 'sent', bodies_started = 1, sent_at = created_at WHERE kind = 'host'"
    )
    assert await hosts_asked(schools) == ["Rita"]
    await rest(schools, CITY)
    assert await hosts_asked(schools) == []
    assert "since visits of your agency rest" in await _body(schools, "cancelled", "rita@city.example")
    await schools.at(MARCH + timedelta(days=8))
    await wake(schools, CITY)
    await settle(schools)
    assert await hosts_asked(schools) == ["Rita"], "her silence in between counts for nothing"
    times = await schools.admin.fetchval("SELECT times_asked FROM visit_host WHERE id = $1", request)
    assert times == 2


async def test_a_host_who_has_agreed_and_rests_is_waited_for_as_long_as_there_is_time(
    schools: TwoSchools, march: str
) -> None:
    await invite(schools)
    await visits.answer(schools.office, schools.scope, await refuse(schools, "Ana"), "yes")
    await rest(schools, CITY)
    await settle(schools)
    assert await hosts_asked(schools) == ["Rita"]
    await schools.at(RESTING_UNTIL)
    await settle(schools)
    assert await hosts_asked(schools) == []


@pytest.mark.parametrize("why", ["it is off", "it comes near"])
async def test_a_host_who_rests_and_is_let_go_hears_of_it_while_that_goes_on(
    schools: TwoSchools, march: str, why: str
) -> None:
    """So that nobody stands at the door."""
    await invite(schools)
    await visits.answer(schools.office, schools.scope, await refuse(schools, "Ana"), "yes")
    await rest(schools, CITY)
    if why == "it is off":
        await visits.call_off(schools.office, schools.scope, march, read_aloud=True)
    else:
        await schools.admin.execute(
            "UPDATE mail SET state = 'sent', bodies_started = 1, sent_at = created_at"
        )
        await schools.at(RESTING_UNTIL)
        await settle(schools)
    held = await schools.admin.fetch(
        "SELECT held_by_a_pause(mail) FROM mail WHERE key LIKE 'visit-host-%-released-1'"
    )
    assert [row[0] for row in held] == [False]


async def test_who_rests_hears_of_another_day_and_is_asked_nothing(schools: TwoSchools, march: str) -> None:
    await invite(schools)
    await rest(schools, CITY)
    await visits.move(schools.office, schools.scope, march, date(2027, 4, 16))
    said = await _body(schools, "moved", "olga@city.example")
    assert "there is nothing to answer now" in said
    assert await limit(schools) is None
    await wake(schools, CITY)
    await invite(schools)
    assert "Friday, April 16" in await _body(schools, "visit", "olga@city.example")


async def test_who_was_recorded_as_there_is_expected_on_the_day_that_takes_its_place(
    schools: TwoSchools, north: str
) -> None:
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    await schools.at(MORNING)
    for child, came in (("Ana", False), ("Ben", True)):
        await visits.attend(schools.office, schools.scope, schools.pairing[child], came=came)
    await visits.move(schools.office, schools.scope, north, date(2027, 4, 20))
    rows = await schools.admin.fetch("SELECT answer, attended FROM visit")
    assert [tuple(row) for row in rows] == [(None, None), (None, None)]


async def test_a_visit_comes_after_the_last_opening_day_as_the_coordinator_has_moved_it(
    schools: TwoSchools, north: str
) -> None:
    this, by = (schools.office, schools.scope), schools.staff["Cora"]
    await year.open_year(*this, north)
    change = dates.Change(
        north, RoundDates(2, date(2027, 3, 1), date(2027, 3, 22), date(2027, 4, 6)), along=False
    )
    seen = await dates.preview(*this, change, by=by)
    await dates.move(*this, change, by=by, agreed=seen.agreement)
    with pytest.raises(NotTaken, match="2027-03-15 is not after the last opening day, 2027-04-06"):
        await visits.move(*this, north, date(2027, 3, 15))
