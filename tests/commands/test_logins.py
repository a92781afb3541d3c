"""What `demo` and `dev` print so that somebody can look at each page: a login for each part that people play."""

import asyncio
from urllib.parse import urlsplit

import asyncpg

from bluepals.domain.people import Role
from bluepals.facts import matching, roster
from bluepals.facts.roster import Roster
from bluepals.store.database import Database, Scope
from commands.logins import LOOK_AGAIN, logins
from stack.postgres import PostgresServer
from tests.bluepals.roster.village import office_on
from tests.desk.town import SCOPE, small_town
from tests.workflows.world import a_program, a_student, an_officer, staff

MAILS = "http://mails.example"
STAFF = staff()
COORDINATOR = "SELECT staff_id FROM staff_role WHERE role = 'coordinator'"


async def test_there_is_a_login_for_each_part(postgres: PostgresServer, begun_town: str) -> None:
    async with small_town(postgres, begun_town) as town:
        await town.admin.execute(
            "UPDATE student SET guardian_email = 'lopez@home.example' WHERE external_id = 'maya'"
        )
        lines = {line.split()[0]: line async for line in logins(town.parts.office, town.admin, MAILS)}
        family = lines.pop("guardian")
        assert lines.keys() == {*Role, "officer"}
        for part, line in lines.items():
            page = await town.http.get(urlsplit(line.split()[-1]).path)
            assert "Enter" in page.text, part
        assert "lopez@home.example" in family
        assert f"{town.parts.office.links.desk}/{SCOPE.program}/family" in family
        assert MAILS in family


async def test_on_a_fresh_stack_they_come_with_the_first_program_and_its_pals(
    postgres: PostgresServer, database_name: str
) -> None:
    admin = await asyncpg.connect(postgres.url_of("postgres", database_name))
    async with Database.connected(postgres.url_of("bluepals_app", database_name), size=2) as database:
        office = office_on(database)
        coming = asyncio.ensure_future(anext(logins(office, admin, MAILS)))
        await asyncio.wait([coming], timeout=2 * LOOK_AGAIN)
        assert not coming.done()
        await roster.apply(office, Roster(a_program("late"), [a_student(1)], [an_officer(1)], STAFF, []))
        assert "late/enter/" in await coming
        printed = logins(office, admin, MAILS)
        assert {(await anext(printed)).split()[0] for _ in STAFF} == {one.role for one in STAFF}
        scope, coordinator = Scope.whole("late"), await admin.fetchval(COORDINATOR)
        await matching.make_proposal(office, scope, seed=7)
        await matching.approve(office, scope, [], coordinator)
        assert [(await anext(printed)).split()[0] for _ in range(2)] == ["officer", "guardian"]
    await admin.close()
