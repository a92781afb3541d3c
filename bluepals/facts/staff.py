"""A teacher, a moderator or another one of the staff leaves: no role from this commit on, and later no name.

Or loses a device: whoever holds it is out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import who_may
from bluepals.facts.office import Office
from bluepals.store import case_readers, doors, passkeys, staff
from bluepals.store.database import Scope
from bluepals.store.staff import HeldRole


class StaffStays(Refused):
    """Nothing has changed; the message says why and what to do."""


async def leave(office: Office, scope: Scope, staff_id: UUID, *, by: UUID) -> Sequence[HeldRole]:
    """The roles that need somebody else now; again, none. Raises StaffStays or NotTheirsToSay."""
    async with office.committing(scope) as connection:
        await who_may.refuse_all_but(
            connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator says that somebody leaves.")
        )
        if by == staff_id:
            raise StaffStays(
                "Another coordinator says that you leave, so that there is always one. Add one to staff.csv and import."
            )
        if case := await case_readers.owed_attestation(connection, staff_id):
            raise StaffStays(
                "They have read the letter of case {case}, and nobody else can attest for them: starter.py case "
                "attest PROGRAM {case} --by THEIR-ID",
                case=case,
            )
        return await staff.leave(connection, staff_id)


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """How many sessions have ended, and how many passkeys open nothing any more."""

    sessions: int
    passkeys: int


async def log_out(office: Office, scope: Scope, staff_id: UUID, *, by: UUID) -> LoggedOut:
    """On every device, as whatever they are besides. They may enter again at once, by what they still have. Raises NotTheirsToSay."""
    async with office.database.transaction(scope) as connection:
        await who_may.refuse_all_but(
            connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator logs somebody else out.")
        )
        _, address = await passkeys.holder(connection, staff_id)
        everything = replace(await doors.identity_of(connection, address), staff=staff_id)
        ended = await doors.end_sessions(connection, everything)
        return LoggedOut(ended, await passkeys.remove_all(connection, staff_id))
