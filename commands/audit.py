"""audit: whether the rules were kept, proved from the database and the histories."""

from dataclasses import asdict

import typer
from rich.table import Table

from audit import audit as prove
from audit.report import AuditReport, Finding
from bluepals.domain.sentences import counted
from commands.shell import AsJson, Exit, ProgramId, answer, err, out, parts_of, run


def audit(
    program: ProgramId,
    json: AsJson = False,
) -> None:
    """Prove that the rules were kept: approvals, genders, mails, letters on opening days, no names in Temporal.

    Exit status 1 when a rule is broken. Nothing is changed.
    """
    run(_audit(program, json))


async def _audit(program: str, json: bool) -> None:
    async with parts_of(program) as service:
        report = await prove(service, program)
    answer({**asdict(report), "clean": report.clean}, json, lambda: _print(report))
    if not report.clean:
        raise typer.Exit(Exit.RULE_BROKEN)


def _print(report: AuditReport) -> None:
    table = Table("check", "what is proved", "checked", "on record", "violations")
    for check in report.checks:
        counts = (check.checked, len(check.on_record), len(check.violations))
        table.add_row(check.name, check.claim, *map(str, counts))
    out.print(table)
    out.print(
        f"{counted(report.histories, 'history', 'histories')} with {counted(report.payloads, 'payload', 'payloads')} read.",
        highlight=False,
    )
    if report.histories_gone:
        _say(
            f"{counted(len(report.histories_gone), 'history is', 'histories are')} gone:",
            report.histories_gone,
        )
    for check in report.checks:
        if check.on_record:
            _say(f"On record, {check.name}:", _sentences(check.on_record))
    for check in report.checks:
        for violation in check.violations:
            err.print(
                f"{check.name}, {violation.rule}: {violation.sentence}",
                style="bold red",
                markup=False,
                highlight=False,
            )
    if report.clean:
        out.print("No rule is broken.")


def _sentences(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(finding.sentence for finding in findings)


def _say(heading: str, lines: tuple[str, ...]) -> None:
    out.print(heading, markup=False, highlight=False)
    for line in lines:
        out.print(f"- {line}", markup=False, highlight=False)
