"""The next year begins with the pairs of the last one that both still want."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bluepals.domain.letters import Side
from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import letters, who_may
from bluepals.facts.matching import begin
from bluepals.facts.office import Office
from bluepals.store import carry_over, matching, pairings, programs
from bluepals.store.carry_over import NO_PLACE, PastPair
from bluepals.store.database import Connection, Scope


class CarryOverRefused(Refused):
    """Nothing is carried over; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Pairs that go on, and those that don't, each with its reason in the row. `before`: how many did already."""

    pairs: Sequence[PastPair]
    left: Sequence[PastPair]
    before: int


async def say(office: Office, scope: Scope, pairing_id: UUID, side: Side, *, wants: bool, by: UUID) -> None:
    """What one side wants: the child's family, or the officer. Raises NotTaken with a sentence."""
    async with office.database.transaction(scope) as connection:
        await carry_over.say(connection, pairing_id, side, wants, by)


async def may_go_on(office: Office, scope: Scope) -> int:
    """How many pairs of a year that is over wait for the next one, once that is on record."""
    async with office.database.transaction(scope) as connection:
        if not await _is_next_year(connection):
            return 0
        return len(await carry_over.past_pairs(connection))


async def carry(office: Office, scope: Scope, *, by: UUID) -> CarriedOver:
    """Those whom both want are pairs of this school year from here on; again, it carries nobody twice.

    Raises CarryOverRefused while the last year is still open, or before the next one's folder is imported.
    """
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        await _refuse_too_early(connection, by)
        program = await programs.load(connection)
        before = await carry_over.going_on(connection, program.first_year)
        past = await carry_over.past_pairs(connection)
        wanted = [pair.pairing_id for pair in past if pair.goes_on]
        proposed = await carry_over.propose(connection, scope.program, wanted)
        await matching.supersede_impossible(connection, proposed)
        possible = await carry_over.still_proposed(connection, proposed)
        carried = [pair for pair in past if pair.goes_on and pair.student_id in possible]
        left = [_without_place(pair) for pair in past if pair not in carried]
        for pair in carried:
            await carry_over.take_along(connection, pair.student_id, program.program_year_id(pair.school))
        await begin(
            office, connection, scope.program, proposed, by
        )  # Two people and a coordinator have said so.
        await _take_letters_along(connection, carried)
        return CarriedOver(carried, left, before)


def _without_place(pair: PastPair) -> PastPair:
    """Of several children who want to go on with one officer, some may find no place left."""
    return replace(pair, hindered=NO_PLACE) if pair.goes_on else pair


async def _take_letters_along(connection: Connection, carried: Sequence[PastPair]) -> None:
    """A child's kept letter goes out as soon as the two are introduced, an officer's with the first opening day."""
    for approved in await carry_over.take_letters_along(connection, [pair.pairing_id for pair in carried]):
        assert approved.pairing_id is not None  # noqa: S101 - no stock letter is asked for
        pairing = await pairings.card(connection, approved.pairing_id)
        await letters.tell_pairing(connection, pairing, approved)


async def _refuse_too_early(connection: Connection, by: UUID) -> None:
    await who_may.refuse_all_but(
        connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator carries pairs over.")
    )
    years = await programs.years(connection)
    if not any(state == "closed" for _, _, state in years):
        raise CarryOverRefused(
            "No year of this program is over yet. Pairs are carried over when it has closed."
        )
    if not await _is_next_year(connection):
        raise CarryOverRefused("There is no next year yet. Import its folder first: starter.py import FOLDER")


async def _is_next_year(connection: Connection) -> bool:
    """Whether the year on record is still to come or runs, at every school; one that was never opened is no next year."""
    program = await programs.load(connection)
    these = {program.program_year_id(school.id) for school in program.schools}
    return not any(state == "closed" for year, _, state in await programs.years(connection) if year in these)
