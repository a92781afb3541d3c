"""Rules 2, 3 and 6 hold by construction: plain SQL, as the service's own role, tries to break each."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias, get_args
from uuid import UUID

import asyncpg
import pytest

from bluepals.domain.letters import Side
from bluepals.store.database import Connection, Database
from bluepals.store.letters import DraftRecord
from tests.bluepals.facts.two_schools import TwoSchools, two_schools
from tests.bluepals.store.busy_year import trying

DELIVER = (
    "INSERT INTO delivery (program_id, school_id, agency_id, pairing_id, round_number, side, kind, opening, draft_id,"
    " written_for, hash) SELECT program_id, school_id, agency_id, id, $2, $3, $4, $5, $6, $7, $8 FROM pairing WHERE id = $1"
)
DECIDE = (
    "INSERT INTO decision (program_id, school_id, agency_id, draft_id, hash, uploaded_by, verdict, decided_by)"
    " SELECT program_id, school_id, agency_id, id, $2, $3, 'approve', $4 FROM draft WHERE id = $1"
)
PAIR = (
    "INSERT INTO pairing (program_id, program_year_id, school_id, agency_id, student_id, officer_id, gender,"
    " proposed_pair_id, begins_on) SELECT program_id, 'stl.' || school_id || '.2026', school_id, agency_id, student_id,"
    " officer_id, $2, id, '2026-09-01' FROM proposed_pair WHERE id = $1"
)


@pytest.fixture(scope="module")
async def approved(busy: TwoSchools) -> DraftRecord:
    """A child's approved letter of the second round, not delivered."""
    draft = await busy.write("Ben", Side.STUDENT, "A letter to be approved.", round_number=2)
    await busy.decide(draft)
    return draft


async def deliver(
    schools: TwoSchools,
    child: str,
    draft: DraftRecord,
    *,
    round_number: int = 2,
    side: Side = Side.STUDENT,
    kind: str = "letter",
    written_for: str | None = None,
    digest: bytes | None = None,
    opening: int | None = None,
) -> None:
    pairing = schools.pairing[child]
    async with trying(schools) as connection:
        await connection.execute(
            DELIVER,
            pairing,
            round_number,
            side,
            kind,
            opening,
            draft.id,
            written_for or f"{pairing}/{round_number}/{side}",
            digest or draft.hash,
        )


# Rule 2: nothing unapproved is delivered


async def test_an_approved_letter_can_be_delivered(busy: TwoSchools, approved: DraftRecord) -> None:
    """What the tests below break is what keeps the others out, and not this."""
    await deliver(busy, "Ben", approved)


@pytest.mark.parametrize("verdict", [None, "return", "refer"])
async def test_an_unread_a_returned_and_a_referred_draft_can_not(
    busy: TwoSchools, verdict: str | None
) -> None:
    draft = await busy.admin.fetchrow(
        "SELECT draft.*, true AS known, pairing_id, round_number, side FROM draft JOIN letter ON letter.id = letter_id"
        " LEFT JOIN decision ON draft_id = draft.id"
        " WHERE draft.program_id = 'stl' AND verdict IS NOT DISTINCT FROM $1 AND pairing_id IS NOT NULL LIMIT 1",
        verdict,
    )
    assert draft is not None
    child = next(name for name, pairing in busy.pairing.items() if pairing == draft["pairing_id"])
    record = DraftRecord(draft["id"], draft["letter_id"], 1, draft["hash"], draft["received_at"], known=True)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="delivered_only_if_approved"):
        await deliver(busy, child, record, round_number=draft["round_number"], side=Side(draft["side"]))


async def test_an_approval_is_of_one_hash_and_no_other(busy: TwoSchools, approved: DraftRecord) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="delivered_only_if_approved"):
        await deliver(busy, "Ben", approved, digest=bytes(32))


@pytest.mark.parametrize("child", ["Ana", "Dan"])
async def test_a_draft_reaches_no_other_pairing(busy: TwoSchools, approved: DraftRecord, child: str) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="where_it_was_written_for"):
        await deliver(busy, child, approved)
    with pytest.raises(asyncpg.CheckViolationError, match="delivered_to_whom_it_says"):
        await deliver(busy, child, approved, written_for=f"{busy.pairing['Ben']}/2/student")


async def test_a_draft_reaches_no_other_round(busy: TwoSchools, approved: DraftRecord) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="where_it_was_written_for"):
        await deliver(busy, "Ben", approved, round_number=1)


async def test_a_child_does_not_get_its_own_letter_back(busy: TwoSchools, approved: DraftRecord) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="where_it_was_written_for"):
        await deliver(busy, "Ben", approved, side=Side.OFFICER, opening=2)


async def test_a_stock_letter_is_never_passed_off_as_the_officers_own(busy: TwoSchools) -> None:
    stock = (await busy.stock_drafts())[0]
    for kind in ("letter", "late"):
        with pytest.raises(asyncpg.CheckViolationError, match="delivered_to_whom_it_says"):
            await deliver(busy, "Ana", stock, side=Side.OFFICER, kind=kind, written_for="stock", opening=2)


async def test_a_pairings_letter_is_no_stock_letter(busy: TwoSchools, approved: DraftRecord) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="where_it_was_written_for"):
        await deliver(busy, "Ben", approved, side=Side.OFFICER, kind="stock", written_for="stock", opening=2)


async def test_a_stock_letter_is_a_stock_letter_only_if_it_was_written_as_one(busy: TwoSchools) -> None:
    """A draft's place is its letter's: nobody writes another one beside it."""
    async with trying(busy) as connection:
        with pytest.raises((asyncpg.ForeignKeyViolationError, asyncpg.CheckViolationError)):
            await connection.execute(
                "INSERT INTO draft (program_id, school_id, agency_id, letter_id, written_for, number, kind, language,"
                " stored, hash, fingerprint, uploaded_by) SELECT program_id, NULL, agency_id, id, 'stock', 9, 'pages',"
                " 'en', '\\x01', sha256('\\x01'), '\\x01', gen_random_uuid() FROM letter WHERE pairing_id IS NOT NULL LIMIT 1"
            )


@pytest.mark.parametrize("verdict", ["return", "refer"])
async def test_a_delivery_names_no_other_verdict(busy: TwoSchools, verdict: str) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                "INSERT INTO delivery (program_id, school_id, agency_id, pairing_id, round_number, side, kind, draft_id,"
                " written_for, hash, verdict) SELECT draft.program_id, draft.school_id, draft.agency_id, pairing_id,"
                " round_number, side, 'late', draft.id, draft.written_for, draft.hash, verdict"
                " FROM decision JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id"
                " WHERE verdict = $1 AND pairing_id IS NOT NULL LIMIT 1",
                verdict,
            )


async def test_nobody_decides_about_what_they_handed_in(busy: TwoSchools) -> None:
    draft = await undecided(busy)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="decided_by_someone_else"):
            await connection.execute(
                DECIDE, draft["id"], draft["hash"], draft["uploaded_by"], draft["uploaded_by"]
            )


async def test_a_decision_names_the_one_who_handed_it_in(busy: TwoSchools) -> None:
    draft = await undecided(busy)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(
                DECIDE, draft["id"], draft["hash"], busy.staff["Max"], draft["uploaded_by"]
            )


async def test_one_address_is_one_person_who_decides_about_none_of_their_own(busy: TwoSchools) -> None:
    draft = await undecided(busy)
    async with trying(busy) as connection:
        await connection.execute(
            "UPDATE staff SET email = (SELECT upper(email) FROM staff WHERE id = $1) WHERE id = $2",
            draft["uploaded_by"],
            busy.staff["Mona"],
        )
        with pytest.raises(asyncpg.CheckViolationError, match="handed in by the one who decides"):
            await connection.execute(
                DECIDE, draft["id"], draft["hash"], draft["uploaded_by"], busy.staff["Mona"]
            )


async def test_a_decision_is_about_the_hash_that_is_stored(busy: TwoSchools) -> None:
    draft = await undecided(busy)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(DECIDE, draft["id"], bytes(32), draft["uploaded_by"], busy.staff["Mona"])


async def test_there_is_one_decision_about_a_draft(busy: TwoSchools, approved: DraftRecord) -> None:
    uploader = await busy.admin.fetchval("SELECT uploaded_by FROM draft WHERE id = $1", approved.id)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(DECIDE, approved.id, approved.hash, uploader, busy.staff["Max"])


async def test_somebody_on_record_decides(busy: TwoSchools) -> None:
    draft = await undecided(busy)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(
                DECIDE, draft["id"], draft["hash"], draft["uploaded_by"], busy.officer["Olga"]
            )


async def test_a_returned_letter_has_its_reasons_and_its_date(busy: TwoSchools) -> None:
    draft = await undecided(busy)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                DECIDE.replace("'approve'", "'return'"),
                draft["id"],
                draft["hash"],
                draft["uploaded_by"],
                busy.staff["Mona"],
            )


async def test_a_hash_is_of_the_bytes_that_are_stored(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="hashed_over_the_stored_bytes"):
            await connection.execute(
                "INSERT INTO draft (program_id, school_id, agency_id, letter_id, written_for, number, kind, language,"
                " stored, hash, fingerprint, uploaded_by) SELECT program_id, school_id, agency_id, letter_id, written_for,"
                " 9, 'pages', 'en', stored, sha256('other'), '\\x01', uploaded_by FROM draft LIMIT 1"
            )


@pytest.mark.parametrize("table", ["draft", "decision", "miss", "delivery"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "UPDATE {} SET school_id = school_id", "TRUNCATE {}"]
)
async def test_what_was_said_and_done_is_never_changed(busy: TwoSchools, table: str, statement: str) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement.format(table))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("draft", "received_at"),
        ("decision", "decided_at"),
        ("miss", "recorded_at"),
        ("delivery", "released_at"),
        ("draft", "sequence"),
        ("decision", "sequence"),
        ("delivery", "sequence"),
    ],
)
async def test_the_time_and_order_of_a_fact_are_the_databases_to_say(
    busy: TwoSchools, table: str, column: str
) -> None:
    value = "1" if column == "sequence" else "'2020-01-01'"
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                f"INSERT INTO {table} ({column}) OVERRIDING SYSTEM VALUE VALUES ({value})"
            )


async def undecided(schools: TwoSchools) -> asyncpg.Record:
    draft = await schools.admin.fetchrow(
        "SELECT * FROM draft WHERE program_id = $1 AND NOT EXISTS (SELECT FROM decision WHERE draft_id = draft.id)"
        " AND uploaded_by = $2 LIMIT 1",
        schools.program,
        schools.staff["Tess"],
    )
    assert draft is not None
    return draft


async def test_a_moderator_of_another_school_decides_about_nothing_here(busy: TwoSchools) -> None:
    draft = await undecided(busy)
    reader, elsewhere = busy.staff["Mona"], {"north": "south", "south": "north"}[draft["school_id"]]
    async with trying(busy) as connection:
        await connection.execute("DELETE FROM staff_role WHERE staff_id = $1", reader)
        await connection.execute(
            "INSERT INTO staff_role (staff_id, program_id, role, school_id) VALUES ($1, $2, 'moderator', $3)",
            reader,
            busy.program,
            elsewhere,
        )
        with pytest.raises(
            asyncpg.CheckViolationError, match="not decided about by a moderator of its school"
        ):
            await connection.execute(DECIDE, draft["id"], draft["hash"], draft["uploaded_by"], reader)


# Rule 3: same gender


@pytest.mark.parametrize("gender", ["female", "male"])
async def test_no_pair_across_genders_can_be_proposed(busy: TwoSchools, gender: str) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(
                "INSERT INTO proposed_pair (proposal_id, program_id, school_id, agency_id, student_id, officer_id, gender,"
                " reason, state) SELECT id, 'stl', 'north', 'city', $1, $2, $3, 'x', 'superseded' FROM proposal",
                busy.student["Ana"],
                busy.officer["Omar"],
                gender,
            )


async def test_no_pairing_has_another_gender_than_its_pair(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        pair = await free_pair(connection, busy)
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="same_gender_as_the"):
            await connection.execute(PAIR, pair, "male")


async def test_no_pairing_is_other_people_than_were_proposed(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        pair = await free_pair(connection, busy)
        await connection.execute("UPDATE officer SET capacity = 3")
        somebody_else = PAIR.replace(" officer_id, $2", f" '{busy.officer['Olga']}', $2")
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="as_it_was_proposed"):
            await connection.execute(somebody_else, pair, "female")


@pytest.mark.parametrize(
    "column", ["student_id", "officer_id", "gender", "school_id", "agency_id", "program_id"]
)
async def test_a_pairing_never_becomes_another_one(busy: TwoSchools, column: str) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"UPDATE pairing SET {column} = {column}")


async def test_a_pairing_is_never_deleted(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM pairing")


@pytest.mark.parametrize("table", ["officer", "student"])
async def test_nobody_who_has_a_pal_changes_gender_behind_it(busy: TwoSchools, table: str) -> None:
    person = {"officer": busy.officer["Olga"], "student": busy.student["Ana"]}[table]
    change = {"officer": "gender = 'male'", "student": "gender = 'male', pal_gender = 'male'"}[table]
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="pair"):
            await connection.execute(f"UPDATE {table} SET {change} WHERE id = $1", person)


EXCEPTION = "UPDATE student SET pal_gender = 'male', pal_gender_reason = $2, pal_gender_by = $3 WHERE id = $1"
REASON = "The family asked for it."


@pytest.mark.parametrize(("reason", "person"), [(None, "Cora"), (REASON, None), (None, None)])
async def test_an_exception_has_a_reason_and_a_person(
    busy: TwoSchools, reason: str | None, person: str | None
) -> None:
    async with trying(busy) as connection:
        child = await new_child(connection)
        with pytest.raises(asyncpg.CheckViolationError, match="reasoned_exception"):
            await connection.execute(EXCEPTION, child, reason, busy.staff[person] if person else None)


async def test_an_exception_with_both_is_on_record(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        await connection.execute(EXCEPTION, await new_child(connection), REASON, busy.staff["Cora"])


async def test_a_child_without_a_gender_has_no_pals_gender_unless_somebody_decided(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        child = await new_child(connection)
        with pytest.raises(asyncpg.CheckViolationError, match="reasoned_exception"):
            await connection.execute(
                "UPDATE student SET gender = NULL, pal_gender = 'male' WHERE id = $1", child
            )


# Rule 6 and the rows 8 and 9: keys and places


async def test_a_child_has_one_live_pairing(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        await connection.execute("UPDATE officer SET capacity = 3 WHERE external_id = 'Rita'")
        pair = await free_pair(connection, busy, child=busy.student["Ana"])
        with pytest.raises(asyncpg.UniqueViolationError, match="one_live_pairing_for_a_student"):
            await connection.execute(PAIR, pair, "female")


async def test_fault_8_an_officer_without_a_free_place_gets_nobody(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        await connection.execute("UPDATE officer SET capacity = 0 WHERE external_id = 'Rita'")
        pair = await free_pair(connection, busy, officer=busy.officer["Rita"])
        with pytest.raises(asyncpg.CheckViolationError, match="has no free place of 0"):
            await connection.execute(PAIR, pair, "female")


async def test_fault_8_an_ended_pairing_is_not_begun_again_above_the_capacity(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        await connection.execute(
            "UPDATE pairing SET ended_at = now(), end_reason = 'student left' WHERE id = $1",
            busy.pairing["Ana"],
        )
        pair = await free_pair(connection, busy, officer=busy.officer["Olga"])
        await connection.execute(PAIR, pair, "female")
        with pytest.raises(asyncpg.CheckViolationError, match="no free place"):
            await connection.execute(
                "UPDATE pairing SET ended_at = NULL, end_reason = NULL WHERE id = $1", busy.pairing["Ana"]
            )


@pytest.mark.parametrize("capacity", [-1, 4, 10**9])
async def test_fault_8_a_capacity_is_none_to_three(busy: TwoSchools, capacity: int) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("UPDATE officer SET capacity = $1", capacity)


async def test_fault_8_a_blank_capacity_is_none_at_all(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.NotNullViolationError):
            await connection.execute("UPDATE officer SET capacity = NULL")


async def test_fault_8_a_cut_keeps_present_pairs_and_takes_no_more(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        await connection.execute("UPDATE officer SET capacity = 0 WHERE id = $1", busy.officer["Olga"])
        live = "SELECT count(*) FROM pairing WHERE officer_id = $1 AND ended_at IS NULL"
        assert await connection.fetchval(live, busy.officer["Olga"]) == 1
        await connection.execute(
            "UPDATE pairing SET ended_at = now(), end_reason = 'officer left' WHERE officer_id = $1",
            busy.officer["Olga"],
        )
        pair = await free_pair(connection, busy, officer=busy.officer["Olga"])
        with pytest.raises(asyncpg.CheckViolationError, match="no free place"):
            await connection.execute(PAIR, pair, "female")


async def test_a_pair_that_is_approved_again_is_the_same_pairing_also_when_its_officer_is_full(
    busy: TwoSchools,
) -> None:
    async with trying(busy) as connection:
        again = await connection.execute(
            "INSERT INTO pairing (program_id, program_year_id, school_id, agency_id, student_id, officer_id, gender,"
            " proposed_pair_id, begins_on) SELECT program_id, program_year_id, school_id, agency_id, student_id,"
            " officer_id, gender, proposed_pair_id, begins_on FROM pairing WHERE ended_at IS NULL"
            " ON CONFLICT (proposed_pair_id) DO NOTHING"
        )
        assert again == "INSERT 0 0"


Isolation: TypeAlias = Literal["read_committed", "repeatable_read", "serializable"]


@pytest.mark.parametrize("isolation", get_args(Isolation))
async def test_fault_9_of_two_who_give_one_place_in_the_same_moment_one_is_refused(
    database: Database, admin: asyncpg.Connection, isolation: Isolation
) -> None:
    schools = await two_schools(database, admin)
    async with database.transaction(schools.scope) as connection:
        first = await free_pair(connection, schools, officer=schools.officer["Olga"])
        second = await free_pair(
            connection, schools, officer=schools.officer["Olga"], child=schools.student["Ana"]
        )

    async def assign(pair: UUID) -> None:
        async with database._pool.acquire() as connection, connection.transaction(isolation=isolation):
            await connection.execute(
                "SELECT set_config('bluepals.program', 'stl', true), set_config('bluepals.schools', '*', true),"
                " set_config('bluepals.agencies', '*', true)"
            )
            await connection.execute(PAIR, pair, "female")

    async with database.transaction(schools.scope) as connection:
        await connection.execute(PAIR, first, "female")
        assigning = asyncio.create_task(assign(second))
        await schools.until_it_waits(assigning)
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.SerializationError)):
        await assigning
    assert await schools.count("pairing") == 1


async def test_a_second_mail_with_the_same_key_is_refused(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.UniqueViolationError, match="program_id_key"):
            await connection.execute(
                "INSERT INTO mail (program_id, key, kind, to_address, message_id, message, body_hash)"
                " SELECT program_id, key, kind, to_address, 'another', message, body_hash FROM mail LIMIT 1"
            )


async def test_a_second_mail_with_the_same_message_id_is_refused(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.UniqueViolationError, match="message_id"):
            await connection.execute(
                "INSERT INTO mail (program_id, key, kind, to_address, message_id, message, body_hash)"
                " SELECT program_id, 'another', kind, to_address, message_id, message, body_hash FROM mail LIMIT 1"
            )


@pytest.mark.parametrize(
    "column", ["to_address", "message", "body_hash", "message_id", "key", "useful_until"]
)
async def test_a_mail_that_is_queued_says_what_it_says_to_whom_it_says_it(
    busy: TwoSchools, column: str
) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"UPDATE mail SET {column} = {column}")


async def test_a_second_tell_of_the_same_fact_is_refused(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(
                "INSERT INTO tell (program_id, workflow_id, fact, key, body)"
                " SELECT program_id, workflow_id, fact, key, body FROM tell LIMIT 1"
            )


async def test_a_side_has_one_letter_in_a_round_and_a_draft_is_delivered_once(
    busy: TwoSchools, approved: DraftRecord
) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(
                "INSERT INTO letter (program_id, school_id, agency_id, pairing_id, program_year_id, round_number, side)"
                " SELECT program_id, school_id, agency_id, pairing_id, program_year_id, round_number, side FROM letter"
                " WHERE pairing_id IS NOT NULL LIMIT 1"
            )
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(
                "INSERT INTO delivery (program_id, school_id, agency_id, pairing_id, round_number, side, kind, opening,"
                " draft_id, written_for, hash) SELECT program_id, school_id, agency_id, pairing_id, round_number, side,"
                " 'late', NULL, draft_id, written_for, hash FROM delivery WHERE kind = 'letter' LIMIT 1"
            )


# Rule 8: one clock


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE virtual_clock SET now_at = now()",
        "INSERT INTO virtual_clock VALUES ('other', now())",
        "DELETE FROM virtual_clock",
        "CREATE OR REPLACE FUNCTION program_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "CREATE TABLE public.virtual_clock_2 ()",
    ],
)
async def test_the_service_can_not_set_its_own_clock(busy: TwoSchools, statement: str) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_a_clock_of_ones_own_is_not_taken_for_the_programs(busy: TwoSchools) -> None:
    """A temporary table stands before all others of its name."""
    async with trying(busy) as connection:
        right = await connection.fetchval("SELECT program_now()")
        await connection.execute("CREATE TEMP TABLE virtual_clock (program_id text, now_at timestamptz)")
        await connection.execute("INSERT INTO pg_temp.virtual_clock VALUES ('stl', '2020-01-01')")
        await connection.execute("SET LOCAL search_path = pg_temp, public")
        assert await connection.fetchval("SELECT program_now()") == right


async def test_a_program_without_a_virtual_clock_goes_by_the_databases(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        await connection.execute("SELECT set_config('bluepals.program', 'elsewhere', true)")
        now = await connection.fetchval("SELECT program_now()")
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


async def test_whatever_repeats_whose_a_pairing_is_follows_it_to_another_school(busy: TwoSchools) -> None:
    stay = await busy.admin.fetch(
        "SELECT conrelid::regclass::text || '.' || conname AS name FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid = 'pairing'::regclass AND confupdtype <> 'c' AND EXISTS ("
        "   SELECT FROM pg_attribute WHERE attrelid = confrelid AND attnum = ANY (confkey) AND attname = 'school_id')"
    )
    assert [row["name"] for row in stay] == []


async def new_child(connection: Connection) -> UUID:
    """One who is in no pair."""
    child: UUID = await connection.fetchval(
        "INSERT INTO student (program_id, school_id, program_year_id, external_id, first_name, last_name, gender,"
        " pal_gender, class_name, language, consent_on, waiting_since) VALUES ('stl', 'north', 'stl.north.2026',"
        " gen_random_uuid()::text, 'Fay', 'Free', 'female', 'female', '5A', 'en', '2026-08-01', '2026-08-01') RETURNING id"
    )
    return child


async def free_pair(
    connection: Connection, schools: TwoSchools, *, child: UUID | None = None, officer: UUID | None = None
) -> UUID:
    """An approved pair that is no pairing: a new girl (or this one) and Rita (or this officer)."""
    pair: UUID = await connection.fetchval(
        "WITH paper AS (INSERT INTO proposal (program_id, number, seed, needs)"
        "   SELECT 'stl', count(*) + 100, 1, '[]' FROM proposal RETURNING id)"
        " INSERT INTO proposed_pair (proposal_id, program_id, school_id, agency_id, student_id, officer_id, gender, reason,"
        " state, decided_by, decided_at) SELECT id, 'stl', 'north', 'city', $1, $2, 'female', 'x', 'approved', $3, now()"
        " FROM paper RETURNING id",
        child or await new_child(connection),
        officer or schools.officer["Rita"],
        schools.staff["Cora"],
    )
    return pair
