"""What is past its time, kind by kind: asked for in batches, without what a legal hold keeps."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from bluepals.store.database import Connection

# Whoever stands on an open case has to be found until it is closed.
_ON_NO_OPEN_CASE = (
    " AND NOT EXISTS (SELECT FROM case_reader JOIN case_file ON case_file.id = case_id"
    "   WHERE closed_at IS NULL AND person = {}.id)"
)


async def children_past_letters(connection: Connection, kept: timedelta, limit: int) -> Sequence[UUID]:
    """Children whose year closed so long ago and whose letters can still be read."""
    rows = await connection.fetch(
        "SELECT student.id FROM student JOIN program_year AS year ON year.id = student.program_year_id"
        " WHERE year.closed_at < program_now() - $1::interval AND NOT is_child_held(student.id)"
        " AND EXISTS (SELECT FROM content_key WHERE content_key.student_id = student.id)"
        " ORDER BY student.id LIMIT $2 FOR UPDATE OF student SKIP LOCKED",
        kept,
        limit,
    )
    return [row["id"] for row in rows]


async def students_past(connection: Connection, kept: timedelta, limit: int) -> Sequence[UUID]:
    """Children who left, or whose year closed, so long ago."""
    rows = await connection.fetch(
        "SELECT student.id FROM student JOIN program_year AS year ON year.id = student.program_year_id"
        " WHERE least(student.withdrawn_at, year.closed_at) < program_now() - $1::interval AND erased_at IS NULL"
        " AND NOT is_child_held(student.id) AND NOT EXISTS"
        "   (SELECT FROM pairing WHERE pairing.student_id = student.id AND ended_at IS NULL)"
        " ORDER BY student.id LIMIT $2 FOR UPDATE OF student SKIP LOCKED",
        kept,
        limit,
    )
    return [row["id"] for row in rows]


async def officers_past(connection: Connection, kept: timedelta, limit: int) -> Sequence[UUID]:
    """Officers who left so long ago. Those who stay are asked again next year."""
    rows = await connection.fetch(
        "SELECT id FROM officer WHERE withdrawn_at < program_now() - $1::interval AND erased_at IS NULL"
        " AND NOT EXISTS (SELECT FROM pairing WHERE officer_id = officer.id"
        "   AND (ended_at IS NULL OR is_child_held(pairing.student_id)))"
        f"{_ON_NO_OPEN_CASE.format('officer')}"
        " ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED",
        kept,
        limit,
    )
    return [row["id"] for row in rows]


async def staff_past(connection: Connection, kept: timedelta, limit: int) -> Sequence[UUID]:
    """Staff who left so long ago, and handed in or decided about nothing that a legal hold keeps."""
    rows = await connection.fetch(
        "SELECT id FROM staff WHERE left_at < program_now() - $1::interval AND erased_at IS NULL AND NOT EXISTS"
        " (SELECT FROM draft JOIN letter ON letter.id = draft.letter_id JOIN pairing ON pairing.id = letter.pairing_id"
        "   LEFT JOIN decision ON decision.draft_id = draft.id"
        "   WHERE staff.id IN (draft.uploaded_by, decision.decided_by) AND is_child_held(pairing.student_id))"
        f"{_ON_NO_OPEN_CASE.format('staff')}"
        " ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED",
        kept,
        limit,
    )
    return [row["id"] for row in rows]


async def delete_stacks(connection: Connection, kept: timedelta, limit: int) -> int:
    """Scanned stacks that were not handed in, and what is left of the others; but no page of a child that is held."""
    return _count(
        await connection.execute(
            "DELETE FROM stack WHERE id IN (SELECT id FROM stack WHERE received_at < program_now() - $1::interval"
            " AND NOT EXISTS (SELECT FROM stack_page JOIN pairing ON pairing.id = pairing_id"
            "   WHERE stack_id = stack.id AND is_child_held(student_id)) ORDER BY received_at LIMIT $2)",
            kept,
            limit,
        )
    )


async def blank_mails(connection: Connection, kept: timedelta, limit: int) -> int:
    """Their words and addresses; that each went once stays on record."""
    blanked: int = await connection.fetchval(
        "SELECT blank_mails(array(SELECT mail.id FROM mail LEFT JOIN pairing ON pairing.id = mail.pairing_id"
        " WHERE message IS NOT NULL AND state IN ('sent', 'failed', 'cancelled', 'unknown')"
        " AND created_at < program_now() - $1::interval"
        " AND NOT coalesce(is_child_held(pairing.student_id), false) ORDER BY mail.sequence LIMIT $2))",
        kept,
        limit,
    )
    return blanked


async def delete_tells(connection: Connection, kept: timedelta, limit: int) -> int:
    """Facts that their workflow has heard."""
    return _count(
        await connection.execute(
            "DELETE FROM tell WHERE id IN (SELECT id FROM tell WHERE answered_at < program_now() - $1::interval"
            " ORDER BY sequence LIMIT $2)",
            kept,
            limit,
        )
    )


async def delete_answers(connection: Connection, kept: timedelta, limit: int) -> int:
    """What people said about their year."""
    return _count(
        await connection.execute(
            "DELETE FROM survey WHERE id IN (SELECT survey.id FROM survey WHERE NOT EXISTS"
            "   (SELECT FROM program_year AS year WHERE year.first_year = survey.first_year"
            "     AND coalesce(closed_at >= program_now() - $1::interval, true)) LIMIT $2)",
            kept,
            limit,
        )
    )


async def delete_calls(connection: Connection, kept: timedelta, limit: int) -> int:
    """What a person has dealt with; but not that there was no letter, which the audit asks for."""
    return _count(
        await connection.execute(
            "DELETE FROM attention WHERE id IN (SELECT id FROM attention WHERE closed_at < program_now() - $1::interval"
            " AND kind <> 'no stock letter' AND NOT EXISTS (SELECT FROM legal_hold WHERE released_at IS NULL"
            "   AND attention.subject_id IN (student_id, pairing_id, draft_id)) ORDER BY id LIMIT $2)",
            kept,
            limit,
        )
    )


# What people wrote beside what they did. That it was done stays.
_REASONS = (
    (
        "UPDATE attestation SET reference = 'erased' WHERE (case_id, person, reported) IN"
        " (SELECT case_id, person, reported FROM attestation JOIN case_file ON case_file.id = case_id"
        "   WHERE reference <> 'erased' AND closed_at < program_now() - $1::interval AND NOT is_letter_held(draft_id) LIMIT $2)"
    ),
    (
        "UPDATE pause SET reason = 'erased' WHERE id IN"
        " (SELECT pause.id FROM pause LEFT JOIN pairing ON pairing.id = pairing_id WHERE reason <> 'erased'"
        "   AND pause.ended_at < program_now() - $1::interval AND NOT coalesce(is_child_held(student_id), false) LIMIT $2)"
    ),
    (
        "UPDATE legal_hold SET reason = 'erased' WHERE id IN"
        " (SELECT id FROM legal_hold WHERE reason <> 'erased' AND released_at < program_now() - $1::interval"
        "   AND NOT coalesce(is_child_held(child_of(student_id, pairing_id, draft_id)), false) LIMIT $2)"
    ),
    (
        "UPDATE proposed_pair SET decided_why = 'erased' WHERE id IN"
        " (SELECT id FROM proposed_pair WHERE decided_why <> 'erased' AND decided_at < program_now() - $1::interval"
        "   AND NOT is_child_held(student_id) LIMIT $2)"
    ),
    (
        "UPDATE program_year SET visit_because = CASE WHEN visit_because IS NOT NULL THEN 'erased' END, visit_because_next = NULL"
        " WHERE id IN (SELECT id FROM program_year WHERE closed_at < program_now() - $1::interval"
        "   AND (visit_because <> 'erased' OR visit_because_next IS NOT NULL) LIMIT $2)"
    ),
)


async def blank_reasons(connection: Connection, kept: timedelta, limit: int) -> int:
    """Why somebody paused, moved, held or rejected something, and under which reference they reported."""
    return sum([_count(await connection.execute(blank, kept, limit)) for blank in _REASONS])


async def delete_addresses(connection: Connection, kept: timedelta, limit: int) -> int:
    """Addresses that mail did not reach and nobody has any more: who moved has another one on record."""
    return _count(
        await connection.execute(
            "DELETE FROM suppressed_address WHERE address IN (SELECT address FROM suppressed_address AS gone"
            " WHERE since < program_now() - $1::interval AND lower(address) NOT IN ("
            "   SELECT lower(email) FROM officer UNION ALL SELECT lower(email) FROM staff"
            "   UNION ALL SELECT lower(guardian_email) FROM student WHERE guardian_email IS NOT NULL"
            "   UNION ALL SELECT lower(guardian2_email) FROM student WHERE guardian2_email IS NOT NULL)"
            " ORDER BY address LIMIT $2)",
            kept,
            limit,
        )
    )


async def note(connection: Connection, kind: str, counted: int) -> None:
    """That so many were deleted today; nothing of what they were."""
    await connection.execute(
        "INSERT INTO retention_run (program_id, kind, counted) VALUES (current_setting('bluepals.program'), $1, $2)",
        kind,
        counted,
    )


def _count(done: str) -> int:
    return int(done.rsplit(maxsplit=1)[-1])
