"""A pairing whose steps come in another order: what a careless change would be."""

from temporalio import workflow

from workflows.api.pairing import PairingClosed, PairingInput
from workflows.pairing import Pairing


@workflow.defn(name="Pairing")
class ExchangedSteps(Pairing):
    """The visit before the rounds."""

    @workflow.run
    async def run(self, _: PairingInput) -> PairingClosed:
        if await self._introduce():
            await self._visit()
            while number := self._next_round():
                await self._student_writes(number)
                await self._officer_answers(number)
            await self._farewell()
        await self._close()
        return await self._over()
