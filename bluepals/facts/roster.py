"""What schools and agencies sent, applied as a whole or not at all; sent again, it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluepals.domain.letters import TypedLetter
from bluepals.domain.people import Officer, StaffRole, StockLetter, Student
from bluepals.domain.program import Program
from bluepals.domain.screening import screen
from bluepals.facts.office import Office
from bluepals.store import gates, letters, people, programs, tells
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import Handed, NotTaken


@dataclass(frozen=True, slots=True)
class Roster:
    """A program folder without a problem in it."""

    program: Program
    students: Sequence[Student]
    officers: Sequence[Officer]
    staff: Sequence[StaffRole]
    stock_letters: Sequence[StockLetter]


@dataclass(frozen=True, slots=True)
class Applied:
    """How many people are new or changed; the others stand as they stood."""

    students: int
    officers: int
    staff: int

    @property
    def total(self) -> int:
        return self.students + self.officers + self.staff


async def apply(office: Office, roster: Roster) -> Applied:
    """Write the roster in one transaction; pairings whose gate it opens are told."""
    scope = Scope.whole(roster.program.id)
    async with office.committing(scope) as connection:
        await programs.save(connection, roster.program)
        years = {school.id: roster.program.program_year_id(school.id) for school in roster.program.schools}
        closed_before = await gates.closed(connection)
        applied = Applied(
            students=await people.save_students(connection, roster.program.id, years, roster.students),
            officers=await people.save_officers(connection, roster.program.id, roster.officers),
            staff=await people.save_staff(connection, roster.program.id, roster.staff),
        )
        for stock in roster.stock_letters:
            await _take_stock_letter(office, connection, stock)
        for pairing_id in closed_before - await gates.closed(connection):
            await _tell_gate_opened(connection, roster.program.id, str(pairing_id))
        return applied


async def _take_stock_letter(office: Office, connection: Connection, stock: StockLetter) -> None:
    writer = await people.officer_id(connection, stock.officer_id)
    handed = Handed(TypedLetter(stock.text), stock.language, writer, screen(stock.text))
    try:
        await letters.hand_in_stock(
            connection, office.keyring, officer_id=writer, stock_id=stock.stock_id, handed=handed
        )
    except NotTaken:
        return  # Approved with other words: the approved ones stay.


async def _tell_gate_opened(connection: Connection, program: str, pairing_id: str) -> None:
    today = await programs.today(connection)
    await tells.add(
        connection,
        program,
        workflow_id=f"pairing-{pairing_id}",
        fact="gate_opened",
        key=f"roster-{today}",
        body={"cause": "the roster was imported again: consent and clearance are there"},
    )
