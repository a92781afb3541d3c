"""What the worker takes on at once."""

from temporalio.client import Client

from bluepals.mail.sending import Postbox
from bluepals.settings import SmtpSettings
from bluepals.store.database import Database
from service.workers import worker
from tests.workflows.world import parts_of


async def test_activities_are_as_many_as_the_database_has_connections_for(
    client: Client, database: Database
) -> None:
    serving = worker(parts_of(client, database, list[str]().append), Postbox(SmtpSettings()), build_id="")
    assert database.size == 6
    assert serving.config().get("max_concurrent_activities") == 2 * database.size
