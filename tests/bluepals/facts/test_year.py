"""A school's year, its visit and its daily mail: what goes to whom, once, by the program's clock."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest

from bluepals.domain.letters import Side
from bluepals.domain.sentences import Sentence
from bluepals.facts import daily, endings, letters, visits, year
from bluepals.facts.year import Numbers
from bluepals.store import attention, programs, rounds
from bluepals.store.endings import Reason
from bluepals.store.letters import NotTaken
from tests.bluepals.facts.two_schools import CHILDREN_DUE, OFFICERS_DUE, TwoSchools
from tests.mailroom import parsed

VISIT = datetime(2027, 4, 14, 20, tzinfo=UTC)


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


# The year


async def test_a_year_opens_once_with_its_instants(schools: TwoSchools) -> None:
    opened = await year.open_year(schools.office, schools.scope, schools.year("north"))
    await schools.at(CHILDREN_DUE)
    again = await year.open_year(schools.office, schools.scope, schools.year("north"))
    assert again == opened
    assert opened.opening_days[0] == (1, datetime(2026, 10, 13, 12, tzinfo=UTC))
    assert opened.visit.invite_at == datetime(2027, 3, 17, 12, tzinfo=UTC)
    assert opened.visit.remind_at == (
        datetime(2027, 4, 7, 12, tzinfo=UTC),
        datetime(2027, 4, 13, 12, tzinfo=UTC),
    )
    when = await schools.admin.fetchval(
        "SELECT opened_at FROM program_year WHERE id = $1", schools.year("north")
    )
    assert when < CHILDREN_DUE
    async with schools.database.transaction(schools.scope) as connection:
        states = {row[1]: row[2] for row in await programs.years(connection)}
    assert states == {"north": "open", "south": "prepared"}


async def test_the_pairings_to_begin_are_those_that_nobody_has_introduced(schools: TwoSchools) -> None:
    assert await year.pairings_to_begin(schools.office, schools.scope, schools.year("north")) == []
    await schools.admin.execute(
        "UPDATE pairing SET introduced_at = NULL, first_round = NULL WHERE id = $1", schools.pairing["Ana"]
    )
    found = await year.pairings_to_begin(schools.office, schools.scope, schools.year("north"))
    assert found == [schools.pairing["Ana"]]


async def test_the_pairings_to_end_are_those_that_nobody_has_ended_before(schools: TwoSchools) -> None:
    north = schools.year("north")
    both = sorted([schools.pairing["Ana"], schools.pairing["Ben"]])
    assert await year.pairings_to_end(schools.office, schools.scope, north) == both
    async with schools.office.committing(schools.scope) as connection:
        await endings.end_in(
            connection,
            schools.pairing["Ana"],
            Reason.MOVED,
            farewell_until=CHILDREN_DUE,
            by=schools.staff["Cora"],
        )
    assert await year.pairings_to_end(schools.office, schools.scope, north) == [schools.pairing["Ben"]]


async def test_a_class_with_letters_hears_of_its_pack_once(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    for _ in range(2):
        assert await year.send_packs(schools.office, schools.scope, schools.year("north"), 1) == 1
    assert await year.send_packs(schools.office, schools.scope, schools.year("south"), 1) == 0
    assert await schools.mailed_to("pack") == ["tess@staff.example"]
    sent = "SELECT array_agg(number) FROM round WHERE program_year_id = $1 AND pack_sent_at IS NOT NULL"
    assert await schools.admin.fetchval(sent, schools.year("north")) == [1]
    async with schools.database.transaction(schools.scope) as connection:
        with pytest.raises(LookupError, match="no round 9"):
            await rounds.one(connection, schools.year("north"), 9)
        with pytest.raises(LookupError, match="no program year"):
            await rounds.school_of(connection, "elsewhere")


async def test_a_year_closes_with_its_numbers(schools: TwoSchools) -> None:
    await schools.approve_stock()
    await year.open_year(schools.office, schools.scope, schools.year("north"))
    await schools.deliver("Ana", Side.STUDENT)
    await schools.at(CHILDREN_DUE + timedelta(seconds=1))
    await letters.record_miss(schools.office, schools.scope, schools.pairing["Ben"], 1, Side.STUDENT)
    await schools.deliver("Ben", Side.STUDENT)
    await letters.put_stock_letter(schools.office, schools.scope, schools.pairing["Ben"], 1)
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await schools.at(VISIT)
    await visits.attend(schools.office, schools.scope, schools.pairing["Ana"], came=True)
    for _ in range(2):
        numbers = await year.close_year(schools.office, schools.scope, schools.year("north"))
        assert numbers == Numbers(pairings=2, letters=2, stock_letters=1, missed=1, late=1, visits=1)
    assert await schools.mailed_to("year") == ["cora@staff.example"]


# The visit


async def test_an_officer_is_invited_once_with_a_calendar_file_and_thanked_if_they_came(
    schools: TwoSchools,
) -> None:
    north = schools.year("north")
    assert [await visits.invite(schools.office, schools.scope, north) for _ in range(2)] == [2, 2]
    invitations = {mail["to_address"]: parsed(mail["message"]) for mail in await schools.mails("visit")}
    assert sorted(invitations) == ["olga@city.example", "omar@city.example"]
    (file,) = invitations["olga@city.example"].iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "visit.ics")
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")
    assert [await visits.remind(schools.office, schools.scope, north, 1) for _ in range(2)] == [1, 1]
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    assert await visits.remind(schools.office, schools.scope, north, 2) == 2
    await schools.at(VISIT)
    await visits.attend(schools.office, schools.scope, schools.pairing["Ana"], came=True)
    await visits.attend(schools.office, schools.scope, schools.pairing["Ben"], came=False)
    assert [await visits.thank(schools.office, schools.scope, north) for _ in range(2)] == [1, 1]
    assert await schools.mailed_to("visit") == ["olga@city.example"] * 3 + ["omar@city.example"] * 3


async def test_who_came_is_thanked_also_when_the_year_has_closed_meanwhile(schools: TwoSchools) -> None:
    north = schools.year("north")
    await visits.invite(schools.office, schools.scope, north)
    await schools.at(VISIT)
    await visits.attend(schools.office, schools.scope, schools.pairing["Ana"], came=True)
    await schools.admin.execute("UPDATE pairing SET ended_at = now(), end_reason = 'year closed'")
    assert await visits.thank(schools.office, schools.scope, north) == 1


async def test_after_the_visit_no_answer_is_taken_and_without_an_invitation_nobody_came(
    schools: TwoSchools,
) -> None:
    with pytest.raises(NotTaken, match="never invited"):
        await visits.attend(schools.office, schools.scope, schools.pairing["Ana"], came=True)
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await schools.at(VISIT)
    await visits.attend(schools.office, schools.scope, schools.pairing["Ana"], came=True)
    with pytest.raises(NotTaken, match="no open invitation"):
        await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")


async def test_fault_10_nobody_is_invited_through_a_closed_gate(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-08-31' WHERE external_id = 'Olga'")
    await schools.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'Ben'")
    assert await visits.invite(schools.office, schools.scope, schools.year("north")) == 0


# The daily mail


async def morning(schools: TwoSchools, day: date) -> dict[str, str]:
    """The mails of that day by their addresses, at seven in Chicago."""
    await schools.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    await daily.compose_daily_mail(schools.office, schools.scope, day)
    mails = await schools.mails("daily")
    return {mail["to_address"]: words(parsed(mail["message"])) for mail in mails}


@pytest.mark.parametrize("day", [date(2026, 9, 6), date(2026, 8, 23), date(2027, 5, 22)])
async def test_on_a_day_without_school_nobody_is_written_to(schools: TwoSchools, day: date) -> None:
    await schools.write("Ana", Side.STUDENT)
    assert await morning(schools, day) == {}


async def test_who_has_nothing_to_do_gets_no_mail(schools: TwoSchools) -> None:
    await schools.approve_stock()
    assert await morning(schools, date(2026, 9, 9)) == {}


async def test_a_day_is_mailed_once(schools: TwoSchools) -> None:
    await schools.write("Ana", Side.STUDENT)
    before = await morning(schools, date(2026, 9, 9))
    await schools.write("Ben", Side.STUDENT, "One more.")
    assert await morning(schools, date(2026, 9, 9)) == before


async def test_a_moderator_hears_of_what_waits_by_the_days_of_the_school(schools: TwoSchools) -> None:
    await schools.approve_stock()
    await schools.at(datetime(2026, 9, 9, 2, tzinfo=UTC))  # the evening of the 8th in Chicago
    await schools.write("Ana", Side.STUDENT)
    mails = await morning(schools, date(2026, 9, 9))
    assert set(mails) == {"mona@staff.example"}
    assert "north: 1 in English, the oldest since September 8" in mails["mona@staff.example"]


async def test_of_a_language_that_no_moderator_reads_the_coordinator_hears_at_once(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await schools.at(datetime(2026, 9, 9, 2, tzinfo=UTC))
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.admin.execute("UPDATE draft SET language = 'es' WHERE id = $1", draft.id)
    mails = await morning(schools, date(2026, 9, 9))
    assert set(mails) == {"cora@staff.example"}
    assert "Letters that no moderator can read" in mails["cora@staff.example"]
    told = " ".join(mails["cora@staff.example"].split())
    assert "north: 1 in Spanish, the oldest since September 8." in told
    assert "add a moderator who does: staff.csv, column languages" in told


@pytest.mark.parametrize(("day", "told"), [(date(2026, 9, 14), False), (date(2026, 9, 15), True)])
async def test_the_coordinator_hears_of_what_has_waited_four_school_days(
    schools: TwoSchools, day: date, told: bool
) -> None:
    await schools.approve_stock()
    await schools.at(datetime(2026, 9, 9, 15, tzinfo=UTC))
    await schools.write("Ana", Side.STUDENT)
    assert ("cora@staff.example" in await morning(schools, day)) is told


@pytest.mark.parametrize(
    ("day", "nudged"),
    [
        (date(2026, 9, 28), False),
        (date(2026, 9, 29), True),  # the last mail 72 hours before
        (date(2026, 9, 30), False),
        (date(2026, 10, 1), True),  # the last one a day before
        (date(2026, 10, 2), False),
        (date(2026, 10, 5), False),  # over
    ],
)
async def test_an_officer_is_nudged_72_and_24_hours_before_a_letter_is_due(
    schools: TwoSchools, day: date, nudged: bool
) -> None:
    await schools.approve_stock()
    mails = await morning(schools, day)
    assert ("olga@city.example" in mails) is nudged
    if nudged:
        assert "to Ana, by Friday, October 2, 2026, 5:00 PM CDT" in mails["olga@city.example"]


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (date(2026, 10, 5), [date(2026, 10, 2)]),  # a Monday: both nudges leave on the Friday before
        (date(2026, 10, 6), [date(2026, 10, 2), date(2026, 10, 5)]),
        (date(2026, 10, 13), [date(2026, 10, 9)]),  # the first day after a break
    ],
)
async def test_a_nudge_that_would_fall_on_a_day_without_school_leaves_on_the_school_day_before(
    schools: TwoSchools, due: date, days: list[date]
) -> None:
    await schools.approve_stock()
    await schools.admin.execute(
        """UPDATE program SET definition = jsonb_set(definition, '{year,breaks}',
           '[{"first": "2026-10-10", "last": "2026-10-12"}]')"""
    )
    await schools.admin.execute(
        "UPDATE round SET (officers_due_at, pack_closes_at, opens_at)"
        " = ($1::timestamptz, $1::timestamptz + interval '3 days', $1::timestamptz + interval '4 days') WHERE number = 1",
        datetime(due.year, due.month, due.day, 22, tzinfo=UTC),
    )
    nudged = []
    for day in (date(2026, 9, 28) + timedelta(n) for n in range(16)):
        await schools.admin.execute("DELETE FROM mail")
        if "olga@city.example" in await morning(schools, day):
            nudged.append(day)
    assert nudged == days


@pytest.mark.parametrize(("day", "told"), [(14, False), (15, True), (16, True), (18, True), (21, False)])
async def test_a_teacher_hears_of_letters_to_come_each_school_day_from_the_first_reminder_on(
    schools: TwoSchools, day: int, told: bool
) -> None:
    mails = await morning(schools, date(2026, 9, day))
    assert ("class 5A: 2 still to come" in mails.get("tess@staff.example", "")) is told


async def test_the_last_round_is_the_farewell_and_both_sides_are_told_so(schools: TwoSchools) -> None:
    goodbye = "(the last of the year: time to say goodbye)"
    mails = await morning(schools, date(2026, 9, 18))
    assert goodbye not in mails["tess@staff.example"]
    mails = await morning(schools, date(2026, 10, 30))
    assert goodbye in " ".join(mails["tess@staff.example"].split())
    mails = await morning(schools, date(2026, 11, 12))
    assert goodbye in " ".join(mails["olga@city.example"].split())


async def test_in_the_last_round_an_officer_is_asked_to_say_goodbye(schools: TwoSchools) -> None:
    for number in (1, 2):
        await schools.deliver("Ana", Side.STUDENT, round_number=number)
    first, last = [bytes(mail["message"]) for mail in await schools.mails("letter")]
    assert b"say goodbye" not in first
    assert b"say goodbye" in last


async def test_who_has_written_is_not_nudged(schools: TwoSchools) -> None:
    await schools.write("Ana", Side.OFFICER)
    mails = await morning(schools, date(2026, 10, 1))
    assert "olga@city.example" not in mails
    assert "omar@city.example" in mails


async def test_fault_10_nobody_is_nudged_through_a_closed_gate(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'Ana'")
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-09-30' WHERE external_id = 'Omar'")
    mails = await morning(schools, date(2026, 10, 1))
    assert not {"olga@city.example", "omar@city.example"} & set(mails)
    assert "paula@county.example" in mails


async def test_a_teacher_hears_how_many_letters_are_still_to_come_and_whose_is_not_said(
    schools: TwoSchools,
) -> None:
    await schools.write("Ana", Side.STUDENT)
    await schools.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'Dan'")
    mails = await morning(schools, date(2026, 9, 16))
    assert "class 5A: 1 still to come, due Friday, September 18" in mails["tess@staff.example"]
    assert "class 5B: 1 still to come" in mails["tom@staff.example"]
    assert "Ben" not in mails["tess@staff.example"]


async def test_the_coordinator_hears_of_what_needs_a_person(schools: TwoSchools) -> None:
    await schools.approve_stock()
    async with schools.database.transaction(schools.scope) as connection:
        await attention.call(connection, key="k", kind="test", sentence=Sentence("Look at pairing 7."))
    assert "Look at pairing 7." in (await morning(schools, date(2026, 9, 9)))["cora@staff.example"]


async def test_a_reminder_is_of_no_use_the_day_after(schools: TwoSchools) -> None:
    await morning(schools, OFFICERS_DUE.date() - timedelta(days=1))
    assert {mail["useful_until"] - mail["created_at"] for mail in await schools.mails("daily")} == {
        timedelta(days=1)
    }
