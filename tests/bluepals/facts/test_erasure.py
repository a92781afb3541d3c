"""A family's wish: nothing that tells who the child was is left, and what proves what happened is."""

from datetime import UTC, datetime

import asyncpg
import pytest

from bluepals.domain.letters import Side
from bluepals.domain.stacks import Found, Put
from bluepals.facts import daily, endings, erasure, leaving, letters, moves, roster, visit_hosts, visits
from bluepals.store import attention, holds, stacks
from bluepals.store import erasure as store
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from bluepals.store.holds import Subject
from bluepals.store.letters import NotTaken
from bluepals.store.stacks import NewPage
from bluepals.store.teachers_page import SchoolClass
from tests.bluepals.facts.canaries import CANARIES, FIRST, traces
from tests.bluepals.facts.two_schools import TwoSchools, people


async def end(schools: TwoSchools) -> None:
    await endings.end(
        schools.office,
        schools.scope,
        schools.pairing["Ana"],
        Reason.CONSENT_WITHDRAWN,
        by=schools.staff["Cora"],
    )


async def erase(schools: TwoSchools, *, by: str = "Cora") -> None:
    await erasure.request(schools.office, schools.scope, "Ana", "Tess")
    await erasure.confirm(schools.office, schools.scope, "Ana", by=schools.staff[by])


async def test_fault_40_nothing_that_tells_who_it_was_is_left_anywhere(lived: TwoSchools) -> None:
    before = await traces(lived.admin)
    assert set(before) == set(CANARIES) - {"Zephyrine"}, "what a letter says stands nowhere in clear"
    assert {"student.first_name", "mail.message", "decision.reason_for_child"} <= before[FIRST]
    async with lived.database.transaction(lived.scope) as connection:
        ana = await store.student(connection, "Ana")
    await end(lived)
    await erase(lived)
    assert await traces(lived.admin) == {}
    assert await lived.admin.fetchval("SELECT count(*) FROM content_key WHERE student_id = $1", ana.id) == 0
    assert (
        await lived.admin.fetchval(
            "SELECT count(*) FROM draft WHERE stored IS NOT NULL AND school_id = 'north'"
        )
        == 0
    )


async def test_a_mail_that_asked_for_a_host_names_the_child_no_longer(lived: TwoSchools) -> None:
    await lived.admin.execute("UPDATE officer SET capacity = 2 WHERE external_id = 'Rita'")
    await visits.invite(lived.office, lived.scope, lived.year("north"))
    await visits.answer(lived.office, lived.scope, lived.pairing["Ana"], "no")
    await visit_hosts.settle_hosts(lived.office, lived.scope, lived.year("north"))
    assert await lived.mailed_to("host") == ["rita@city.example"]
    await end(lived)
    await erase(lived)
    (asked,) = await lived.mails("host")
    assert (asked["message"], asked["state"]) == (None, "cancelled")
    assert await traces(lived.admin) == {}


async def test_what_proves_what_happened_stays(lived: TwoSchools) -> None:
    proof = (
        "SELECT array_agg(id ORDER BY id) FROM delivery", "SELECT array_agg(hash ORDER BY id) FROM draft",
        "SELECT array_agg(verdict ORDER BY id) FROM decision", "SELECT array_agg(message_id ORDER BY id) FROM mail",
        "SELECT array_agg(body_hash ORDER BY id) FROM mail", "SELECT array_agg(gender ORDER BY id) FROM pairing",
    )  # fmt: skip
    before = [await lived.admin.fetchval(one) for one in proof]
    await end(lived)
    await erase(lived)
    assert [await lived.admin.fetchval(one) for one in proof] == before


async def test_the_other_children_keep_their_letters_and_their_mails(lived: TwoSchools) -> None:
    await lived.deliver("Ben", Side.STUDENT)
    before = await lived.admin.fetchval("SELECT count(*) FROM mail WHERE message IS NOT NULL")
    about = await lived.admin.fetchval(
        "SELECT count(*) FROM mail WHERE pairing_id = $1 OR (kind = 'daily' AND to_address = 'olga@city.example')",
        lived.pairing["Ana"],
    )
    await end(lived)
    await erase(lived)
    assert await lived.admin.fetchval("SELECT count(*) FROM mail WHERE message IS NOT NULL") == before - about
    assert await lived.admin.fetchval("SELECT count(*) FROM draft WHERE stored IS NOT NULL") == 3, (
        "Ben's letter and two stock letters"
    )


async def test_a_wish_waits_for_the_coordinator_and_is_settled_by_the_erasure(lived: TwoSchools) -> None:
    await end(lived)
    for _ in range(2):
        await erasure.request(lived.office, lived.scope, "Ana", "Tess")
    async with lived.database.transaction(lived.scope) as connection:
        (call,) = [one for one in await attention.open_calls(connection) if one.kind == "erasure"]
    assert "starter.py erase confirm stl Ana --by YOUR-ID" in call.in_full
    with pytest.raises(NotTaken, match="confirmed by a coordinator"):
        await erasure.confirm(lived.office, lived.scope, "Ana", by=lived.staff["Tess"])
    assert FIRST in await traces(lived.admin), "nothing is gone before"
    await erasure.confirm(lived.office, lived.scope, "Ana", by=lived.staff["Cora"])
    assert (await erasure.confirm(lived.office, lived.scope, "Ana", by=lived.staff["Cora"])).erased
    async with lived.database.transaction(lived.scope) as connection:
        assert not [one for one in await attention.open_calls(connection) if one.kind == "erasure"]


async def test_without_a_wish_on_record_nobody_is_erased(lived: TwoSchools) -> None:
    await end(lived)
    with pytest.raises(NotTaken, match="Nobody has asked"):
        await erasure.confirm(lived.office, lived.scope, "Ana", by=lived.staff["Cora"])
    with pytest.raises(LookupError, match="no student 'Nobody'"):
        await erasure.request(lived.office, lived.scope, "Nobody", "Tess")


async def test_a_child_with_a_living_pairing_is_not_erased(lived: TwoSchools) -> None:
    with pytest.raises(NotTaken, match=f"End pairing {lived.pairing['Ana']} first"):
        await erase(lived)


async def test_a_mail_that_is_just_going_out_is_waited_for(lived: TwoSchools) -> None:
    await end(lived)
    await lived.admin.execute(
        "UPDATE mail SET state = 'claimed', claim = gen_random_uuid(), sent_at = NULL"
        " WHERE pairing_id = $1 AND kind = 'introduction'",
        lived.pairing["Ana"],
    )
    with pytest.raises(NotTaken, match="again in a minute"):
        await erase(lived)


async def test_an_import_brings_an_erased_child_back_to_nobody(lived: TwoSchools) -> None:
    await end(lived)
    await erase(lived)
    applied = await roster.apply(lived.office, people("stl"))
    (asked,) = applied.needs_person
    assert (asked.value, asked.school) == ("Ana", "north")
    assert "was erased and is not taken in again" in asked.problem
    row = await lived.admin.fetchrow("SELECT * FROM student WHERE external_id = 'Ana'")
    assert row is not None
    assert (row["first_name"], row["guardian_email"], row["consent_on"]) == ("erased", None, None)
    async with lived.database.transaction(lived.scope) as connection:
        assert "Student Ana was erased" in " ".join(
            one.sentence for one in await attention.open_calls(connection)
        )


async def test_a_letter_that_comes_afterwards_is_not_taken(lived: TwoSchools) -> None:
    await end(lived)
    await erase(lived)
    with pytest.raises(NotTaken, match="has been erased"):
        await lived.write("Ana", Side.OFFICER, "One more word.", round_number=2)


OF_ANA = " IN (SELECT id FROM pairing WHERE student_id = $1)"
DELETIONS = (
    "DELETE FROM content_key WHERE student_id = $1",
    f"UPDATE draft SET stored = NULL WHERE letter_id IN (SELECT id FROM letter WHERE pairing_id {OF_ANA})",
    f"UPDATE mail SET message = NULL, to_address = NULL WHERE state = 'sent' AND pairing_id {OF_ANA}",
    "UPDATE student SET erased_at = now() WHERE id = $1",
    f"DELETE FROM visit WHERE pairing_id {OF_ANA}",
    (
        "UPDATE decision SET reason_for_child = 'erased', reason_for_adult = 'erased' WHERE verdict = 'return' AND draft_id"
        f" IN (SELECT draft.id FROM draft JOIN letter ON letter.id = letter_id WHERE pairing_id {OF_ANA})"
    ),
)


async def test_no_statement_deletes_what_is_held_whatever_the_hold_names(lived: TwoSchools) -> None:
    await end(lived)
    for subject in Subject:
        await hold(lived, subject)
        for statement in DELETIONS:
            with pytest.raises(asyncpg.CheckViolationError) as refused:
                await lived.admin.execute(statement, lived.student["Ana"])
            assert refused.value.constraint_name == "under_a_legal_hold", statement
        async with lived.database.transaction(lived.scope) as connection:
            await holds.release(connection, "case 7")


async def hold(schools: TwoSchools, subject: Subject) -> None:
    draft = await schools.admin.fetchval(
        "SELECT draft.id FROM draft JOIN letter ON letter.id = letter_id WHERE pairing_id = $1 LIMIT 1",
        schools.pairing["Ana"],
    )
    held = {
        Subject.STUDENT: schools.student["Ana"],
        Subject.PAIRING: schools.pairing["Ana"],
        Subject.DRAFT: draft,
    }
    async with schools.database.transaction(schools.scope) as connection:
        for _ in range(2):
            await holds.hold(
                connection,
                key="case 7",
                subject=subject,
                subject_id=held[subject],
                reason="An authority asks.",
            )


async def test_what_is_held_is_erased_once_it_is_released(lived: TwoSchools) -> None:
    await end(lived)
    await hold(lived, Subject.PAIRING)
    with pytest.raises(NotTaken, match="under a legal hold"):
        await erase(lived)
    async with lived.database.transaction(lived.scope) as connection:
        assert [one.key for one in await holds.standing(connection)] == ["case 7"]
        await holds.release(connection, "case 7")
        with pytest.raises(NotTaken, match="No hold “case 7” stands"):
            await holds.release(connection, "case 7")
    await erase(lived)
    assert await traces(lived.admin) == {}


async def test_what_is_left_of_an_erased_child_can_not_be_filled_again(lived: TwoSchools) -> None:
    await end(lived)
    await erase(lived)
    with pytest.raises(asyncpg.CheckViolationError, match="erased_without_a_trace"):
        await lived.admin.execute("UPDATE student SET first_name = 'Ana' WHERE external_id = 'Ana'")


async def test_what_was_said_goes_and_never_becomes_other_words(lived: TwoSchools) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="never changed"):
        await lived.admin.execute(
            "UPDATE decision SET reason_for_adult = 'It was fine.' WHERE verdict = 'return'"
        )


async def test_a_school_or_an_agency_erases_nothing(lived: TwoSchools) -> None:
    for scope in (Scope("stl", schools=("north",)), Scope("stl", agencies=("city",))):
        async with lived.database.transaction(scope) as connection:
            for change in ("draft SET stored", "decision SET reason_for_child"):
                assert await connection.execute(f"UPDATE {change} = NULL") == "UPDATE 0"


async def test_fault_40_an_open_stack_of_the_childs_class_goes_since_nobody_knows_whose_its_pages_are(
    lived: TwoSchools,
) -> None:
    for class_name in ("5A", "5B"):
        async with lived.database.transaction(lived.scope) as connection:
            await stacks.keep(
                connection,
                lived.office.keyring,
                SchoolClass(lived.year("north"), "north", "North School", class_name),
                program=lived.program,
                round_number=1,
                uploaded_by=lived.staff["Tess"],
                pages=[NewPage(b"jpeg", Found.NO_CODE, None, None)],
            )
    await end(lived)
    await erase(lived)
    left = await lived.admin.fetch(
        "SELECT class_name, count(*) FROM stack JOIN stack_page ON stack.id = stack_id GROUP BY 1"
    )
    assert [tuple(row) for row in left] == [("5B", 1)]


async def test_a_stack_of_the_class_that_the_child_was_in_before_goes_where_a_page_is_the_childs(
    lived: TwoSchools,
) -> None:
    for child in ("Ana", "Ben"):
        async with lived.database.transaction(lived.scope) as connection:
            await stacks.keep(
                connection,
                lived.office.keyring,
                SchoolClass(lived.year("north"), "north", "North School", "5A"),
                program=lived.program,
                round_number=1,
                uploaded_by=lived.staff["Tess"],
                pages=[NewPage(b"jpeg", Found.SHEET, Put.CHILD, lived.pairing[child])],
            )
    await moves.transfer(lived.office, lived.scope, "Ana", school="north", class_name="5C")
    await end(lived)
    await erase(lived)
    left = await lived.admin.fetch("SELECT pairing_id FROM stack_page")
    assert [row["pairing_id"] for row in left] == [lived.pairing["Ben"]]


async def test_the_daily_mail_of_a_teacher_and_the_word_of_a_death_name_the_child_no_longer(
    lived: TwoSchools,
) -> None:
    day = datetime(2026, 11, 2, 13, tzinfo=UTC)
    await lived.at(day)
    await letters.record_miss(lived.office, lived.scope, lived.pairing["Ana"], 2, Side.STUDENT)
    await daily.compose_daily_mail(lived.office, lived.scope, day.date())
    await lived.admin.execute("UPDATE mail SET state = 'sent', sent_at = now() WHERE state = 'pending'")
    await leaving.student_died(lived.office, lived.scope, lived.student["Ana"], by=lived.staff["Cora"])
    named = {row["to_address"] for row in await lived.mails() if FIRST.encode() in (row["message"] or b"")}
    assert {"tess@staff.example", "coco@staff.example"} <= named
    await lived.admin.execute("UPDATE mail SET state = 'sent', sent_at = now() WHERE state = 'pending'")
    await erase(lived)
    assert await traces(lived.admin) == {}


@pytest.mark.parametrize("sent", [True, False])
async def test_a_counselors_list_of_new_pairs_names_the_child_no_longer(
    asking: TwoSchools, sent: bool
) -> None:
    if sent:
        await asking.admin.execute("UPDATE mail SET state = 'sent', sent_at = now()")
    await end(asking)
    await erase(asking)
    lists = [
        row["message"] for row in await asking.mails("asked") if row["to_address"] == "coco@staff.example"
    ]
    assert not any(b"Ana and" in (one or b"") for one in lists)
    if not sent:
        assert any(b"Ben and" in (one or b"") for one in lists), "the other pairs may still be declined"
