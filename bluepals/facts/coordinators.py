"""Who runs the year at the desk: a coordinator of the program, or of some of its schools."""

from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from bluepals.store import staff
from bluepals.store.database import Scope


@dataclass(frozen=True, slots=True)
class CoordinatorAtDesk:
    """`schools`: theirs; None: all of the program."""

    id: UUID
    entered: Visitor
    schools: frozenset[str] | None

    @property
    def program(self) -> str:
        return self.entered.program

    @property
    def office_scope(self) -> Scope:
        """For what is the office's as a whole; what is shown of it has to be `sees`-n."""
        return Scope.whole(self.program)

    @property
    def scope(self) -> Scope:
        return self.office_scope if self.schools is None else Scope(self.program, tuple(sorted(self.schools)))

    def sees(self, school: str | None) -> bool:
        """What is of no school is the whole program's."""
        return self.schools is None or school in self.schools

    def check(self, school: str | None) -> None:
        """Raises NotTheirs."""
        if not self.sees(school):
            raise NotTheirs


async def coordinator_at_desk(office: Office, visitor: Visitor) -> CoordinatorAtDesk:
    """Raises PageClosed."""
    if visitor.staff is None or Role.COORDINATOR not in visitor.roles:
        raise PageClosed("This page is for the program's coordinators.")
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        schools = await staff.schools_of(connection, visitor.staff, Role.COORDINATOR)
    return CoordinatorAtDesk(visitor.staff, visitor, schools)
