"""Waiting and being cut, said once."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from temporalio import workflow


async def happened(condition: Callable[[], bool], until: datetime, what_for: str) -> bool:
    """Whether it became so by then. What is so already is found even if no time is left."""
    if until > workflow.now():
        with suppress(TimeoutError):
            await workflow.wait_condition(condition, timeout=until - workflow.now(), timeout_summary=what_for)
    return condition()


async def cut_when_long(going_on: Callable[[], object]) -> None:
    """Between two steps. `going_on` is asked when all handlers have finished, since they may change it."""
    if workflow.info().is_continue_as_new_suggested():
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(going_on())
