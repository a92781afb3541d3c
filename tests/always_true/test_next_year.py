"""A second year, with pairs of the first: what the machine does, once in a fixed order."""

from tests.always_true import town
from tests.always_true.machine import AlwaysTrue
from tests.always_true.stage import Stage


def test_what_is_promised_holds_in_the_year_after(stage: Stage) -> None:
    AlwaysTrue.stage = stage
    machine = AlwaysTrue()
    machine.a_year_begins(approved=True, days=4)
    machine.the_next_year_begins(set(town.CHILDREN))
    machine.pairs_are_proposed()
    machine.pairs_are_approved()
    machine.days_pass(14)
    machine.what_is_promised_holds()
    machine.teardown()
