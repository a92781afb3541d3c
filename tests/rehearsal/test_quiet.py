"""What a rehearsal waits for before its clock turns."""

from bluepals.domain.sentences import Sentence
from bluepals.store import attention, tells
from bluepals.store.database import Connection
from rehearsal import quiet
from tests.bluepals.facts.two_schools import TwoSchools
from tests.bluepals.store.busy_year import trying

REST = "INSERT INTO pause (program_id, what, reason, paused_by) SELECT program_id, 'letters', 'snow', id FROM staff LIMIT 1"


async def test_what_is_left_is_counted_by_its_name_and_what_has_left_is_not(lived: TwoSchools):
    async with trying(lived) as connection:
        await connection.execute("UPDATE tell SET answered_at = program_now(), answer = 'taken'")
        before = await quiet.left(connection)
        assert "tells" not in before
        await tells.add(
            connection, lived.program, workflow_id="pairing-1", fact="gate_opened", key="k", body={}
        )
        assert await quiet.left(connection) == {**before, "tells": 1}


async def test_mail_that_rests_has_not_to_leave(lived: TwoSchools):
    async with trying(lived) as connection:
        before = (await quiet.left(connection))["mails"]
        await connection.execute(
            "UPDATE pause SET ended_at = program_now(), resumed_by = paused_by WHERE ended_at IS NULL"
        )
        await connection.execute(REST)
        assert (await quiet.left(connection)).get("mails", 0) < before


async def test_a_tell_that_was_put_off_is_known_while_the_clock_stands_still(lived: TwoSchools):
    async with trying(lived) as connection:
        await _everything_has_left(connection)
        told = await tells.add(
            connection, lived.program, workflow_id="pairing-1", fact="gate_opened", key="k", body={}
        )
        assert await quiet.put_off(connection) == []
        await tells.put_off(connection, told.id)
        assert [one.id for one in await quiet.put_off(connection)] == [told.id]
        assert await tells.due(connection, 10) == []


async def test_a_child_whose_next_officer_nobody_seeks_is_waited_for_until_the_coordinator_knows(
    lived: TwoSchools,
):
    what = "children without an officer in sight"
    async with trying(lived) as connection:
        await _everything_has_left(connection)
        open_rows = await connection.fetch(
            "SELECT id FROM replacement WHERE closed_at IS NULL AND reserve_id IS NULL"
        )
        assert (await quiet.left(connection))[what] == len(open_rows)
        for row in open_rows:
            key = f"replacement-{row['id']}"
            await attention.call(
                connection, key=key, kind="new officer", sentence=Sentence("Nobody is free.")
            )
        assert what not in await quiet.left(connection)


async def _everything_has_left(connection: Connection) -> None:
    await connection.execute("UPDATE tell SET answered_at = program_now(), answer = 'taken'")
    await connection.execute("UPDATE mail SET state = 'cancelled' WHERE state <> 'sent'")
