"""Rule 14: one tenant never sees another's rows, and writes none; whatever the SQL."""

from dataclasses import dataclass
from typing import TypeAlias

import asyncpg
import pytest

from bluepals.domain.letters import Side
from bluepals.store.database import Connection, Scope
from tests.bluepals.facts.two_schools import TwoSchools
from tests.bluepals.store.busy_year import trying

# Tables without a policy, and why.
OPEN_TABLES = {
    "applied_migration": "names of schema files",
    "mail_kind": "which pause holds which kind of mail back; the same for every program",
    "virtual_clock": "a program's time in a rehearsal; the service reads it before it knows its scope",
}
# Tables of which every scope of a program sees all: names of institutions, dates and rules; no person.
PUBLIC = {"program", "school", "agency"}
# Tables of which only the whole program's office sees anything.
OFFICE_ONLY = {
    *("partner", "letter_read", "case_file", "case_reader", "attestation"),
    *("case_plan", "case_plan_partner", "case_word", "case_page"),
    *("entry", "session", "passkey", "answered_challenge"),
    "disclosure",
    "erasure",
    "follow_on",
    "legal_hold",
    "retention_run",
    "proposal",
    "proposed_pair",
    "mail",
    "suppressed_address",
}

NORTH = Scope("stl", schools=("north",))
SOUTH = Scope("stl", schools=("south",))
CITY = Scope("stl", agencies=("city",))
COUNTY = Scope("stl", agencies=("county",))
WHOLE = Scope.whole("stl")
NOBODY = Scope("stl")


# The superuser's connection, or the service's within a scope.
AnyConnection: TypeAlias = "asyncpg.Connection | Connection"


async def tables(connection: AnyConnection) -> set[str]:
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    return {row["relname"] for row in rows}


async def guarded(connection: AnyConnection) -> list[str]:
    return sorted(await tables(connection) - OPEN_TABLES.keys())


async def columns(connection: Connection, table: str) -> set[str]:
    rows = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0", table
    )
    return {row["attname"] for row in rows}


async def seen(schools: TwoSchools, scope: Scope, table: str) -> set[str]:
    """The addresses of the rows that a scope sees of a table."""
    async with schools.database.transaction(scope) as connection:
        return {row["ctid"] for row in await connection.fetch(f"SELECT ctid::text FROM {table}")}


async def all_seen(schools: TwoSchools, scope: Scope) -> dict[str, set[str]]:
    return {table: await seen(schools, scope, table) for table in await guarded(schools.admin)}


async def test_every_table_is_guarded_also_against_its_owner_or_is_open_for_a_reason(
    busy: TwoSchools,
) -> None:
    rows = await busy.admin.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relrowsecurity AND relforcerowsecurity"
        " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND 'bluepals_app'::regrole = ANY (polroles))"
    )
    assert {row["relname"] for row in rows} | OPEN_TABLES.keys() == await tables(busy.admin)
    assert not {row["relname"] for row in rows} & OPEN_TABLES.keys()


async def test_no_policy_is_for_everybody(busy: TwoSchools) -> None:
    assert await busy.admin.fetchval("SELECT count(*) FROM pg_policy WHERE 0 = ANY (polroles)") == 0


async def test_every_view_says_itself_whose_rows_it_shows(busy: TwoSchools) -> None:
    """A view reads with its owner's eyes: a new one has to be looked at, and to be named here."""
    rows = await busy.admin.fetch(
        "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
    )
    assert {row["relname"] for row in rows} == {"pal", "pairing_round", "writer"}
    assert all("security_barrier=true" in row["reloptions"] for row in rows)


async def test_the_application_can_neither_bypass_a_policy_nor_become_who_can(busy: TwoSchools) -> None:
    role = await busy.admin.fetchrow("SELECT * FROM pg_roles WHERE rolname = 'bluepals_app'")
    assert role is not None
    for power in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication"):
        assert not role[power], power
    assert (
        await busy.admin.fetchval(
            "SELECT count(*) FROM pg_auth_members WHERE member = 'bluepals_app'::regrole"
        )
        == 0
    )
    assert (
        await busy.admin.fetchval("SELECT count(*) FROM pg_class WHERE relowner = 'bluepals_app'::regrole")
        == 0
    )
    async with trying(busy, WHOLE) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SET ROLE bluepals_owner")


@pytest.mark.parametrize(
    "statement", ["ALTER TABLE letter DISABLE ROW LEVEL SECURITY", "DROP POLICY reads ON letter"]
)
async def test_the_application_can_not_take_a_policy_away(busy: TwoSchools, statement: str) -> None:
    async with trying(busy, WHOLE) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_the_busy_year_has_rows_of_every_kind(busy: TwoSchools) -> None:
    """Without them the tests below would prove nothing."""
    assert {table for table, rows in (await all_seen(busy, WHOLE)).items() if not rows} == set()


async def test_without_a_scope_nothing_is_seen(busy: TwoSchools) -> None:
    async with busy.database._pool.acquire() as connection:
        for table in [*await guarded(busy.admin), "pal", "pairing_round", "writer"]:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_within_a_program_but_at_no_school_or_agency_only_its_public_side_is_seen(
    busy: TwoSchools,
) -> None:
    found = {table for table, rows in (await all_seen(busy, NOBODY)).items() if rows}
    assert found == PUBLIC


@pytest.mark.parametrize(("one", "other"), [(NORTH, SOUTH), (CITY, COUNTY), (NORTH, COUNTY), (CITY, SOUTH)])
async def test_who_shares_no_pairing_shares_no_row(busy: TwoSchools, one: Scope, other: Scope) -> None:
    mine, theirs = await all_seen(busy, one), await all_seen(busy, other)
    shared = {table for table in mine if mine[table] & theirs[table]}
    assert shared == PUBLIC


@pytest.mark.parametrize(("scope", "own"), [(NORTH, "school_id"), (CITY, "agency_id")])
async def test_every_row_that_a_side_sees_names_it(busy: TwoSchools, scope: Scope, own: str) -> None:
    mine = (*scope.schools, *scope.agencies)[0]
    async with busy.database.transaction(scope) as connection:
        for table in await guarded(connection):
            if own in await columns(connection, table):
                found = await connection.fetch(f"SELECT DISTINCT {own} AS named FROM {table}")
                assert {row["named"] for row in found} <= {mine}, table


@pytest.mark.parametrize(
    ("scope", "table"),
    [
        *(
            (NORTH, table)
            for table in ("student", "pairing", "letter", "draft", "decision", "miss", "delivery")
        ),
        *(
            (NORTH, table)
            for table in ("visit", "round", "program_year", "staff", "staff_role", "content_key")
        ),
        *((NORTH, table) for table in ("attention", "tell")),
        *(
            (CITY, table)
            for table in ("officer", "pairing", "letter", "draft", "decision", "miss", "delivery")
        ),
        *((CITY, table) for table in ("visit", "staff", "staff_role", "content_key")),
    ],
)
async def test_a_side_sees_its_own(busy: TwoSchools, scope: Scope, table: str) -> None:
    assert await seen(busy, scope, table)


@pytest.mark.parametrize("scope", [NORTH, CITY])
async def test_what_lets_in_or_reaches_a_person_is_the_offices_alone(busy: TwoSchools, scope: Scope) -> None:
    found = await all_seen(busy, scope)
    assert all(not found[table] for table in OFFICE_ONLY)


async def test_neither_side_sees_the_others_people(busy: TwoSchools) -> None:
    assert await seen(busy, NORTH, "officer") == set()
    assert await seen(busy, CITY, "student") == set()


async def test_two_programs_share_no_row_even_if_their_schools_bear_the_same_names(busy: TwoSchools) -> None:
    for mine, theirs in (
        (WHOLE, Scope.whole("kc")),
        (NORTH, Scope("kc", schools=("north",))),
        (CITY, Scope("kc", agencies=("city",))),
    ):
        here, there = await all_seen(busy, mine), await all_seen(busy, theirs)
        assert {table for table in here if here[table] & there[table]} == set()


@pytest.mark.parametrize("view", ["pal", "pairing_round"])
@pytest.mark.parametrize("scope", [NORTH, SOUTH, CITY, COUNTY, WHOLE])
async def test_a_view_shows_the_pairings_that_a_scope_sees_and_no_others(
    busy: TwoSchools, view: str, scope: Scope
) -> None:
    async with busy.database.transaction(scope) as connection:
        shown = await connection.fetch(f"SELECT DISTINCT pairing_id FROM {view}")
        known = await connection.fetch("SELECT id FROM pairing")
    assert {row["pairing_id"] for row in shown} == {row["id"] for row in known} != set()


@pytest.mark.parametrize("scope", [NORTH, SOUTH, CITY, COUNTY, WHOLE])
async def test_who_wrote_is_shown_of_what_a_scope_s_children_were_given_and_of_nothing_else(
    busy: TwoSchools, scope: Scope
) -> None:
    async with busy.database.transaction(scope) as connection:
        shown = await connection.fetch("SELECT draft_id, pairing_id FROM writer")
        given = await connection.fetch("SELECT draft_id, pairing_id FROM delivery WHERE side = 'officer'")
    assert {tuple(row) for row in shown} == {tuple(row) for row in given} != set()


async def test_a_view_shows_of_a_person_a_first_name_and_a_language(busy: TwoSchools) -> None:
    async with busy.database.transaction(CITY) as connection:
        assert await columns(connection, "pal") == {
            "pairing_id",
            "program_id",
            "student_first_name",
            "student_language",
            "officer_first_name",
        }


async def test_a_function_of_ones_own_learns_nothing_from_a_view(busy: TwoSchools) -> None:
    """A cheap function in a condition would run before the view's own, were it not a barrier."""
    async with trying(busy, NORTH) as connection:
        await connection.execute(
            "CREATE FUNCTION pg_temp.peep(name text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
            " $$ BEGIN IF name NOT IN ('Ana', 'Ben') THEN RAISE 'seen: %', name; END IF; RETURN true; END $$"
        )
        shown = await connection.fetch("SELECT * FROM pal WHERE pg_temp.peep(student_first_name)")
    assert len(shown) == 2


async def test_a_childs_letter_is_the_agencys_to_see_once_it_is_delivered(busy: TwoSchools) -> None:
    async with busy.database.transaction(CITY) as connection:
        seen_drafts = await connection.fetch(
            "SELECT draft.id FROM draft JOIN letter ON letter.id = letter_id WHERE side = 'student'"
        )
    delivered = await busy.admin.fetch(
        "SELECT draft_id FROM delivery WHERE side = 'student' AND agency_id = 'city' AND program_id = 'stl'"
    )
    written = await busy.admin.fetchval(
        "SELECT count(*) FROM letter WHERE side = 'student' AND agency_id = 'city' AND program_id = 'stl'"
    )
    assert {row["id"] for row in seen_drafts} == {row["draft_id"] for row in delivered}
    assert written > len(seen_drafts) > 0


@dataclass(frozen=True)
class Foreign:
    """Ids of the south that somebody of the north or the city has come by."""

    pairing: object
    letter: object
    draft: object
    student: object


@pytest.fixture
async def foreign(busy: TwoSchools) -> Foreign:
    row = await busy.admin.fetchrow(
        "SELECT pairing.id AS pairing, letter.id AS letter, draft.id AS draft, student_id AS student FROM pairing"
        " JOIN letter ON pairing_id = pairing.id JOIN draft ON letter_id = letter.id"
        " WHERE pairing.id = $1 AND side = 'student' LIMIT 1",
        busy.pairing["Cleo"],
    )
    assert row is not None
    return Foreign(**row)


@pytest.mark.parametrize(
    "table", ["attention", "visit", "letter", "student", "officer", "pairing", "round", "mail"]
)
async def test_another_schools_rows_can_not_be_changed(busy: TwoSchools, table: str) -> None:
    own = {"letter": "side", "mail": "state", "pairing": "end_reason", "round": "pack_sent_at"}.get(
        table, "school_id"
    )
    own = {"officer": "capacity"}.get(table, own)
    theirs = "agency_id = 'county'" if table == "officer" else "school_id = 'south'"
    async with trying(busy, NORTH) as connection:
        assert await connection.execute(f"UPDATE {table} SET {own} = {own} WHERE {theirs}") == "UPDATE 0"


@pytest.mark.parametrize("label", ["north", "south"])
async def test_a_letter_can_not_be_put_into_another_schools_pairing_whatever_it_says(
    busy: TwoSchools, foreign: Foreign, label: str
) -> None:
    async with trying(busy, NORTH) as connection:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ForeignKeyViolationError)):
            await connection.execute(
                "INSERT INTO letter (program_id, school_id, agency_id, pairing_id, program_year_id, round_number, side)"
                " VALUES ('stl', $1, 'county', $2, 'stl.south.2026', 2, 'officer')",
                label,
                foreign.pairing,
            )


@pytest.mark.parametrize(
    ("scope", "label"), [(NORTH, "north"), (NORTH, "south"), (CITY, "south"), (CITY, None)]
)
async def test_a_draft_can_not_be_added_to_another_schools_letter(
    busy: TwoSchools, foreign: Foreign, scope: Scope, label: str | None
) -> None:
    for agency in ("city", "county"):
        for written_for in ("stock", f"{foreign.pairing}/1/student", f"{foreign.pairing}/1/officer"):
            async with trying(busy, scope) as connection:
                with pytest.raises(
                    (
                        asyncpg.InsufficientPrivilegeError,
                        asyncpg.ForeignKeyViolationError,
                        asyncpg.CheckViolationError,
                    )
                ):
                    await connection.execute(
                        "INSERT INTO draft (program_id, school_id, agency_id, letter_id, written_for, number, kind,"
                        " language, stored, hash, fingerprint, uploaded_by) VALUES"
                        " ('stl', $1, $2, $3, $4, 9, 'pages', 'en', '\\x01', sha256('\\x01'), '\\x01', gen_random_uuid())",
                        label,
                        agency,
                        foreign.letter,
                        written_for,
                    )


@pytest.mark.parametrize("scope", [CITY, COUNTY])
async def test_an_agency_decides_nothing(busy: TwoSchools, scope: Scope) -> None:
    """Its officers write letters: nobody approves what comes from next door."""
    name = scope.agencies[0]
    draft = await busy.admin.fetchrow(
        "SELECT * FROM draft WHERE agency_id = $1 AND program_id = 'stl'"
        " AND NOT EXISTS (SELECT FROM decision WHERE draft_id = draft.id)",
        name,
    )
    assert draft is not None
    async with trying(busy, scope) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO decision (program_id, school_id, agency_id, draft_id, hash, uploaded_by, verdict, decided_by)"
                " VALUES ('stl', $1, $2, $3, $4, $5, 'approve', $6)",
                draft["school_id"],
                name,
                draft["id"],
                draft["hash"],
                draft["uploaded_by"],
                busy.staff["Mona"],
            )


@pytest.mark.parametrize("scope", [NORTH, SOUTH, CITY])
async def test_a_side_delivers_nothing_by_itself(busy: TwoSchools, scope: Scope) -> None:
    async with trying(busy, scope) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO delivery (program_id, school_id, agency_id, pairing_id, round_number, side, kind, draft_id,"
                " written_for, hash) SELECT program_id, school_id, agency_id, pairing_id, 2, side, 'late', draft_id,"
                " written_for, hash FROM delivery LIMIT 1"
            )


@pytest.mark.parametrize("scope", [NORTH, CITY])
async def test_nobody_pairs_a_foreign_child_to_come_by_its_name_and_its_key(
    busy: TwoSchools, foreign: Foreign, scope: Scope
) -> None:
    pair = await busy.admin.fetchrow("SELECT * FROM pairing WHERE id = $1", foreign.pairing)
    assert pair is not None
    async with trying(busy, scope) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO pairing (program_id, program_year_id, school_id, agency_id, student_id, officer_id, gender,"
                " proposed_pair_id, begins_on) VALUES ('stl', 'stl.south.2026', 'north', 'city', $1, $2, $3, $4, now())",
                pair["student_id"],
                pair["officer_id"],
                pair["gender"],
                pair["proposed_pair_id"],
            )


async def test_the_office_of_one_program_can_not_pair_a_child_of_another(busy: TwoSchools) -> None:
    pair = await busy.admin.fetchrow(
        "SELECT * FROM pairing WHERE program_id = 'kc' AND gender = 'female' LIMIT 1"
    )
    assert pair is not None
    async with trying(busy, WHOLE) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(
                "INSERT INTO proposed_pair (proposal_id, program_id, school_id, agency_id, student_id, officer_id, gender,"
                " reason, state) SELECT id, 'stl', 'north', 'city', $1, $2, 'female', 'x', 'superseded' FROM proposal",
                pair["student_id"],
                busy.officer["Olga"],
            )


@pytest.mark.parametrize("scope", [NORTH, CITY])
async def test_a_side_can_not_destroy_a_childs_key(busy: TwoSchools, scope: Scope) -> None:
    async with trying(busy, scope) as connection:
        assert await connection.execute("DELETE FROM content_key") == "DELETE 0"


async def test_a_key_can_not_be_planted_for_a_foreign_child_or_in_another_program(
    busy: TwoSchools, foreign: Foreign
) -> None:
    for program, child in (("stl", foreign.student), ("kc", busy.student["Ana"])):
        async with trying(busy, NORTH) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(
                    "INSERT INTO content_key (program_id, student_id, master_key_id, wrapped) VALUES ($1, $2, 'x', '\\x00')",
                    program,
                    child,
                )


@pytest.mark.parametrize("scope", [NORTH, CITY])
async def test_a_side_can_not_change_the_program_or_name_itself_staff(busy: TwoSchools, scope: Scope) -> None:
    async with trying(busy, scope) as connection:
        assert await connection.execute("UPDATE program SET name = 'mine'") == "UPDATE 0"
        assert await connection.execute("UPDATE staff SET email = 'me@evil.example'") == "UPDATE 0"
        assert await connection.execute("DELETE FROM staff_role") == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO staff_role (staff_id, program_id, role, school_id, agency_id)"
                " VALUES ($1, 'stl', 'moderator', $2, $3)",
                busy.staff["Tess"],
                *(scope.schools or (None,)),
                *(scope.agencies or (None,)),
            )


async def test_a_child_can_not_be_written_for_by_an_agency(busy: TwoSchools) -> None:
    async with trying(busy, CITY) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO letter (program_id, school_id, agency_id, pairing_id, program_year_id, round_number, side)"
                " VALUES ('stl', 'north', 'city', $1, 'stl.north.2026', 1, $2)",
                busy.pairing["Ben"],
                Side.STUDENT,
            )
