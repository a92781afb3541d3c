"""What a rehearsed year came to, in numbers: from the audit, the database and the mail catcher, not from the actors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit.report import AuditReport
from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from bluepals.store import pauses
from bluepals.store.database import Connection
from bluepals.store.pauses import Target, What
from stack.mail_catcher import Caught


@dataclass(frozen=True, slots=True)
class LetterFigures:
    """The first four count letters; `late` and `missed` count sides of rounds, `stock` letters that stood in."""

    submitted: int
    returned: int
    approved: int
    delivered: int
    late: int
    missed: int
    stock: int


@dataclass(frozen=True, slots=True)
class MailFigures:
    """`duplicates`: messages that came in more than once; `misaddressed`: to anyone but the one they were written to."""

    sent: int
    unknown: int
    duplicates: int
    misaddressed: int


@dataclass(frozen=True, slots=True)
class VisitFigures:
    invited: int
    attended: int


@dataclass(frozen=True, slots=True)
class Report:
    """docs/formats.md has this shape, as JSON."""

    program_years: int
    students: int
    officers: int
    pairings: int
    waiting: int
    cross_gender: int
    letters: LetterFigures
    delivered_unapproved: int
    mails: MailFigures
    visits: VisitFigures
    paused_days: int
    new_officers: int
    transfers: int
    withdrawals: int
    cases: int
    held: int
    declined: int
    taken_back: int
    rests: int
    visits_called_off: int
    erased: int
    survey_answers: int
    personal_data_in_histories: int
    virtual_days: int
    seconds: int


async def report(
    connection: Connection,
    program: Program,
    audited: AuditReport,
    caught: Sequence[Caught],
    *,
    waiting: int,
    virtual_days: int,
    seconds: int,
) -> Report:
    """Of the program's year. `waiting`: eligible students without a pal at the first matching."""
    people = await connection.fetchrow(
        "WITH year AS (SELECT id FROM program_year WHERE first_year = $1)"
        " SELECT (SELECT count(*) FROM year)::int AS program_years, (SELECT count(*) FROM student)::int AS students,"
        " (SELECT count(*) FROM officer)::int AS officers,"
        " (SELECT count(*) FROM pairing WHERE program_year_id IN (TABLE year))::int AS pairings",
        program.first_year,
    )
    return Report(
        **dict(people or {}),
        waiting=waiting,
        cross_gender=audited.violations_of("same gender"),
        letters=await _letters(connection),
        delivered_unapproved=audited.violations_of("approved before delivery"),
        mails=await _mails(connection, caught),
        visits=await _visits(connection),
        paused_days=await _paused_days(connection, program),
        **await _changes(connection),
        personal_data_in_histories=audited.violations_of("no personal data in histories"),
        virtual_days=virtual_days,
        seconds=seconds,
    )


async def _letters(connection: Connection) -> LetterFigures:
    row = await connection.fetchrow(
        "WITH verdicts AS (SELECT DISTINCT letter.id, decision.verdict FROM letter"
        "   JOIN draft ON draft.letter_id = letter.id LEFT JOIN decision ON decision.draft_id = draft.id"
        "   WHERE letter.pairing_id IS NOT NULL)"
        " SELECT (SELECT count(DISTINCT id) FROM verdicts)::int AS submitted,"
        " (SELECT count(*) FROM verdicts WHERE verdict = 'return')::int AS returned,"
        " (SELECT count(*) FROM verdicts WHERE verdict = 'approve')::int AS approved,"
        " (SELECT count(*) FROM delivery WHERE kind <> 'stock')::int AS delivered,"
        " (SELECT count(*) FROM miss JOIN letter USING (pairing_id, round_number, side))::int AS late,"
        " (SELECT count(*) FROM miss)::int AS missed,"
        " (SELECT count(*) FROM delivery WHERE kind = 'stock')::int AS stock"
    )
    return LetterFigures(**dict(row or {}))


async def _mails(connection: Connection, caught: Sequence[Caught]) -> MailFigures:
    addresses = {
        row["message_id"]: row["to_address"]
        for row in await connection.fetch("SELECT message_id, to_address FROM mail")
    }
    ids = [str(one.head["Message-ID"]) for one in caught]
    arrivals = Counter(ids)
    return MailFigures(
        sent=len(arrivals),
        unknown=await connection.fetchval("SELECT count(*)::int FROM mail WHERE state = 'unknown'"),
        duplicates=arrivals.total() - len(arrivals),
        misaddressed=sum(
            # Of an erased family's mails no address is left to compare.
            one.recipients != (addresses.get(message_id, "nobody") or one.recipients[0],)
            for one, message_id in zip(caught, ids, strict=True)
        ),
    )


async def _visits(connection: Connection) -> VisitFigures:
    """A child between two officers takes part too, and nobody is invited for it."""
    row = await connection.fetchrow(
        "SELECT count(*) FILTER (WHERE coalesce(invited_at < ended_at, true))::int AS invited,"
        " count(*) FILTER (WHERE attended)::int AS attended FROM visit JOIN pairing ON pairing.id = pairing_id"
    )
    return VisitFigures(**dict(row or {}))


async def _paused_days(connection: Connection, program: Program) -> int:
    """School days of each school whose due hour came in a pause of its letters or of the whole program's."""
    calendar, stretches = SchoolCalendar.of(program), await pauses.all_pauses(connection, What.LETTERS)
    days = [calendar.instant(day, program.policy.due_hour) for day in calendar.school_days]
    return sum(
        any(
            pause.covers(at)
            for pause in (*stretches.get(Target(), ()), *stretches.get(Target(school.id), ()))
        )
        for school in program.schools
        for at in days
    )


async def _changes(connection: Connection) -> Mapping[str, int]:
    """A pairing that has followed its child was proposed at another school than where it is."""
    row = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM replacement JOIN pairing ON pairing.id = next_pairing_id"
        "   WHERE introduced_at IS NOT NULL)::int AS new_officers,"
        " (SELECT count(*) FROM pairing JOIN proposed_pair ON proposed_pair.id = proposed_pair_id"
        "   WHERE proposed_pair.school_id <> pairing.school_id)::int AS transfers,"
        " (SELECT count(*) FROM consent WHERE scope = 'letters' AND withdrawn_by IS NOT NULL)::int AS withdrawals,"
        " (SELECT count(*) FROM case_file)::int AS cases,"
        " (SELECT count(DISTINCT letter_id) FROM case_file JOIN draft ON draft.id = draft_id)::int AS held,"
        " (SELECT count(*) FROM ending WHERE reason = 'declined')::int AS declined,"
        " (SELECT count(*) FROM pairing_turn WHERE to_school IS NULL)::int AS taken_back,"
        " (SELECT count(*) FROM pause WHERE agency_id IS NOT NULL OR pairing_id IS NOT NULL)::int AS rests,"
        " ((SELECT count(*) FROM program_year WHERE visit_state = 'read aloud')"
        "   + (SELECT count(*) FROM attention WHERE key LIKE 'visit-date-%'))::int AS visits_called_off,"
        " (SELECT count(*) FROM student WHERE erased_at IS NOT NULL)::int AS erased,"
        " (SELECT count(*) FROM survey WHERE answered_at IS NOT NULL)::int AS survey_answers"
    )
    return dict(row or {})
