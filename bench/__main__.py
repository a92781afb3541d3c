"""Measures, prints a table and writes out/bench.json: python -m bench [PAIRINGS]."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean

import asyncpg
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from bench.processes import cpu_seconds, machine_seconds, resident_bytes
from bench.program import Pairs, prepare, program
from bench.years import Size, Years, bare, begin, live, live_slowly, real
from bluepals.domain.calendar import SchoolCalendar
from bluepals.settings import Settings
from bluepals.store.migrate import migrate
from commands.embedded import ROOT, Environment, environment, new_keys
from rehearsal.clock import VirtualClock
from service.connection import connect
from service.parts import Parts, assembled
from stack.embedded import Stack, embedded_stack
from stack.health import healthy
from stack.ports import LOOPBACK
from stack.process import running
from stack.temporal import VIRTUAL_CLOCKS
from workflows.api import outbox
from workflows.search_attributes import TYPES

PAIRINGS = 60
WAITING = 200  # in the worker's cache, whose memory is measured
WARM_UP = 5
TURNS = 3
KIB = 1024

RATIO, EVENTS, BYTES, CACHED = 0.7, 260, 50_000, 60 * KIB  # what the design aims at

OUT = Path("out")

console = Console()


@dataclass(frozen=True)
class Run:
    """One kind's years. `cpu`: seconds for each year, by process; `others`: cores that other programs kept busy."""

    years: int
    seconds: float
    cpu: Mapping[str, float]
    others: float

    @property
    def years_a_minute(self) -> float:
        return round(60 * self.years / self.seconds, 1)

    @classmethod
    def together(cls, runs: Sequence["Run"]) -> "Run":
        """Runs of the same number of years as one."""
        return cls(
            years=sum(run.years for run in runs),
            seconds=round(sum(run.seconds for run in runs), 1),
            cpu={name: round(mean(run.cpu[name] for run in runs), 3) for name in runs[0].cpu},
            others=round(mean(run.others for run in runs), 1),
        )


@dataclass(frozen=True)
class Measured:
    bare: Run
    bare_with_search_attributes: Run
    real: Run
    ratio: float
    cpu_ratio: float
    year: Size
    bare_year: Size
    bytes_per_cached_pairing: int
    bytes_per_cached_bare_year: int
    desk_milliseconds_per_letter: float


@dataclass(frozen=True)
class Bench:
    stack: Stack
    settings: Environment
    client: Client
    parts: Parts
    clock: VirtualClock
    admin: asyncpg.Connection

    @asynccontextmanager
    async def worker(self, *command: str) -> AsyncIterator[int]:
        """A worker as a process of its own; its id."""
        surroundings = {**os.environ, **self.settings, "PYTHONPATH": str(ROOT)}
        async with running(
            [sys.executable, *command], environment=surroundings, log=OUT / "bench.log"
        ) as process:
            if command == REAL:
                port = self.settings["BLUEPALS_HEALTH_PORT"]
                await healthy(f"http://{LOOPBACK}:{port}/health", "worker", process)
            yield process.pid
        if command == REAL:  # Its last commits have rung; a bare worker knows no outbox.
            await self.parts.bell.quiet()
            await self.client.get_workflow_handle(outbox.workflow_id(program().id)).terminate("measured")

    async def run(self, years: Years, worker: int) -> Run:
        """Until the last year is closed and its last mail has left."""
        before, began, machine = self._cpu(worker), time.perf_counter(), machine_seconds()
        await live(years, self.clock)
        await self.nothing_waits()
        seconds, count = time.perf_counter() - began, len(years.ids)
        used = {name: now - before[name] for name, now in self._cpu(worker).items()}
        others = (machine_seconds() - machine - sum(used.values())) / seconds
        a_year = {name: spent / count for name, spent in used.items()}
        return Run(count, seconds, a_year, others)

    async def nothing_waits(self) -> None:
        """Until every mail has left."""
        waiting = "SELECT count(*) FROM mail WHERE state IN ('pending', 'claimed', 'data_started')"
        while await self.admin.fetchval(waiting):  # noqa: ASYNC110 - the event is in the database
            await asyncio.sleep(0.1)

    def _cpu(self, worker: int) -> dict[str, float]:
        postmaster = int((self.stack.postgres.folder / "postmaster.pid").read_text().splitlines()[0])
        return {
            "server": cpu_seconds(self.stack.temporal.process_id),
            "worker": cpu_seconds(worker),
            "PostgreSQL": cpu_seconds(postmaster),
            "this process": time.process_time(),
        }


BARE, REAL = ("-m", "bench.bare"), ("worker.py",)


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    async with AsyncExitStack() as started:
        stack = await started.enter_async_context(
            embedded_stack(console.print, search_attributes=TYPES, dynamic_config=VIRTUAL_CLOCKS)
        )
        await migrate(stack.postgres.admin_url)
        settings = environment(stack, new_keys())
        os.environ |= settings
        client = await connect()
        parts = await started.enter_async_context(assembled(Settings(), client))
        admin = await asyncpg.connect(stack.postgres.admin_url)
        started.push_async_callback(admin.close)
        yield Bench(stack, settings, client, parts, VirtualClock(client, admin, program().id), admin)


@dataclass(frozen=True)
class Kind:
    """`take`: the next so many years of this kind."""

    worker: Sequence[str]
    take: Callable[[int], Years]


async def measure(this: Bench, count: int) -> Measured:
    console.print(f"writing and reading the letters of {count} real years")
    pairs = await _prepared(this, TURNS * WARM_UP + count + WARM_UP + 1 + WAITING)
    plain = Kind(BARE, lambda number: bare(this.client, number))
    shown = Kind(BARE, lambda number: bare(this.client, number, shown=True))
    whole = Kind(REAL, _taken_in_turn(real(this.parts, program(), pairs)))
    bare_run, shown_run, real_run = await _in_turns(this, (plain, shown, whole), count)
    console.print(f"one year of each kind, and {WAITING} that wait")
    bare_year, bare_cached = await _size_and_memory(this, plain)
    real_year, cached = await _size_and_memory(this, whole)
    return Measured(
        bare=bare_run,
        bare_with_search_attributes=shown_run,
        real=real_run,
        ratio=round(real_run.years_a_minute / bare_run.years_a_minute, 2),
        cpu_ratio=_cpu_ratio(bare_run, real_run),
        year=real_year,
        bare_year=bare_year,
        bytes_per_cached_pairing=cached,
        bytes_per_cached_bare_year=bare_cached,
        desk_milliseconds_per_letter=round(1000 * pairs.desk_seconds, 1),
    )


async def _in_turns(this: Bench, kinds: Sequence[Kind], count: int) -> Sequence[Run]:
    """A part of each kind after the other, so that all meet the same server, empty as it is at first and full later."""
    parts: Sequence[list[Run]] = [[] for _ in kinds]
    for turn in range(TURNS):
        console.print(f"{count // TURNS} years of each kind, turn {turn + 1} of {TURNS}")
        for kind, runs in zip(kinds, parts, strict=True):
            async with this.worker(*kind.worker) as worker:
                await live(kind.take(WARM_UP), this.clock)
                await this.nothing_waits()
                runs.append(await this.run(kind.take(count // TURNS), worker))
    return [Run.together(runs) for runs in parts]


async def _size_and_memory(this: Bench, kind: Kind) -> tuple[Size, int]:
    async with this.worker(*kind.worker) as worker:
        await live(kind.take(WARM_UP), this.clock)
        size = await live_slowly(this.client, kind.take(1), this.clock)
        return size, await _cached(this, kind.take(WAITING), worker)


async def _prepared(this: Bench, count: int) -> Pairs:
    of = program()
    await this.clock.turn_to(SchoolCalendar.of(of).instant(of.year.first_day, 8))
    pairs = await prepare(this.parts, of, count)
    # The edge tells at once here too; the outbox would tell what its workflows have not been started for.
    await this.admin.execute("UPDATE tell SET next_attempt_at = next_attempt_at + interval '5 years'")
    async with this.worker(*REAL):
        await this.nothing_waits()  # A bare worker would not send the mail about the matching.
    return pairs


def _taken_in_turn(years: Years) -> Callable[[int], Years]:
    """The next so many of them, counted from 0 again."""
    taken = 0

    def part(count: int) -> Years:
        nonlocal taken
        first, taken = taken, taken + count
        return replace(
            years,
            ids=years.ids[first:taken],
            start=lambda number: years.start(first + number),
            tell=lambda number, letter: years.tell(first + number, letter),
        )

    return part


async def _cached(this: Bench, years: Years, worker: int) -> int:
    """Bytes of the worker's memory for each year that has begun and waits for its first letter."""
    await this.nothing_waits()
    before = resident_bytes(worker)
    await begin(this.client, years)
    await this.nothing_waits()
    return (resident_bytes(worker) - before) // len(years.ids)


def _cpu_ratio(bare_run: Run, other: Run) -> float:
    """Steadier than the clock where other programs run beside."""
    return round(sum(bare_run.cpu.values()) / sum(other.cpu.values()), 2)


async def _measured(count: int) -> Measured:
    async with bench() as this:
        return await measure(this, count)


def show(measured: Measured) -> None:
    bare_run, shown, real_run = measured.bare, measured.bare_with_search_attributes, measured.real
    table = Table(
        "",
        "bare",
        "bare, shown",
        "real",
        "aim",
        title="a year: 8 rounds, 16 letters, the visit, the farewell",
    )

    def row(name: str, *cells: object) -> None:
        table.add_row(name, *map(str, cells))

    row("years a minute", bare_run.years_a_minute, shown.years_a_minute, real_run.years_a_minute, "")
    row("to bare", 1, round(shown.years_a_minute / bare_run.years_a_minute, 2), measured.ratio, RATIO)
    row("to bare, by CPU seconds", 1, _cpu_ratio(bare_run, shown), measured.cpu_ratio, "")
    row("events", measured.bare_year.events, "", measured.year.events, f"<= {EVENTS}")
    row("bytes", f"{measured.bare_year.bytes:,}", "", f"{measured.year.bytes:,}", f"<= {BYTES:,}")
    for name, seconds in real_run.cpu.items():
        row(f"CPU seconds a year, {name}", bare_run.cpu[name], shown.cpu[name], seconds, "")
    row("cores busy with other programs", bare_run.others, shown.others, real_run.others, "")
    row(
        "KiB a cached pairing that waits",
        measured.bytes_per_cached_bare_year // KIB,
        "",
        measured.bytes_per_cached_pairing // KIB,
        f"<= {CACHED // KIB}",
    )
    row("desk: ms a letter, taken in and decided", "", "", measured.desk_milliseconds_per_letter, "")
    console.print(table)


def main(count: int) -> None:
    OUT.mkdir(exist_ok=True)
    measured = asyncio.run(_measured(count))
    show(measured)
    report = OUT / "bench.json"
    report.write_text(json.dumps(asdict(measured), indent=2) + "\n", "utf-8")
    console.print(f"written to {report}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRINGS)
