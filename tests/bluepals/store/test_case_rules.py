"""What a case holds by construction: plain SQL, as the service's own role, tries to break each rule."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases
from bluepals.store.cases import CaseRecord
from tests.bluepals.facts.two_schools import TwoSchools
from tests.bluepals.store.busy_year import trying

ATTEST = "INSERT INTO attestation (case_id, person, program_id, attested_by) VALUES ($1, $2, 'stl', $3)"
SAY = "INSERT INTO case_word (case_id, program_id, role, said_by, letter) VALUES ($1, 'stl', $2, $3, $4)"
CLOSE = "UPDATE case_file SET closed_at = program_now(), letter = $2 WHERE id = $1"
DECIDE = (
    "INSERT INTO decision (program_id, school_id, agency_id, draft_id, hash, uploaded_by, verdict, decided_by, case_id)"
    " SELECT program_id, school_id, agency_id, id, hash, uploaded_by, 'approve', $2, $3 FROM draft WHERE id = $1"
)


async def opened(schools: TwoSchools, child: str, side: Side, concern: Concern) -> CaseRecord:
    draft = await schools.write(child, side, f"A letter that worries: {concern}.", round_number=2)
    by = schools.staff["Mona"]
    return (await cases.worry(schools.office, schools.scope, draft_id=draft.id, by=by, concern=concern)).case


@pytest.fixture(scope="module")
async def harm(busy: TwoSchools) -> CaseRecord:
    """Mona, who opened it, and Tess, who typed the letter, have to attest."""
    return await opened(busy, "Ana", Side.STUDENT, Concern.HARM)


@pytest.fixture(scope="module")
async def conduct(busy: TwoSchools) -> CaseRecord:
    return await opened(busy, "Ana", Side.OFFICER, Concern.CONDUCT)


@pytest.fixture(scope="module")
async def family(busy: TwoSchools) -> CaseRecord:
    return await opened(busy, "Ben", Side.STUDENT, Concern.FAMILY)


@asynccontextmanager
async def breaking(schools: TwoSchools, rule: str) -> AsyncIterator[asyncpg.Connection]:
    async with trying(schools) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as broken:
            yield connection  # type: ignore[misc] # The pool's own kind of connection.
        assert broken.value.constraint_name == rule


async def all_attest(schools: TwoSchools, connection: asyncpg.Connection, case_id: UUID) -> None:
    for reader in (schools.staff["Mona"], schools.staff["Tess"]):
        await connection.execute(ATTEST, case_id, reader, reader)


async def test_nobody_attests_for_another(busy: TwoSchools, harm: CaseRecord) -> None:
    async with breaking(busy, "nobody_attests_for_another") as connection:
        await connection.execute(ATTEST, harm.id, busy.staff["Tess"], busy.staff["Mona"])


async def test_who_has_not_read_it_has_nothing_to_attest(busy: TwoSchools, harm: CaseRecord) -> None:
    async with breaking(busy, "attested_by_a_reader") as connection:
        await connection.execute(ATTEST, harm.id, busy.staff["Cora"], busy.staff["Cora"])


async def test_a_report_is_made_before_it_is_attested(busy: TwoSchools, harm: CaseRecord) -> None:
    async with breaking(busy, "reported_before_it_is_attested") as connection:
        await connection.execute(
            "INSERT INTO attestation (case_id, person, program_id, attested_by, reported_at)"
            " VALUES ($1, $2, 'stl', $2, program_now() + interval '1 minute')",
            harm.id,
            busy.staff["Tess"],
        )


async def test_a_case_closes_after_the_last_attestation_only(busy: TwoSchools, harm: CaseRecord) -> None:
    async with breaking(busy, "closing_needs_the_attestations") as connection:
        await connection.execute(ATTEST, harm.id, busy.staff["Tess"], busy.staff["Tess"])
        await connection.execute(SAY, harm.id, "counselor", busy.staff["Coco"], "keep")
        await connection.execute(CLOSE, harm.id, "keep")


async def test_a_case_closes_by_the_last_word_of_its_counselor_only(
    busy: TwoSchools, harm: CaseRecord
) -> None:
    async with breaking(busy, "closing_needs_the_word_of_who_decides") as connection:
        await all_attest(busy, connection, harm.id)
        await connection.execute(SAY, harm.id, "counselor", busy.staff["Coco"], "deliver")
        await connection.execute(SAY, harm.id, "counselor", busy.staff["Coco"], "keep")
        await connection.execute(CLOSE, harm.id, "deliver")


@pytest.mark.parametrize(("role", "who"), [("counselor", "Mona"), ("counselor", "Cal"), ("liaison", "Lou")])
async def test_nobody_says_the_word_of_a_role_that_is_not_theirs(
    busy: TwoSchools, harm: CaseRecord, role: str, who: str
) -> None:
    async with breaking(busy, "said_by_who_has_the_role") as connection:
        await connection.execute(SAY, harm.id, role, busy.staff[who], "keep")


async def test_of_an_officers_conduct_the_coordinator_does_not_decide_alone(
    busy: TwoSchools, conduct: CaseRecord
) -> None:
    async with breaking(busy, "closing_needs_the_word_of_who_decides") as connection:
        await connection.execute(
            "INSERT INTO case_word (case_id, program_id, role, said_by, letter, officer)"
            " VALUES ($1, 'stl', 'coordinator', $2, 'keep', 'resumes')",
            conduct.id,
            busy.staff["Cora"],
        )
        await connection.execute(
            "UPDATE case_file SET closed_at = program_now(), letter = 'keep', officer = 'resumes' WHERE id = $1",
            conduct.id,
        )


async def test_nobody_says_a_word_about_their_own_conduct(busy: TwoSchools, conduct: CaseRecord) -> None:
    async with breaking(busy, "nobody_decides_about_themselves") as connection:
        officer_too = await connection.fetchval(
            "INSERT INTO staff (program_id, external_id, name, email)"
            " SELECT program_id, 'officer-too', 'Officer', email FROM officer WHERE id = $1 RETURNING id",
            conduct.officer_id,
        )
        await connection.execute(
            "INSERT INTO staff_role (staff_id, program_id, role) VALUES ($1, 'stl', 'coordinator')",
            officer_too,
        )
        await connection.execute(SAY, conduct.id, "coordinator", officer_too, "keep")


async def test_a_worry_has_a_plan_before_it_is_closed(busy: TwoSchools, family: CaseRecord) -> None:
    async with breaking(busy, "closing_needs_a_plan") as connection:
        await connection.execute(SAY, family.id, "counselor", busy.staff["Coco"], "keep")
        await connection.execute(CLOSE, family.id, "keep")


async def test_a_plan_is_a_counselors(busy: TwoSchools, family: CaseRecord) -> None:
    async with breaking(busy, "planned_by_a_counselor") as connection:
        await connection.execute(
            "INSERT INTO case_plan (case_id, program_id, made_by, look_again_on) VALUES ($1, 'stl', $2, '2026-10-06')",
            family.id,
            busy.staff["Cora"],
        )


@pytest.mark.parametrize(
    ("kind", "outcome", "rule"),
    [
        ("conduct", "letter = 'return', officer = 'resumes'", "never_a_friendly_return"),
        ("conduct", "letter = 'keep'", "the_officer_resumes_or_leaves"),
        ("family", "letter = 'deliver'", "redacted_or_counsel_before_an_officer_reads_it"),
    ],
)
async def test_what_may_become_of_a_letter_depends_on_the_door(
    busy: TwoSchools, conduct: CaseRecord, family: CaseRecord, kind: str, outcome: str, rule: str
) -> None:
    """Also without the triggers that ask for words first."""
    case_id = {"conduct": conduct.id, "family": family.id}[kind]
    async with busy.admin.transaction():
        await busy.admin.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(asyncpg.CheckViolationError) as broken:
            async with busy.admin.transaction():
                await busy.admin.execute(
                    f"UPDATE case_file SET closed_at = now(), {outcome} WHERE id = $1", case_id
                )
    assert broken.value.constraint_name == rule


async def test_a_closed_case_stays_closed(busy: TwoSchools) -> None:
    async with breaking(busy, "a_closed_case_stays_closed") as connection:
        await connection.execute("UPDATE case_file SET letter = 'deliver' WHERE closed_at IS NOT NULL")


async def test_no_reader_decides_beside_a_case(busy: TwoSchools, harm: CaseRecord) -> None:
    async with breaking(busy, "no_decision_beside_a_case") as connection:
        await connection.execute(DECIDE, harm.draft_id, busy.staff["Mona"], None)


async def test_a_case_decides_by_its_closing_and_in_no_other_way(busy: TwoSchools, harm: CaseRecord) -> None:
    rule = "decided_as_the_case_was_closed"
    async with breaking(busy, rule) as connection:
        await connection.execute(DECIDE, harm.draft_id, busy.staff["Coco"], harm.id)
    async with breaking(busy, rule) as connection:
        await all_attest(busy, connection, harm.id)
        await connection.execute(SAY, harm.id, "counselor", busy.staff["Coco"], "keep")
        await connection.execute(CLOSE, harm.id, "keep")
        await connection.execute(DECIDE, harm.draft_id, busy.staff["Coco"], harm.id)


async def test_nothing_held_is_delivered(busy: TwoSchools) -> None:
    """A letter that was approved before somebody was worried about it."""
    draft = await busy.write("Cleo", Side.OFFICER, "Approved, and then doubted.", round_number=2)
    await busy.decide(draft, by="Max")
    by = busy.staff["Max"]
    await cases.worry(busy.office, busy.scope, draft_id=draft.id, by=by, concern=Concern.UNSURE)
    async with breaking(busy, "nothing_held_is_delivered") as connection:
        await connection.execute(
            "INSERT INTO delivery (program_id, school_id, agency_id, pairing_id, round_number, side, kind, draft_id,"
            " written_for, hash) SELECT program_id, school_id, agency_id, $2, 2, 'officer', 'late', id, written_for, hash"
            " FROM draft WHERE id = $1",
            draft.id,
            busy.pairing["Cleo"],
        )


async def test_an_open_case_is_a_legal_hold(busy: TwoSchools, harm: CaseRecord) -> None:
    for statement, about in (
        ("UPDATE draft SET stored = NULL WHERE id = $1", harm.draft_id),
        ("DELETE FROM content_key WHERE student_id = $1", busy.student["Ana"]),
    ):
        with pytest.raises(asyncpg.CheckViolationError) as broken:
            await busy.admin.execute(statement, about)
        assert broken.value.constraint_name == "an_open_case_is_a_legal_hold"


@pytest.mark.parametrize(("side", "kind"), [("student", "conduct"), ("officer", "family")])
async def test_a_case_is_of_a_kind_that_its_letter_can_be(busy: TwoSchools, side: str, kind: str) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.CheckViolationError, match=r"conduct_is_an_officers|family_is_a_childs"):
            await connection.execute(
                "INSERT INTO case_file (program_id, school_id, agency_id, draft_id, written_for, kind, opened_by, officer_id)"
                " SELECT draft.program_id, draft.school_id, draft.agency_id, draft.id, draft.written_for, $2, $3,"
                " CASE WHEN $2 = 'conduct' THEN $4::uuid END"
                " FROM draft JOIN letter ON letter.id = letter_id WHERE side = $1 AND pairing_id IS NOT NULL LIMIT 1",
                side,
                kind,
                busy.staff["Mona"],
                busy.officer["Olga"],
            )


RECORD = "INSERT INTO case_unreachable (case_id, person, program_id, recorded_by) VALUES ($1, $2, 'stl', $3)"


async def test_only_a_counselor_records_that_somebody_could_not_be_reached_and_only_of_who_is_gone(
    busy: TwoSchools, harm: CaseRecord
) -> None:
    tess, coco = busy.staff["Tess"], busy.staff["Coco"]
    async with breaking(busy, "recorded_about_who_is_gone") as connection:
        await connection.execute(RECORD, harm.id, tess, coco)
    gone = "UPDATE staff SET left_at = program_now() WHERE id = $1"
    for other in ("Cora", "Cal", "Mona"):
        async with breaking(busy, "recorded_by_a_counselor") as connection:
            await connection.execute(gone, tess)
            await connection.execute(RECORD, harm.id, tess, busy.staff[other])
    async with breaking(busy, "recorded_about_a_reader") as connection:
        await connection.execute(gone, busy.staff["Tom"])
        await connection.execute(RECORD, harm.id, busy.staff["Tom"], coco)
    async with breaking(busy, "closing_needs_the_word_of_who_decides") as connection:
        await connection.execute(gone, tess)
        await connection.execute(RECORD, harm.id, tess, coco)
        await connection.execute(ATTEST, harm.id, busy.staff["Mona"], busy.staff["Mona"])
        await connection.execute(CLOSE, harm.id, "keep")


COPY = (
    "INSERT INTO draft (program_id, school_id, agency_id, letter_id, written_for, number, kind, language, stored, hash,"
    " fingerprint, uploaded_by, risk, marks, source, made_by) SELECT program_id, school_id, agency_id, letter_id, written_for,"
    " number + 1, kind, language, stored || 'x', sha256(stored || 'x'), fingerprint || 'x', uploaded_by, risk, marks, id, $2"
    " FROM draft WHERE id = $1 RETURNING id"
)


@pytest.mark.parametrize("maker", ["Cal", "Lee", "Tess"])
async def test_a_familys_letter_is_copied_by_its_own_counselor_only(
    busy: TwoSchools, family: CaseRecord, maker: str
) -> None:
    async with breaking(busy, "copied_by_a_fit_reader") as connection:
        await connection.execute(COPY, family.draft_id, busy.staff[maker])


async def test_a_counselor_copies_no_other_letter(busy: TwoSchools, harm: CaseRecord) -> None:
    async with breaking(busy, "copied_by_a_fit_reader") as connection:
        await connection.execute(COPY, harm.draft_id, busy.staff["Coco"])


async def test_a_case_delivers_no_copy_of_another_letter_and_then_not_the_letter_itself(
    busy: TwoSchools, family: CaseRecord, harm: CaseRecord
) -> None:
    coco = busy.staff["Coco"]
    close = "UPDATE case_file SET closed_at = program_now(), letter = 'deliver', copy_id = $2 WHERE id = $1"

    async def said(connection: asyncpg.Connection) -> None:
        await connection.execute(
            "INSERT INTO case_plan (case_id, program_id, made_by, look_again_on) VALUES ($1, 'stl', $2, program_today())",
            family.id,
            coco,
        )
        await connection.execute(SAY, family.id, "counselor", coco, "deliver")

    async with breaking(busy, "copied_from_its_letter") as connection:
        await said(connection)
        await connection.execute(close, family.id, harm.draft_id)
    async with breaking(busy, "decision_case_id_draft_id_fkey") as connection:
        await said(connection)
        copy = await connection.fetchval(COPY, family.draft_id, coco)
        await connection.execute(close, family.id, copy)
        await connection.execute(DECIDE, family.draft_id, coco, family.id)
    async with breaking(busy, "no_decision_beside_a_case") as connection:
        await said(connection)
        copy = await connection.fetchval(COPY, family.draft_id, coco)
        await connection.execute(close, family.id, copy)
        await connection.execute(DECIDE, copy, coco, family.id)
        await connection.execute(DECIDE, family.draft_id, busy.staff["Mona"], None)
