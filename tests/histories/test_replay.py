"""Years that began under an earlier release go on under this one: every recorded history is replayed.

How they are recorded, and what to do when a workflow changes: tests/histories/record.py.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.api.history.v1 import WorkflowExecutionStartedEventAttributes
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError, _Definition

from service.workers import SANDBOX, WORKFLOWS
from tests.histories.exchanged import ExchangedSteps

FOLDER = Path(__file__).parent
RECORDED = sorted(FOLDER.glob("*.json"))
MOST_BYTES = 2 * 1024 * 1024  # of all of them
IN_ONE_RUN = {"DailyMail", "Retention"}  # One activity, and over.


def _history(file: Path) -> WorkflowHistory:
    recorded = json.loads(file.read_text("utf-8"))
    return WorkflowHistory.from_json(recorded.pop("workflowId"), recorded)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_a_recorded_history_is_replayed(file: Path) -> None:
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=SANDBOX)
    await replayer.replay_workflow(_history(file))


@pytest.mark.parametrize("name", ["pairing_undisturbed", "pairing_with_misses", "pairing_long_1"])
async def test_exchanged_steps_are_found_out(name: str) -> None:
    replayer = Replayer(workflows=[ExchangedSteps], workflow_runner=SANDBOX)
    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(_history(FOLDER / f"{name}.json"))


def test_each_workflow_has_a_recorded_history() -> None:
    kinds = {_kind(_history(file)) for file in RECORDED}
    assert kinds == {workflow.__name__ for workflow in WORKFLOWS}


def test_each_update_has_a_recorded_history() -> None:
    """And each signal: what a handler does is replayed too."""
    heard = {(_kind(history), name) for history in map(_history, RECORDED) for name in _heard(history)}
    handlers = {
        (workflow.__name__, name)
        for workflow in WORKFLOWS
        for handlers in (_of(workflow).updates, _of(workflow).signals)
        for name in handlers
    }
    assert handlers <= heard, handlers - heard


def test_each_workflow_that_is_cut_has_a_recorded_history_of_the_run_that_goes_on() -> None:
    cut = {
        _kind(history) for history in map(_history, RECORDED) if _begun(history).continued_execution_run_id
    }
    assert cut == {workflow.__name__ for workflow in WORKFLOWS} - IN_ONE_RUN


def _of(workflow: type) -> _Definition:
    return _Definition.must_from_class(workflow)


def _begun(history: WorkflowHistory) -> WorkflowExecutionStartedEventAttributes:
    return history.events[0].workflow_execution_started_event_attributes


def _kind(history: WorkflowHistory) -> str:
    return _begun(history).workflow_type.name


def _heard(history: WorkflowHistory) -> Iterator[str]:
    """The names of the updates that were accepted, and of the signals."""
    for event in history.events:
        if event.HasField("workflow_execution_update_accepted_event_attributes"):
            accepted = event.workflow_execution_update_accepted_event_attributes
            yield accepted.accepted_request.input.name
        if event.HasField("workflow_execution_signaled_event_attributes"):
            yield event.workflow_execution_signaled_event_attributes.signal_name


def test_the_histories_are_small_and_name_nobody_and_no_folder_of_a_machine() -> None:
    texts = [file.read_text("utf-8") for file in RECORDED]
    assert sum(map(len, texts)) < MOST_BYTES
    decoded = "\n".join(
        (str(event) for file in RECORDED for event in _history(file).events),
    )
    for planted in ("Child1", "Officer1", "Doe", "Roe", "A Parent", "example", "555-0100", "I have a dog"):
        assert not re.search(rf"\b{re.escape(planted)}\b", decoded), planted
    assert "File " not in decoded, "a stack trace has the folders of whoever recorded it"
