"""report: what the year came to, for the community to read."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bluepals.domain.sentences import counted
from bluepals.facts import year_report
from bluepals.facts.year_report import Line, YearReport
from bluepals.paper.report import report_page
from bluepals.store import surveys
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run

COLUMNS = {
    "children": "children",
    "officers": "officers",
    "letters": "letters",
    "on_time_rate": "on time",
    "came": "officer came",
}


def report(
    program: ProgramId,
    file: Annotated[Path | None, typer.Option("--out", help="Write a page for a web site as well.")] = None,
    remarks: Annotated[
        Path | None,
        typer.Option(help="Write what people added to the survey into a file: for you, not for all."),
    ] = None,
    json: AsJson = False,
) -> None:
    """The year in numbers, by school, agency and precinct. What is below 5, or would tell it, is not shown."""
    run(_report(program, file, remarks, json))


async def _report(program: str, file: Path | None, remarks: Path | None, json: bool) -> None:
    async with parts_of(program) as service:
        made = await year_report.report(service.office, Scope.whole(program))
        async with service.database.transaction(Scope.whole(program)) as connection:
            lines = await surveys.remarks(connection, made.first_year)
    _write(file, report_page(made))
    _write(remarks, "".join(f"{line}\n" for line in lines))
    answer(asdict(made), json, lambda: print_report(made))


def _write(file: Path | None, text: str) -> None:
    if file is not None:
        file.write_text(text, "utf-8")


def print_report(made: YearReport) -> None:
    out.print(
        f"{made.name}, {made.first_year}: {counted(made.rounds, 'round', 'rounds')}",
        markup=False,
        highlight=False,
    )
    table = Table("", *COLUMNS.values(), box=SIMPLE_HEAD, pad_edge=False)
    for line in (*made.schools, *made.agencies, *made.precincts, Line("all", None, made.total)):
        table.add_row(line.name, *(_cell(column, line.numbers[column]) for column in COLUMNS))
    out.print(table)
    out.print("Officer came: children whose own officer came to the visit.")
    for taker, questions in made.survey.items():
        if not questions:
            out.print(f"Of the {taker}s nobody has answered the questions.")


def _cell(column: str, value: int | None) -> str:
    if value is None:
        return "not shown"
    return f"{value}%" if column == "on_time_rate" else str(value)
