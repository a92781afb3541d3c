"""The report's numbers, counted in the database and the mail catcher, and the audit's taken over."""

from dataclasses import replace

from audit.report import AuditReport, Check, Finding
from bluepals.store.database import Connection
from rehearsal import figures
from rehearsal.figures import LetterFigures, MailFigures, Report, VisitFigures
from stack.mail_catcher import Caught
from tests.bluepals.facts.two_schools import TwoSchools, program
from tests.bluepals.store.busy_year import trying

NAMES = ("same gender", "approved before delivery", "no personal data in histories")


def audited(*broken: tuple[str, str]) -> AuditReport:
    """`broken`: names of checks, and what breaks them."""
    checks = [
        Check(name, "", 9, tuple(Finding("rule", subject, "") for check, subject in broken if check == name))
        for name in NAMES
    ]
    return AuditReport("stl", tuple(checks), histories=5, histories_gone=(), payloads=50)


async def counted(connection: Connection, caught: list[Caught], audit: AuditReport | None = None) -> Report:
    return await figures.report(
        connection, program("stl"), audit or audited(), caught, waiting=3, virtual_days=285, seconds=60
    )


async def test_people_and_time_are_as_they_are(connection: Connection):
    report = await counted(connection, [])
    assert (report.program_years, report.students, report.officers, report.pairings) == (2, 4, 6, 4)
    assert (report.waiting, report.virtual_days, report.seconds) == (3, 285, 60)


async def test_letters_are_counted_by_what_became_of_them_and_reserve_letters_apart(connection: Connection):
    """At each school: one released, one returned, one held for the counselor, one unread; at one, one late."""
    assert (await counted(connection, [])).letters == LetterFigures(
        submitted=2 * 4 + 1, returned=2, approved=2, delivered=2, late=1, missed=2 * 2, stock=2
    )


async def test_who_was_invited_and_did_not_come_is_not_counted_as_there(connection: Connection):
    assert (await counted(connection, [])).visits == VisitFigures(invited=4, attended=0)


async def test_cases_and_what_they_held_are_counted_and_nobody_has_moved(connection: Connection):
    report = await counted(connection, [])
    assert (report.cases, report.held) == (2, 2)
    assert (report.new_officers, report.transfers, report.withdrawals) == (0, 0, 0)


async def test_a_day_in_a_pause_of_the_program_counts_for_each_school(lived: TwoSchools):
    async with trying(lived) as connection:
        before = (await counted(connection, [])).paused_days
        await connection.execute(
            "INSERT INTO pause (program_id, school_id, what, reason, began_at, paused_by, ended_at, resumed_by)"
            " SELECT program_id, school, what, 'snow', began, id, began + days * interval '1 day', id FROM staff,"
            " (VALUES (NULL, 'letters', timestamptz '2026-11-02 12:00Z', 2), ('north', 'letters', '2026-11-04 12:00Z', 1),"
            "  ('south', 'visits', '2026-11-05 12:00Z', 1)) AS snow(school, what, began, days) WHERE external_id = 'Cora'"
        )
        assert (await counted(connection, [])).paused_days == before + 2 * 2 + 1


async def test_mails_that_came_in_once_to_their_address_are_simply_sent(
    connection: Connection, arrived: list[Caught]
):
    assert (await counted(connection, arrived)).mails == MailFigures(len(arrived), 0, 0, 0)


async def test_a_mail_that_came_in_three_times_is_two_duplicates(
    connection: Connection, arrived: list[Caught]
):
    mails = (await counted(connection, [*arrived, arrived[0], arrived[0]])).mails
    assert (mails.sent, mails.duplicates) == (len(arrived), 2)


async def test_a_mail_to_another_address_or_to_more_than_one_is_misaddressed(
    connection: Connection, arrived: list[Caught]
):
    first, second, *others = arrived
    to_another = replace(first, recipients=("another@pd.example",))
    to_two = replace(second, recipients=(*second.recipients, "another@pd.example"))
    assert (await counted(connection, [to_another, to_two, *others])).mails.misaddressed == 2


async def test_a_mail_that_nobody_has_on_record_is_misaddressed(connection: Connection):
    unknown = Caught("", ("dana@pd.example",), b"Message-ID: <unknown@bluepals.example>\r\n\r\nHello.")
    assert (await counted(connection, [unknown])).mails.misaddressed == 1


async def test_what_the_audit_has_found_is_counted_by_the_thing_it_is_about(connection: Connection):
    audit = audited(
        ("same gender", "pairing 1"),
        ("approved before delivery", "delivery 1"),
        ("approved before delivery", "delivery 1"),
        ("approved before delivery", "delivery 2"),
        *(("no personal data in histories", f"payload {number}") for number in range(3)),
    )
    report = await counted(connection, [], audit)
    assert report.cross_gender == 1
    assert report.delivered_unapproved == 2
    assert report.personal_data_in_histories == 3
