"""A small program on the real stack: worker and desk as processes of their own, mail that arrives, clocks that are turned."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from bluepals.domain.people import Gender, Role, StaffRole
from bluepals.domain.program import Policy
from bluepals.settings import Settings
from commands.embedded import environment, new_keys, service
from service.connection import connect
from service.parts import Parts, assembled
from stack.embedded import Stack
from stack.mail_catcher import MailCatcher, mail_catcher
from stack.postgres import PostgresServer
from stack.temporal import VIRTUAL_CLOCKS, TemporalOptions, temporal_server
from tests import databases
from tests.browser.screen import Screen
from tests.desk.town import PROGRAM
from tests.workflows.world import Served, World, a_program, a_student, an_officer, eventually
from workflows.api import assignment, program_year, visit_day
from workflows.search_attributes import TYPES

LIAISON = StaffRole("a-liaison", "The liaison", "liaison@pd.example", Role.LIAISON, None, None, "pd")
# A day to say no to a pair; and what a reader decides is told at once.
POLICY = Policy(declining_days=1, undo_minutes=0)
GIRL, BOY = a_student(1), a_student(2, Gender.MALE)
# There is one officer for the girl; for the boy one and a reserve, and stock letters by the first.
OFFICERS = (an_officer(1, Gender.MALE), an_officer(2), an_officer(3, Gender.MALE))


@dataclass
class RunningTown:
    parts: Parts
    world: World
    mails: MailCatcher
    opened: set[int] = field(default_factory=set)  # mails, by their number

    async def mailed_code(self, address: str) -> str:
        return await self.mailed(address, r"\b\d{3} \d{3}\b")

    async def mailed_link(self, address: str, page: str) -> str:
        """Its path."""
        return urlsplit(await self.mailed(address, rf"http://\S+/{PROGRAM.id}/{page}\S*")).path

    async def mailed(self, address: str, what: str) -> str:
        """From the first mail that nobody has opened yet and that says such a thing."""
        found: list[str] = []

        async def has_come() -> bool:
            for number, caught in enumerate(self.mails.messages):
                if number in self.opened or address not in caught.recipients:
                    continue
                body = caught.message.get_body(("plain",))
                if body and (said := re.search(what, body.get_content())):
                    self.opened.add(number)
                    found.append(said[0])
                    return True
            return False

        await eventually(has_come, f"a mail to {address} with {what}")
        return found[0]

    async def lets_in(self, screen: Screen, address: str, at: str) -> None:
        """By the link in a mail, in the browser that asked for it."""
        await screen.page.goto(f"/{PROGRAM.id}/{at}")
        await screen.writes("E-mail address", address)
        await screen.presses("Send me a mail")
        await screen.page.goto(await self.mailed_link(address, "enter"))
        await screen.presses("Enter")
        await screen.page.goto(f"/{PROGRAM.id}/{at}")

    async def year_begins(self) -> None:
        """What the button has started lives at the program's time from here on."""
        year = self.world.year
        for one in (
            assignment.workflow_id(PROGRAM.id, self.world.program.first_year),
            program_year.workflow_id(year),
            visit_day.workflow_id(year),
        ):
            await self.world.attend_begun(one)

    async def pairings(self) -> dict[str, UUID]:
        """By the child's id, once their year has begun them."""
        rows = await self.world.admin.fetch(
            "SELECT external_id, pairing.id FROM pairing JOIN student ON student.id = student_id"
        )
        for row in rows:
            await self.world.attend_pairing(str(row["id"]))
        return {row["external_id"]: row["id"] for row in rows}

    async def reach(self, day: date, hour: int) -> None:
        await self.world.reach(day, hour)
        self.parts.bell.ring(PROGRAM.id)  # The outbox sleeps by the real clock.


@asynccontextmanager
async def running(postgres: PostgresServer, template: str, logs: Path) -> AsyncIterator[RunningTown]:
    options = TemporalOptions(search_attributes=TYPES, dynamic_config=VIRTUAL_CLOCKS)
    async with (
        databases.copied(postgres, template, "running_town") as name,
        mail_catcher() as mails,
        temporal_server(options, print) as temporal,
    ):
        told = environment(Stack(temporal, postgres, mails), new_keys())
        told["BLUEPALS_DATABASE_URL"] = postgres.url_of("bluepals_app", name)
        known = {key.removeprefix("BLUEPALS_").lower(): value for key, value in told.items()}
        client = await connect(target_host=temporal.address)
        admin = await asyncpg.connect(postgres.url_of("postgres", name))
        async with service(told, logs), assembled(Settings.model_validate(known), client) as parts:
            world = World(Served(parts, admin, []), a_program(PROGRAM.id, rounds=1, policy=POLICY))
            await world.enroll((GIRL, BOY), OFFICERS, stock=1, more_staff=[LIAISON])
            yield RunningTown(parts, world, mails)
        await admin.close()
