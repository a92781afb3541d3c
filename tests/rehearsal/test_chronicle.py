"""What happened in a year, as its page tells it."""

from datetime import date

import pytest

from bluepals.store.database import Connection, Scope
from rehearsal import chronicle
from rehearsal.chronicle import Punctuality, Rest, Story, Week
from stack.mail_catcher import Caught
from tests.bluepals.facts.two_schools import TwoSchools
from tests.bluepals.store.busy_year import trying


@pytest.fixture
async def weeks(connection: Connection) -> dict[date, Week]:
    return {week.begins: week for week in await chronicle.weeks(connection, "America/Chicago")}


@pytest.fixture
async def story(connection: Connection, lived: TwoSchools) -> Story:
    return await chronicle.story(connection, lived.office.keyring, lived.pairing["Ana"])


# ---- weeks


async def test_a_week_begins_on_its_monday_and_weeks_come_in_order(weeks: dict[date, Week]):
    assert {f"{begins:%a}" for begins in weeks} == {"Mon"}
    assert list(weeks) == sorted(weeks)


async def test_a_week_counts_letters_by_side_and_what_was_read_and_went_out(weeks: dict[date, Week]):
    first = weeks[date(2026, 8, 31)]
    assert (first.students_letters, first.officers_letters) == (2 * 2, 2 * 2)
    assert (first.read, first.delivered) == (2 * 3 + 2, 2), "reserve letters are read, and not yet delivered"
    assert sum(week.delivered for week in weeks.values()) == 2 + 2


async def test_a_sunday_evening_belongs_to_the_week_that_ends_there_whatever_day_it_is_in_greenwich(
    weeks: dict[date, Week],
):
    assert weeks[date(2026, 10, 5)].students_letters == 1
    assert date(2026, 10, 12) not in weeks


async def test_every_mail_is_in_some_week(weeks: dict[date, Week], lived: TwoSchools):
    assert sum(week.mails for week in weeks.values()) == await lived.count("mail")


# ---- punctuality


async def test_each_side_of_each_school_is_on_time_late_or_never(connection: Connection):
    assert await chronicle.punctuality(connection) == [
        Punctuality("North School", "student", on_time=3, late=1, never=0),
        Punctuality("North School", "officer", on_time=3, late=0, never=1),
        Punctuality("South School", "student", on_time=3, late=0, never=1),
        Punctuality("South School", "officer", on_time=3, late=0, never=1),
    ]


@pytest.mark.parametrize(
    ("on_time", "late", "never", "percent"), [(2, 1, 0, 67), (4, 0, 0, 100), (0, 0, 0, 0)]
)
def test_percent_are_of_all_that_were_due(on_time: int, late: int, never: int, percent: int):
    assert Punctuality("North School", "student", on_time, late, never).percent == percent


# ---- one pairing's story


async def test_the_story_says_whose_it_is(story: Story, lived: TwoSchools):
    assert (story.student, story.officer, story.school) == ("Ana", "Olga", "North School")
    assert story.pairing_id == lived.pairing["Ana"]


async def test_whoever_came_to_visit_is_told_of(lived: TwoSchools):
    async with trying(lived) as connection:
        await connection.execute(
            "UPDATE visit SET answer = 'yes', answered_at = now(), attended = true, recorded_at = now()"
            " WHERE pairing_id = $1",
            lived.pairing["Dan"],
        )
        story = await chronicle.story(connection, lived.office.keyring, lived.pairing["Dan"])
    assert "The visit: Pete came." in [moment.sentence for moment in story.moments]


async def test_moments_come_in_the_order_of_the_year_and_each_names_who_did_it(story: Story):
    assert [moment.at for moment in story.moments] == sorted(moment.at for moment in story.moments)
    sentences = [moment.sentence for moment in story.moments]
    assert sentences[0] == "Ana and Olga were introduced to each other."
    assert "Round 1: Ana handed in a letter." in sentences
    assert "A moderator read Ana's letter and approved it." in sentences
    assert "Ana's letter was released to Olga." in sentences
    assert "A moderator sent Olga's letter back, to be changed." in sentences


async def test_a_letter_can_be_read_where_it_was_written_and_nowhere_else(story: Story):
    assert {moment.text for moment in story.moments if moment.kind == "written"} == {
        "Ana writes from north.",
        "My street is Elm.",
        "Nobody has read this yet.",
    }
    assert {moment.text for moment in story.moments if moment.kind != "written"} == {None}


async def test_there_is_no_story_of_a_pairing_of_another_program(lived: TwoSchools):
    async with lived.database.transaction(Scope.whole("another")) as connection:
        with pytest.raises(LookupError, match="There is no pairing"):
            await chronicle.story(connection, lived.office.keyring, lived.pairing["Ana"])


# ---- mails


async def test_of_each_kind_of_mail_the_first_is_shown_and_of_families_mails_one_in_each_language(
    connection: Connection, arrived: list[Caught], lived: TwoSchools
):
    shown = await chronicle.one_of_each_kind(connection, arrived)
    kinds = {row["message_id"]: row["kind"] for row in await lived.mails()}
    expected: dict[tuple[str, str], str] = {}
    for one in arrived:
        kind = kinds[str(one.message["Message-ID"])], str(one.message["Content-Language"])
        expected.setdefault(kind, str(one.message["To"]))
    assert [mail.to for mail in shown] == list(expected.values())
    assert len(shown) < len(arrived)
    assert all(mail.subject and mail.html and mail.text for mail in shown)


async def test_the_rest_of_a_school_is_told_by_its_days_and_one_that_goes_on_until_the_last(
    lived: TwoSchools,
):
    async with trying(lived) as connection:
        await connection.execute(
            "INSERT INTO pause (program_id, school_id, what, reason, began_at, paused_by, ended_at, resumed_by)"
            " SELECT program_id, school, 'letters', 'snow', began, id, ended, CASE WHEN ended IS NOT NULL THEN id END FROM staff,"
            " (VALUES ('north', timestamptz '2026-12-03 21:00Z', timestamptz '2026-12-04 21:00Z'),"
            "  (NULL, '2027-03-12 21:00Z', NULL)) AS snow(school, began, ended) WHERE external_id = 'Cora'"
        )
        told = await chronicle.rests(connection, "America/Chicago", date(2027, 5, 21))
    assert told[-2:] == [
        Rest(date(2026, 12, 3), date(2026, 12, 4), "North School"),
        Rest(date(2027, 3, 12), date(2027, 5, 21), None),
    ]


async def test_a_year_in_which_no_officer_went_has_no_story_of_another_one(connection: Connection):
    assert await chronicle.new_officers_story(connection) is None
    assert await chronicle.carried_over(connection) == 0
