"""Writing the daily mail into the outbox."""

from dataclasses import dataclass
from datetime import date

from temporalio import activity

from activities.heartbeats import heartbeats
from bluepals.facts import daily
from bluepals.facts.office import Office
from bluepals.store.database import Scope


@dataclass(frozen=True)
class DailyMailOf:
    program: str
    day: str  # ISO date


class DailyActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def compose_daily_mail(self, order: DailyMailOf) -> int:
        """How many people get one."""
        async with heartbeats():
            return await daily.compose_daily_mail(
                self._office, Scope.whole(order.program), date.fromisoformat(order.day)
            )
