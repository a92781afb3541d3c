"""dev: the stack on durable files, with worker and desk, until Ctrl-C."""

import asyncio
import os
from pathlib import Path

from bluepals.store.migrate import migrate
from commands.embedded import Environment, environment, new_keys, service
from commands.shell import DEV_ENVIRONMENT, out, run
from stack.embedded import WELL_KNOWN, Stack, embedded_stack
from workflows.search_attributes import TYPES

FOLDER = Path("build/dev").absolute()
KEYS = FOLDER / "keys.env"
DESK_PORT = 8000


def dev() -> None:
    """Temporal with its Web UI, PostgreSQL, a mail catcher, worker and desk on this machine; Ctrl-C stops them."""
    run(_dev())


async def _dev() -> None:
    async with embedded_stack(out.print, folder=FOLDER, ports=WELL_KNOWN, search_attributes=TYPES) as stack:
        await migrate(stack.postgres.admin_url)
        settings = environment(stack, _keys(), DESK_PORT)
        _write(DEV_ENVIRONMENT, settings)
        try:
            out.print("starting worker and desk")
            async with service(settings, FOLDER):
                _print_addresses(stack, settings)
                await asyncio.Event().wait()  # until Ctrl-C
        finally:
            DEV_ENVIRONMENT.unlink(missing_ok=True)


def _keys() -> Environment:
    """The same at every start: the letters in the data folder need them."""
    if not KEYS.exists():
        _write(KEYS, new_keys())
    return dict(line.split("=", 1) for line in KEYS.read_text("utf-8").splitlines())


def _write(file: Path, values: Environment) -> None:
    """Readable by their owner alone: keys are among them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.writelines(f"{name}={value}\n" for name, value in values.items())


def _print_addresses(stack: Stack, settings: Environment) -> None:
    out.print(f"Temporal Web UI  {stack.temporal.ui}", highlight=False)
    out.print(f"mail             {stack.mail.page}", highlight=False)
    out.print(f"desk             {settings['BLUEPALS_DESK_URL']} (links are in the mails)", highlight=False)
    out.print(f"logs             {FOLDER.relative_to(Path.cwd())}/*.log", highlight=False)
    out.print("Next, in another terminal: starter.py import examples/network. Ctrl-C stops everything.")
