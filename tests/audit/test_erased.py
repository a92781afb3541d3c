"""An erased child's skeleton proves what happened: the audit stays clean."""

from bluepals.facts import erasure, retention
from service.parts import assembled
from tests.audit.conftest import Audited
from tests.audit.town import PROGRAM, SCOPE, settings


async def test_the_audit_is_clean_after_an_erasure_and_after_retention(town: Audited) -> None:
    before = await town.report()
    assert before.clean
    coordinator = await town.admin.fetchrow(
        "SELECT id, external_id FROM staff JOIN staff_role ON staff_id = staff.id WHERE role = 'coordinator' LIMIT 1"
    )
    assert coordinator is not None
    children = await town.admin.fetch("SELECT external_id FROM student WHERE program_id = $1", PROGRAM)
    await town.admin.execute("UPDATE mail SET state = 'cancelled' WHERE state IN ('claimed', 'data_started')")
    async with assembled(settings(town.url), town.client) as parts:
        for (child,) in children[:1]:
            await erasure.request(parts.office, SCOPE, child, coordinator["external_id"])
            await erasure.confirm(parts.office, SCOPE, child, by=coordinator["id"])
        await town.admin.execute("UPDATE virtual_clock SET now_at = now_at + interval '800 days'")
        for kind in retention.KINDS:
            while await retention.delete_batch(parts.office, SCOPE, kind):
                continue
    after = await town.report()
    assert after.clean, [one.violations for one in after.checks]
    assert [one.checked for one in after.checks if one.name != "no personal data in histories"] == [
        one.checked for one in before.checks if one.name != "no personal data in histories"
    ], "all of it is still there to be proved"
    assert await town.admin.fetchval("SELECT count(*) FROM mail WHERE message IS NOT NULL") == 0
