"""A program that runs beside this one ends with it, whatever happens."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from stack.process import running
from tests.stack.processes import is_running, until

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
# It says so when it is deaf, for a signal that comes before that would end it.
DEAF = [
    *(sys.executable, "-u", "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)",
]
ROOT = Path(__file__).parents[2]


async def test_a_program_runs_until_the_end_of_the_block():
    async with running(SLEEPER) as program:
        assert is_running(program.pid)
    assert not is_running(program.pid)


async def test_a_program_is_stopped_after_an_error():
    with pytest.raises(LookupError):
        async with running(SLEEPER) as program:
            raise LookupError
    assert not is_running(program.pid)


async def test_a_program_is_stopped_when_its_task_is_cancelled():
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        async with running(SLEEPER) as program:
            started.set_result(program.pid)
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    number = await started
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_running(number)


async def test_a_program_that_does_not_stop_when_told_is_killed(tmp_path: Path):
    log = tmp_path / "log"
    async with running(DEAF, log=log, patience=0.2) as program:
        await until(lambda: "deaf" in log.read_text())
    assert program.returncode == -signal.SIGKILL
    assert not is_running(program.pid)


async def test_a_program_that_has_ended_by_itself_is_no_error():
    async with running([sys.executable, "-c", "raise SystemExit(3)"]) as program:
        await program.wait()
    assert program.returncode == 3


async def test_what_programs_say_is_added_to_their_log(tmp_path: Path):
    log = tmp_path / "log"
    log.write_text("before\n")
    both = "import sys; print('said'); print('complained', file=sys.stderr)"
    async with running([sys.executable, "-u", "-c", both], log=log) as program:
        await program.wait()
    assert log.read_text() == "before\nsaid\ncomplained\n"


async def test_a_program_gets_the_environment_that_it_is_given_and_no_other(tmp_path: Path):
    log = tmp_path / "log"
    tell = [sys.executable, "-c", "import os; print('HOME' in os.environ, os.environ['PURPOSE'])"]
    async with running(tell, environment={"PURPOSE": "test"}, log=log) as program:
        await program.wait()
    assert log.read_text() == "False test\n"


async def test_ctrl_c_reaches_this_program_alone():
    async with running(SLEEPER) as program:
        assert os.getpgid(program.pid) != os.getpgid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
async def test_when_this_program_is_killed_what_it_started_ends_too():
    """A parent that starts a sleeper, says its number, and is killed."""
    parent = (
        "import asyncio, sys\nfrom stack.process import running\n"
        "async def work():\n"
        "    async with running([sys.executable, '-c', 'import time; time.sleep(600)']) as program:\n"
        "        print(program.pid, flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(work())"
    )
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", parent), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert killed.stdout is not None
    sleeper = int(await killed.stdout.readline())
    killed.kill()
    await killed.wait()
    await until(lambda: not is_running(sleeper))
