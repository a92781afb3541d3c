"""Deletes each night what the policy keeps no longer. A Schedule in the program's zone starts it.

What is past its time is the database's to say: no timer waits for years.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.retention import Deleted, DeletePast, RetentionActivities
    from workflows.api.retention import WORKFLOW, RetentionInput

from workflows.options import BATCH


@workflow.defn(name=WORKFLOW)
class Retention:
    @workflow.run
    async def run(self, start: RetentionInput) -> Deleted:
        deleted = await workflow.execute_activity_method(
            RetentionActivities.delete_past,
            DeletePast(start.program),
            summary="delete what is past its time",
            **BATCH,
        )
        workflow.set_current_details(_told(deleted))
        return deleted


def _told(deleted: Deleted) -> str:
    kinds = [f"- {kind}: {count}" for kind, count in deleted.counts.items()]
    return "\n".join(["**deleted**", *kinds]) if kinds else "nothing was past its time"
