"""Logs: one line each, JSON for machines or coloured for a person. Ids and states, never what a letter says."""

import logging

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow

# What the SDK calls a place, and what our lines call it.
PLACES = {
    "workflow_id": "workflow",
    "run_id": "run",
    "workflow_run_id": "run",
    "activity_type": "activity",
    "attempt": "attempt",
    "update_name": "update",
}


def set_up_logs(form: str) -> None:
    """`form`: json or console. What the SDK, workflows and libraries log takes the same way."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(form))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # The place stands in fields of its own, not in the sentence.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False


def formatter(form: str) -> logging.Formatter:
    """Every record as one line, whoever logged it. A traceback shows no values: they may be a child's."""
    rendered: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), _place],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Which workflow or activity a record of the SDK comes from."""
    for source in ("temporal_workflow", "temporal_activity"):
        for name, value in (getattr(event["_record"], source, None) or {}).items():
            if name in PLACES:
                event[PLACES[name]] = value
    return event
