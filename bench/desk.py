"""What the desk answers to 200 people at once: python -m bench.desk. Prints a table and writes out/bench-desk.json."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import asyncpg
from rich.console import Console
from rich.table import Table

from bench.bare import BareLetter, Hears
from bench.browser import Browser, Busy
from bench.processes import cpu_seconds, machine_seconds
from bench.visitors import CLASS, PEOPLE, Visitors, town, unread
from bluepals.settings import Settings
from bluepals.store.letters import DraftRecord
from bluepals.store.migrate import migrate
from commands.embedded import ROOT, environment, new_keys, service
from service.connection import connect
from service.parts import Parts, assembled
from stack.embedded import Stack, embedded_stack
from stack.health import healthy
from stack.ports import LOOPBACK, free_port
from stack.process import running
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import TYPES

TURNS = 5
OUT = Path("out")
MILLISECONDS = 1000
TITLE = f"{PEOPLE} people at once, each again as soon as they are answered"

Ask = Callable[[int, int], Awaitable[object]]  # by the n-th person, for the m-th time

console = Console()


@dataclass(frozen=True)
class Answers:
    """Of one kind. `alone`: the 95th percentile when nobody else asks. `cpu`: ms an answer, by process.

    `busy`: how many were told to try again, since the desk had no answer for them in time.
    """

    what: str
    p50: float
    p95: float
    alone: float
    a_second: float
    busy: int
    cpu: Mapping[str, float]
    others: float  # cores that other programs kept busy


@dataclass(frozen=True)
class Asked:
    """`processes`: whose time is counted."""

    what: str
    ask: Ask
    processes: Mapping[str, int]

    async def answers(self) -> Answers:
        """200 people ask, each again as soon as they are answered; and before, one of them alone."""
        await self._times(range(PEOPLE), 1)  # Warm.
        alone, _ = await self._times(range(1), 4 * TURNS)
        before, machine, own = self._cpu(), machine_seconds(), time.process_time()
        times, seconds = await self._times(range(PEOPLE), TURNS)
        used = {name: spent - before[name] for name, spent in self._cpu().items()}
        ours = sum(used.values()) + time.process_time() - own
        return Answers(
            what=self.what,
            p50=round(quantiles(times, n=20)[9] * MILLISECONDS, 1),
            p95=_p95(times),
            alone=_p95(alone),
            a_second=round(len(times) / seconds, 1),
            busy=PEOPLE * TURNS - len(times),
            cpu={name: round(spent * MILLISECONDS / len(times), 2) for name, spent in used.items()},
            others=round((machine_seconds() - machine - ours) / seconds, 1),
        )

    async def _times(self, people: range, turns: int) -> tuple[Sequence[float], float]:
        """Of each answer, and of all of them."""

        async def one(person: int) -> Sequence[float]:
            times = []
            for turn in range(turns):
                began = time.perf_counter()
                with suppress(Busy):
                    await self.ask(person, turn)
                    times.append(time.perf_counter() - began)
            return times

        began = time.perf_counter()
        found = await asyncio.gather(*(one(person) for person in people))
        return [spent for times in found for spent in times], time.perf_counter() - began

    def _cpu(self) -> dict[str, float]:
        return {name: cpu_seconds(process) for name, process in self.processes.items()}


def _p95(times: Sequence[float]) -> float:
    return round(quantiles(times, n=20)[-1] * MILLISECONDS, 1)


async def measure() -> Sequence[Answers]:
    async with AsyncExitStack() as started:
        stack = await started.enter_async_context(embedded_stack(console.print, search_attributes=TYPES))
        await migrate(stack.postgres.admin_url)
        settings = environment(stack, new_keys())
        os.environ |= settings
        parts = await started.enter_async_context(assembled(Settings(), await connect()))
        admin = await asyncpg.connect(stack.postgres.admin_url)
        started.push_async_callback(admin.close)
        console.print(f"{PEOPLE} people at once: bare pages, and bare Updates")
        bare = [await _plain_pages(stack), await _bare_updates(stack, parts)]
        async with service(settings, OUT) as served:
            console.print(f"{PEOPLE} pairs, introduced")
            visitors = await town(parts, admin)
            port = int(settings["BLUEPALS_DESK_PORT"])
            processes = {"desk": served.desk, "PostgreSQL": _postmaster(stack), "worker": served.worker}
            console.print("the children's letters of the year")
            waiting = await unread(parts, visitors.pairings)
            return [*bare, *await _pages(visitors, waiting, port, processes)]


async def _plain_pages(stack: Stack) -> Answers:
    port = free_port()
    async with _process("bench.plain_page", str(port)) as process:
        await healthy(f"http://{LOOPBACK}:{port}/health", "bare page", process)
        async with _browsers(port, [""] * PEOPLE) as browsers:
            return await Asked(
                "bare page with one query",
                lambda person, _: browsers[person].get("/"),
                {"desk": process.pid, "PostgreSQL": _postmaster(stack)},
            ).answers()


async def _bare_updates(stack: Stack, parts: Parts) -> Answers:
    async with _process("bench.bare") as worker:
        updates = 1 + 4 * TURNS + TURNS
        handles = [
            await parts.client.start_workflow(
                Hears.run, updates, id=f"hears-{uuid4()}", task_queue=TASK_QUEUE
            )
            for _ in range(PEOPLE)
        ]
        fact = BareLetter(str(uuid4()), "0" * 64, "approve", 1, "student")
        return await Asked(
            "bare Update",
            lambda person, _: handles[person].execute_update(Hears.letter_decided, fact),
            {"Temporal": stack.temporal.process_id, "worker": worker.pid},
        ).answers()


async def _pages(
    visitors: Visitors, waiting: Sequence[DraftRecord], port: int, processes: Mapping[str, int]
) -> Sequence[Answers]:
    found = []
    for what, path, cookies in (
        (f"class page, {CLASS} children", "/bench/class", visitors.teachers),
        ("my pals, one pal", "/bench/pals", visitors.officers),
        ("board", "/bench/board", visitors.coordinators),
        (f"queue of {len(waiting)} letters", "/bench/reading", visitors.moderators),
    ):
        console.print(what)
        async with _browsers(port, cookies) as browsers:
            found.append(await Asked(what, _pages_at(browsers, path), processes).answers())
    console.print("letters")
    async with _browsers(port, visitors.officers) as browsers:
        keys = [await one.form_key("/bench/pals") for one in browsers]
        found.append(await Asked("letter taken in", _letters(browsers, keys, visitors), processes).answers())
    console.print("decisions")
    async with _browsers(port, visitors.moderators) as browsers:
        keys = [await one.form_key("/bench/reading") for one in browsers]
        found.append(await Asked("decision", _decisions(browsers, keys, waiting), processes).answers())
    return found


def _pages_at(browsers: Sequence[Browser], path: str) -> Ask:
    return lambda person, _: browsers[person].get(path)


def _letters(browsers: Sequence[Browser], keys: Sequence[str], visitors: Visitors) -> Ask:
    sent = [0] * PEOPLE

    async def send(person: int, turn: int) -> None:
        """Each is another letter, in the place of the one before."""
        text = (
            f"Dear pal,\n\nthis is what I write for the {turn + 1}. time. {uuid4()}\n" + "I like beans. " * 80
        )
        fields = {"form": keys[person], "round": "1", "language": "en", "text": text}
        fields["draft"] = str(sent[person])
        await browsers[person].post(f"/bench/pals/{visitors.pairings[person]}", fields)
        sent[person] += 1

    return send


def _decisions(browsers: Sequence[Browser], keys: Sequence[str], waiting: Sequence[DraftRecord]) -> Ask:
    still = iter(waiting)

    async def approve(person: int, _: int) -> None:
        draft = next(still)
        fields = {"form": keys[person], "hash": draft.hash.hex()}
        await browsers[person].post(f"/bench/reading/{draft.id}/approve", fields)

    return approve


@asynccontextmanager
async def _browsers(port: int, cookies: Sequence[str]) -> AsyncIterator[Sequence[Browser]]:
    browsers = [Browser(LOOPBACK, port, cookie) for cookie in cookies]
    try:
        yield browsers
    finally:
        for one in browsers:
            one.close()


@asynccontextmanager
async def _process(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", module, *arguments]
    async with running(command, environment=surroundings, log=OUT / "bench.log") as process:
        yield process


def _postmaster(stack: Stack) -> int:
    return int((stack.postgres.folder / "postmaster.pid").read_text().splitlines()[0])


def show(measured: Sequence[Answers]) -> None:
    table = Table("ms", "p50", "p95", "p95 alone", "a second", "busy", "CPU an answer", title=TITLE)
    for one in measured:
        cpu = round(sum(one.cpu.values()), 1)
        times = (f"{one.p50:,.0f}", f"{one.p95:,.0f}", str(one.alone))
        table.add_row(one.what, *times, str(one.a_second), str(one.busy), str(cpu))
    console.print(table)
    others = [one.others for one in measured]
    console.print(
        f"Other programs kept {min(others)} to {max(others)} cores busy meanwhile.", highlight=False
    )


def main() -> None:
    OUT.mkdir(exist_ok=True)
    measured = asyncio.run(measure())
    show(measured)
    report = OUT / "bench-desk.json"
    report.write_text(json.dumps([asdict(one) for one in measured], indent=2) + "\n", "utf-8")
    console.print(f"written to {report}")


if __name__ == "__main__":
    main()
