"""Which letters the pairings' workflows released: read from the orders and results of their activities."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import ActivityTaskScheduledEventAttributes, HistoryEvent
from temporalio.converter import DataConverter

from activities.letters import LetterActivities, PackFilled, Released, ReleaseLetter, SideOfRound
from activities.replacements import OpeningBetween, ReplacementActivities
from audit.histories import Run
from bluepals.domain.letters import DeliveryKind
from bluepals.store.audit import AuditedDelivery
from workflows.api.pairing import workflow_id

RELEASE = LetterActivities.release_letter.__name__
STOCK = LetterActivities.put_stock_letter.__name__
MEANWHILE = ReplacementActivities.put_stock_letter_meanwhile.__name__


@dataclass
class Releases:
    """Drafts by the workflow that released them; `_under_way`: ordered, and not answered yet."""

    converter: DataConverter
    _released: set[tuple[str, str, str]] = field(default_factory=set)
    _under_way: set[tuple[str, str, str | int]] = field(default_factory=set)

    async def take_note_of(self, run: Run) -> None:
        open_orders: dict[int, ActivityTaskScheduledEventAttributes] = {}
        for event in run.events:
            if event.HasField("activity_task_scheduled_event_attributes"):
                order = event.activity_task_scheduled_event_attributes
                if order.activity_type.name in (RELEASE, STOCK, MEANWHILE):
                    open_orders[event.event_id] = order
            for scheduled, result in _ended(event):
                ended = open_orders.pop(scheduled, None)
                if ended is not None and result is not None:
                    await self._note_result(*await self._asked(run.workflow_id, ended), result)
        for order in open_orders.values():
            self._under_way.add(await self._asked(run.workflow_id, order))

    def brought_about(self, delivery: AuditedDelivery) -> bool:
        """Whether its pairing's workflow released it, or is just doing so; or that of the child's next officer, meanwhile."""
        if delivery.stands_in:
            return True  # It was put in with the fact that held another one back.
        workflow = workflow_id(str(delivery.pairing_id))
        if delivery.kind == DeliveryKind.STOCK:
            about: str | int = delivery.round_number
            activity = STOCK
        else:
            about, activity = str(delivery.draft_id), RELEASE
        return (workflow, activity, str(delivery.draft_id)) in self._released or (
            workflow,
            activity,
            about,
        ) in self._under_way

    async def _asked(
        self, workflow: str, order: ActivityTaskScheduledEventAttributes
    ) -> tuple[str, str, str | int]:
        """Whose letter was asked for: by the pairing's workflow, its activity, and the draft or the round."""
        kind = {RELEASE: ReleaseLetter, STOCK: SideOfRound, MEANWHILE: OpeningBetween}[
            order.activity_type.name
        ]
        [asked] = await self.converter.decode(order.input.payloads, [kind])
        match asked:
            case OpeningBetween(pairing_id=pairing_id, round_number=number):
                return workflow_id(pairing_id), STOCK, number
            case ReleaseLetter(draft_id=draft_id):
                return workflow, RELEASE, draft_id
        return workflow, STOCK, asked.round_number

    async def _note_result(self, workflow: str, activity: str, _: str | int, result: Payload) -> None:
        if activity == RELEASE:
            [released] = await self.converter.decode([result], [Released])
            if released.held is None:
                self._released.add((workflow, activity, released.draft_id))
        else:
            [filled] = await self.converter.decode([result], [PackFilled])
            if filled.kind is DeliveryKind.STOCK:
                self._released.add((workflow, activity, filled.draft_id))


def _ended(event: HistoryEvent) -> Iterator[tuple[int, Payload | None]]:
    """The activity that ends here, by the event that ordered it, and its result if it has one."""
    if event.HasField("activity_task_completed_event_attributes"):
        completed = event.activity_task_completed_event_attributes
        yield completed.scheduled_event_id, next(iter(completed.result.payloads), None)
    elif event.HasField("activity_task_failed_event_attributes"):
        yield event.activity_task_failed_event_attributes.scheduled_event_id, None
    elif event.HasField("activity_task_timed_out_event_attributes"):
        yield event.activity_task_timed_out_event_attributes.scheduled_event_id, None
    elif event.HasField("activity_task_canceled_event_attributes"):
        yield event.activity_task_canceled_event_attributes.scheduled_event_id, None
