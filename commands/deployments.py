"""deploy, search-attributes, migrate: what a new release needs before it gets work."""

from typing import Annotated

import typer
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from bluepals.domain.refusals import Refused
from bluepals.store.migrate import migrate as apply_migrations
from commands.shell import AsJson, answer, client, out, reaching_postgres, run
from service.start import settings
from service.workers import DEPLOYMENT
from workflows.search_attributes import TYPES


def deploy(
    build_id: Annotated[
        str, typer.Argument(help="The release whose workers get the work from now on; '' is unversioned.")
    ],
    json: AsJson = False,
) -> None:
    """Make a worker version current. Run the replay tests first; until this, a versioned worker gets no task."""
    run(_deploy(build_id, json))


async def _deploy(build_id: str, json: bool) -> None:
    temporal = await client()
    order = SetWorkerDeploymentCurrentVersionRequest(
        namespace=temporal.namespace,
        deployment_name=DEPLOYMENT,
        build_id=build_id,
        ignore_missing_task_queues=True,
    )
    try:
        await temporal.workflow_service.set_worker_deployment_current_version(order)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND and "Deployment" in error.message:
            raise Refused(
                "No worker of release {build_id} has reported yet. Start one with BLUEPALS_BUILD_ID={build_id}, then "
                "run this again.",
                build_id=build_id,
            ) from None
        raise
    answer({"current": build_id}, json, lambda: out.print(f"Version {build_id or 'unversioned'} is current."))


def search_attributes(json: AsJson = False) -> None:
    """Register what the Web UI can filter by. Again, it changes nothing."""
    run(_search_attributes(json))


async def _search_attributes(json: bool) -> None:
    temporal = await client()
    missing = {name: kind for name, kind in TYPES.items() if name not in await _registered(temporal)}
    if missing:
        await temporal.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=temporal.namespace,
                search_attributes={
                    name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}")
                    for name, kind in missing.items()
                },
            )
        )
    added = ", ".join(missing) or "nothing"
    answer({"added": sorted(missing)}, json, lambda: out.print(f"Registered: {added}."))


async def _registered(temporal: Client) -> set[str]:
    listed = await temporal.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=temporal.namespace)
    )
    return set(listed.custom_attributes)


def migrate(json: AsJson = False) -> None:
    """Bring the database to this release's schema. Again, it changes nothing."""
    run(_migrate(json))


async def _migrate(json: bool) -> None:
    admin_url = settings().database_admin_url
    if not admin_url:
        raise Refused("Set BLUEPALS_DATABASE_ADMIN_URL to a login that may create roles and tables.")
    with reaching_postgres():
        applied = await apply_migrations(admin_url)
    answer({"applied": applied}, json, lambda: out.print(f"Applied: {', '.join(applied) or 'nothing'}."))
