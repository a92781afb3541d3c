"""python -m desk: where it listens, and under which name the embedded stack sends people to it."""

import os
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from bluepals.links import Links
from bluepals.settings import Settings
from commands.embedded import DESK_PORT, environment, new_keys
from stack.embedded import Stack
from stack.health import healthy
from stack.ports import LOOPBACK, free_port
from stack.postgres import PostgresServer
from stack.process import running
from tests.bluepals.roster.village import office_on
from tests.desk.town import PROGRAM, Town

ROOT = Path(__file__).parents[2]
# Also this machine's, and reached by whoever listens everywhere.
ANOTHER_ADDRESS = "127.0.0.2"


@pytest.mark.parametrize(("told", "everywhere"), [({}, False), ({"BLUEPALS_DESK_HOST": "0.0.0.0"}, True)])
async def test_it_listens_on_this_machine_only_unless_told(
    postgres: PostgresServer, database_name: str, told: Mapping[str, str], everywhere: bool
) -> None:
    port = free_port()
    settings = {
        **new_keys(),
        **told,
        "BLUEPALS_DATABASE_URL": postgres.url_of("bluepals_app", database_name),
        "BLUEPALS_DESK_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    async with running([sys.executable, "-m", "desk"], environment={**os.environ, **settings}) as desk:
        await healthy(f"http://{LOOPBACK}:{port}/health", "desk", desk)
        with socket.socket() as visitor:
            assert (visitor.connect_ex((ANOTHER_ADDRESS, port)) == 0) == everywhere


@pytest.mark.parametrize(
    ("told", "sources"),
    [({}, 2), ({"BLUEPALS_DESK_PROXIES": "192.0.2.1"}, 1), ({"BLUEPALS_DESK_PROXIES": ""}, 1)],
)
async def test_only_a_proxy_that_is_named_says_where_visitors_come_from(
    postgres: PostgresServer, town: Town, told: Mapping[str, str], sources: int
) -> None:
    port, name = free_port(), await town.admin.fetchval("SELECT current_database()")
    settings = {
        **new_keys(),
        **told,
        "BLUEPALS_DATABASE_URL": postgres.url_of("bluepals_app", name),
        "BLUEPALS_DESK_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    at = f"http://{LOOPBACK}:{port}"
    async with running([sys.executable, "-m", "desk"], environment={**os.environ, **settings}) as desk:
        await healthy(f"{at}/health", "desk", desk)
        async with httpx.AsyncClient(base_url=at) as http:
            for visitor in ("203.0.113.1", "203.0.113.2"):
                await _asks(http, visitor)
    assert await town.admin.fetchval("SELECT count(*) FROM entry") == 2
    assert await town.admin.fetchval("SELECT count(DISTINCT source) FROM entry") == sources


async def _asks(http: httpx.AsyncClient, visitor: str) -> None:
    """By a proxy that adds the visitor's address to what they have said themselves."""
    shown = await http.get(f"/{PROGRAM.id}/enter")
    key = re.search(r'name="form" value="([^"]+)"', shown.text)
    assert key
    answer = await http.post(
        f"/{PROGRAM.id}/enter",
        data={"form": key[1], "address": "nobody@nowhere.example"},
        headers={
            "Cookie": shown.headers["set-cookie"].partition(";")[0],
            "X-Forwarded-For": f"198.51.100.1, {visitor}",
        },
    )
    assert answer.status_code == 303


def test_the_embedded_stack_names_an_address_to_which_passkeys_are_bound() -> None:
    stack = SimpleNamespace(
        temporal=SimpleNamespace(address="", ui=""),
        postgres=SimpleNamespace(url_of=lambda role, name: "", admin_url=""),
        mail=SimpleNamespace(smtp_port=25),
    )
    told = environment(cast("Stack", stack), new_keys(), DESK_PORT)
    assert told["BLUEPALS_DESK_URL"] == "http://localhost:8000"
    default: Any = Settings.model_fields["desk_url"].default
    for url in (told["BLUEPALS_DESK_URL"], default):
        office = replace(office_on(cast("Any", None)), links=Links("k" * 32, url))
        assert office.takes_passkeys
