"""Plans of a case, the words that close it, and what becomes of its letter then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.cases import LetterOutcome, OfficerOutcome
from bluepals.domain.letters import Verdict
from bluepals.domain.people import Role
from bluepals.store.case_readers import PersonCard
from bluepals.store.cases import CaseRecord
from bluepals.store.database import Connection
from bluepals.store.letters import Decided


async def plan(
    connection: Connection, case_id: UUID, made_by: UUID, look_again_on: date, partners: Sequence[str]
) -> None:
    plan_id: UUID = await connection.fetchval(
        "INSERT INTO case_plan (case_id, program_id, made_by, look_again_on)"
        " VALUES ($1, current_setting('bluepals.program'), $2, $3) RETURNING id",
        case_id,
        made_by,
        look_again_on,
    )
    await connection.executemany(
        "INSERT INTO case_plan_partner (plan_id, program_id, partner)"
        " VALUES ($1, current_setting('bluepals.program'), $2)",
        [(plan_id, one) for one in dict.fromkeys(partners)],
    )


async def has_plan(connection: Connection, case_id: UUID) -> bool:
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM case_plan WHERE case_id = $1)", case_id
    )
    return found


async def roles_in(connection: Connection, case_id: UUID, someone: UUID) -> Sequence[str]:
    """Which of the roles that the case may need somebody holds for it; about themselves they hold none."""
    rows = await connection.fetch(
        "SELECT role FROM case_file, unnest(ARRAY['counselor', 'coordinator', 'liaison']) AS role"
        " WHERE case_file.id = $1 AND holds_role($2, role, school_id, agency_id)"
        " AND is_one_person(officer_id, $2) IS NOT TRUE",
        case_id,
        someone,
    )
    return [row["role"] for row in rows]


async def words_needed(connection: Connection, case_id: UUID) -> Sequence[str]:
    """As of now: the roles that decide about an officer may be held by others when the case closes."""
    needed: list[str] = await connection.fetchval(
        "SELECT words_needed(case_file) FROM case_file WHERE id = $1", case_id
    )
    return needed


async def who_decides(connection: Connection, case_id: UUID) -> Sequence[tuple[Role, PersonCard]]:
    """Everybody whose word it takes, once for each role; nobody about themselves."""
    rows = await connection.fetch(
        "SELECT role, staff.id, staff.name, staff.email FROM case_file, unnest(words_needed(case_file)) AS role, staff"
        " WHERE case_file.id = $1 AND holds_role(staff.id, role, school_id, agency_id)"
        " AND is_one_person(officer_id, staff.id) IS NOT TRUE ORDER BY role, in_alphabet(staff.name), staff.id",
        case_id,
    )
    return [(Role(row["role"]), PersonCard(row["id"], row["name"], row["email"])) for row in rows]


async def say(
    connection: Connection,
    case_id: UUID,
    role: str,
    said_by: UUID,
    outcome: LetterOutcome,
    officer_outcome: OfficerOutcome | None,
) -> None:
    await connection.execute(
        "INSERT INTO case_word (case_id, program_id, role, said_by, letter, officer)"
        " VALUES ($1, current_setting('bluepals.program'), $2, $3, $4, $5)",
        case_id,
        role,
        said_by,
        outcome,
        officer_outcome,
    )


async def agreeing(
    connection: Connection, case_id: UUID, outcome: LetterOutcome, officer_outcome: OfficerOutcome | None
) -> set[str]:
    """The roles whose last word is this one."""
    rows = await connection.fetch(
        "SELECT role FROM (SELECT DISTINCT ON (role) role, letter, officer FROM case_word WHERE case_id = $1"
        "   ORDER BY role, sequence DESC) AS last_word"
        " WHERE letter = $2 AND officer IS NOT DISTINCT FROM $3::text",
        case_id,
        outcome,
        officer_outcome,
    )
    return {row["role"] for row in rows}


async def close(
    connection: Connection,
    case_id: UUID,
    outcome: LetterOutcome,
    officer_outcome: OfficerOutcome | None,
    counsel_asked_on: date | None,
    copy_id: UUID | None,
) -> None:
    """`copy_id`: of its draft, which goes on instead of it."""
    await connection.execute(
        "UPDATE case_file SET closed_at = program_now(), letter = $2, officer = $3, counsel_asked_on = $4, copy_id = $5"
        " WHERE id = $1",
        case_id,
        outcome,
        officer_outcome,
        counsel_asked_on,
        copy_id,
    )


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """What a closing has to know of its draft. `approved`, `delivered`: itself, or a copy of it. `copied`: a copy is to go on instead.
    `under_another`: more than one case about it is open.
    """

    newest: bool
    own: bool
    approved: bool
    returned: bool
    delivered: bool
    copied: bool
    under_another: bool


async def draft_of(connection: Connection, draft_id: UUID, closed_by: UUID) -> CaseDraft:
    row = await connection.fetchrow(
        "WITH these AS (SELECT id FROM draft WHERE id = $1 OR source = $1)"
        " SELECT NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = draft.letter_id"
        "   AND newer.number > draft.number) AS newest, is_one_person($2, draft.uploaded_by) AS own,"
        " EXISTS (SELECT FROM decision WHERE draft_id IN (SELECT id FROM these) AND verdict = 'approve') AS approved,"
        " EXISTS (SELECT FROM decision WHERE draft_id = draft.id AND verdict = 'return') AS returned,"
        " EXISTS (SELECT FROM delivery WHERE draft_id IN (SELECT id FROM these)) AS delivered,"
        " EXISTS (SELECT FROM these WHERE id <> draft.id) AS copied,"
        " (SELECT count(*) > 1 FROM case_file WHERE draft_id = draft.id AND closed_at IS NULL) AS under_another"
        " FROM draft WHERE draft.id = $1",
        draft_id,
        closed_by,
    )
    assert row is not None  # noqa: S101 - a case's draft is a foreign key
    return CaseDraft(**row)


@dataclass(frozen=True, slots=True)
class Reasons:
    """What comes along with a return."""

    for_child: str
    for_adult: str
    due_again_at: datetime


async def decide(
    connection: Connection, case: CaseRecord, copy_id: UUID | None, decided_by: UUID, reasons: Reasons | None
) -> Decided:
    """The closed case's own decision, about its draft or the copy of it: without reasons an approval, with them a return."""
    draft_id = copy_id or case.draft_id
    verdict = Verdict.APPROVE if reasons is None else Verdict.RETURN
    row = await connection.fetchrow(
        "INSERT INTO decision (program_id, school_id, agency_id, draft_id, hash, uploaded_by, verdict, decided_by, case_id,"
        " reason_for_child, reason_for_adult, due_again_at)"
        " SELECT program_id, school_id, agency_id, id, hash, uploaded_by, $2, $3, $4, $5, $6, $7 FROM draft WHERE id = $1"
        " RETURNING id, hash, uploaded_by,"
        " (SELECT round_number FROM letter JOIN draft ON draft.letter_id = letter.id WHERE draft.id = $1) AS round_number",
        draft_id,
        verdict,
        decided_by,
        case.id,
        reasons.for_child if reasons else None,
        reasons.for_adult if reasons else None,
        reasons.due_again_at if reasons else None,
    )
    assert row is not None  # noqa: S101 - INSERT ... RETURNING
    return Decided(
        draft_id=draft_id,
        verdict=verdict,
        pairing_id=case.pairing_id,
        side=case.side,
        known=False,
        **row,
    )
