"""What the histories prove: a name that is planted anywhere in them is found, whatever it is wrapped in; none is repeated."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from audit.report import Finding
from stack.postgres import PostgresServer
from tests.audit.conftest import Audited, copy_of_town
from tests.audit.town import GRACE, WORDS
from workflows.api.pairing import workflow_id
from workflows.search_attributes import STAGE

PERSONAL = "no personal data in histories"
NOBODY_SERVES = "no-worker"
GUARDIAN = "rosa.stage@family.example"


@dataclass(frozen=True)
class Planted:
    """A workflow that stands under a pairing's id and says what it should not."""

    argument: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)
    signal: Any = None
    terminated_why: str = "planted"


async def plant(client: Client, workflow_id: str, planted: Planted) -> WorkflowHandle[Any, Any]:
    handle = await client.start_workflow(
        "Planted", planted.argument, id=workflow_id, task_queue=NOBODY_SERVES, **planted.options
    )
    if planted.signal is not None:
        await handle.signal("heard", planted.signal)
    await handle.terminate(planted.terminated_why)
    return handle


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


EXCERPT = " ".join(WORDS[GRACE].split()[2:12])


SECRETS: dict[str, tuple[str, Planted]] = {
    "first name": (GRACE, Planted({"child": f"{GRACE} has written"})),
    "key": (GRACE, Planted({GRACE: 3})),
    "capitals": (GRACE, Planted(f"for {GRACE.upper()}")),
    "last name": ("Lincoln", Planted(["letter", ["Lincoln"]])),
    "full name in small letters": ("will stage", Planted("pairing-will-stage")),
    "last name first": ("Stage, Will", Planted("Stage, Will")),
    "address": (GUARDIAN, Planted(f"<{GUARDIAN.upper()}>")),
    "id in the roster": ("S-3003", Planted({"student": "s-3003"})),
    "short number in the roster": ('"2"', Planted({"student": "2"})),
    "long number in the roster": ("123456", Planted({"officer": 123456})),
    "part of a name": ("Hope", Planted({"by": "Hope"})),
    "JSON in JSON": (GRACE, Planted({"body": json.dumps({"to": GRACE})})),
    "base64": (GRACE, Planted({"body": in_base64(json.dumps({"to": GRACE}))})),
    "hexadecimal": (GRACE, Planted({"body": GRACE.encode().hex()})),
    "bytes": (GRACE, Planted(f"a letter of {GRACE}".encode())),
    "memo": (GRACE, Planted(options={"memo": {"child": GRACE}})),
    "summary": (GRACE, Planted(options={"static_summary": f"the year of {GRACE}"})),
    "details": (GRACE, Planted(options={"static_details": f"{GRACE} waits"})),
    "search attribute": (
        GRACE,
        Planted(options={"search_attributes": TypedSearchAttributes([SearchAttributePair(STAGE, GRACE)])}),
    ),
    "signal": (GRACE, Planted(signal={"child": GRACE})),
    "reason of an end": (GRACE, Planted(terminated_why=f"{GRACE} has moved")),
    "words of a letter": (EXCERPT, Planted({"preview": EXCERPT})),
}


@pytest.fixture(scope="module")
async def found(
    town_server: Client, postgres: PostgresServer, finished_town: str
) -> Mapping[str, Sequence[Finding]]:
    """What one audit says about each secret, planted in a history of its own."""
    async with copy_of_town(town_server, postgres, finished_town) as town:
        runs = {}
        for name, (_, planted) in SECRETS.items():
            pairing = await town.pairing_without_history()
            handle = await plant(town.client, workflow_id(str(pairing)), planted)
            runs[handle.first_execution_run_id] = name
        violations = await town.violations(PERSONAL)
    found: dict[str, list[Finding]] = {name: [] for name in SECRETS}
    for violation in violations:
        found[runs[violation.subject.partition("/")[0]]].append(violation)
    return found


@pytest.mark.parametrize("name", SECRETS)
def test_personal_data_in_a_history_is_found_and_not_repeated(
    found: Mapping[str, Sequence[Finding]], name: str
) -> None:
    secret, _ = SECRETS[name]
    (violation,) = found[name]
    assert secret.casefold() not in json.dumps(asdict(violation)).casefold()


async def test_every_run_under_an_id_is_read(town: Audited) -> None:
    pairing = await town.pairing_without_history()
    earlier = await plant(town.client, workflow_id(str(pairing)), Planted({"child": GRACE}))
    await plant(town.client, workflow_id(str(pairing)), Planted({"child": str(pairing)}))
    (violation,) = await in_time(lambda: town.violations(PERSONAL))
    assert violation.subject == f"{earlier.first_execution_run_id}/1"


async def in_time(ask: Callable[[], Any]) -> Any:
    """Runs that no later one points to are known from the server's lists, which lag."""
    async with asyncio.timeout(30):
        while not (found := await ask()):  # noqa: ASYNC110 - the event is in the server's lists
            await asyncio.sleep(0.1)
    return found


async def test_ids_hashes_dates_and_counts_are_nobodys(town: Audited) -> None:
    pairing = await town.pairing_without_history()
    innocent = {
        "draft_id": str(pairing),
        "hash": "ab" * 32,
        "due": "2027-02-05T23:00:00+00:00",
        "round": 1,
        "side": "officer",
        "school": "lincoln",
        "zone": "America/Chicago",
        "note": "2 letters will be read; mark the stage, see round 1. Read the letter.",
    }
    await plant(town.client, workflow_id(str(pairing)), Planted(innocent))
    assert (await town.report()).clean


async def test_a_history_that_is_gone_is_said_to_be_gone_and_is_no_violation(town: Audited) -> None:
    """To the server, what it has forgotten never was; the database knows that the two were introduced."""
    pairing = await town.pairing_without_history(introduced=True)
    await town.plant(
        f"UPDATE delivery SET pairing_id = '{pairing}', written_for = '{pairing}/' || round_number || '/' || side"
        " WHERE id = (SELECT id FROM delivery WHERE kind = 'letter' AND side = 'student' LIMIT 1)"
    )
    report = await town.report()
    assert report.histories_gone == (workflow_id(str(pairing)),)
    assert report.clean
    assert [one.rule for one in report.check("approved before delivery").on_record] == ["history gone"]


async def test_a_workflow_that_never_was_is_not_gone(town: Audited) -> None:
    await town.pairing_without_history()
    report = await town.report()
    assert report.histories_gone == ()
    assert report.clean
