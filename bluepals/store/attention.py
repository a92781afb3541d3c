"""The queue of what a person has to look at: one open row for each thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bluepals.domain.sentences import Sentence, kept, made_of
from bluepals.store.database import Connection

CLEARANCE, DEATH, LOST_MAIL, PAGER = (
    "clearance",
    "death",
    "mail",
    "pager",
)  # kinds of what goes on also while letters rest


@dataclass(frozen=True, slots=True)
class Call:
    """`school`, `agency`: whose it is; of neither: the whole program's."""

    key: str
    kind: str
    school: str | None
    agency: str | None
    subject_id: UUID | None
    sentence: str
    how: str | None
    opened_at: datetime

    @property
    def in_full(self) -> str:
        """For who has no button for it: the sentence, and the command that answers it where there is one."""
        return f"{self.sentence} {self.how}" if self.how else self.sentence


async def call(
    connection: Connection,
    *,
    key: str,
    kind: str,
    sentence: Sentence,
    how: Sentence | None = None,
    school: str | None = None,
    agency: str | None = None,
    subject_id: UUID | None = None,
) -> None:
    """Ask for a person; while the same key is open, once. The sentence holds ids, never a child's name: see
    `bluepals.domain.references`. `how`: with which command.
    """
    await connection.execute(
        "INSERT INTO attention (program_id, school_id, agency_id, key, kind, subject_id, sentence, how, patterns)"
        " VALUES (current_setting('bluepals.program'), $1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (program_id, key) WHERE closed_at IS NULL DO NOTHING",
        school,
        agency,
        key,
        kind,
        subject_id,
        sentence,
        how,
        {"sentence": kept(sentence), "how": kept(how)},
    )


async def settle(connection: Connection, key: str) -> None:
    """The thing is in order again, or a person has dealt with it."""
    await connection.execute(
        "UPDATE attention SET closed_at = program_now() WHERE key = $1 AND closed_at IS NULL", key
    )


# What nobody can do anything about any more: the visit is over or off, the class has opened its letters, the pairing has ended.
_OVER = """
    UPDATE attention SET closed_at = program_now() WHERE id IN (
        SELECT attention.id FROM attention LEFT JOIN pairing ON pairing.id = subject_id
          LEFT JOIN program_year AS year ON year.program_id = attention.program_id AND year.school_id = attention.school_id
                AND key IN ('visit-date-' || year.id, 'visit-rooms-' || year.id)
         WHERE attention.closed_at IS NULL AND ($1::uuid IS NULL OR subject_id = $1) AND CASE kind
          WHEN 'visit host' THEN NOT visit_is_ahead(pairing.program_year_id)
          WHEN 'visit' THEN year.state = 'closed' OR (key LIKE 'visit-rooms-%' AND NOT visit_is_ahead(year.id))
          WHEN 'letter held' THEN pairing.ended_at IS NOT NULL
          WHEN 'empty place in a pack' THEN EXISTS (SELECT FROM pairing_round AS round WHERE round.pairing_id = pairing.id
                        AND key = format('pack-%s-%s', pairing.id, number)
                        AND (left_out IS NOT NULL OR ((pack_sent_at IS NOT NULL OR opens_at <= program_now())
                                                      AND opens_on <= program_today())))
          WHEN 'no stock letter' THEN (pairing.ended_at IS NOT NULL AND NOT is_between_officers(pairing.id))
            OR EXISTS (SELECT FROM pairing_round AS round WHERE round.pairing_id = pairing.id
                        AND key = format('no-stock-%s-%s', pairing.id, number)
                        AND (left_out IS NOT NULL OR ((pack_sent_at IS NOT NULL OR opens_at <= program_now())
                                                      AND opens_on <= program_today())))
          END FOR UPDATE OF attention SKIP LOCKED)
"""


async def settle_what_is_over(connection: Connection, subject_id: UUID | None = None) -> None:
    """Of this pairing, or wherever it is. A row that somebody else is settling is left to them."""
    await connection.execute(_OVER, subject_id)


async def settle_by_hand(connection: Connection, key: str, by: UUID) -> None:
    """A person says that it is dealt with."""
    await connection.execute(
        "UPDATE attention SET closed_at = program_now(), closed_by = $2 WHERE key = $1 AND closed_at IS NULL",
        key,
        by,
    )


async def open_calls(connection: Connection) -> Sequence[Call]:
    """The oldest first. What is about a pairing, or a search for an officer, is of the school where its child is now."""
    rows = await connection.fetch(
        "SELECT key, kind, coalesce(pairing.school_id, replacement.school_id, attention.school_id) AS school,"
        " attention.agency_id AS agency, subject_id, sentence, how, patterns, attention.opened_at"
        " FROM attention LEFT JOIN pairing ON pairing.id = subject_id LEFT JOIN replacement ON replacement.id = subject_id"
        " WHERE attention.closed_at IS NULL ORDER BY attention.opened_at, key"
    )
    return [_call(**row) for row in rows]


def _call(*, patterns: Mapping[str, Any] | None, **row: Any) -> Call:
    """What was written before patterns were kept stays in English."""
    return Call(**row | {name: made_of(pattern) for name, pattern in (patterns or {}).items()})
