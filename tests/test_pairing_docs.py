"""docs/pairing.md says what is so: the policy's defaults, the stages and the workflow ids."""

import re
from dataclasses import fields
from pathlib import Path

from bluepals.domain.program import Policy
from workflows.api import (
    assignment,
    daily_mail,
    new_officer,
    outbox,
    pairing,
    program_year,
    referral,
    retention,
    visit_day,
)
from workflows.api.pairing import Stage

TEXT = (Path(__file__).parent.parent / "docs" / "pairing.md").read_text("utf-8")


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def test_every_policy_stands_there_with_its_default() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.+?) \|", TEXT.split("## Policy")[1], re.MULTILINE))
    del rows["key"]
    assert rows == {field.name: _shown(field.default) for field in fields(Policy)}


def test_every_stage_stands_there() -> None:
    stages = re.findall(r"^\| ([a-z ]+) \|", TEXT.split("\n## ")[0], re.MULTILINE)
    assert stages == ["stage", *(stage.value for stage in Stage if stage is not Stage.CLOSED)]


def test_every_workflow_id_stands_there() -> None:
    ids = set(re.findall(r"^\| [a-z ]+ \| `([^`]+)`", TEXT.split("## Workflow ids")[1], re.MULTILINE))
    program, year = "<program>", "<program>.<school>.<first year>"
    assert ids == {
        assignment.workflow_id(program, "<first year>"),  # type: ignore[arg-type]  # only its place is asked for
        program_year.workflow_id(year),
        pairing.workflow_id("<pairing id>"),
        visit_day.workflow_id(year),
        new_officer.workflow_id("<replacement id>"),
        referral.workflow_id("<case id>"),
        outbox.workflow_id(program),
        daily_mail.workflow_id(program),
        retention.workflow_id(program),
    }
