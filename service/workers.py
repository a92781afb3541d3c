"""The worker: which workflows and activities it serves, and how it is sandboxed and versioned."""

import compileall
import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.cases import CaseActivities
from activities.daily import DailyActivities
from activities.letters import LetterActivities
from activities.mail import MailActivities
from activities.matching import MatchingActivities
from activities.open_rows import OpenRowActivities
from activities.people import PeopleActivities
from activities.replacements import ReplacementActivities
from activities.retention import RetentionActivities
from activities.starting import StartActivities
from activities.tells import TellActivities
from activities.visit import VisitActivities
from activities.year import YearActivities
from bluepals.mail.sending import Postbox
from service.open_rows import OpenRows
from service.parts import Parts
from workflows.assignment import Assignment
from workflows.daily_mail import DailyMail
from workflows.new_officer import NewOfficer
from workflows.outbox import Outbox
from workflows.pairing import Pairing
from workflows.program_year import ProgramYear
from workflows.queue import TASK_QUEUE
from workflows.referral import Referral
from workflows.retention import Retention
from workflows.visit_day import VisitDay

DEPLOYMENT = "blue-pals"
# Activities for each connection to the database: more would wait for one until they fail. Those that wait for a mail
# server or for workflows hold none meanwhile.
AT_ONCE = 2
WORKFLOWS = (
    Assignment,
    DailyMail,
    NewOfficer,
    Outbox,
    Pairing,
    ProgramYear,
    Referral,
    Retention,
    VisitDay,
)

# The clock, random and the environment stay out of reach; modules that are known to be pure are loaded once, not once
# for each workflow that is kept in memory.
SANDBOX = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "activities", "bluepals", "asyncpg", "jinja2", "structlog", "tzdata", "workflows.api", "workflows.options",
        "workflows.queue", "workflows.search_attributes",
    )
)  # fmt: skip


def worker(parts: Parts, postbox: Postbox, build_id: str) -> Worker:
    """A worker for the one task queue; with a build id, it gets tasks once its version is made current."""
    _compile_workflows()
    return Worker(
        parts.client,
        task_queue=TASK_QUEUE,
        workflows=WORKFLOWS,
        activities=_activities(parts, postbox),
        workflow_runner=SANDBOX,
        max_concurrent_activities=AT_ONCE * parts.database.size,
        graceful_shutdown_timeout=timedelta(seconds=30),
        deployment_config=WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(DEPLOYMENT, build_id or "unversioned"),
            use_worker_versioning=bool(build_id),
            default_versioning_behavior=(
                VersioningBehavior.AUTO_UPGRADE if build_id else VersioningBehavior.UNSPECIFIED
            ),
        ),
    )


def _compile_workflows() -> None:
    """The sandbox loads a module anew for each workflow. Without bytecode beside it, which
    PYTHONDONTWRITEBYTECODE forbids, it would be compiled each time: a third of the worker's time.
    """
    for one in WORKFLOWS:
        compileall.compile_file(inspect.getfile(one), quiet=2)  # Where it may not write, it is only slower.


def _activities(parts: Parts, postbox: Postbox) -> list[Callable[..., Any]]:
    letters, people = LetterActivities(parts.office), PeopleActivities(parts.office)
    matching, year = MatchingActivities(parts.office), YearActivities(parts.office)
    visit, daily = VisitActivities(parts.office), DailyActivities(parts.office)
    replacements = ReplacementActivities(parts.office)
    cases = CaseActivities(parts.office, parts.pager)
    rows = OpenRows(parts.client, parts.office)
    return [
        letters.release_letter,
        letters.record_miss,
        letters.put_stock_letter,
        people.introduce,
        people.read_calendar,
        people.close_pairing,
        matching.make_proposal,
        matching.approve_pairs,
        matching.reject_pairs,
        year.open_year,
        year.pairings_to_begin,
        year.send_packs,
        year.say_farewells,
        year.close_year,
        visit.invite_officers,
        visit.remind_officers,
        visit.thank_officers,
        visit.settle_hosts,
        visit.announce_sheets,
        visit.read_visit,
        visit.move_visit,
        visit.call_off_visit,
        daily.compose_daily_mail,
        replacements.look_after_child,
        replacements.tell_family,
        replacements.put_stock_letter_meanwhile,
        replacements.begin_next_pairing,
        cases.look_at_stopwatch,
        cases.page,
        cases.ring_pager,
        RetentionActivities(parts.office).delete_past,
        StartActivities(parts.client).start_workflows,
        TellActivities(parts.teller, parts.database, rows).tell_due,
        OpenRowActivities(rows).start_again,
        MailActivities(parts.database, postbox).send_batch,
    ]
