"""What the design promises, each as one question to the database: what breaks it, in a sentence each.

`AT_ANY_TIME` holds after every commit. `WHEN_QUIET` holds once every workflow has heard of it, and judges no date in a
stretch in which nobody served the workflows.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bluepals.facts import visit_hosts
from bluepals.store import attention
from bluepals.store.database import Connection

Stretches = Sequence[tuple[datetime, datetime]]
Sentences = Sequence[str]


async def _sentences(connection: Connection, query: str, *values: object) -> Sentences:
    return [row["sentence"] for row in await connection.fetch(query, *values)]


async def one_live_pairing_per_child(connection: Connection) -> Sentences:
    return await _sentences(
        connection,
        "SELECT format('Child %s has %s living pairings.', external_id, count(*)) AS sentence"
        " FROM pairing JOIN student ON student.id = student_id WHERE ended_at IS NULL"
        " GROUP BY external_id HAVING count(*) > 1",
    )


async def nobody_over_capacity(connection: Connection) -> Sentences:
    return await _sentences(
        connection,
        "SELECT format('Officer %s has %s children and %s places.', external_id, count(*), capacity) AS sentence"
        " FROM pairing JOIN officer ON officer.id = officer_id WHERE ended_at IS NULL"
        " GROUP BY external_id, capacity HAVING count(*) > capacity",
    )


async def nothing_unapproved(connection: Connection) -> Sentences:
    """Exactly these bytes, by somebody else than their uploader, before they went."""
    return await _sentences(
        connection,
        "SELECT format('Delivery %s of draft %s rests on no approval.', delivery.id, draft.id) AS sentence"
        " FROM delivery JOIN draft ON draft.id = draft_id WHERE NOT EXISTS (SELECT FROM decision"
        "   WHERE decision.draft_id = draft.id AND verdict = 'approve' AND decision.hash = delivery.hash"
        "   AND delivery.hash = draft.hash AND NOT is_one_person(decided_by, draft.uploaded_by)"
        "   AND decided_at <= released_at)",
    )


async def nothing_ungated(connection: Connection, seen: int) -> Sentences:
    """Of the deliveries since the last look: introduced, consent, clearance, no pause, no case, no end when it went.

    A stock letter is another officer's: its writer's gates count, and a pause does not keep it. A child whose officer went
    before the introduction gets one too.
    """
    return await _sentences(
        connection,
        "SELECT format('The %s''s %s of round %s, pairing %s, went out though %s.', side, delivery.kind, round_number, pairing.id, why)"
        "   AS sentence"
        " FROM delivery JOIN pairing ON pairing.id = pairing_id JOIN draft ON draft.id = draft_id"
        " JOIN student ON student.id = pairing.student_id"
        " JOIN officer ON officer.id = CASE delivery.kind WHEN 'stock' THEN draft.uploaded_by ELSE pairing.officer_id END"
        " CROSS JOIN LATERAL (VALUES"
        "   ('the two had not been introduced', coalesce(introduced_at > released_at, true)"
        "      AND NOT (delivery.kind = 'stock' AND coalesce(ended_at <= released_at, false))),"
        "   ('there is no consent', consent_on IS NULL OR student.withdrawn_at <= released_at),"
        "   ('the clearance is over', delivery.kind <> 'stock' AND NOT coalesce(cleared_until >= local_day(released_at), false)),"
        "   ('its officer takes part no longer', officer.withdrawn_at <= released_at),"
        "   ('the pairing had ended', delivery.kind <> 'stock' AND ended_at < released_at),"
        "   ('its letters are paused', delivery.kind <> 'stock' AND EXISTS (SELECT FROM pause WHERE what = 'letters'"
        "      AND began_at <= released_at AND (ended_at IS NULL OR pause.ended_at > released_at)"
        "      AND (num_nonnulls(pause.school_id, pause.agency_id, pause.pairing_id) = 0"
        "        OR pause.school_id = pairing.school_id OR pause.agency_id = pairing.agency_id"
        "        OR pause.pairing_id = pairing.id))),"
        "   ('a case holds it', EXISTS (SELECT FROM case_file WHERE (case_file.draft_id = draft.id OR officer_id = officer.id)"
        "      AND opened_at <= released_at AND (closed_at IS NULL OR closed_at > released_at)))"
        " ) AS gate (why, closed)"
        " WHERE delivery.sequence > $1 AND closed ORDER BY delivery.sequence",
        seen,
    )


async def nothing_out_after_a_stop(connection: Connection) -> Sentences:
    """From the commit on: no letter of that officer, none of an unopened pack, no mail about a child to the officer."""
    return await _sentences(
        connection,
        "SELECT format('Draft %s of officer %s went out after the officer was stopped.', draft.id, external_id) AS sentence"
        " FROM officer JOIN draft ON uploaded_by = officer.id JOIN delivery ON draft_id = draft.id"
        " LEFT JOIN pairing ON pairing.id = pairing_id"
        " LEFT JOIN round ON round.program_year_id = pairing.program_year_id AND round.number = opening"
        " WHERE officer.withdrawn_at IS NOT NULL AND (released_at >= officer.withdrawn_at"
        "   OR (withheld_at IS NULL AND opening IS NOT NULL AND coalesce(pack_sent_at, 'infinity') > officer.withdrawn_at))"
        " UNION ALL"
        " SELECT format('Mail %s (%s) about a child left after officer %s was stopped.', mail.id, mail.kind, external_id)"
        " FROM officer JOIN mail ON to_address = officer.email AND pairing_id IS NOT NULL AND mail.kind <> 'safety'"
        " WHERE sent_at >= officer.withdrawn_at",
    )


async def nothing_out_to_the_dead(connection: Connection) -> Sentences:
    """No mail of any kind."""
    return await _sentences(
        connection,
        "SELECT format('Mail %s (%s) left after officer %s had died.', mail.id, mail.kind, external_id) AS sentence"
        " FROM officer JOIN mail ON to_address = officer.email WHERE sent_at >= died_at",
    )


async def nothing_out_about_a_child_who_is_gone(connection: Connection) -> Sentences:
    """Where a family withdraws, a child has died or somebody declines, what is not yet out stays in."""
    return await _sentences(
        connection,
        "SELECT format('Mail %s (%s) left after pairing %s had ended: %s.', mail.id, kind, mail.pairing_id, reason)"
        "   AS sentence"
        " FROM ending JOIN mail USING (pairing_id)"
        " WHERE reason IN ('consent withdrawn', 'child died', 'declined') AND kind <> 'safety' AND sent_at >= since"
        " UNION ALL"
        " SELECT format('Mail %s (%s), which tells of pairing %s, left after it had ended: %s.', mail.id, kind, ending.pairing_id,"
        "   reason) FROM ending JOIN mail ON ending.pairing_id = ANY (tells_of)"
        " WHERE reason IN ('child died', 'officer died') AND (kind = 'asked' OR cardinality(tells_of) = 1)"
        " AND created_at < since AND sent_at >= since",
    )


async def nobody_is_introduced_before_all_could_decline(connection: Connection) -> Sentences:
    """Also by the date that a pause has moved, as long as the two did not know of each other."""
    return await _sentences(
        connection,
        "SELECT format('Pairing %s was introduced on %s, and could be declined until %s.', id, introduced_at, declining_until)"
        "   AS sentence FROM pairing WHERE introduced_at < declining_until",
    )


async def one_letter_in_each_pack(connection: Connection) -> Sentences:
    """Each deadline's consequence once: of a child's officers' letters one, be it the pal's or a stock letter."""
    return await _sentences(
        connection,
        "SELECT format('Child %s has %s letters for opening day %s.', student_id, count(*), opening) AS sentence"
        " FROM delivery JOIN pairing ON pairing.id = pairing_id"
        " WHERE delivery.side = 'officer' AND kind <> 'late' AND withheld_at IS NULL"
        " GROUP BY student_id, program_year_id, opening HAVING count(*) > 1",
    )


async def whatever_is_a_childs_is_at_its_school(connection: Connection) -> Sentences:
    """Its pairing; and while it is between two officers, the one that has ended, whose packs and visit are looked after."""
    return await _sentences(
        connection,
        "SELECT format('Pairing %s is of %s, and its child at %s.', pairing.id, pairing.program_year_id, student.program_year_id)"
        "   AS sentence FROM pairing JOIN student ON student.id = student_id"
        " WHERE (ended_at IS NULL OR is_between_officers(pairing.id))"
        " AND pairing.program_year_id <> student.program_year_id",
    )


async def no_child_is_left_with_nobody_knowing(connection: Connection) -> Sentences:
    """Whose officer has gone has another one, or one is sought, or the search ended for a reason that still holds."""
    return await _sentences(
        connection,
        "SELECT format('Child %s has lost its officer (%s), and nobody looks for another one.', student_id, reason)"
        "   AS sentence"
        " FROM ending JOIN pairing ON pairing.id = pairing_id JOIN student ON student.id = student_id"
        " WHERE reason IN ('moved', 'busy', 'stopped', 'clearance ended', 'silence')"
        " AND NOT EXISTS (SELECT FROM replacement WHERE replacement.pairing_id = pairing.id AND (closed_at IS NULL"
        "   OR next_pairing_id IS NOT NULL OR outcome IN ('year over', 'people decide')"
        "   OR (outcome = 'child left' AND coalesce(student.withdrawn_at, left_at) IS NOT NULL)))"
        " UNION ALL"
        " SELECT format('The officer of pairing %s has died, and nobody was asked to decide.', pairing_id)"
        " FROM ending WHERE reason = 'officer died'"
        " AND NOT EXISTS (SELECT FROM attention WHERE key = 'death-' || pairing_id)",
    )


async def every_fact_is_heard(connection: Connection, _: Stretches) -> Sentences:
    """No tell that is due waits for an answer, and none was refused: a fact is never wrong."""
    return await _sentences(
        connection,
        "SELECT format('%s heard of %s (%s): %s.', workflow_id, fact, key, coalesce(answer, 'nothing')) AS sentence"
        " FROM tell WHERE answer = 'refused' OR (answered_at IS NULL AND next_attempt_at <= program_now())",
    )


async def every_date_has_its_consequence(connection: Connection, absent: Stretches) -> Sentences:
    """A date that is over: a letter that came in time, or a miss; an opening day: its packs are sent.

    Whoever says farewell misses no date.
    """
    began, ended = [one for one, _ in absent], [one for _, one in absent]
    return await _sentences(
        connection,
        "SELECT format('The %s''s date of round %s, pairing %s, is over, and nothing came of it.', side, number, pairing.id)"
        "   AS sentence"
        " FROM pairing JOIN pairing_round ON pairing_round.pairing_id = pairing.id AND number >= first_round"
        " CROSS JOIN LATERAL (VALUES ('student', students_due_at), ('officer', officers_due_at)) AS one (side, due)"
        " WHERE ended_at IS NULL AND NOT EXISTS (SELECT FROM ending WHERE ending.pairing_id = pairing.id)"
        " AND left_out IS NULL AND due > introduced_at AND due <= pack_closes_at"
        " AND due < program_now() - interval '2 minutes'"
        " AND NOT EXISTS (SELECT FROM miss WHERE miss.pairing_id = pairing.id AND round_number = pairing_round.number AND miss.side = one.side)"
        " AND NOT EXISTS (SELECT FROM letter JOIN draft ON letter_id = letter.id WHERE letter.pairing_id = pairing.id"
        "   AND round_number = pairing_round.number AND letter.side = one.side AND received_at <= due)"
        " UNION ALL"
        " SELECT format('Opening day %s of %s is over, and no pack was sent.', number, program_year.id)"
        " FROM round JOIN program_year ON program_year.id = program_year_id"
        " WHERE left_out IS NULL AND opens_at < program_now() - interval '2 minutes' AND pack_sent_at IS NULL"
        " AND NOT EXISTS (SELECT FROM unnest($1::timestamptz[], $2::timestamptz[]) AS away (began, ended)"
        "   WHERE opens_at BETWEEN began AND ended)",
        began,
        ended,
    )


async def no_child_without_a_letter(connection: Connection, absent: Stretches) -> Sentences:
    """On each opening day of a pairing, or of a child between two officers, unless a person was told before."""
    began, ended = [one for one, _ in absent], [one for _, one in absent]
    return await _sentences(
        connection,
        "SELECT format('Pairing %s has no letter for opening day %s, and nobody was told.', pairing.id, number) AS sentence"
        " FROM pairing JOIN student ON student.id = pairing.student_id"
        " JOIN pairing_round AS this ON this.pairing_id = pairing.id AND number >= first_round AND left_out IS NULL"
        " LEFT JOIN replacement ON replacement.pairing_id = pairing.id"
        " LEFT JOIN pairing AS next ON next.id = next_pairing_id"
        " WHERE opens_at <= program_now() AND has_consent(student) AND pairing.introduced_at < pack_closes_at"
        " AND (pairing.ended_at IS NULL OR pairing.ended_at > opens_at"
        "   OR (replacement.opened_at < pack_closes_at - interval '1 day' AND coalesce(replacement.closed_at, 'infinity') > opens_at"
        "       AND number < coalesce(next.first_round, number + 1)))"
        " AND NOT EXISTS (SELECT FROM delivery JOIN pairing AS whose ON whose.id = delivery.pairing_id"
        "   WHERE whose.student_id = student.id AND delivery.side = 'officer' AND opening = number AND kind <> 'late'"
        "   AND withheld_at IS NULL AND released_at <= opens_at)"
        " AND NOT EXISTS (SELECT FROM attention WHERE opened_at <= opens_at AND key IN"
        "   (format('no-stock-%s-%s', pairing.id, number), format('pack-%s-%s', pairing.id, number), 'death-' || pairing.id))"
        " AND NOT EXISTS (SELECT FROM unnest($1::timestamptz[], $2::timestamptz[]) AS away (began, ended)"
        "   WHERE began <= opens_at AND ended >= pack_closes_at)",
        began,
        ended,
    )


async def nobody_is_alone_at_a_visit(connection: Connection, _: Stretches) -> Sentences:
    """At one that is ahead: whose officer does not come has a host who is asked or comes, or a person was called.

    A clearance that ends is found by the next morning's look, which not every day here has.
    """
    uncleared = await connection.fetch(
        "SELECT pairing.id FROM pairing JOIN officer ON officer.id = pairing.officer_id"
        " LEFT JOIN visit_host ON visit_host.pairing_id = pairing.id AND released_at IS NULL"
        " LEFT JOIN officer AS host ON host.id = visit_host.officer_id"
        " WHERE least(officer.cleared_until, host.cleared_until) < program_today()"
    )
    called = {call.subject_id for call in await attention.open_calls(connection)}
    invited = await connection.fetch(
        "SELECT DISTINCT program_year_id FROM visit JOIN pairing ON pairing.id = pairing_id"
        " JOIN program_year ON program_year.id = program_year_id WHERE visit_is_ahead(program_year_id)"
        " AND NOT is_paused('visits', program_year.program_id, program_year.school_id, NULL, NULL)"
    )
    alone = [await visit_hosts.children_without_anybody(connection, year[0]) for year in invited]
    return [
        f"Nobody meets the child of pairing {pairing} at the visit, and nobody is asked or called."
        for pairings in alone
        for pairing in pairings
        if pairing not in called | {row["id"] for row in uncleared}
    ]


async def workflows_of_open_rows(connection: Connection) -> Sequence[str]:
    """A suspected harm that somebody has not attested has its stopwatch, a child between two officers its search."""
    rows = await connection.fetch(
        "SELECT 'referral-' || id AS workflow_id FROM case_file WHERE kind = 'harm' AND closed_at IS NULL"
        " AND EXISTS (SELECT FROM case_reader WHERE case_id = case_file.id AND NOT EXISTS (SELECT FROM attestation"
        "   WHERE attestation.case_id = case_file.id AND attestation.person = case_reader.person)"
        "   AND NOT EXISTS (SELECT FROM officer WHERE officer.id = person AND died_at IS NOT NULL))"
        " UNION ALL SELECT 'new-officer-' || id FROM replacement WHERE closed_at IS NULL"
    )
    return [row["workflow_id"] for row in rows]


async def everything_is_closed(connection: Connection) -> Sentences:
    """After the last day."""
    return await _sentences(
        connection,
        "SELECT format('Pairing %s has not ended.', id) AS sentence FROM pairing WHERE ended_at IS NULL"
        " UNION ALL SELECT format('The year %s is %s.', id, state) FROM program_year WHERE state <> 'closed'"
        " UNION ALL SELECT format('Replacement %s is still open.', id) FROM replacement WHERE closed_at IS NULL",
    )


AT_ANY_TIME: Sequence[Callable[[Connection], Awaitable[Sentences]]] = (
    one_live_pairing_per_child,
    nobody_over_capacity,
    nothing_unapproved,
    nothing_out_after_a_stop,
    nothing_out_to_the_dead,
    nothing_out_about_a_child_who_is_gone,
    nobody_is_introduced_before_all_could_decline,
    one_letter_in_each_pack,
    whatever_is_a_childs_is_at_its_school,
    no_child_is_left_with_nobody_knowing,
)

WHEN_QUIET: Sequence[Callable[[Connection, Stretches], Awaitable[Sentences]]] = (
    every_fact_is_heard,
    every_date_has_its_consequence,
    no_child_without_a_letter,
    nobody_is_alone_at_a_visit,
)
