"""dev: the stack on durable files, with worker and desk, until Ctrl-C."""

import os
from pathlib import Path

from bluepals.store.migrate import migrate
from commands.embedded import DESK_PORT, Environment, environment, left_running, new_keys, service, write
from commands.shell import out, run, say
from stack.embedded import WELL_KNOWN, embedded_stack
from workflows.search_attributes import TYPES

FOLDER = Path("build/dev").absolute()
KEYS = FOLDER / "keys.env"


def dev() -> None:
    """Temporal with its Web UI, PostgreSQL, a mail catcher, worker and desk on this machine; Ctrl-C stops them."""
    run(_dev())


async def _dev() -> None:
    async with embedded_stack(out.print, folder=FOLDER, ports=WELL_KNOWN, search_attributes=TYPES) as stack:
        await migrate(stack.postgres.admin_url)
        settings = environment(stack, _keys(), DESK_PORT)
        os.environ.update(settings)
        out.print("starting worker and desk")
        async with service(settings, FOLDER):
            out.print(f"logs             {FOLDER.relative_to(Path.cwd())}/*.log", highlight=False)
            say(
                "Next, in another terminal: starter.py import examples/network. A login for each part is printed"
                " here as soon as somebody plays it. Ctrl-C stops everything."
            )
            await left_running(stack, settings)


def _keys() -> Environment:
    """The same at every start: the letters in the data folder need them."""
    if not KEYS.exists():
        write(KEYS, new_keys())
    return dict(line.split("=", 1) for line in KEYS.read_text("utf-8").splitlines())
