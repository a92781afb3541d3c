"""What a family may ask for: who outside the school has seen its child's letters, and why they may (34 CFR 99.32)."""

from collections.abc import Sequence

from bluepals.facts.office import Office
from bluepals.store import disclosures, leaving
from bluepals.store.database import Scope
from bluepals.store.disclosures import Disclosure

# The legitimate interest of each role in a letter.
INTERESTS = {
    "officer": "writes with the child",
    "moderator": "reads each letter before it goes on",
    "counselor": "supports a child about whom somebody worries",
    "coordinator": "runs the program",
    "teacher": "collects and hands out a class's letters",
    "liaison": "answers for the agency's officers",
}


async def on_record(office: Office, scope: Scope, student: str | None) -> Sequence[Disclosure]:
    """Of one child by the id of the roster, or of all. Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        if student is not None:
            await leaving.student(connection, student)
        return await disclosures.of_program(connection, student)
