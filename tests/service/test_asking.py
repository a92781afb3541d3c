"""Commands to a real workflow: its answer, its refusal in its own words, and the sentence when nobody is there."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from bluepals.domain.people import Role
from bluepals.facts import matching
from desk.language import LANGUAGES
from service.asking import Asking, CommandRefused, HasToWait, in_a_sentence
from service.connection import connect
from tests.workflows.test_assignment import begin, enroll, open_pairs
from tests.workflows.world import World

NOBODY_LISTENS = "127.0.0.1:1"


async def test_pairs_are_rejected_approved_and_proposed_again(make_world: Callable[..., World]) -> None:
    world = make_world()
    await enroll(world, 2, 3)
    await begin(world)
    asking, by = Asking(world.client), world.people[Role.COORDINATOR]
    one, other = await open_pairs(world)
    await matching.give_reason(world.parts.office, world.scope, [one], "They are neighbours.")
    rejected = await asking.reject_pairs(world.program, [one], by)
    assert (rejected.changed, rejected.still_open) == (1, 1)
    assert (await asking.approve_pairs(world.program, [other], by)).changed == 1
    assert await asking.propose_again(world.program) == 1


async def test_a_refusal_is_the_workflows_own_sentence(make_world: Callable[..., World]) -> None:
    world = make_world()
    await enroll(world, 1, 0)
    await begin(world)
    with pytest.raises(CommandRefused, match=r"^No pair is open\.") as refused:
        async with in_a_sentence():
            await Asking(world.client).approve_pairs(world.program, [], uuid4())
    assert refused.value.sentence.said_in(LANGUAGES["es"]).startswith("No hay ninguna pareja por decidir.")


async def test_what_an_older_workflow_refuses_is_said_as_it_was() -> None:
    with pytest.raises(CommandRefused, match=r"^No \{pair\} is open\.$"):
        async with in_a_sentence():
            raise WorkflowUpdateFailedError(ApplicationError("No {pair} is open."))


async def test_a_year_that_nobody_has_opened_is_said_to_be_so(make_world: Callable[..., World]) -> None:
    world = make_world()
    with pytest.raises(CommandRefused, match="has not been opened, or is over"):
        async with in_a_sentence():
            await Asking(world.client).call_off_visit("nowhere.2026", read_aloud=True)


async def test_while_temporal_is_away_it_has_to_wait(make_world: Callable[..., World]) -> None:
    client = await connect(target_host=NOBODY_LISTENS, lazy=True)
    asking = Asking(client, timedelta(seconds=1))
    with pytest.raises(HasToWait, match=r"^This has to wait: .*nothing has changed\. Letters"):
        async with in_a_sentence():
            await asking.propose_again(make_world().program)
