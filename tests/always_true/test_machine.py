"""What is always true, in any order of events, on the real servers. `make soak` looks longer, and elsewhere each time."""

from contextlib import suppress

import pytest
from hypothesis import Phase, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from tests.always_true.conftest import SOAK
from tests.always_true.machine import AlwaysTrue
from tests.always_true.stage import Stage

pytestmark = pytest.mark.begun_first

# The same sequences each time, as many as fit the two minutes of `make test`. Whoever wants the shortest one that fails asks `make soak`.
IN_ANY_TEST = settings(settings.get_profile(SOAK), max_examples=8, derandomize=True, phases=[Phase.generate])


def test_what_is_promised_holds_in_any_order(stage: Stage) -> None:
    AlwaysTrue.stage = stage
    asked = settings.get_profile(SOAK) if settings.get_current_profile_name() == SOAK else IN_ANY_TEST
    AlwaysTrue.enough = asked.max_examples
    # One sequence more than enough plays nothing, and so draws otherwise than it began to.
    with suppress(FlakyStrategyDefinition):
        run_state_machine_as_test(AlwaysTrue, settings=asked)
    assert AlwaysTrue.played == asked.max_examples, (
        "the same steps led elsewhere: play it where nothing else runs"
    )
    AlwaysTrue.enough = None
