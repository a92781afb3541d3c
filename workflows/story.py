"""What the Web UI tells of a workflow: where it stands, and what happened on which day."""

from collections.abc import Iterable

from temporalio import workflow


def dated(what: str) -> str:
    return f"{workflow.now():%Y-%m-%d} {what}"


def show(heading: str, story: Iterable[str]) -> None:
    workflow.set_current_details("\n".join([f"**{heading}**", "", *(f"- {line}" for line in story)]))
