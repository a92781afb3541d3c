"""A year in which each school comes by a row of every kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from bluepals.domain.cases import LetterOutcome
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.people import FollowOn, Partner
from bluepals.domain.sentences import Sentence
from bluepals.domain.stacks import Found
from bluepals.facts import (
    cases,
    closing,
    daily,
    doors,
    endings,
    erasure,
    joining,
    letters,
    pauses,
    visit_hosts,
    visits,
    year,
)
from bluepals.facts.letters import DecidedAndTold
from bluepals.store import (
    attention,
    class_openings,
    disclosures,
    follow_on,
    holds,
    moves,
    passkeys,
    people,
    reading_page,
    retention,
    stacks,
    unfinished,
)
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.holds import Subject
from bluepals.store.pauses import Target, What
from bluepals.store.stacks import NewPage
from bluepals.store.teachers_page import SchoolClass
from bluepals.store.unfinished import Place, TypedOn
from tests.bluepals.facts.two_schools import CHILDREN_DUE, OFFICERS_DUE, TwoSchools

# Each school's two children: one who writes, one who misses.
COUPLES = {"north": ("Ana", "Ben", "Mona"), "south": ("Cleo", "Dan", "Max")}
COUNSELORS = {"north": "Coco", "south": "Cal"}


async def live_a_year(schools: TwoSchools) -> None:
    """Letters delivered, returned, referred, missed and replaced; mails, calls and tells; a visit."""
    await schools.pair()
    await schools.approve_stock()
    for school, (writer, misser, moderator) in COUPLES.items():
        await year.open_year(schools.office, schools.scope, schools.year(school))
        async with schools.database.transaction(schools.scope) as connection:
            await moves.take_along(connection, schools.pairing[writer], school)
        first = await schools.write(writer, Side.STUDENT, f"{writer} writes from {school}.")
        await schools.decide(first, by=moderator)
        await schools.release(writer, first)
        back = await schools.write(writer, Side.OFFICER, "My street is Elm.")
        await schools.decide(back, Verdict.RETURN, by=moderator)
        worrying = await schools.write(misser, Side.OFFICER, "A worrying letter.", round_number=2)
        referred = await schools.decide(worrying, Verdict.REFER, by=moderator)
        await _keep(schools, referred, moderator, COUNSELORS[school])
        await schools.write(writer, Side.STUDENT, "Nobody has read this yet.", round_number=2)
    await schools.at(CHILDREN_DUE + timedelta(seconds=1))
    for _, misser, _ in COUPLES.values():
        await letters.record_miss(schools.office, schools.scope, schools.pairing[misser], 1, Side.STUDENT)
    await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 9, 21))
    await schools.at(OFFICERS_DUE + timedelta(seconds=1))
    for _, misser, _ in COUPLES.values():
        await letters.record_miss(schools.office, schools.scope, schools.pairing[misser], 1, Side.OFFICER)
        await letters.put_stock_letter(schools.office, schools.scope, schools.pairing[misser], 1)
    for school in COUPLES:
        await year.send_packs(schools.office, schools.scope, schools.year(school), 1)
        await visits.invite(schools.office, schools.scope, schools.year(school))
        async with schools.database.transaction(schools.scope) as connection:
            await attention.call(
                connection, key=f"look-{school}", kind="test", sentence=Sentence("Look here."), school=school
            )
    await _ask_a_reserve(schools)
    await _enter(schools)
    await _join(schools)
    await _begin_letters(schools)
    await _keep_stacks(schools)
    await _open_on_another_day(schools)
    await _open_a_letter(schools)
    await _think_twice(schools)
    await _show_letters(schools)
    await _move_returns(schools)
    await _note_who_was_not_reached(schools)
    await _make_a_passkey(schools)
    await schools.admin.execute(
        "INSERT INTO suppressed_address VALUES ($1, 'gone@home.example', '550 5.1.1')", schools.program
    )
    await schools.admin.execute(
        "INSERT INTO clearance_mark SELECT id, cleared_until, 30, program_id, '2026-10-02' FROM officer"
        " WHERE program_id = $1",
        schools.program,
    )
    for _, misser, _ in COUPLES.values():
        await rest_over_a_weekend(schools, Target(pairing_id=schools.pairing[misser]))
        await endings.end(
            schools.office,
            schools.scope,
            schools.pairing[misser],
            Reason.MOVED,
            farewell_until=OFFICERS_DUE + timedelta(weeks=2),
            by=schools.staff["Cora"],
        )
        await schools.admin.execute(
            "INSERT INTO wish (pairing_id, side, program_id, school_id, agency_id, wants, said_by)"
            " SELECT id, 'officer', program_id, school_id, agency_id, true, $2 FROM pairing WHERE id = $1",
            schools.pairing[misser],
            schools.staff["Cora"],
        )
    await come_to_an_end(schools)
    await schools.at(datetime(2026, 10, 5, 12, tzinfo=UTC))


async def come_to_an_end(schools: TwoSchools) -> None:
    """What there is only after a year; each school's teacher and each agency's officer are asked for a word."""
    for school in COUPLES:
        await visits.thank(schools.office, schools.scope, schools.year(school))
    await erasure.request(schools.office, schools.scope, "Ana", "Tess")
    async with schools.database.transaction(schools.scope) as connection:
        await holds.hold(
            connection,
            key="7",
            subject=Subject.STUDENT,
            subject_id=schools.student["Ben"],
            reason="An authority asks.",
        )
        await retention.note(connection, "mails", 7)
        await follow_on.save(
            connection,
            [FollowOn("Teen Academy", CHILDREN_DUE.date(), CHILDREN_DUE.date(), "11", "https://a.example")],
        )


async def rest_over_a_weekend(schools: TwoSchools, target: Target) -> None:
    this = (schools.office, schools.scope, target, [What.LETTERS])
    await pauses.pause(*this, reason="away", by=schools.staff["Cora"])
    seen = await pauses.preview(*this, {}, by=schools.staff["Cora"])
    await pauses.resume(*this, {}, by=schools.staff["Cora"], agreed=seen.agreement)


async def _keep(schools: TwoSchools, referred: DecidedAndTold, moderator: str, counselor: str) -> None:
    """Everybody does their part, and the letter is kept."""
    assert referred.opened is not None
    office, scope, case_id = schools.office, schools.scope, referred.opened.case.id
    await cases.note_read(office, scope, referred.decided.draft_id, schools.staff[counselor])
    for reader in (moderator, counselor):
        await cases.attest(office, scope, case_id=case_id, by=schools.staff[reader], reported_at=None)
    async with schools.database.transaction(scope) as connection:
        helper = Partner("Friends of Children", "grief", ("en", "es"), "555-0100")
        await people.save_partners(connection, schools.program, [helper])
    await cases.plan(
        office,
        scope,
        case_id=case_id,
        by=schools.staff[counselor],
        look_again_on=date(2026, 9, 8),
        partners=["Friends of Children"],
    )
    word = closing.Word(LetterOutcome.KEEP)
    await closing.close(office, scope, case_id=case_id, by=schools.staff[counselor], word=word)


async def _enter(schools: TwoSchools) -> None:
    """By a link that an administrator made."""
    secret = (await doors.link_for(schools.office, schools.program, "Tess")).rpartition("/")[2]
    await doors.enter_by_link(schools.office, schools.program, secret, "", remember=False)


async def _make_a_passkey(schools: TwoSchools) -> None:
    async with schools.database.transaction(schools.scope) as connection:
        await passkeys.save(
            connection,
            schools.program,
            schools.staff["Coco"],
            credential_id=b"credential",
            public_key=b"key",
            sign_count=0,
        )
        await passkeys.answer_once(connection, schools.program, b"challenge", timedelta(minutes=10))


async def _move_returns(schools: TwoSchools) -> None:
    """Whoever has to write again rested in between."""
    await schools.admin.execute(
        "INSERT INTO moved_return SELECT id, program_id, due_again_at + interval '1 day' FROM decision"
        " WHERE verdict = 'return' AND program_id = $1",
        schools.program,
    )


async def _note_who_was_not_reached(schools: TwoSchools) -> None:
    """A reader of each case, as if they had left; without the rule that asks whether they have."""
    async with schools.admin.transaction():
        await schools.admin.execute("SET LOCAL session_replication_role = replica")
        await schools.admin.execute(
            "INSERT INTO case_unreachable (case_id, person, program_id, recorded_by)"
            " SELECT DISTINCT ON (case_id) case_id, person, program_id, $2 FROM case_reader WHERE program_id = $1",
            schools.program,
            schools.staff["Coco"],
        )


async def _show_letters(schools: TwoSchools) -> None:
    """Each side's officer has seen what was delivered."""
    for child, officer in (("Ana", "Olga"), ("Cleo", "Paula")):
        async with schools.database.transaction(schools.scope) as connection:
            rows = await connection.fetch(
                "SELECT draft_id FROM delivery WHERE pairing_id = $1", schools.pairing[child]
            )
            await disclosures.note(connection, [row["draft_id"] for row in rows], schools.officer[officer])


async def _open_a_letter(schools: TwoSchools) -> None:
    """It is put off, and opened again."""
    mona, stays = schools.staff["Mona"], timedelta(minutes=30)
    async with schools.database.transaction(schools.scope) as connection:
        draft_id = await reading_page.claim_next(connection, mona, stays, also_put_off=False)
        row = draft_id and await reading_page.one(connection, mona, draft_id)
        assert row
        await reading_page.put_off(connection, row.letter_id, mona, stays)
        await reading_page.claim_next(connection, mona, stays, also_put_off=True)


async def _think_twice(schools: TwoSchools) -> None:
    """A stock letter is approved, and the approval taken back."""
    officer_id = schools.officer["Rob"]
    draft = await letters.hand_in_stock(
        schools.office,
        schools.scope,
        officer_id=officer_id,
        stock_id="s-twice",
        letter=TypedLetter("A second one."),
        language="en",
    )
    await schools.decide(draft)
    async with schools.database.transaction(schools.scope) as connection:
        assert await reading_page.take_back(connection, draft.id, schools.staff["Mona"])


async def _begin_letters(schools: TwoSchools) -> None:
    """An officer of each agency has begun the next letter."""
    for child, officer in (("Ana", "Olga"), ("Cleo", "Paula")):
        place = Place(schools.pairing[child], schools.officer[officer])
        async with schools.database.transaction(schools.scope) as connection:
            await unfinished.keep(
                connection, schools.office.keyring, place, TypedOn(uuid4()), 2, TypedLetter("Dear pal,")
            )


async def _keep_stacks(schools: TwoSchools) -> None:
    """A teacher of each school has scanned a stack and not handed it in."""
    for school in ("north", "south"):
        async with schools.database.transaction(schools.scope) as connection:
            await stacks.keep(
                connection,
                schools.office.keyring,
                SchoolClass(schools.year(school), school, school, "5A"),
                program=schools.program,
                round_number=1,
                uploaded_by=schools.staff["Tess"],
                pages=[NewPage(b"jpeg", Found.NO_CODE, None, None)],
            )


async def _open_on_another_day(schools: TwoSchools) -> None:
    """A class of each school is on a trip on its second opening day."""
    for school in ("north", "south"):
        of = SchoolClass(schools.year(school), school, school, "5A")
        async with schools.database.transaction(Scope(schools.program, schools=(school,))) as connection:
            await class_openings.move(connection, of, 2, date(2026, 11, 25), schools.staff["Tess"])


async def _join(schools: TwoSchools) -> None:
    """At each agency somebody would like to become an officer."""
    for agency, liaison in (("city", "Lee"), ("county", "Lou")):
        link = await joining.make_link(schools.office, schools.scope, agency, by=schools.staff[liaison])
        said = {
            "first name": "New",
            "last name": agency,
            "gender": "female",
            "work address": f"new@{agency}.example",
            "language": "en",
            "number of pals": "1",
            "kind": "sworn",
            "profile": "I like letters.",
        }
        secret = link.rpartition("/")[2]
        await joining.ask(schools.office, schools.program, secret, said, source=agency)


async def _ask_a_reserve(schools: TwoSchools) -> None:
    """Ana's officer can't come."""
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id = 'Rita'")
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))


@asynccontextmanager
async def trying(schools: TwoSchools, scope: Scope | None = None) -> AsyncIterator[Connection]:
    """As the service, in sight of the whole program or less; what is tried in here is rolled back."""
    async with schools.database.transaction(scope or schools.scope) as connection:
        trial = connection.transaction()
        await trial.start()
        try:
            yield connection
        finally:
            await trial.rollback()
