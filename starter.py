"""The admin's command line: rosters in, matching approved, letters read, the year looked at."""

import sys

try:
    import typer
except ModuleNotFoundError:
    sys.exit(
        "Blue Pals is not installed for this Python. Run `make setup`, then `. .venv/bin/activate`, and this again."
    )

from commands import (
    carry_over,
    case,
    erase,
    hold,
    letter,
    match,
    officer,
    pairing,
    replacement,
    silence,
    staff,
    student,
    visit,
)
from commands.audit import audit
from commands.certificates import certificates
from commands.deployments import deploy, migrate, search_attributes
from commands.dev import dev
from commands.disclosures import disclosures
from commands.enter import enter
from commands.import_folder import import_folder
from commands.notices import notices
from commands.open_years import open_years
from commands.pauses import pause, resume
from commands.rehearse import rehearse
from commands.report import report
from commands.screen import screen
from commands.sheets import sheets
from commands.status import status

app = typer.Typer(
    name="starter.py",
    help="Blue Pals: a police-officer pen-pal program's year, from the rosters to the visit.",
    epilog="Exit status: 0 done, 1 a rule is broken, 2 wrong usage, 3 input refused, 4 a service is away.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

THE_YEAR, PEOPLE = "The year", "People who go and come"
LETTERS, LOOKING, RUNNING = "Letters and visit", "Looking", "Running the service"
AFTERWARDS = "Closing, and after"

app.command("import", rich_help_panel=THE_YEAR)(import_folder)
app.command("open", rich_help_panel=THE_YEAR)(open_years)
app.add_typer(carry_over.app, name="carry-over", rich_help_panel=THE_YEAR)
app.add_typer(match.app, name="match", rich_help_panel=THE_YEAR)
app.command("notices", rich_help_panel=THE_YEAR)(notices)
app.add_typer(officer.app, name="officer", rich_help_panel=PEOPLE)
app.add_typer(student.app, name="student", rich_help_panel=PEOPLE)
app.add_typer(staff.app, name="staff", rich_help_panel=PEOPLE)
app.add_typer(replacement.app, name="replacement", rich_help_panel=PEOPLE)
app.command("pause", rich_help_panel=THE_YEAR)(pause)
app.command("resume", rich_help_panel=THE_YEAR)(resume)
app.add_typer(letter.app, name="letter", rich_help_panel=LETTERS)
app.add_typer(silence.app, name="silence", rich_help_panel=LETTERS)
app.add_typer(case.app, name="case", rich_help_panel=LETTERS)
app.add_typer(visit.app, name="visit", rich_help_panel=LETTERS)
app.command("sheets", rich_help_panel=LETTERS)(sheets)
app.command("screen", rich_help_panel=LETTERS)(screen)
app.command("certificates", rich_help_panel=AFTERWARDS)(certificates)
app.add_typer(erase.app, name="erase", rich_help_panel=AFTERWARDS)
app.add_typer(hold.app, name="hold", rich_help_panel=AFTERWARDS)
app.command("disclosures", rich_help_panel=AFTERWARDS)(disclosures)
app.command("report", rich_help_panel=AFTERWARDS)(report)
app.command("status", rich_help_panel=LOOKING)(status)
app.add_typer(pairing.app, name="pairing", rich_help_panel=LOOKING)
app.command("audit", rich_help_panel=LOOKING)(audit)
app.command("rehearse", rich_help_panel=LOOKING)(rehearse)
app.command("enter", rich_help_panel=RUNNING)(enter)
app.command("dev", rich_help_panel=RUNNING)(dev)
app.command("migrate", rich_help_panel=RUNNING)(migrate)
app.command("search-attributes", rich_help_panel=RUNNING)(search_attributes)
app.command("deploy", rich_help_panel=RUNNING)(deploy)

if __name__ == "__main__":
    app()
