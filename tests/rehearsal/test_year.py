"""A small school year, rehearsed whole: a calm one, and the same while somebody breaks a rule in its database."""

import asyncio
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from commands.shell import Exit
from tests.rehearsal.rehearsed import PATIENCE, ROOT, Rehearsal, rehearsed
from tests.stack.folders import open_folder

pytestmark = pytest.mark.begun_first

# The people of examples/small, in the shortest year that has everything in it.
CALENDAR = """\
[program]
id = "maple"
name = "Maple Street Pen Pals"

[year]
first_day = 2026-08-17
last_day = 2026-09-11

[[schools]]
id = "maple-street"
name = "Maple Street School"

[[agencies]]
id = "harbor-police"
name = "Harbor Police"

[[rounds]]
students_due = 2026-08-21
officers_due = 2026-08-28
opens_on = 2026-09-02

[visit]
window_start = 2026-09-08
window_end = 2026-09-08

[policy]
reply_days = 5
opening_gap_school_days = 2
letters_per_moderator_per_day = 1
invitation_days = 10
visit_reminder_days = [1]
"""


@pytest.fixture(scope="module")
async def undisturbed() -> Rehearsal:
    with open_folder() as here:
        async with asyncio.timeout(PATIENCE):
            return await rehearsed(here, _small(here))


@pytest.fixture(scope="module")
async def broken() -> Rehearsal:
    """The same folder and the same seed, and an approval that comes too late."""
    with open_folder() as here:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as year:
            rehearsal = year.create_task(rehearsed(here, _small(here)))
            year.create_task(_approve_a_letter_after_its_delivery(here))
    return rehearsal.result()


def _small(here: Path) -> Sequence[str]:
    shutil.copytree(ROOT / "examples" / "small", here / "small")
    (here / "small" / "program.toml").write_text(CALENDAR, "utf-8")
    return ("small", "--preset", "calm", "--seed", "7")


async def _approve_a_letter_after_its_delivery(here: Path) -> None:
    """As a superuser whom no trigger stops, as soon as a letter has been delivered."""
    changed = False
    while not changed:
        await asyncio.sleep(0.5)
        for folder in _databases(here):
            with suppress(OSError, asyncpg.PostgresError):  # It is still starting, or has no tables so far.
                changed = await _approve_too_late(folder)


def _databases(here: Path) -> list[Path]:
    return list(here.glob("bluepals-*/postgres"))


async def _approve_too_late(folder: Path) -> bool:
    admin = await asyncpg.connect(f"postgresql://postgres@/postgres?host={folder}")
    try:
        await admin.execute("SET session_replication_role = replica")
        done = await admin.execute(
            "UPDATE decision SET decided_at = decided_at + interval '1 year' WHERE draft_id ="
            " (SELECT draft_id FROM delivery WHERE kind = 'letter' ORDER BY sequence LIMIT 1)"
        )
    finally:
        await admin.close()
    return done == "UPDATE 1"


def _documented() -> list[str]:
    """The keys of the report in docs/formats.md; `.more` goes on with the group before it."""
    text = (ROOT / "docs/formats.md").read_text("utf-8").split("### The report of a rehearsal")[1]
    keys: list[str] = []
    for cell in re.findall(r"^\| ([a-z_., ]+) \|", text, re.MULTILINE)[1:]:
        group = ""
        for key in cell.split(", "):
            keys.append(group + key if key.startswith(".") else key)
            group = keys[-1].split(".")[0]
    return keys


def _flat(report: Mapping[str, Any], group: str = "") -> Iterator[tuple[str, object]]:
    for key, value in report.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{group}{key}.")
        else:
            yield group + key, value


def test_a_year_that_keeps_the_rules_ends_with_status_0_and_says_so(undisturbed: Rehearsal):
    assert undisturbed.status == Exit.DONE, undisturbed.said
    assert "No rule was broken." in undisturbed.said
    assert "BROKEN" not in undisturbed.said


def test_the_report_has_the_documented_keys_in_their_order_and_whole_numbers(undisturbed: Rehearsal):
    flat = dict(_flat(undisturbed.report))
    assert list(flat) == sorted(_documented(), key=list(flat).index)
    assert {type(value) for value in flat.values()} == {int}


def test_everybody_on_the_rosters_takes_part(undisturbed: Rehearsal):
    report = undisturbed.report
    counts = [report[key] for key in ("program_years", "students", "officers", "pairings", "waiting")]
    assert counts == [1, 8, 6, 8, 0]
    assert report["virtual_days"] == 26
    assert report["visits"]["invited"] == 8


def test_nothing_that_a_rule_forbids_has_happened(undisturbed: Rehearsal):
    report, mails = undisturbed.report, undisturbed.report["mails"]
    forbidden = ("delivered_unapproved", "cross_gender", "personal_data_in_histories")
    assert [report[key] for key in forbidden] == [0, 0, 0]
    assert [mails[key] for key in ("unknown", "duplicates", "misaddressed")] == [0, 0, 0]


def test_people_write_forget_and_are_stood_in_for(undisturbed: Rehearsal):
    letters = undisturbed.report["letters"]
    assert all(letters[key] > 0 for key in ("submitted", "missed", "stock"))
    assert letters["delivered"] <= letters["approved"] <= letters["submitted"] <= 2 * 8
    assert letters["submitted"] + letters["missed"] - letters["late"] == 2 * 8


def test_full_days_of_a_moderator_are_told_beforehand(undisturbed: Rehearsal):
    said = undisturbed.said
    assert "days a moderator has more than 1 letter to read" in said
    assert said.index("What moderators will have to read") < said.index("auditing")


def test_a_year_that_has_begun_is_played_later(undisturbed: Rehearsal):
    assert re.search(r"This year has begun already: it is played \d+ weeks later\.", undisturbed.said)


def test_the_year_is_told_as_a_page(undisturbed: Rehearsal):
    assert "The year as a page: out/rehearsal/index.html" in undisturbed.said
    assert "A rehearsed year of Maple Street Pen Pals" in undisturbed.page
    assert re.search(r"most happened: \w+ and \w+</h2>", undisturbed.page)
    assert 'class="bad"' not in undisturbed.page


def test_a_calm_year_has_none_of_what_happens_in_other_years(undisturbed: Rehearsal):
    report = undisturbed.report
    assert [report[key] for key in ("paused_days", "new_officers", "transfers", "withdrawals")] == [
        0,
        0,
        0,
        0,
    ]


def test_the_same_folder_and_seed_give_the_same_report_but_for_the_broken_rule(
    undisturbed: Rehearsal, broken: Rehearsal
):
    assert broken.lasting == {**undisturbed.lasting, "delivered_unapproved": 1}


def test_a_broken_rule_is_said_and_is_status_1(broken: Rehearsal):
    assert broken.status == Exit.RULE_BROKEN
    assert re.search(
        "BROKEN approved before delivery: .* was approved only after it had gone out", broken.said
    )
    assert "No rule was broken" not in broken.said


def test_a_broken_rule_stands_out_on_the_page(broken: Rehearsal):
    assert broken.page.count('class="bad"') == 1
