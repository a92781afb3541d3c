"""starter.py as an admin types it, here and now: its words, its JSON, its exit status."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from typer.testing import CliRunner, Result

from commands.shell import Exit
from starter import app
from tests.commands.documented import has_shape, shape_of
from tests.workflows.world import first_day, rounds_of

PATIENCE = 20.0  # seconds; what has not come by then does not come
COORDINATOR, MODERATOR, TEACHER = "a-coordinator", "a-moderator", "a-teacher"
NO_UUID, NOBODY = "not-a-uuid", str(UUID(int=0))

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


@dataclass(frozen=True)
class StarterLine:
    """Whoever types has these settings in the environment; None: not set."""

    settings: Mapping[str, str | None]
    columns: int = 250

    def run(self, *words: object, typed: str | bytes | None = None) -> Result:
        environment = {**self.settings, "COLUMNS": str(self.columns)}
        return CliRunner().invoke(app, [str(word) for word in words], input=typed, env=environment)

    def says(self, *words: object, typed: str | bytes | None = None) -> str:
        result = self.run(*words, typed=typed)
        assert (result.exit_code, result.stderr) == (Exit.DONE, ""), result.output
        return result.stdout

    def answers(self, *words: object, typed: str | bytes | None = None) -> Any:
        """The JSON, which is all that is said, and has the documented shape."""
        answer = json.loads(self.says(*words, "--json", typed=typed))
        shape = shape_of(tuple(map(str, words)))
        assert has_shape(answer, shape), f"{answer} is not {shape}"
        return answer

    def is_refused(
        self, *words: object, status: Exit = Exit.REFUSED, typed: str | bytes | None = None
    ) -> str:
        """The sentence, on standard error alone."""
        result = self.run(*words, typed=typed)
        assert (result.exit_code, result.stdout) == (status, ""), result.output
        return re.sub(r"[\s│]+", " ", result.stderr).strip()


def until(reached: Callable[[], bool]) -> None:
    """Wait for what the worker does by itself."""
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, f"not within {PATIENCE} seconds"
        time.sleep(0.05)


def write_folder(
    folder: Path, program: str, *, children: int = 1, officers: int = 1, capacity: int = 1, rounds: int = 2
) -> Path:
    """A program whose year is still to come: girls of one class, and women of one agency."""
    visit = first_day() + 4 * WEEK * rounds + WEEK
    exchanges = "".join(
        f"[[rounds]]\nstudents_due = {one.students_due}\nofficers_due = {one.officers_due}\nopens_on = {one.opens_on}\n"
        for one in rounds_of(rounds, first_day())
    )
    tables = {
        "students.csv": [
            "student_id,first_name,last_name,gender,grade,class,school,consent",
            *(f"s{n:02},Child{n},Doe,F,5,5A,north,2026-01-05" for n in range(1, children + 1)),
        ],
        "officers.csv": [
            "officer_id,first_name,last_name,gender,agency,email,capacity,cleared_until",
            *(
                f"o{n:02},Officer{n},Roe,F,pd,officer{n}@pd.example,{capacity},2099-12-31"
                for n in range(1, officers + 1)
            ),
        ],
        "staff.csv": [
            "staff_id,name,email,role,school,class",
            f"{COORDINATOR},Cora Diaz,cora@north.example,coordinator,,",
            f"{MODERATOR},Mo Reed,mo@north.example,moderator,,",
            f"{TEACHER},Tess Hall,tess@north.example,teacher,north,5A",
        ],
    }
    folder.mkdir(exist_ok=True)
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "program.toml").write_text(
        f"""\
[program]
id = "{program}"
name = "{program.title()}"

[year]
first_day = {first_day()}
last_day = {visit + 4 * WEEK + 4 * DAY}

[[agencies]]
id = "pd"
name = "Police Department"

[[schools]]
id = "north"
name = "North School"

{exchanges}
[visit]
window_start = {visit}
window_end = {visit + 4 * DAY}

[policy]
declining_days = 0
""",
        "utf-8",
    )
    return folder
