"""A pairing whose steps come in another order: what a careless change would be."""

from temporalio import workflow

from workflows.api.pairing import PairingClosed, PairingInput
from workflows.pairing import Pairing


@workflow.defn(name="Pairing")
class ExchangedSteps(Pairing):
    """The visit before the rounds."""

    @workflow.run
    async def run(self, _: PairingInput) -> PairingClosed:
        if calendar := await self._introduce():
            await self._visit(calendar)
            for exchange in calendar.rounds:
                await self._student_writes(exchange)
                await self._officer_answers(exchange)
            await self._say_farewell(calendar)
        return await self._close()
