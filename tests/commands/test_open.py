"""open: a program's years begin, once."""

import asyncio
from collections.abc import Callable

import pytest

from commands.shell import Exit
from service.connection import connect
from tests.commands.starter_line import COORDINATOR, StarterLine, until
from workflows.api import daily_mail


async def daily_mail_hours(address: str, program: str) -> list[int]:
    """At which hours the program's Schedule sends the daily mail."""
    client = await connect(target_host=address)
    described = await client.get_schedule_handle(daily_mail.workflow_id(program)).describe()
    return [hour.start for calendar in described.schedule.spec.calendars for hour in calendar.hour]


def test_open_begins_each_schools_year_and_again_it_changes_nothing(
    starter: StarterLine, imported: Callable[..., str], worker: None
) -> None:
    program = imported()
    first = starter.answers("open", program)
    assert len(first["program_years"]) == 1
    until(lambda: starter.answers("status", program)["schools"][0]["year"] == "open")

    assert starter.answers("open", program, "--seed", 2) == first
    (year,) = first["program_years"]
    assert starter.says("open", program) == f"{year} is open. Next: starter.py match show {program}\n"
    assert starter.answers("match", "propose", program) == {"open": 1}


def test_what_still_rests_is_said_when_a_year_is_opened(
    starter: StarterLine, imported: Callable[..., str], worker: None
) -> None:
    program = imported()
    starter.says("pause", program, "--by", COORDINATOR, "--reason", "flu", "--letters")
    said = starter.says("open", program)
    assert ": letters of the program (flu)." in said
    assert f"To end it: starter.py resume {program} --letters --by YOUR-ID --preview" in said


def test_open_puts_the_daily_mail_on_a_schedule_at_the_programs_hour(
    starter: StarterLine, settings: dict[str, str], paired: str
) -> None:
    starter.says("open", paired)
    assert asyncio.run(daily_mail_hours(settings["TEMPORAL_ADDRESS"], paired)) == [7]


def test_a_program_that_was_not_imported_is_not_opened(starter: StarterLine) -> None:
    sentence = "This program is not on record. Import its folder first: starter.py import FOLDER"
    assert starter.is_refused("open", "nowhere") == sentence


def test_a_seed_is_a_number(starter: StarterLine) -> None:
    starter.is_refused("open", "town", "--seed", "lucky", status=Exit.WRONG_USAGE)


@pytest.mark.parametrize("seed", ["-1", str(10**30)])
def test_a_seed_that_is_none_is_wrong_usage(
    starter: StarterLine, imported: Callable[..., str], seed: str
) -> None:
    assert "--seed" in starter.is_refused("open", imported(), "--seed", seed, status=Exit.WRONG_USAGE)
