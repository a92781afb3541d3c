"""What is past the policy's time goes, kind by kind; what is held, and what proves what happened, stays."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side
from bluepals.domain.stacks import Found, Put
from bluepals.facts import cases, closing, endings, retention, staff, visits, year
from bluepals.facts.closing import Word
from bluepals.store import erasure, holds, stacks
from bluepals.store.endings import Reason
from bluepals.store.holds import Subject
from bluepals.store.stacks import NewPage
from bluepals.store.teachers_page import SchoolClass
from tests.bluepals.facts.canaries import FIRST, traces
from tests.bluepals.facts.two_schools import YEAR_OVER, TwoSchools

DAY = timedelta(days=1)


async def close(schools: TwoSchools) -> None:
    """Both years, a week after the last day."""
    await schools.at(YEAR_OVER)
    for school in ("north", "south"):
        await year.open_year(schools.office, schools.scope, schools.year(school))
        await visits.thank(schools.office, schools.scope, schools.year(school))
        await year.close_year(schools.office, schools.scope, schools.year(school))
    await schools.admin.execute("UPDATE pairing SET ended_at = $1, end_reason = 'year closed'", YEAR_OVER)
    await schools.admin.execute("UPDATE mail SET state = 'sent', sent_at = $1", YEAR_OVER)
    await schools.admin.execute("UPDATE tell SET answered_at = $1", YEAR_OVER)


async def night(schools: TwoSchools, days: int) -> dict[str, int]:
    """What retention deletes so many days after the year's last one."""
    await schools.at(YEAR_OVER + days * DAY)
    gone: dict[str, int] = {}
    for kind in retention.KINDS:
        while counted := await retention.delete_batch(schools.office, schools.scope, kind):
            gone[kind] = gone.get(kind, 0) + counted
    return gone


async def hold(schools: TwoSchools, child: str) -> None:
    async with schools.database.transaction(schools.scope) as connection:
        await holds.hold(
            connection,
            key="7",
            subject=Subject.STUDENT,
            subject_id=schools.student[child],
            reason="An authority asks.",
        )


async def one(schools: TwoSchools, query: str) -> Any:
    return await schools.admin.fetchval(query)


async def test_before_its_time_nothing_goes(lived: TwoSchools) -> None:
    await close(lived)
    assert await night(lived, 0) == {
        "mails": await one(lived, "SELECT count(*) FROM mail WHERE message IS NULL")
    }


async def test_fault_40_each_kind_goes_at_its_time_and_is_counted(lived: TwoSchools) -> None:
    await close(lived)
    await night(lived, 0)
    assert set(await night(lived, 91)) == {"mails", "tells"}
    assert (
        await one(lived, "SELECT count(*) FROM mail WHERE message IS NOT NULL OR to_address IS NOT NULL") == 0
    )
    assert FIRST not in await one(lived, "SELECT string_agg(mail::text, ' ') FROM mail")
    gone = await night(lived, 366)
    assert gone["letters"] == await one(
        lived, "SELECT count(DISTINCT student_id) FROM letter JOIN pairing ON pairing.id = pairing_id"
    )
    assert (
        await one(lived, "SELECT count(*) FROM draft WHERE stored IS NOT NULL AND written_for <> 'stock'")
        == 0
    )
    assert FIRST in await traces(lived.admin), "who took part is known for two years"
    assert (await night(lived, 731))["people"] == 4
    assert await traces(lived.admin) == {}
    noted = await lived.admin.fetch("SELECT kind, sum(counted)::int AS counted FROM retention_run GROUP BY 1")
    assert {row["kind"] for row in noted} >= {"mails", "tells", "letters", "people"}
    assert await night(lived, 732) == {}, "the next night has nothing left to do"


async def test_what_is_held_stays_as_long_as_it_is_held(lived: TwoSchools) -> None:
    await close(lived)
    await hold(lived, "Ana")
    await night(lived, 800)
    assert await one(lived, "SELECT count(*) FROM content_key WHERE student_id IS NOT NULL") == 1
    assert await one(lived, f"SELECT count(*) FROM student WHERE first_name = '{FIRST}'") == 1
    assert await one(lived, "SELECT count(*) FROM student WHERE erased_at IS NOT NULL") == 3
    async with lived.database.transaction(lived.scope) as connection:
        await holds.release(connection, "7")
    await night(lived, 801)
    assert await traces(lived.admin) == {}


async def test_an_address_that_nobody_has_any_more_goes_at_its_time(lived: TwoSchools) -> None:
    await close(lived)
    await lived.admin.executemany(
        "INSERT INTO suppressed_address (program_id, address, reply, since) VALUES ($1, $2, '550 5.1.1', $3)",
        [(lived.program, one, YEAR_OVER) for one in ("moved@city.example", "Olga@city.example")],
    )
    assert "addresses" not in await night(lived, 365)
    assert (await night(lived, 366))["addresses"] == 1
    kept = await lived.admin.fetch("SELECT address FROM suppressed_address")
    assert "moved@city.example" not in {row["address"] for row in kept}
    assert "Olga@city.example" in {row["address"] for row in kept}


async def test_an_officer_who_left_is_erased_and_who_stays_is_not(lived: TwoSchools) -> None:
    await close(lived)
    await lived.admin.execute(
        "UPDATE officer SET withdrawn_at = $1 WHERE external_id IN ('Rita', 'Rob')", YEAR_OVER
    )
    await night(lived, 731)
    left = await lived.admin.fetch("SELECT first_name, email FROM officer WHERE erased_at IS NOT NULL")
    assert {row["first_name"] for row in left} == {"erased"}
    assert len({row["email"] for row in left}) == 2
    assert await one(lived, "SELECT count(*) FROM officer WHERE first_name = 'Olga'") == 1


async def test_one_of_the_staff_who_left_is_erased_unless_a_hold_keeps_what_they_did(
    lived: TwoSchools,
) -> None:
    await close(lived)
    for who in ("Tess", "Tom", "Mona"):
        await staff.leave(lived.office, lived.scope, lived.staff[who], by=lived.staff["Cora"])
    await hold(lived, "Ana")
    await night(lived, 731)
    names = await lived.admin.fetch("SELECT external_id, name, email FROM staff WHERE left_at IS NOT NULL")
    kept = {row["external_id"] for row in names if row["name"] != "erased"}
    assert kept == {"Tess", "Mona"}, "they handed in and read a letter that is held"
    assert [row["email"] for row in names if row["external_id"] == "Tom"] == [
        f"{lived.staff['Tom']}@erased.invalid"
    ]


async def test_one_that_the_database_holds_back_keeps_back_no_other(lived: TwoSchools) -> None:
    """Another rule than the hold may refuse a child: the others go all the same."""
    await close(lived)
    await lived.admin.execute(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.first_name = 'Dan' THEN"
        " RAISE 'no' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    await lived.admin.execute("CREATE TRIGGER no BEFORE UPDATE ON student FOR EACH ROW EXECUTE FUNCTION no()")
    assert (await night(lived, 731))["people"] == 3


async def test_a_child_who_left_goes_by_the_day_on_which_it_left(lived: TwoSchools) -> None:
    await endings.end(
        lived.office, lived.scope, lived.pairing["Ana"], Reason.CONSENT_WITHDRAWN, by=lived.staff["Cora"]
    )
    left = YEAR_OVER - 200 * DAY
    await lived.admin.execute("UPDATE student SET withdrawn_at = $1 WHERE external_id = 'Ana'", left)
    await night(lived, 529)
    assert FIRST in await traces(lived.admin)
    await night(lived, 531)
    assert await traces(lived.admin) == {}


@pytest.mark.parametrize("kind", ["no stock letter", "test"])
async def test_a_call_goes_a_year_after_it_was_dealt_with_unless_the_audit_needs_it(
    lived: TwoSchools, kind: str
) -> None:
    await lived.admin.execute(
        "INSERT INTO attention (program_id, key, kind, sentence, closed_at) VALUES ('stl', 'k', $1, 'Look.', $2)",
        kind,
        YEAR_OVER,
    )
    await night(lived, 366)
    assert await one(lived, "SELECT count(*) FROM attention WHERE key = 'k'") == (kind == "no stock letter")


async def _stack(schools: TwoSchools, *children: str) -> None:
    """With a page of each."""
    async with schools.database.transaction(schools.scope) as connection:
        await stacks.keep(
            connection,
            schools.office.keyring,
            SchoolClass(schools.year("north"), "north", "North School", "5A"),
            program=schools.program,
            round_number=1,
            uploaded_by=schools.staff["Tess"],
            pages=[NewPage(b"jpeg", Found.SHEET, Put.CHILD, schools.pairing[child]) for child in children],
        )


async def test_fault_40_a_stack_that_was_not_handed_in_goes_after_a_week_with_its_key(
    lived: TwoSchools,
) -> None:
    await lived.at(YEAR_OVER)
    await _stack(lived, "Ana")
    assert "stacks" not in await night(lived, 6)
    assert (await night(lived, 8))["stacks"] == 1
    assert await one(lived, "SELECT count(*) FROM stack_page") == 0


async def test_a_stack_with_a_page_of_a_child_that_is_held_stays(lived: TwoSchools) -> None:
    await lived.at(YEAR_OVER)
    await _stack(lived, "Ana", "Ben")
    await hold(lived, "Ana")
    assert "stacks" not in await night(lived, 8)
    async with lived.database.transaction(lived.scope) as connection:
        await holds.release(connection, "7")
    assert (await night(lived, 9))["stacks"] == 1


REASONS = """
    SELECT reference FROM attestation UNION ALL SELECT reason FROM pause UNION ALL SELECT reason FROM legal_hold
    UNION ALL SELECT decided_why FROM proposed_pair WHERE decided_why IS NOT NULL
    UNION ALL SELECT visit_because FROM program_year WHERE visit_because IS NOT NULL
"""


async def reasons_are_given(schools: TwoSchools) -> None:
    """Of Ana's letter, Ana's pause, a hold that was released, a pair that was rejected, and a visit that moved."""
    draft = await schools.write("Ana", Side.STUDENT, "It happened again.", round_number=2)
    mona, cora = schools.staff["Mona"], schools.staff["Cora"]
    opened = await cases.worry(
        schools.office, schools.scope, draft_id=draft.id, by=mona, concern=Concern.HARM
    )
    now = await one(schools, "SELECT now_at FROM virtual_clock")
    for reader in await schools.admin.fetch("SELECT person FROM case_reader"):
        await cases.attest(
            schools.office,
            schools.scope,
            case_id=opened.case.id,
            by=reader["person"],
            reported_at=now,
            reference="MO-77, about Ana",
        )
    await closing.close(
        schools.office,
        schools.scope,
        case_id=opened.case.id,
        by=schools.staff["Coco"],
        word=Word(LetterOutcome.KEEP),
    )
    ana = schools.pairing["Ana"]
    await schools.admin.execute(
        "INSERT INTO pause (program_id, pairing_id, what, reason, began_at, paused_by, ended_at, resumed_by)"
        " VALUES ('stl', $1, 'letters', 'Ana is in hospital', $2, $3, $2, $3)",
        ana,
        now,
        cora,
    )
    async with schools.database.transaction(schools.scope) as connection:
        await holds.hold(connection, key="8", subject=Subject.PAIRING, subject_id=ana, reason="Ana's uncle")
        await holds.release(connection, "8")
    await schools.admin.execute(
        "UPDATE proposed_pair SET decided_why = 'Olga knows the family', decided_at = $2 WHERE student_id = $1",
        schools.student["Ana"],
        now,
    )
    await schools.admin.execute("UPDATE program_year SET visit_because = 'Mr. Hall is ill'")


async def reasons(schools: TwoSchools) -> set[str]:
    return {row[0] for row in await schools.admin.fetch(REASONS) if row[0] is not None}


async def test_what_people_wrote_beside_what_they_did_goes_when_it_is_long_over(lived: TwoSchools) -> None:
    await reasons_are_given(lived)
    await close(lived)
    await night(lived, 300)
    assert {"Mr. Hall is ill"} < await reasons(lived)
    await night(lived, 366)
    assert await reasons(lived) == {"erased"}
    assert await one(lived, "SELECT count(*) FROM attestation WHERE reported_at IS NOT NULL") > 0, (
        "that it was done stays"
    )


async def test_a_hold_keeps_what_was_written_about_its_child(lived: TwoSchools) -> None:
    await reasons_are_given(lived)
    await close(lived)
    await hold(lived, "Ana")
    await night(lived, 800)
    kept = {
        "MO-77, about Ana",
        "Ana is in hospital",
        "Ana's uncle",
        "Olga knows the family",
        "An authority asks.",
    }
    assert kept <= await reasons(lived)
    for blank in (
        "UPDATE attestation SET reference = 'erased'",
        "UPDATE pause SET reason = 'erased'",
        "UPDATE proposed_pair SET decided_why = 'erased'",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="legal hold"):
            async with lived.database.transaction(lived.scope) as connection:
                await connection.execute(blank)


@pytest.mark.parametrize("table", ["attestation SET reference", "pause SET reason", "legal_hold SET reason"])
async def test_what_was_written_becomes_no_other_words(lived: TwoSchools, table: str) -> None:
    await reasons_are_given(lived)
    with pytest.raises(asyncpg.CheckViolationError, match="never changed"):
        async with lived.database.transaction(lived.scope) as connection:
            await connection.execute(f"UPDATE {table} = 'something else'")


async def test_erasing_a_child_takes_along_what_was_written_about_it(lived: TwoSchools) -> None:
    await reasons_are_given(lived)
    await close(lived)
    async with lived.database.transaction(lived.scope) as connection:
        await erasure.erase_student(connection, lived.student["Ana"])
    assert await reasons(lived) <= {"erased", "Mr. Hall is ill"}
