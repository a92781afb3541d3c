"""What is open of a program's years, and how far each has come: for a workflow that has to go on in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.letters import Side, Verdict
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class OpenYear:
    """`opening_days_done`: the last opening day whose packs were sent. `is_open` False: it has still to begin."""

    id: str
    school: str
    is_open: bool
    opening_days_done: int


async def years(connection: Connection) -> Sequence[OpenYear]:
    """Those that are not closed."""
    rows = await connection.fetch(
        "SELECT id, school_id AS school, state = 'open' AS is_open, coalesce((SELECT max(number) FROM round"
        "   WHERE program_year_id = year.id AND pack_sent_at IS NOT NULL), 0) AS opening_days_done"
        " FROM program_year AS year WHERE state <> 'closed' ORDER BY school_id"
    )
    return [OpenYear(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Matching:
    """How the matching of a program's newest school year stands. `proposed`: there is a proposal; `undone`: pairs of it will
    not be.
    """

    seed: int | None
    open_pairs: int
    undone: bool

    @property
    def proposed(self) -> bool:
        return self.seed is not None


async def matching(connection: Connection) -> Matching:
    """Pairs that go on from the last year are no matching, and what that one had proposed is over."""
    row = await connection.fetchrow(
        "SELECT max(seed) AS seed, count(*) FILTER (WHERE state = 'proposed') AS open_pairs,"
        " coalesce(bool_or(state IN ('rejected', 'superseded')), false) AS undone"
        " FROM (SELECT id, seed FROM proposal WHERE needs <> '[]' AND made_at > coalesce((SELECT max(closed_at) FROM program_year"
        "   WHERE first_year < (SELECT max(first_year) FROM program_year)), '-infinity') ORDER BY number DESC LIMIT 1) AS newest"
        " LEFT JOIN proposed_pair ON proposal_id = newest.id"
    )
    assert row is not None  # noqa: S101 - an aggregate always returns its row
    return Matching(**row)


@dataclass(frozen=True, slots=True)
class OpenPairing:
    """`under_way`: the two were introduced, and their letters go on."""

    id: UUID
    school: str
    program_year: str
    under_way: bool


async def pairings(connection: Connection) -> Sequence[OpenPairing]:
    """Those that have not ended, also of a year that is over, and those whose workflow has still to hear of something."""
    rows = await connection.fetch(
        "SELECT pairing.id, pairing.school_id AS school, program_year_id AS program_year,"
        " introduced_at IS NOT NULL AND ended_at IS NULL AS under_way"
        " FROM pairing JOIN program_year AS year ON year.id = program_year_id"
        " WHERE ended_at IS NULL AND year.state <> 'prepared'"
        "  OR ended_at IS NOT NULL AND EXISTS (SELECT FROM tell WHERE tell.program_id = pairing.program_id"
        "   AND workflow_id = 'pairing-' || pairing.id AND answered_at IS NULL) ORDER BY pairing.id"
    )
    return [OpenPairing(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Heard:
    """A decision of which the pairing's workflow was told. `to_go`: approved, not delivered yet, and not too late for it."""

    draft_id: str
    hash: str
    verdict: Verdict
    round_number: int
    side: Side
    to_go: bool


@dataclass(frozen=True, slots=True)
class SoFar:
    """How far a pairing has come: the last round that was opened, how many were, and whose letter of which round is out."""

    last_round: int
    rounds_done: int
    settled: Sequence[str]
    heard: Sequence[Heard]


async def so_far(connection: Connection, pairing_id: UUID) -> SoFar:
    opened = await connection.fetchrow(
        "SELECT coalesce(max(number), 0) AS last_round, count(*) FILTER (WHERE left_out IS NULL AND number >= first_round)"
        " AS rounds_done FROM pairing_round JOIN pairing ON pairing.id = pairing_id"
        " WHERE pairing_id = $1 AND opens_at <= program_now()",
        pairing_id,
    )
    assert opened is not None  # noqa: S101 - an aggregate always returns its row
    settled = await connection.fetch(
        "SELECT round_number || ' ' || side AS one FROM delivery WHERE pairing_id = $1"
        " AND (kind = 'letter' OR side = 'student') ORDER BY sequence",
        pairing_id,
    )
    heard = await connection.fetch(
        "SELECT body->>'draft_id' AS draft_id, body->>'hash' AS hash, body->>'verdict' AS verdict,"
        " (body->>'round_number')::int AS round_number, body->>'side' AS side,"
        " ended_at IS NULL AND body->>'verdict' = 'approve' AND NOT EXISTS (SELECT FROM delivery"
        "   WHERE pairing_id = pairing.id AND draft_id = (body->>'draft_id')::uuid) AS to_go"
        " FROM pairing JOIN tell ON tell.program_id = pairing.program_id AND workflow_id = 'pairing-' || pairing.id"
        " WHERE pairing.id = $1 AND fact = 'letter_decided' AND answer <> 'refused' ORDER BY tell.sequence",
        pairing_id,
    )
    return SoFar(
        last_round=opened["last_round"],
        rounds_done=opened["rounds_done"],
        settled=[row["one"] for row in settled],
        heard=[
            Heard(**{**row, "verdict": Verdict(row["verdict"]), "side": Side(row["side"])}) for row in heard
        ],
    )
