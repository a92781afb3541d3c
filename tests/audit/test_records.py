"""What the database proves: a superuser plants one broken rule of each kind, and the audit names it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from audit.records import approval
from bluepals.store.audit import AuditedDelivery
from tests.audit.conftest import Audited

APPROVED, GENDER, MAILED, OPENING = (
    "approved before delivery",
    "same gender",
    "mailed once",
    "a letter for each opening day",
)
A_LETTER = "SELECT id FROM delivery WHERE kind = 'letter' ORDER BY sequence LIMIT 1"
ITS_DRAFT = "(SELECT draft_id FROM delivery WHERE kind = 'letter' ORDER BY sequence LIMIT 1)"
A_MAIL = "SELECT id FROM mail ORDER BY sequence LIMIT 1"
THE_EXCEPTION = (
    "SELECT pairing.id FROM pairing JOIN student ON student.id = student_id WHERE pal_gender_by IS NOT NULL"
)


async def test_a_year_that_kept_the_rules_is_clean(town: Audited) -> None:
    report = await town.report()
    assert report.clean
    assert report.histories_gone == ()
    # Three pairings, their school's year and visit, the matching, the outbox, one day's mail, and one stopwatch.
    assert report.histories == 9
    assert all(check.checked for check in report.checks)


async def test_an_exception_with_its_reason_is_on_record(town: Audited) -> None:
    on_record = (await town.report()).check(GENDER).on_record
    assert [(one.rule, one.subject) for one in on_record] == [
        ("exception", str(await town.one(THE_EXCEPTION)))
    ]


async def test_a_child_for_whom_a_person_was_called_is_on_record(town: Audited) -> None:
    on_record = (await town.report()).check(OPENING).on_record
    pairing = await town.one(THE_EXCEPTION)
    assert [(one.rule, one.subject) for one in on_record] == [("a person was called", f"{pairing}/2")]


@pytest.mark.parametrize(
    ("rule", "constraint", "deed"),
    [
        ("not approved", None, f"DELETE FROM decision WHERE draft_id = {ITS_DRAFT}"),
        (
            "not approved",
            ("decision", "decision_check"),
            f"UPDATE decision SET verdict = 'return' WHERE draft_id = {ITS_DRAFT}",
        ),
        (
            "approved by its uploader",
            ("decision", "decided_by_someone_else"),
            f"UPDATE decision SET decided_by = uploaded_by WHERE draft_id = {ITS_DRAFT}",
        ),
        (
            "approved by its uploader",
            None,
            (
                "UPDATE staff SET email = (SELECT upper(email) FROM officer WHERE id = uploaded_by UNION"
                " SELECT upper(email) FROM staff WHERE id = uploaded_by)"
                f" FROM decision WHERE staff.id = decided_by AND draft_id = {ITS_DRAFT}"
            ),
        ),
        (
            "approved after delivery",
            None,
            f"UPDATE decision SET decided_at = decided_at + interval '1 day' WHERE draft_id = {ITS_DRAFT}",
        ),
        (
            "other content approved",
            None,
            f"UPDATE decision SET hash = sha256('another') WHERE draft_id = {ITS_DRAFT}",
        ),
        (
            "content changed",
            ("draft", "hashed_over_the_stored_bytes"),
            f"UPDATE draft SET stored = stored || '!' WHERE id = {ITS_DRAFT}",
        ),
        (
            "before the introduction",
            None,
            (
                "UPDATE pairing SET introduced_at = released_at + interval '1 minute' FROM delivery"
                f" WHERE pairing.id = pairing_id AND draft_id = {ITS_DRAFT}"
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
async def test_a_delivery_without_a_prior_approval_by_someone_else_is_named(
    town: Audited, rule: str, constraint: tuple[str, str] | None, deed: str
) -> None:
    if constraint:
        await town.without(*constraint)
    await town.plant(deed)
    assert (rule, str(await town.one(A_LETTER))) in [
        (one.rule, one.subject) for one in await town.violations(APPROVED)
    ]


async def test_a_letter_that_nobody_can_read_any_more_is_on_record_as_not_looked_for(town: Audited) -> None:
    await town.without("draft", "hashed_over_the_stored_bytes")
    await town.plant(f"UPDATE draft SET stored = stored || '!' WHERE id = {ITS_DRAFT}")
    on_record = (await town.report()).check("no personal data in histories").on_record
    assert "not readable" in [one.rule for one in on_record]


async def test_an_erased_letter_is_no_violation(town: Audited) -> None:
    await town.plant(f"UPDATE draft SET stored = NULL WHERE id = {ITS_DRAFT}")
    assert (await town.report()).clean


async def test_an_approved_letter_that_no_workflow_released_is_named(town: Audited) -> None:
    """All of the database's rules are kept: a stock letter stands where the officer's own one stood."""
    await town.plant(
        "CREATE TEMPORARY TABLE taken AS SELECT * FROM delivery WHERE kind = 'letter' AND opening = 2"
        " AND pairing_id NOT IN (SELECT pairing_id FROM delivery WHERE kind = 'stock') LIMIT 1",
        "DELETE FROM delivery WHERE id IN (SELECT id FROM taken)",
    )
    delivery = await town.one(
        "WITH planted AS (INSERT INTO delivery (program_id, school_id, agency_id, pairing_id, round_number, side, kind,"
        "   opening, draft_id, written_for, hash, released_at)"
        " SELECT taken.program_id, taken.school_id, taken.agency_id, taken.pairing_id, 2, 'officer', 'stock', 2,"
        "   draft.id, 'stock', draft.hash, taken.released_at FROM taken, draft WHERE draft.written_for = 'stock'"
        " RETURNING id) SELECT id FROM planted"
    )
    violations = await town.violations(APPROVED)
    assert [(one.rule, one.subject) for one in violations] == [("no workflow", str(delivery))]


async def test_an_officer_of_another_gender_is_named(town: Audited) -> None:
    pairing = await town.one(
        "SELECT pairing.id FROM pairing JOIN student ON student.id = student_id WHERE student.gender = 'female'"
    )
    await town.plant(
        f"UPDATE officer SET gender = 'male' WHERE id = (SELECT officer_id FROM pairing WHERE id = '{pairing}')"
    )
    assert [one.subject for one in await town.violations(GENDER)] == [str(pairing)]


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE student SET pal_gender_reason = NULL WHERE pal_gender_by IS NOT NULL",
        "UPDATE student SET pal_gender_by = NULL WHERE pal_gender_by IS NOT NULL",
        f"UPDATE officer SET gender = 'male' WHERE id = (SELECT officer_id FROM pairing WHERE id = ({THE_EXCEPTION}))",
    ],
    ids=["no reason", "decided by nobody", "an exception for another gender"],
)
async def test_an_exception_that_is_not_wholly_on_record_is_named(town: Audited, deed: str) -> None:
    pairing = await town.one(THE_EXCEPTION)
    await town.without("student", "same_gender_or_a_reasoned_exception")
    await town.plant(deed)
    assert [one.subject for one in await town.violations(GENDER)] == [str(pairing)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\nTo: ", b"\r\nTo: someone.else@example.org\r\nX-To: "),
        (b"\r\nTo: ", b"\r\nCc: someone.else@example.org\r\nTo: "),
        (b"\r\nTo: ", b"\r\nBcc: someone.else@example.org\r\nTo: "),
        (b"\r\nTo: ", b"\r\nTo: someone.else@example.org, "),
        (b"\r\nTo: ", b"\r\nX-To: "),
    ],
    ids=["To", "Cc", "Bcc", "two in To", "nobody"],
)
async def test_a_mail_to_another_address_is_named(town: Audited, before: bytes, after: bytes) -> None:
    row = await town.admin.fetchrow("SELECT id, message FROM mail ORDER BY sequence LIMIT 1")
    assert row is not None
    assert before in row["message"]
    changed = row["message"].replace(before, after, 1)
    await town.admin.execute(
        "UPDATE mail SET message = $2, body_hash = sha256($2) WHERE id = $1", row["id"], changed
    )
    assert [(one.rule, one.subject) for one in await town.violations(MAILED)] == [
        ("another address", str(row["id"]))
    ]


@pytest.mark.parametrize(
    ("rule", "constraint", "deed"),
    [
        ("content changed", "mail_check", "message = message || 'P.S.'"),
        ("Message-ID", None, "message_id = '<another@bluepals.example>'"),
        ("sent too often", None, "bodies_started = 3"),
        ("sent without record", None, "bodies_started = 0"),
    ],
)
async def test_a_mail_whose_record_is_wrong_is_named(
    town: Audited, rule: str, constraint: str | None, deed: str
) -> None:
    if constraint:
        await town.without("mail", constraint)
    await town.plant(f"UPDATE mail SET {deed} WHERE id = ({A_MAIL})")
    violations = await town.violations(MAILED)
    assert [(one.rule, one.subject) for one in violations] == [(rule, str(await town.one(A_MAIL)))]


async def test_a_mail_that_went_twice_without_a_record_of_it_is_named(town: Audited) -> None:
    await town.without("mail", "mail_program_id_key_key")
    await town.without("mail", "mail_message_id_key")
    await town.plant(
        "INSERT INTO mail OVERRIDING USER VALUE SELECT (jsonb_populate_record(mail, jsonb_build_object("
        f"'id', gen_random_uuid()))).* FROM mail WHERE id = ({A_MAIL})"
    )
    violations = await town.violations(MAILED)
    assert {one.rule for one in violations} == {"Message-ID", "sent twice"}
    assert len({one.subject for one in violations}) == 2


async def test_a_mail_that_may_have_come_twice_is_on_record(town: Audited) -> None:
    await town.plant(
        f"UPDATE mail SET bodies_started = 2 WHERE id = ({A_MAIL})",
        "UPDATE mail SET state = 'unknown', sent_at = NULL WHERE id = (SELECT id FROM mail ORDER BY sequence DESC LIMIT 1)",
    )
    report = await town.report()
    assert report.clean
    assert [one.rule for one in report.check(MAILED).on_record] == ["possible duplicate", "unknown"]


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM delivery WHERE kind = 'stock'",
        "UPDATE delivery SET released_at = opens_at FROM round WHERE kind = 'stock' AND opening = number",
    ],
    ids=["none", "only once they were opened"],
)
async def test_an_opening_day_without_a_letter_is_named(town: Audited, deed: str) -> None:
    pairing = await town.one("SELECT pairing_id FROM delivery WHERE kind = 'stock'")
    await town.plant(deed)
    assert [(one.rule, one.subject) for one in await town.violations(OPENING)] == [
        ("empty-handed", f"{pairing}/1")
    ]


async def test_an_opening_day_for_which_nobody_was_called_is_named(town: Audited) -> None:
    await town.plant("DELETE FROM attention WHERE kind = 'no stock letter'")
    pairing = await town.one(THE_EXCEPTION)
    assert [one.subject for one in await town.violations(OPENING)] == [f"{pairing}/2"]


async def test_whose_family_no_longer_agrees_opens_nothing(town: Audited) -> None:
    await town.plant(
        "DELETE FROM delivery WHERE kind = 'stock'",
        "UPDATE consent SET withdrawn_at = (SELECT min(opened_at) FROM program_year) WHERE scope = 'letters'",
    )
    assert not await town.violations(OPENING)


async def test_a_program_that_is_not_there_is_refused(town: Audited) -> None:
    await town.plant("DELETE FROM program")
    with pytest.raises(LookupError, match="Import its folder first"):
        await town.report()


def test_a_stock_letter_for_a_child_whose_officer_went_before_the_introduction_is_no_violation() -> None:
    at, digest = datetime(2027, 3, 1, 12, tzinfo=UTC), b"hash"
    letter = AuditedDelivery(
        id=uuid4(),
        pairing_id=uuid4(),
        draft_id=uuid4(),
        round_number=1,
        kind="stock",
        hash=digest,
        released_at=at,
        introduced_at=None,
        draft_hash=digest,
        bytes_hash=digest,
        approved_hash=digest,
        approved_by_uploader=False,
        approved_at=at,
        between_officers=True,
    )
    assert list(approval(letter)) == []
    assert [one.rule for one in approval(replace(letter, between_officers=False))] == [
        "before the introduction"
    ]
