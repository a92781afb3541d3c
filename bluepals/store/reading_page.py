"""What a moderator's page shows: letters that wait for this reader, and who has which. Ids, dates and states; no content."""
# ruff: noqa: RUF001 (typographer's apostrophes)

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from bluepals.domain.letters import Side, Verdict
from bluepals.domain.screening import Risk
from bluepals.domain.sentences import Sentence
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class ReaderCard:
    name: str
    languages: frozenset[str]


async def reader(connection: Connection, staff_id: UUID) -> ReaderCard:
    row = await connection.fetchrow("SELECT name, languages FROM staff WHERE id = $1", staff_id)
    assert row is not None  # noqa: S101 - a session's staff is a foreign key
    return ReaderCard(row["name"], frozenset(row["languages"]))


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A draft, and where its letter stands. No pairing, school and child: it is a stock letter.

    `newest`: of the same letter. `understood`: the languages of whom it is for. `claimed_by`: who has the letter open now. `decided_by`: a name.
    `copied_by`: who has made the newest, when it is a copy.
    """

    draft_id: UUID
    letter_id: UUID
    newest: UUID
    hash: bytes
    pairing_id: UUID | None
    side: Side
    pages: bool
    language: str
    risk: Risk | None
    received_at: datetime
    round_number: int | None
    school: str | None
    school_name: str | None
    class_name: str | None
    child: str | None
    officer: str
    understood: frozenset[str]
    verdict: Verdict | None
    decided_by: str | None
    copied_by: str | None
    held: bool
    undoable: bool
    claimed_by: UUID | None
    claimed_by_name: str | None

    @property
    def letter(self) -> Sentence:
        """Whose it is, and to whom."""
        if self.child is None:
            return Sentence("a stock letter of {officer}", officer=self.officer)
        if self.side is Side.STUDENT:
            return Sentence("{child}’s letter to {officer}", child=self.child, officer=self.officer)
        return Sentence("{officer}’s letter to {child}", officer=self.officer, child=self.child)

    @property
    def waits(self) -> bool:
        return self.verdict is None and not self.held and self.newest == self.draft_id


_COLUMNS = """
    SELECT draft.id AS draft_id, letter.id AS letter_id, newest.id AS newest, draft.hash, letter.pairing_id,
           letter.side, draft.kind = 'pages' AS pages, draft.language, draft.risk, draft.received_at,
           letter.round_number, draft.school_id AS school, school.name AS school_name, student.class_name,
           student.first_name AS child, officer.first_name AS officer,
           CASE WHEN student.id IS NULL THEN '{}' WHEN letter.side = 'student' THEN officer.languages
                ELSE ARRAY[student.language] END AS understood, decision.verdict,
           decider.name AS decided_by, copier.name AS copied_by, claim.reader AS claimed_by,
           claimer.name AS claimed_by_name
"""
_JOINED = """
      JOIN letter ON letter.id = draft.letter_id
      JOIN LATERAL (SELECT id, made_by FROM draft AS one WHERE one.letter_id = letter.id ORDER BY number DESC LIMIT 1) AS newest
           ON true
      LEFT JOIN school ON school.program_id = draft.program_id AND school.id = draft.school_id
      LEFT JOIN pairing ON pairing.id = letter.pairing_id
      LEFT JOIN student ON student.id = pairing.student_id
      LEFT JOIN officer ON officer.id = coalesce(pairing.officer_id, draft.uploaded_by)
      LEFT JOIN LATERAL (SELECT verdict, decided_by FROM decision WHERE decision.draft_id = draft.id
                          ORDER BY sequence DESC LIMIT 1) AS decision ON true
      LEFT JOIN staff AS decider ON decider.id = decision.decided_by
      LEFT JOIN staff AS copier ON copier.id = newest.made_by
      LEFT JOIN reading_claim AS claim ON claim.letter_id = letter.id AND claim.until > program_now()
      LEFT JOIN staff AS claimer ON claimer.id = claim.reader
"""
# Of the schools and in the languages that somebody reads, but for what they handed in themselves, and what is to them.
_READABLE = f"""
    {_COLUMNS}, is_held(draft.id) AS held, may_be_taken_back(draft.id, $1) AS undoable FROM draft {_JOINED}
     WHERE reads_letters_of($1, draft.school_id)
       AND NOT is_one_person($1, draft.uploaded_by) AND NOT is_written_to($1, draft.id)
       AND draft.language = ANY ((SELECT languages FROM staff WHERE id = $1)::text[])
"""
# What nobody has decided about, set apart first; and who may read what is asked once a school and once a person: at a year's end
# there are thousands of drafts.
_OPEN = """
    WITH open AS MATERIALIZED (
        SELECT id, sequence, program_id, school_id, letter_id, kind, language, hash, uploaded_by, received_at, risk
          FROM draft
         WHERE stored IS NOT NULL AND NOT EXISTS (SELECT FROM decision WHERE decision.draft_id = draft.id)
           AND NOT EXISTS (SELECT FROM draft AS newer
                            WHERE newer.letter_id = draft.letter_id AND newer.number > draft.number)),
    of_schools AS MATERIALIZED (SELECT DISTINCT school_id FROM open),
    by_people AS MATERIALIZED (SELECT DISTINCT uploaded_by FROM open),
    theirs AS MATERIALIZED (SELECT school_id FROM of_schools WHERE reads_letters_of($1, school_id)),
    own AS MATERIALIZED (SELECT uploaded_by FROM by_people WHERE is_one_person($1, uploaded_by)),
    to_them AS MATERIALIZED (
        SELECT letter.id FROM staff JOIN officer ON lower(officer.email) = lower(staff.email)
          JOIN pairing ON officer_id = officer.id JOIN letter ON pairing_id = pairing.id AND side = 'student'
         WHERE staff.id = $1)
"""
# And no case holds.
_WAITS = """
       EXISTS (SELECT FROM theirs WHERE theirs.school_id IS NOT DISTINCT FROM draft.school_id)
       AND draft.uploaded_by NOT IN (SELECT uploaded_by FROM own)
       AND draft.letter_id NOT IN (SELECT id FROM to_them)
       AND draft.language = ANY ((SELECT languages FROM staff WHERE id = $1)::text[])
       AND NOT is_held(draft.id)
"""
# The worrying and the unscreened first, then the oldest.
_RANK = "array_position(ARRAY['high', 'low', 'none'], coalesce(draft.risk, 'low')), draft.sequence"


async def waiting(connection: Connection, staff_id: UUID) -> Sequence[ReadingRow]:
    rows = await connection.fetch(
        f"{_OPEN} {_COLUMNS}, false AS held, false AS undoable FROM open AS draft {_JOINED} WHERE {_WAITS} ORDER BY {_RANK}",
        staff_id,
    )
    return [_row(row) for row in rows]


async def others_waiting(connection: Connection, staff_id: UUID, letter_id: UUID) -> int:
    """How many letters wait for this reader beside this one."""
    found: int = await connection.fetchval(
        f"{_OPEN} SELECT count(*)::int FROM open AS draft WHERE letter_id <> $2 AND {_WAITS}",
        staff_id,
        letter_id,
    )
    return found


async def one(connection: Connection, staff_id: UUID, draft_id: UUID) -> ReadingRow | None:
    """Any draft that is this reader's to see, wherever it stands."""
    row = await connection.fetchrow(
        f"{_READABLE} AND draft.id = $2 AND draft.stored IS NOT NULL", staff_id, draft_id
    )
    return None if row is None else _row(row)


def _row(row: asyncpg.Record) -> ReadingRow:
    return ReadingRow(
        **{
            **row,
            "side": Side(row["side"]),
            "understood": frozenset(row["understood"]),
            "risk": Risk(row["risk"]) if row["risk"] else None,
            "verdict": Verdict(row["verdict"]) if row["verdict"] else None,
        }
    )


async def in_other_languages(connection: Connection, staff_id: UUID) -> Sequence[tuple[str, int]]:
    """Letters of this reader's schools that wait for somebody who reads their language."""
    rows = await connection.fetch(
        f"{_OPEN} SELECT language, count(*)::int AS letters FROM open"
        " WHERE language <> ALL ((SELECT languages FROM staff WHERE id = $1)::text[])"
        " AND EXISTS (SELECT FROM theirs WHERE theirs.school_id IS NOT DISTINCT FROM open.school_id)"
        " AND NOT is_held(id) GROUP BY 1 ORDER BY 1",
        staff_id,
    )
    return [(row["language"], row["letters"]) for row in rows]


async def claim(connection: Connection, letter_id: UUID, staff_id: UUID, stays: timedelta) -> bool:
    """Whether the letter is this reader's now, for as long as this: nobody else has it."""
    claimed = await connection.fetchval(
        "INSERT INTO reading_claim AS known (letter_id, program_id, reader, until)"
        " VALUES ($1, current_setting('bluepals.program'), $2, program_now() + $3::interval)"
        " ON CONFLICT (letter_id) DO UPDATE SET reader = excluded.reader, until = excluded.until"
        " WHERE known.reader = excluded.reader OR known.until <= program_now() RETURNING letter_id",
        letter_id,
        staff_id,
        stays,
    )
    return claimed is not None


async def claim_next(
    connection: Connection, staff_id: UUID, stays: timedelta, *, also_put_off: bool
) -> UUID | None:
    """The draft that this reader reads next; two who ask at once get two. What they have put off comes last, or not at all."""
    while found := await connection.fetchrow(
        f"{_OPEN} SELECT draft.id, letter.id AS letter_id FROM open AS draft JOIN letter ON letter.id = draft.letter_id"
        "  LEFT JOIN reading_claim AS claim ON claim.letter_id = letter.id AND claim.until > program_now()"
        "  LEFT JOIN reading_put_off AS put_off ON put_off.letter_id = letter.id AND put_off.reader = $1"
        "   AND put_off.until > program_now()"
        f" WHERE {_WAITS} AND coalesce(claim.reader = $1, true) AND ($2 OR put_off.until IS NULL)"
        f" ORDER BY put_off.until NULLS FIRST, {_RANK} LIMIT 1 FOR UPDATE OF letter SKIP LOCKED",
        staff_id,
        also_put_off,
    ):
        if await claim(connection, found["letter_id"], staff_id, stays):
            draft_id: UUID = found["id"]
            return draft_id
    return None


async def put_off(connection: Connection, letter_id: UUID, staff_id: UUID, stays: timedelta) -> None:
    """It is anybody's again, and for as long as this last in this reader's order."""
    await connection.execute(
        "DELETE FROM reading_claim WHERE letter_id = $1 AND reader = $2", letter_id, staff_id
    )
    await connection.execute(
        "INSERT INTO reading_put_off (letter_id, reader, program_id, until)"
        " VALUES ($1, $2, current_setting('bluepals.program'), program_now() + $3::interval)"
        " ON CONFLICT (letter_id, reader) DO UPDATE SET until = excluded.until",
        letter_id,
        staff_id,
        stays,
    )


async def pack_closes_within(connection: Connection, draft_id: UUID, window: timedelta) -> bool:
    """Whether the class's pack, for which this officer's letter was written, is closed so soon."""
    closes: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM draft JOIN letter ON letter.id = draft.letter_id JOIN pairing_round AS round"
        "   ON round.pairing_id = letter.pairing_id AND round.number = letter.round_number"
        "   WHERE draft.id = $1 AND letter.side = 'officer'"
        "   AND round.pack_closes_at BETWEEN program_now() AND program_now() + $2::interval)",
        draft_id,
        window,
    )
    return closes


async def take_back(connection: Connection, draft_id: UUID, staff_id: UUID) -> bool:
    """Whether the decision is undone: it was this reader's, and nobody had heard of it."""
    await connection.execute(
        "SELECT FROM letter WHERE id = (SELECT letter_id FROM draft WHERE id = $1) FOR UPDATE", draft_id
    )
    undone: bool = await connection.fetchval("SELECT take_back_decision($1, $2)", draft_id, staff_id)
    return undone


async def newest_of(connection: Connection, letter_id: UUID) -> UUID:
    newest: UUID = await connection.fetchval(
        "SELECT id FROM draft WHERE letter_id = $1 ORDER BY number DESC LIMIT 1", letter_id
    )
    return newest


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """What has been approved of another letter of the same pairing."""

    draft_id: UUID
    side: Side
    round_number: int
    pages: bool
    received_at: datetime


async def earlier(connection: Connection, pairing_id: UUID, but: UUID) -> Sequence[EarlierRow]:
    """Of each letter but this one what is to be read; the newest first."""
    rows = await connection.fetch(
        "SELECT draft.id AS draft_id, letter.side, letter.round_number, draft.kind = 'pages' AS pages, draft.received_at"
        " FROM letter JOIN draft ON draft.letter_id = letter.id"
        " WHERE letter.pairing_id = $1 AND letter.id <> $2 AND draft.stored IS NOT NULL"
        " AND standing_verdict(draft.id) = 'approve' AND NOT is_held(draft.id)"
        " ORDER BY letter.round_number DESC, letter.side, draft.number DESC",
        pairing_id,
        but,
    )
    return [EarlierRow(**{**row, "side": Side(row["side"])}) for row in rows]
