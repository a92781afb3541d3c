"""Deleting what is past its time."""

from dataclasses import dataclass, field

from temporalio import activity

from bluepals.facts import retention
from bluepals.facts.office import Office
from bluepals.store.database import Scope


@dataclass(frozen=True)
class DeletePast:
    program: str


@dataclass
class Deleted:
    """How many of each kind."""

    counts: dict[str, int] = field(default_factory=dict)


class RetentionActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def delete_past(self, order: DeletePast) -> Deleted:
        """Batch by batch, until nothing is past its time. What an earlier attempt has deleted counts."""
        deleted = Deleted(
            dict(activity.info().heartbeat_details[0]) if activity.info().heartbeat_details else {}
        )
        for kind in retention.KINDS:
            while counted := await retention.delete_batch(self._office, Scope.whole(order.program), kind):
                deleted.counts[kind] = deleted.counts.get(kind, 0) + counted
                activity.heartbeat(deleted.counts)
        return deleted
