"""Who plays: the pairings with their people, as the actors have to know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.store import people
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Couple:
    """A pairing; `key` is the same in every rehearsal of the same folder."""

    pairing_id: UUID
    key: str
    school: str
    class_name: str
    language: str
    student_name: str
    officer_id: UUID
    officer_key: str
    officer_name: str
    officer_languages: Sequence[str]
    first_round: int


async def couples(connection: Connection) -> Sequence[Couple]:
    """Pairings that have been introduced."""
    rows = await connection.fetch(
        "SELECT pairing.id AS pairing_id, student.external_id AS key, pairing.school_id AS school, student.class_name,"
        " student.language, student.first_name AS student_name, officer.id AS officer_id,"
        " officer.external_id AS officer_key, officer.first_name AS officer_name,"
        " officer.languages AS officer_languages, pairing.first_round"
        " FROM pairing JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " WHERE introduced_at IS NOT NULL ORDER BY student.external_id"
    )
    return [Couple(**row) for row in rows]


@dataclass(frozen=True)
class Staff:
    """Who hands in for which class, who reads for which school, who runs it all."""

    coordinator: UUID
    teachers: Mapping[tuple[str, str], UUID]
    readers: Mapping[str, Sequence[UUID]]
    all_readers: Sequence[UUID]  # of stock letters, which belong to no school
    names: Mapping[UUID, str]  # of the readers

    @classmethod
    async def of(cls, connection: Connection, classes: set[tuple[str, str]]) -> "Staff":
        coordinators = await people.staff(connection, Role.COORDINATOR)
        moderators = await people.staff(connection, Role.MODERATOR)
        return cls(
            coordinator=coordinators[0].id,
            teachers={
                (school, name): found[0].id
                for school, name in sorted(classes)
                if (found := await people.staff(connection, Role.TEACHER, school=school, class_name=name))
            },
            readers={
                school: [one.id for one in await people.staff(connection, Role.MODERATOR, school=school)]
                for school in sorted({school for school, _ in classes})
            },
            all_readers=[one.id for one in moderators],
            names={one.id: one.name for one in moderators},
        )
