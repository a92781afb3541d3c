"""A year in which each school comes by a row of every kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

from bluepals.domain.letters import Side, Verdict
from bluepals.facts import daily, letters, visit_hosts, visits, year
from bluepals.store import attention
from bluepals.store.database import Connection, Scope
from tests.bluepals.facts.two_schools import CHILDREN_DUE, OFFICERS_DUE, TwoSchools

# Each school's two children: one who writes, one who misses.
COUPLES = {"north": ("Ana", "Ben", "Mona"), "south": ("Cleo", "Dan", "Max")}


async def live_a_year(schools: TwoSchools) -> None:
    """Letters delivered, returned, referred, missed and replaced; mails, calls and tells; a visit."""
    await schools.pair()
    await schools.approve_stock()
    for school, (writer, misser, moderator) in COUPLES.items():
        await year.open_year(schools.office, schools.scope, schools.year(school))
        first = await schools.write(writer, Side.STUDENT, f"{writer} writes from {school}.")
        await schools.decide(first, by=moderator)
        await schools.release(writer, first)
        back = await schools.write(writer, Side.OFFICER, "My street is Elm.")
        await schools.decide(back, Verdict.RETURN, by=moderator)
        worrying = await schools.write(misser, Side.OFFICER, "A worrying letter.", round_number=2)
        await schools.decide(worrying, Verdict.REFER, by=moderator)
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
                connection, key=f"look-{school}", kind="test", sentence="Look here.", school=school
            )
    await _ask_a_reserve(schools)
    await schools.admin.execute(
        "INSERT INTO suppressed_address VALUES ($1, 'gone@home.example', '550 5.1.1')", schools.program
    )
    await schools.at(datetime(2026, 10, 5, 12, tzinfo=UTC))


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
