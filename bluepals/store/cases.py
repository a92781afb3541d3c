"""Cases: opened about a draft, read, attested, planned, paged and closed. Ids, dates and states; no content."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from bluepals.domain.cases import Concern, LetterOutcome, OfficerOutcome
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.people import Role
from bluepals.store import disclosures
from bluepals.store.database import Connection
from bluepals.store.letters import Decided, NotTaken


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody who has to hear of a case: of the staff, or an officer."""

    id: UUID
    name: str
    email: str
    gone_since: datetime | None = None  # they take no part any more


@dataclass(frozen=True, slots=True)
class CaseRecord:
    id: UUID
    draft_id: UUID
    pairing_id: UUID | None
    program: str
    school: str | None
    agency: str
    side: Side
    kind: Concern
    officer_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    letter: LetterOutcome | None
    arrived: bool  # whoever the letter is for had it before: an officer, or a class on its opening day


RECORD = (
    "SELECT case_file.id, case_file.draft_id, letter.pairing_id, case_file.program_id AS program,"
    " case_file.school_id AS school, case_file.agency_id AS agency, letter.side, case_file.kind,"
    " case_file.officer_id, case_file.opened_at, case_file.closed_at, case_file.letter,"
    " has_arrived(draft.id) AS arrived"
    " FROM case_file JOIN draft ON draft.id = case_file.draft_id JOIN letter ON letter.id = draft.letter_id"
)


def _record(row: asyncpg.Record) -> CaseRecord:
    kinds = {"side": Side(row["side"]), "kind": Concern(row["kind"])}
    letter = LetterOutcome(row["letter"]) if row["letter"] else None
    return CaseRecord(**{**row, **kinds, "letter": letter})


async def record(connection: Connection, case_id: UUID) -> CaseRecord:
    """With its row locked. Raises NotTaken when there is no such case."""
    row = await connection.fetchrow(f"{RECORD} WHERE case_file.id = $1 FOR UPDATE OF case_file", case_id)
    if row is None:
        raise NotTaken(f"There is no case {case_id} here. See: starter.py case list PROGRAM")
    return _record(row)


async def lock_letter(connection: Connection, draft_id: UUID) -> Side:
    """Neither a decision nor a release slips in beside what follows. Raises NotTaken when there is no such draft."""
    row = await connection.fetchrow(
        "SELECT letter.side, letter.pairing_id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " WHERE draft.id = $1 FOR UPDATE OF letter",
        draft_id,
    )
    if row is None:
        raise NotTaken(f"There is no draft {draft_id} here. See: starter.py letter waiting PROGRAM")
    await connection.execute("SELECT FROM pairing WHERE id = $1 FOR UPDATE", row["pairing_id"])
    return Side(row["side"])


async def open_case(
    connection: Connection, draft_id: UUID, concern: Concern, opened_by: UUID
) -> tuple[UUID, bool]:
    """The case, and whether it is new: while one of this kind is open about a draft, it is the same case."""
    opened: UUID | None = await connection.fetchval(
        "INSERT INTO case_file (program_id, school_id, agency_id, draft_id, written_for, kind, officer_id, opened_by)"
        " SELECT draft.program_id, draft.school_id, draft.agency_id, draft.id, draft.written_for, $2,"
        " CASE WHEN $2 = 'conduct' THEN coalesce(pairing.officer_id, draft.uploaded_by) END, $3"
        " FROM draft JOIN letter ON letter.id = draft.letter_id LEFT JOIN pairing ON pairing.id = letter.pairing_id"
        " WHERE draft.id = $1 ON CONFLICT (draft_id, kind) WHERE closed_at IS NULL DO NOTHING RETURNING id",
        draft_id,
        concern,
        opened_by,
    )
    if opened is not None:
        return opened, True
    known: UUID = await connection.fetchval(
        "SELECT id FROM case_file WHERE draft_id = $1 AND kind = $2 AND closed_at IS NULL", draft_id, concern
    )
    return known, False


PEOPLE = (
    "(SELECT id, name, lower(email) AS key, email FROM staff"
    " UNION ALL SELECT id, first_name, lower(email), email FROM officer)"
)

# A child's officer has read what was delivered. Who wrote a letter is not its reader. Who has read what a copy was made of has
# read the copy.
READERS = """
    SELECT opened_by AS person FROM case_file WHERE id = $1
     UNION SELECT uploaded_by FROM draft WHERE draft.id = $2 AND written_for LIKE '%/student'
     UNION SELECT decided_by FROM decision WHERE draft_id = $2 AND case_id IS NULL
     UNION SELECT reader FROM letter_read WHERE draft_id = $2
     UNION SELECT reader FROM letter_read JOIN draft ON draft.source = letter_read.draft_id WHERE draft.id = $2
     UNION SELECT pairing.officer_id FROM delivery JOIN pairing ON pairing.id = delivery.pairing_id
            WHERE draft_id = $2 AND side = 'student'
"""


async def name_readers(connection: Connection, case_id: UUID, draft_id: UUID) -> Sequence[PersonCard]:
    """Put everybody who has read the letter on the case; those who are new to it, but for the dead. One address is one person."""
    rows = await connection.fetch(
        f"WITH people AS {PEOPLE}, named AS (INSERT INTO case_reader (case_id, person, program_id)"
        "   SELECT DISTINCT ON (people.key) $1, people.id, current_setting('bluepals.program')"
        f"    FROM ({READERS}) AS reader JOIN people ON people.id = reader.person"
        "    WHERE people.key NOT IN (SELECT known.key FROM case_reader JOIN people AS known ON known.id = person"
        "                              WHERE case_id = $1)"
        "    ORDER BY people.key, people.id ON CONFLICT DO NOTHING RETURNING person)"
        " SELECT people.id, people.name, people.email, gone_since(people.id) FROM named JOIN people ON people.id = named.person"
        " WHERE NOT has_died(people.id) AND NOT is_erased(people.id)"
        " ORDER BY in_alphabet(people.name), people.id",
        case_id,
        draft_id,
    )
    return [PersonCard(**row) for row in rows]


async def owed_attestation(connection: Connection, person: UUID) -> UUID | None:
    """An open case that waits for this one's word."""
    owed: UUID | None = await connection.fetchval(
        "SELECT case_id FROM case_reader JOIN case_file ON case_file.id = case_id"
        " WHERE person = $1 AND kind = 'harm' AND closed_at IS NULL AND has_still_to_attest(case_reader)"
        " ORDER BY sequence LIMIT 1",
        person,
    )
    return owed


async def still_to_attest(connection: Connection, case_id: UUID) -> Sequence[PersonCard]:
    rows = await connection.fetch(
        f"SELECT people.id, people.name, people.email, gone_since(people.id) FROM {PEOPLE} AS people"
        " JOIN case_reader ON person = people.id WHERE case_id = $1 AND has_still_to_attest(case_reader)"
        " ORDER BY in_alphabet(people.name), people.id",
        case_id,
    )
    return [PersonCard(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class GoneReader:
    """Who owes nothing any more, and has not attested. `recorded_by`: who could not reach them; None: they have died, or are erased."""

    name: str
    died: bool
    gone_since: datetime
    recorded_by: str | None
    recorded_at: datetime | None


async def gone_readers(connection: Connection, case_id: UUID) -> Sequence[GoneReader]:
    rows = await connection.fetch(
        f"SELECT people.name, has_died(people.id) AS died, gone_since(people.id), staff.name AS recorded_by, recorded_at"
        f" FROM {PEOPLE} AS people JOIN case_reader ON person = people.id"
        " LEFT JOIN case_unreachable AS record USING (case_id, person) LEFT JOIN staff ON staff.id = recorded_by"
        " WHERE case_id = $1 AND gone_since(people.id) IS NOT NULL AND NOT has_still_to_attest(case_reader)"
        " AND NOT EXISTS (SELECT FROM attestation WHERE attestation.case_id = $1"
        "   AND attestation.person = case_reader.person) ORDER BY in_alphabet(people.name), people.id",
        case_id,
    )
    return [GoneReader(**row) for row in rows]


async def record_unreachable(connection: Connection, case_id: UUID, person: UUID, recorded_by: UUID) -> None:
    """Again, it changes nothing."""
    await connection.execute(
        "INSERT INTO case_unreachable (case_id, person, program_id, recorded_by)"
        " VALUES ($1, $2, current_setting('bluepals.program'), $3) ON CONFLICT DO NOTHING",
        case_id,
        person,
        recorded_by,
    )


async def person(connection: Connection, external_id: str) -> UUID:
    """Of the staff, or an officer. Raises LookupError with a sentence."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM staff WHERE external_id = $1 UNION ALL SELECT id FROM officer WHERE external_id = $1 LIMIT 1",
        external_id,
    )
    if found is None:
        raise LookupError(
            f"There is nobody with the id {external_id!r}. The ids are those of staff.csv and officers.csv."
        )
    return found


async def may_see(connection: Connection, draft_id: UUID, someone: UUID) -> bool:
    """Staff of the letter's school, or of all; its pairing's officer, for their own and for what was delivered.

    A stock letter is of each school whose children were given it.
    """
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM staff_role WHERE staff_id = $2 AND role <> 'liaison' AND (school_id IS NULL"
        "   OR school_id IN (SELECT school_id FROM draft WHERE id = $1 UNION SELECT school_id FROM delivery WHERE draft_id = $1)))"
        " OR EXISTS (SELECT FROM draft JOIN letter ON letter.id = draft.letter_id"
        "   JOIN pairing ON pairing.id = letter.pairing_id WHERE draft.id = $1 AND pairing.officer_id = $2"
        "   AND (letter.side = 'officer' OR EXISTS (SELECT FROM delivery WHERE delivery.draft_id = draft.id)))",
        draft_id,
        someone,
    )
    return found


async def note_read(connection: Connection, draft_id: UUID, reader: UUID) -> None:
    """Who was shown a draft, once; and, of a child's letter, on which days."""
    await connection.execute(
        "INSERT INTO letter_read (draft_id, reader, program_id) VALUES ($1, $2, current_setting('bluepals.program'))"
        " ON CONFLICT DO NOTHING",
        draft_id,
        reader,
    )
    await disclosures.note(connection, [draft_id], reader)


async def under_open_case(connection: Connection, draft_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these drafts a case is open about, whoever asks."""
    rows = await connection.fetch(
        "SELECT id FROM unnest($1::uuid[]) AS id WHERE has_open_case(id)", list(draft_ids)
    )
    return frozenset(row["id"] for row in rows)


async def open_harm_about(connection: Connection, draft_id: UUID) -> UUID | None:
    """The open case of suspected harm about this draft."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM case_file WHERE draft_id = $1 AND kind = 'harm' AND closed_at IS NULL", draft_id
    )
    return found


async def attest(
    connection: Connection, case_id: UUID, someone: UUID, reported_at: datetime | None, reference: str | None
) -> bool:
    """For oneself only, by the constraint. Whether it is new."""
    row = await connection.fetchval(
        "INSERT INTO attestation (case_id, person, program_id, attested_by, reported_at, reference)"
        " VALUES ($1, $2, current_setting('bluepals.program'), $2, $3, $4) ON CONFLICT DO NOTHING RETURNING case_id",
        case_id,
        someone,
        reported_at,
        reference,
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """When a case's letter came in; a copy's, its source. `own`: by this person, who has had the paper before."""

    at: datetime
    own: bool


async def handed_in(connection: Connection, draft_id: UUID, someone: UUID) -> HandedIn:
    row = await connection.fetchrow(
        "SELECT min(received_at) AS at, bool_or(is_one_person(uploaded_by, $2)) AS own FROM draft"
        " WHERE id = $1 OR id = (SELECT source FROM draft AS copy WHERE copy.id = $1)",
        draft_id,
        someone,
    )
    assert row is not None  # noqa: S101 - an aggregate always returns its row
    return HandedIn(**row)


@dataclass(frozen=True, slots=True)
class Attestation:
    """What somebody has said in a case. `reported_at`: None, when they saw no reasonable cause."""

    case_id: UUID
    attested_at: datetime
    reported_at: datetime | None
    reference: str | None


async def own_attestations(connection: Connection, reader_ids: Collection[UUID]) -> Sequence[Attestation]:
    """Of one person under these ids, in the cases that are open."""
    rows = await connection.fetch(
        "SELECT case_id, attested_at, reported_at, reference FROM attestation"
        " JOIN case_file ON case_file.id = case_id WHERE person = ANY ($1) AND closed_at IS NULL"
        " ORDER BY case_file.sequence, attested_at",
        list(reader_ids),
    )
    return [Attestation(**row) for row in rows]


async def attestations_in(
    connection: Connection, case_id: UUID, reader_ids: Collection[UUID]
) -> Sequence[Attestation]:
    """The same in this case, also when it is closed."""
    rows = await connection.fetch(
        "SELECT case_id, attested_at, reported_at, reference FROM attestation"
        " WHERE case_id = $1 AND person = ANY ($2) ORDER BY attested_at",
        case_id,
        list(reader_ids),
    )
    return [Attestation(**row) for row in rows]


async def has_died(connection: Connection, person: UUID) -> bool:
    died: bool = await connection.fetchval("SELECT has_died($1)", person)
    return died


async def may_attest(connection: Connection, case_id: UUID, person: UUID) -> bool:
    """A reader of the case who has not said anything yet, also when nobody could reach them."""
    may: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM case_reader WHERE case_id = $1 AND person = $2 AND NOT has_died(person)"
        " AND NOT EXISTS (SELECT FROM attestation WHERE case_id = $1 AND attestation.person = $2))",
        case_id,
        person,
    )
    return may


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """Whose letter a case is about. No child: it is a stock letter."""

    side: Side
    round_number: int | None
    first_name: str | None
    last_name: str | None


async def letter_of(connection: Connection, draft_id: UUID) -> CaseLetter:
    row = await connection.fetchrow(
        "SELECT letter.side, letter.round_number, student.first_name, student.last_name"
        " FROM draft JOIN letter ON letter.id = draft.letter_id LEFT JOIN pairing ON pairing.id = letter.pairing_id"
        " LEFT JOIN student ON student.id = pairing.student_id WHERE draft.id = $1",
        draft_id,
    )
    assert row is not None  # noqa: S101 - a case's draft is a foreign key
    return CaseLetter(**{**row, "side": Side(row["side"])})


async def reader_as(connection: Connection, case_id: UUID, someone: UUID) -> UUID | None:
    """As whom somebody stands on the case: under one of their own ids, or not at all."""
    found: UUID | None = await connection.fetchval(
        "SELECT person FROM case_reader WHERE case_id = $1 AND is_one_person(person, $2)", case_id, someone
    )
    return found


@dataclass(frozen=True, slots=True)
class PlaceInPack:
    """A child's place in a pack that is still to be opened; `empty`: its letter is taken out."""

    pairing_id: UUID
    opening: int
    empty: bool


async def places_in_packs(connection: Connection, case_id: UUID) -> Sequence[PlaceInPack]:
    """Of the case's letter, and of all letters of an officer whose conduct it is."""
    rows = await connection.fetch(
        "SELECT delivery.pairing_id, delivery.opening, withheld_at IS NULL AND NOT may_be_opened(draft.id) AS empty"
        " FROM case_file"
        " JOIN draft ON draft.id = case_file.draft_id OR draft.uploaded_by = case_file.officer_id"
        " JOIN delivery ON delivery.draft_id = draft.id AND delivery.kind <> 'late'"
        " JOIN pairing_round ON pairing_round.pairing_id = delivery.pairing_id"
        "   AND pairing_round.number = delivery.opening"
        "   AND (opens_at > program_now() OR opens_on > program_today())"
        " WHERE case_file.id = $1 ORDER BY delivery.sequence",
        case_id,
    )
    return [PlaceInPack(**row) for row in rows]


# ---- the stopwatch


@dataclass(frozen=True, slots=True)
class Paged:
    """How many pages there were, and how long ago the last one was."""

    pages: int
    since: timedelta


async def paged(connection: Connection, case_id: UUID) -> Paged:
    row = await connection.fetchrow(
        "SELECT count(*)::int AS pages, coalesce(program_now() - max(paged_at), interval '0') AS since"
        " FROM case_page WHERE case_id = $1",
        case_id,
    )
    assert row is not None  # noqa: S101 - an aggregate always returns its row
    return Paged(**row)


async def page(connection: Connection, case_id: UUID, number: int) -> bool:
    """Whether this page is new."""
    row = await connection.fetchval(
        "INSERT INTO case_page (case_id, number, program_id) VALUES ($1, $2, current_setting('bluepals.program'))"
        " ON CONFLICT DO NOTHING RETURNING number",
        case_id,
        number,
    )
    return row is not None


async def pages_to_ring(connection: Connection, case_id: UUID) -> Sequence[int]:
    """Those that the second channel has not had."""
    rows = await connection.fetch(
        "SELECT number FROM case_page WHERE case_id = $1 AND rung_at IS NULL ORDER BY number", case_id
    )
    return [row["number"] for row in rows]


async def mark_rung(connection: Connection, case_id: UUID, number: int) -> None:
    await connection.execute(
        "UPDATE case_page SET rung_at = program_now() WHERE case_id = $1 AND number = $2", case_id, number
    )


async def open_referrals(connection: Connection) -> Sequence[UUID]:
    """Cases whose stopwatch has to run: somebody has not attested."""
    rows = await connection.fetch(
        "SELECT id FROM case_file"
        " WHERE kind = 'harm' AND closed_at IS NULL AND still_to_attest(id) > 0 ORDER BY sequence"
    )
    return [row["id"] for row in rows]


# ---- plans, words, closing


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


async def about(connection: Connection, someone: UUID) -> frozenset[UUID]:
    """Those of this person's own conduct."""
    rows = await connection.fetch("SELECT id FROM case_file WHERE is_one_person(officer_id, $1)", someone)
    return frozenset(row["id"] for row in rows)


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
    """What a closing has to know of its draft."""

    newest: bool
    own: bool
    approved: bool
    returned: bool
    delivered: bool


async def draft_of(connection: Connection, draft_id: UUID, closed_by: UUID) -> CaseDraft:
    row = await connection.fetchrow(
        "SELECT NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = draft.letter_id"
        "   AND newer.number > draft.number) AS newest, is_one_person($2, draft.uploaded_by) AS own,"
        " EXISTS (SELECT FROM decision WHERE draft_id = draft.id AND verdict = 'approve') AS approved,"
        " EXISTS (SELECT FROM decision WHERE draft_id = draft.id AND verdict = 'return') AS returned,"
        " EXISTS (SELECT FROM delivery WHERE draft_id = draft.id) AS delivered"
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


async def pairings_of(connection: Connection, officer_id: UUID) -> Sequence[UUID]:
    """This officer's living pairings."""
    rows = await connection.fetch(
        "SELECT id FROM pairing WHERE officer_id = $1 AND ended_at IS NULL ORDER BY id", officer_id
    )
    return [row["id"] for row in rows]


# ---- lists

Row = dict[str, Any]


async def cases(connection: Connection) -> Sequence[Row]:
    """Open cases first, then the closed ones; each with what it waits for."""
    rows = await connection.fetch(
        "SELECT id::text AS case, kind, school_id AS school, draft_id::text AS draft, opened_at, closed_at, letter,"
        " still_to_attest(id)::int AS to_attest,"
        " (SELECT max(look_again_on) FROM case_plan WHERE case_id = case_file.id) AS look_again_on"
        " FROM case_file ORDER BY closed_at IS NOT NULL, sequence"
    )
    return [dict(row) for row in rows]


async def case_card(connection: Connection, case_id: UUID) -> Row:
    """Raises NotTaken when there is no such case."""
    row = await connection.fetchrow(
        "SELECT id::text AS case, kind, school_id AS school, draft_id::text AS draft, opened_at, closed_at, letter,"
        " officer, (SELECT count(*)::int FROM case_page WHERE case_id = case_file.id) AS pages"
        " FROM case_file WHERE id = $1",
        case_id,
    )
    if row is None:
        raise NotTaken(f"There is no case {case_id} here. See: starter.py case list PROGRAM")
    return dict(row)


async def readers_of(connection: Connection, case_id: UUID) -> Sequence[Row]:
    """By their ids in the files."""
    rows = await connection.fetch(
        "SELECT coalesce(staff.external_id, officer.external_id) AS id, attested_at, reported_at, reference,"
        " gone_since(case_reader.person), nullif(has_died(case_reader.person), false) AS has_died,"
        " (SELECT external_id FROM case_unreachable AS record JOIN staff ON staff.id = recorded_by"
        "   WHERE record.case_id = $1 AND record.person = case_reader.person) AS not_reached_by"
        " FROM case_reader LEFT JOIN staff ON staff.id = person LEFT JOIN officer ON officer.id = person"
        " LEFT JOIN LATERAL (SELECT * FROM attestation WHERE attestation.case_id = case_reader.case_id"
        "   AND attestation.person = case_reader.person ORDER BY attested_at DESC, reported DESC LIMIT 1) AS said ON true"
        " WHERE case_reader.case_id = $1 ORDER BY 1",
        case_id,
    )
    return [dict(row) for row in rows]


async def plans_of(connection: Connection, case_id: UUID) -> Sequence[Row]:
    rows = await connection.fetch(
        "SELECT made_at, look_again_on, ARRAY(SELECT partner FROM case_plan_partner WHERE plan_id = case_plan.id"
        "   ORDER BY partner) AS partners FROM case_plan WHERE case_id = $1 ORDER BY sequence",
        case_id,
    )
    return [dict(row) for row in rows]


async def words_of(connection: Connection, case_id: UUID) -> Sequence[Row]:
    rows = await connection.fetch(
        "SELECT role, said_at, letter, officer FROM case_word WHERE case_id = $1 ORDER BY sequence", case_id
    )
    return [dict(row) for row in rows]
