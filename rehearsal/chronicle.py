"""What happened in a rehearsed year, as its page tells it: weeks, punctuality, one pairing's story, some of the mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from uuid import UUID

import asyncpg

from bluepals.domain.letters import TypedLetter
from bluepals.store.content import Keyring
from bluepals.store.database import Connection
from bluepals.store.letters import read as read_draft
from stack.mail_catcher import Caught


@dataclass(frozen=True, slots=True)
class Week:
    """A week that begins on a Monday: what came in, was read, went out."""

    begins: date
    students_letters: int
    officers_letters: int
    read: int
    delivered: int
    mails: int


async def weeks(connection: Connection, zone: str) -> Sequence[Week]:
    rows = await connection.fetch(
        "WITH happened AS ("
        "   SELECT received_at AS at, letter.side || 's_letters' AS what FROM draft JOIN letter ON letter.id = letter_id"
        "    WHERE letter.pairing_id IS NOT NULL"
        "   UNION ALL SELECT decided_at, 'read' FROM decision UNION ALL SELECT released_at, 'delivered' FROM delivery"
        "   UNION ALL SELECT created_at, 'mails' FROM mail)"
        " SELECT date_trunc('week', at AT TIME ZONE $1)::date AS begins,"
        " count(*) FILTER (WHERE what = 'students_letters')::int AS students_letters,"
        " count(*) FILTER (WHERE what = 'officers_letters')::int AS officers_letters,"
        " count(*) FILTER (WHERE what = 'read')::int AS read,"
        " count(*) FILTER (WHERE what = 'delivered')::int AS delivered,"
        " count(*) FILTER (WHERE what = 'mails')::int AS mails FROM happened GROUP BY 1 ORDER BY 1",
        zone,
    )
    return [Week(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Punctuality:
    """One side of one school's rounds."""

    school: str
    side: str
    on_time: int
    late: int
    never: int

    @property
    def percent(self) -> int:
        total = self.on_time + self.late + self.never
        return round(100 * self.on_time / total) if total else 0


async def punctuality(connection: Connection) -> Sequence[Punctuality]:
    rows = await connection.fetch(
        "SELECT school.name AS school, side.name AS side,"
        " count(*) FILTER (WHERE miss.pairing_id IS NULL)::int AS on_time,"
        " count(*) FILTER (WHERE miss.pairing_id IS NOT NULL AND letter.id IS NOT NULL)::int AS late,"
        " count(*) FILTER (WHERE miss.pairing_id IS NOT NULL AND letter.id IS NULL)::int AS never"
        " FROM pairing JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id"
        " JOIN pairing_round AS round ON round.pairing_id = pairing.id AND round.number >= pairing.first_round"
        "   AND left_out IS NULL"
        " CROSS JOIN (VALUES ('student'), ('officer')) AS side(name)"
        " LEFT JOIN miss ON miss.pairing_id = pairing.id AND miss.round_number = round.number AND miss.side = side.name"
        " LEFT JOIN letter ON letter.pairing_id = pairing.id AND letter.round_number = round.number"
        "  AND letter.side = side.name"
        " GROUP BY 1, 2 ORDER BY 1, 2 DESC"
    )
    return [Punctuality(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to one pairing. `text`: what a letter said."""

    at: datetime
    kind: str
    sentence: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    pairing_id: UUID
    student: str
    officer: str
    school: str
    moments: Sequence[Moment]


async def story(connection: Connection, keyring: Keyring, pairing_id: UUID) -> Story:
    """With what the letters said."""
    row = await connection.fetchrow(
        "SELECT student_first_name AS student, officer_first_name AS officer, school.name AS school"
        " FROM pairing JOIN pal ON pal.pairing_id = pairing.id"
        " JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id"
        " WHERE pairing.id = $1",
        pairing_id,
    )
    if row is None:
        raise LookupError(
            f"There is no pairing {pairing_id} in this program. See: starter.py pairing list PROGRAM"
        )
    moments = [
        await _moment(connection, keyring, moment, row["student"], row["officer"])
        for moment in await connection.fetch(_MOMENTS, pairing_id)
    ]
    return Story(pairing_id, row["student"], row["officer"], row["school"], moments)


_MOMENTS = """
    SELECT * FROM (
    SELECT introduced_at AS at, 'introduced' AS kind, NULL::text AS side, NULL::int AS round, NULL::uuid AS draft,
           NULL::text AS detail FROM pairing WHERE id = $1
    UNION ALL
    SELECT received_at, 'written', letter.side, round_number, draft.id, draft.kind
      FROM draft JOIN letter ON letter.id = letter_id WHERE pairing_id = $1
    UNION ALL
    SELECT decided_at, 'decided', letter.side, round_number, NULL, verdict
      FROM decision JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id WHERE pairing_id = $1
    UNION ALL
    SELECT recorded_at, 'missed', side, round_number, NULL, NULL FROM miss WHERE pairing_id = $1
    UNION ALL
    SELECT released_at, 'delivered', side, round_number, CASE WHEN kind = 'stock' THEN draft_id END, kind
      FROM delivery WHERE pairing_id = $1
    UNION ALL
    SELECT opens_at, 'opening', NULL, number, NULL, NULL FROM pairing_round
     WHERE pairing_id = $1 AND pack_sent_at IS NOT NULL
    UNION ALL
    SELECT answered_at, 'answered', NULL, NULL, NULL, answer FROM visit WHERE pairing_id = $1 AND answered_at IS NOT NULL
    UNION ALL
    SELECT recorded_at, 'visit', NULL, NULL, NULL, CASE WHEN attended THEN 'came' ELSE 'did not come' END
      FROM visit WHERE pairing_id = $1 AND recorded_at IS NOT NULL
    UNION ALL
    SELECT at, happens, NULL, NULL, NULL, NULL FROM pairing JOIN (
           SELECT pause.*, began_at AS at, 'paused' AS happens FROM pause
           UNION ALL SELECT pause.*, ended_at, 'resumed' FROM pause WHERE ended_at IS NOT NULL) AS pause
        ON num_nonnulls(pause.school_id, pause.agency_id, pause.pairing_id) = 0
           OR pause.school_id = pairing.school_id OR pause.agency_id = pairing.agency_id OR pause.pairing_id = pairing.id
     WHERE pairing.id = $1 AND what = 'letters' AND at BETWEEN introduced_at AND pairing.ended_at
    UNION ALL
    SELECT ended_at, 'closed', NULL, NULL, NULL, end_reason FROM pairing WHERE id = $1 AND ended_at IS NOT NULL
    ) AS moments ORDER BY at, array_position(ARRAY['introduced', 'written', 'decided', 'missed', 'delivered'], kind)
"""

_DECIDED = {
    "approve": "A moderator read {whose} letter and approved it.",
    "return": "A moderator sent {whose} letter back, to be changed.",
    "refer": "A moderator held {whose} letter for the counselor.",
}
_DELIVERED = {
    "letter": "{whose} letter was released to {pal}.",
    "late": "{whose} letter, late, was released to {pal} all the same.",
    "stock": "A reserve officer's letter stood in, so that {pal} was not empty-handed on opening day.",
}


_HAPPENED = {
    "introduced": "{student} and {officer} were introduced to each other.",
    "written": "Round {number}: {writer} handed in a letter{on_paper}.",
    "missed": "Round {number}: {writer}'s letter had not come by its date.",
    "opening": "Opening day {number}: the class opened its letters together.",
    "answered": "{officer} was invited to the visit and said {detail}.",
    "visit": "The visit: {officer} {detail}.",
    "paused": "The letters rest: no date comes nearer.",
    "resumed": "The letters go on, with as many days as were left.",
}
_CLOSED = {
    "year closed": "Farewell. The year is closed; the letters are the child's to keep.",
    "student left": "The letters of {student} and {officer} end here.",
    "officer left": "The letters of {student} and {officer} end here.",
}


async def _moment(
    connection: Connection, keyring: Keyring, row: asyncpg.Record, student: str, officer: str
) -> Moment:
    kind, detail = row["kind"], row["detail"]
    writer, pal = (student, officer) if row["side"] == "student" else (officer, student)
    by_detail = {"decided": _DECIDED, "delivered": _DELIVERED, "closed": _CLOSED}
    sentence = by_detail[kind][detail] if kind in by_detail else _HAPPENED[kind]
    told = sentence.format(
        student=student,
        officer=officer,
        writer=writer,
        whose=f"{writer}'s",
        pal=pal,
        number=row["round"],
        detail=detail,
        on_paper=" on paper" if detail == "pages" else "",
    )
    return Moment(row["at"], kind, told, await _text(connection, keyring, row["draft"]))


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """A child whose officer went, and who has another one now."""

    student: str
    before: str
    after: str
    school: str
    moments: Sequence[Moment]


async def new_officers_story(connection: Connection) -> NewOfficer | None:
    """The one that began first and led to letters; else the first that led to an introduction."""
    row = await connection.fetchrow(
        "SELECT replacement.id, replacement.pairing_id, next_pairing_id, old.student_first_name AS student,"
        " old.officer_first_name AS before, new.officer_first_name AS after, school.name AS school"
        " FROM replacement JOIN pal AS old ON old.pairing_id = replacement.pairing_id"
        " JOIN pal AS new ON new.pairing_id = next_pairing_id JOIN pairing AS next ON next.id = next_pairing_id"
        " JOIN school ON school.program_id = next.program_id AND school.id = next.school_id"
        " JOIN student ON student.id = next.student_id AND erased_at IS NULL WHERE introduced_at IS NOT NULL"
        " ORDER BY EXISTS (SELECT FROM delivery WHERE pairing_id = next_pairing_id AND kind <> 'stock') DESC,"
        " replacement.opened_at, student.external_id LIMIT 1"
    )
    if row is None:
        return None
    moments = await connection.fetch(_CHANGE, row["id"])
    names = {name: row[name] for name in ("student", "before", "after")}
    told = [Moment(one["at"], one["kind"], _CHANGED[one["kind"]].format(**names)) for one in moments]
    return NewOfficer(**names, school=row["school"], moments=told)


_CHANGE = """
    WITH this AS (SELECT * FROM replacement WHERE id = $1)
    SELECT at, kind FROM (
    SELECT introduced_at AS at, 1 AS place, 'introduced' AS kind FROM pairing JOIN this ON this.pairing_id = pairing.id
    UNION ALL
    SELECT min(released_at), 2, 'exchanged' FROM delivery JOIN this USING (pairing_id) WHERE kind <> 'stock'
    UNION ALL
    SELECT since, 3, CASE WHEN ending.farewell_until > since THEN 'goes' ELSE 'goes at once' END
      FROM ending JOIN this USING (pairing_id)
    UNION ALL
    SELECT max(released_at), 4, 'farewell' FROM delivery JOIN this USING (pairing_id) JOIN ending USING (pairing_id)
     WHERE kind <> 'stock' AND released_at > since
    UNION ALL
    SELECT approved_at, 5, 'approved' FROM this
    UNION ALL
    SELECT guardian_told_at, 6, 'told' FROM this
    UNION ALL
    SELECT max(released_at), 7, 'meanwhile' FROM delivery JOIN this USING (pairing_id) JOIN ending USING (pairing_id)
     WHERE kind = 'stock' AND released_at > since
    UNION ALL
    SELECT introduced_at, 8, 'next' FROM pairing JOIN this ON next_pairing_id = pairing.id
    UNION ALL
    SELECT min(released_at), 9, 'delivered' FROM delivery JOIN this ON next_pairing_id = delivery.pairing_id WHERE kind <> 'stock'
    ) AS moments WHERE at IS NOT NULL ORDER BY at, place
"""

_CHANGED = {
    "introduced": "{student} and {before} were introduced to each other.",
    "exchanged": "Their first letter arrived.",
    "goes": "{before} could take part no longer. Both were asked for a last letter.",
    "goes at once": "{before} could take part no longer, from that moment on. Nobody was shown a cause.",
    "farewell": "A last letter was read and went on.",
    "approved": "The coordinator agreed to {after} as the next officer.",
    "told": "The family and the teacher heard that the pal changes; then came the days of rest.",
    "meanwhile": "A reserve officer's letter stood in, so that {student} had one to open like everybody.",
    "next": "{student} and {after} were introduced to each other.",
    "delivered": "The first letter between {student} and {after} arrived.",
}


@dataclass(frozen=True, slots=True)
class Rest:
    """Days on which the letters of a school, or of all of them, rested. `school` None: all."""

    first: date
    last: date
    school: str | None


async def rests(connection: Connection, zone: str, last_day: date) -> Sequence[Rest]:
    rows = await connection.fetch(
        "SELECT (began_at AT TIME ZONE $1)::date AS first, coalesce((ended_at AT TIME ZONE $1)::date, $2) AS last,"
        " school.name AS school FROM pause LEFT JOIN school ON school.program_id = pause.program_id"
        " AND school.id = pause.school_id WHERE what = 'letters' AND agency_id IS NULL AND pairing_id IS NULL"
        " ORDER BY began_at, school.name",
        zone,
        last_day,
    )
    return [Rest(**row) for row in rows]


async def carried_over(connection: Connection) -> int:
    """Pairs that go on in the year after, as both have wished."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM pairing JOIN proposed_pair ON proposed_pair.id = proposed_pair_id"
        " WHERE reason = 'pals since last year'"
    )
    return count


async def _text(connection: Connection, keyring: Keyring, draft: UUID | None) -> str | None:
    if draft is None:
        return None
    letter = (await read_draft(connection, keyring, draft)).letter
    return letter.text if isinstance(letter, TypedLetter) else None


@dataclass(frozen=True, slots=True)
class ShownMail:
    to: str
    subject: str
    html: str
    text: str


async def one_of_each_kind(connection: Connection, caught: Sequence[Caught]) -> Sequence[ShownMail]:
    """The first mail of each kind, in the order of the year; of families' mails one in each language."""
    rows = await connection.fetch("SELECT message_id, kind FROM mail")
    kinds = {row["message_id"]: row["kind"] for row in rows}
    shown: dict[tuple[str, str], ShownMail] = {}
    for one in caught:
        head = one.head
        kind = kinds.get(str(head["Message-ID"]), "unknown"), str(head["Content-Language"])
        if kind not in shown:
            message = one.message
            shown[kind] = ShownMail(
                str(message["To"]), str(message["Subject"]), _part(message, "html"), _part(message, "plain")
            )
    return list(shown.values())


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    content: str = body.get_content() if body is not None else ""
    return content
