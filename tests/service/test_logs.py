"""Whoever logs, a line has one form and says where it comes from."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from service.logs import formatter, set_up_logs


class Lines(logging.Handler):
    """Keeps what would be printed."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.setFormatter(formatter(form))
        self.printed: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.printed.append(self.format(record))

    def of(self, event: str) -> dict[str, object]:
        """The one line about this event, read as JSON."""
        (found,) = [line for line in map(json.loads, self.printed) if line["event"] == event]
        assert isinstance(found, dict)
        return found


@pytest.fixture
def lines() -> Iterator[Lines]:
    """As a service logs; afterwards as before."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    set_up_logs("json")
    handler = Lines("json")
    root.handlers = [handler]
    yield handler
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()
    workflow.logger.workflow_info_on_message = activity.logger.activity_info_on_message = True


@workflow.defn
class Talking:
    @workflow.run
    async def run(self) -> None:
        workflow.logger.info("the year has begun", extra={"round": 3})


async def test_a_workflow_line_names_its_workflow_and_run(lines: Lines, client: Client) -> None:
    async with Worker(
        client, task_queue="talking", workflows=[Talking], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        handle = await client.start_workflow(Talking.run, id="talking-1", task_queue="talking")
        await handle.result()
    line = lines.of("the year has begun")
    assert (line["workflow"], line["run"]) == ("talking-1", handle.result_run_id)
    assert line["level"] == "info"
    assert "timestamp" in line


async def test_an_activity_line_of_the_sdk_names_its_activity(lines: Lines) -> None:
    @activity.defn
    async def talk() -> None:
        activity.logger.warning("slowly")

    await ActivityEnvironment().run(talk)
    line = lines.of("slowly")
    assert (line["activity"], line["workflow"], line["attempt"]) == ("unknown", "test", 1)


def test_our_own_line_and_a_librarys_have_the_same_form(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(workflow="pairing-1"):
        structlog.get_logger("ours").warning("told", tell="t1")
        logging.getLogger("theirs").warning("told %s", "twice")
    ours, theirs = lines.of("told"), lines.of("told twice")
    assert ours["tell"] == "t1"
    assert {line["workflow"] for line in (ours, theirs)} == {"pairing-1"}
    assert set(ours) - {"tell"} == set(theirs)


def test_an_exception_is_part_of_its_line(lines: Lines) -> None:
    try:
        int("a fault")
    except ValueError:
        logging.getLogger("theirs").exception("went wrong")
    assert "ValueError: invalid literal" in str(lines.of("went wrong")["exception"])
    assert all("\n" not in line for line in lines.printed)


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_values(form: str, lines: Lines) -> None:
    written = Lines(form)
    logging.getLogger().addHandler(written)
    student = "Ada"
    try:
        list[int]().index(len(student))
    except ValueError:
        structlog.get_logger("desk").exception("not read")
    (line,) = written.printed
    assert "ValueError: 3 is not in list" in line
    assert student not in line.replace('student = "Ada"', "")


def test_for_a_person_a_line_is_readable_text() -> None:
    handler = Lines("console")
    logger = logging.getLogger("test_for_a_person")
    logger.addHandler(handler)
    logger.warning("hello")
    (line,) = handler.printed
    assert "hello" in line
    assert not line.startswith("{")
