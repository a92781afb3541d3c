"""A child whose name is found wherever it stands, and a year in which it leaves a trace in every table that it can."""

import quopri
from datetime import date, timedelta

import asyncpg

from bluepals.domain.letters import Side, Verdict
from bluepals.facts import daily, letters, pairings, visits, year
from tests.bluepals.facts.two_schools import OFFICERS_DUE, TwoSchools

FIRST, LAST, GUARDIAN = "Quetzali", "Xochitlan", "family.quetzali@home.example"
SAID, ANSWERED = "My canary is called Zephyrine.", "Your canary Zephyrine sounds lovely."
CANARIES = (FIRST, LAST, GUARDIAN, "Zephyrine")


async def live_a_year(schools: TwoSchools) -> None:
    """Ana bears a name that is found wherever it stands; her year leaves a trace in every table it can."""
    await schools.admin.execute(
        "UPDATE student SET first_name = $1, last_name = $2, guardian_name = $1 || ' ' || $2, guardian_email = $3,"
        " guardian2_name = $2, guardian2_email = 'two.' || $3"
        " WHERE external_id = 'Ana'",
        FIRST,
        LAST,
        GUARDIAN,
    )
    await schools.admin.execute("DELETE FROM mail")
    await pairings.introduce(schools.office, schools.scope, schools.pairing["Ana"])
    await year.open_year(schools.office, schools.scope, schools.year("north"))
    back = await schools.write("Ana", Side.STUDENT, f"I live with Zephyrine. {SAID}")
    await letters.decide(
        schools.office,
        schools.scope,
        draft_id=back.id,
        draft_hash=back.hash,
        verdict=Verdict.RETURN,
        decided_by=schools.staff["Mona"],
        reason_for_child=f"Well begun, {FIRST}. Leave out your address.",
        reason_for_adult="It holds an address.",
    )
    await schools.deliver("Ana", Side.STUDENT, SAID)
    await schools.deliver("Ana", Side.OFFICER, ANSWERED)
    await schools.at(OFFICERS_DUE - timedelta(hours=20))
    await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 10, 2))
    await schools.admin.execute(
        "INSERT INTO suppressed_address VALUES ($1, $2, '550 5.1.1')", schools.program, GUARDIAN
    )
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await pairings.say_farewell(schools.office, schools.scope, schools.pairing["Ana"])
    await schools.admin.execute(
        "UPDATE mail SET state = 'sent', sent_at = now(), reply = '250 ' || to_address, bodies_started = 1"
        " WHERE kind = 'introduction'"
    )


async def traces(admin: asyncpg.Connection) -> dict[str, set[str]]:
    """Every table and column that holds a canary, as it stands there or encoded as in a mail."""
    found: dict[str, set[str]] = {}
    tables = await admin.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    for (table,) in tables:
        for row in await admin.fetch(f"SELECT * FROM {table}"):
            for column, value in row.items():
                raw = value if isinstance(value, bytes) else str(value).encode()
                words = raw + quopri.decodestring(raw)
                for canary in CANARIES:
                    if canary.encode() in words:
                        found.setdefault(canary, set()).add(f"{table}.{column}")
    return found
