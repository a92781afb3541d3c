"""What `demo` and `dev` print so that somebody can look at each page: a login for each part that people play."""

from urllib.parse import urlsplit

from bluepals.domain.people import Role
from commands.logins import logins
from stack.postgres import PostgresServer
from tests.desk.town import SCOPE, small_town

MAILS = "http://mails.example"


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


async def test_where_nobody_is_known_nothing_is_printed(postgres: PostgresServer, begun_town: str) -> None:
    async with small_town(postgres, begun_town) as town:
        await town.admin.execute("TRUNCATE program CASCADE")
        assert [line async for line in logins(town.parts.office, town.admin, MAILS)] == []
