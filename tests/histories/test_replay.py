"""Years that began under an earlier release go on under this one: every recorded history is replayed.

How they are recorded, and what to do when a workflow changes: tests/histories/record.py.
"""

import json
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from service.workers import SANDBOX, WORKFLOWS
from tests.histories.exchanged import ExchangedSteps

FOLDER = Path(__file__).parent
RECORDED = sorted(FOLDER.glob("*.json"))
MOST_BYTES = 1024 * 1024  # of all of them


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
    kinds = {
        json.loads(file.read_text("utf-8"))["events"][0]["workflowExecutionStartedEventAttributes"][
            "workflowType"
        ]["name"]
        for file in RECORDED
    }
    assert kinds == {workflow.__name__ for workflow in WORKFLOWS}


def test_the_histories_are_small_and_name_nobody() -> None:
    texts = [file.read_text("utf-8") for file in RECORDED]
    assert sum(map(len, texts)) < MOST_BYTES
    decoded = "\n".join(
        (str(event) for file in RECORDED for event in _history(file).events),
    )
    for planted in ("Child1", "Officer1", "Doe", "Roe", "A Parent", "example", "555-0100", "I have a dog"):
        assert not re.search(rf"\b{re.escape(planted)}\b", decoded), planted
