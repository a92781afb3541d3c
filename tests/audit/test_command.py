"""`starter.py audit`: its JSON, its sentences, its exit status."""

import asyncio
import json
import sys
from pathlib import Path

from commands.shell import Exit
from tests.audit.conftest import Audited
from tests.audit.town import PROGRAM, settings

ROOT = Path(__file__).parents[2]


async def starter(town: Audited, *arguments: str) -> tuple[int | None, str, str]:
    """Exit status, standard output and standard error."""
    known = settings(town.url)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "starter.py",
        "audit",
        *arguments,
        cwd=ROOT,
        env={
            "BLUEPALS_DATABASE_URL": known.database_url,
            "BLUEPALS_MASTER_KEYS": known.master_keys.get_secret_value(),
            "BLUEPALS_LINK_KEY": known.link_key.get_secret_value(),
            "TEMPORAL_ADDRESS": town.client.service_client.config.target_host,
            "TEMPORAL_NAMESPACE": town.client.namespace,
            "COLUMNS": "200",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    return process.returncode, said.decode(), complained.decode()


async def test_a_clean_year_is_said_to_be_clean(town: Audited) -> None:
    status, said, complained = await starter(town, PROGRAM)
    assert (status, complained) == (Exit.DONE, "")
    assert "No rule is broken." in said


async def test_a_broken_rule_is_in_the_json_and_in_the_exit_status(town: Audited) -> None:
    await town.plant("DELETE FROM delivery WHERE kind = 'stock'")
    status, said, _ = await starter(town, PROGRAM, "--json")
    report = json.loads(said)
    assert status == Exit.RULE_BROKEN
    assert report["clean"] is False
    assert set(report) == {
        "program",
        "clean",
        "checks",
        "histories",
        "histories_gone",
        "payloads",
    }
    broken = {check["name"]: [one["rule"] for one in check["violations"]] for check in report["checks"]}
    assert broken["a letter for each opening day"] == ["empty-handed"]


async def test_an_unknown_program_is_refused_in_a_sentence(town: Audited) -> None:
    status, _, complained = await starter(town, "nowhere")
    assert status == Exit.REFUSED
    assert "not on record" in complained
