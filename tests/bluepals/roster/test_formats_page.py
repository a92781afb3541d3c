"""docs/formats.md says what the reader does: each column, key, default and gender, and an example that is read."""

import re
from dataclasses import Field, fields
from pathlib import Path

import pytest

from bluepals.domain.people import Gender
from bluepals.domain.program import Policy, Retention
from bluepals.roster.cells import GENDERS
from bluepals.roster.people_files import (
    References,
    follow_on_columns,
    officer_columns,
    partner_columns,
    staff_columns,
    stock_letter_columns,
    student_columns,
)
from bluepals.roster.program_file import KEYS, POLICY, SENTENCES, read_program
from tests.bluepals.roster.village import TODAY

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")
REFERENCES = References((), (), Policy(), TODAY)
COLUMNS = {
    "students": student_columns(REFERENCES),
    "officers": officer_columns(REFERENCES),
    "staff": staff_columns(REFERENCES),
    "stock_letters": stock_letter_columns(),
    "partners": partner_columns(),
    "follow_on": follow_on_columns(),
}


def section(title: str) -> str:
    return PAGE.split(f"\n### {title}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]


def first_cells(title: str) -> list[str]:
    rows = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


@pytest.mark.parametrize("title", COLUMNS)
def test_the_page_has_each_column_in_order_and_says_which_may_be_left_out(title: str) -> None:
    assert first_cells(title) == [column.name for column in COLUMNS[title]]
    for column in COLUMNS[title]:
        if column.optional:
            assert re.search(rf"`{column.name}`[^.]*may be left out", section(title))


def test_the_page_has_each_key() -> None:
    rows = [line.split("|") for line in section("program.toml").splitlines() if line.startswith("| ")]
    tables: dict[str, list[str]] = {}
    name = ""
    for row in rows[2:]:
        name = re.sub(r"\W", "", row[1]) or name
        tables.setdefault(name, []).extend(re.findall(r"`(\w+)`", row[2]))
    assert tables == {table: list(keys) for table, keys in KEYS.items()}


@pytest.mark.parametrize("key", SENTENCES)
def test_the_page_has_the_default_of_each_sentence(key: str) -> None:
    (row,) = [line for line in section("program.toml").splitlines() if f"| `{key}` |" in line]
    assert row.rstrip(" |").endswith(f'`"{getattr(Policy(), key)}"`')


@pytest.mark.parametrize("key", POLICY)
def test_the_page_has_the_range_and_the_default_of_each_policy(key: str) -> None:
    (row,) = [line for line in section("program.toml").splitlines() if f"| `{key}` |" in line]
    default = getattr(Policy(), key)
    shown = list(default) if isinstance(default, tuple) else default
    assert row.rstrip(" |").endswith(f"`{shown}`")
    least, most = POLICY[key]
    assert f"{least} to {most:,}" in row


@pytest.mark.parametrize("one", fields(Retention), ids=lambda one: one.name)
def test_the_page_has_the_default_of_each_period(one: Field[int]) -> None:
    (row,) = [line for line in section("program.toml").splitlines() if f"| `{one.name}` | days" in line]
    assert row.rstrip(" |").endswith(f"`{one.default}`")


@pytest.mark.parametrize("gender", list(Gender))
def test_the_page_has_the_table_of_genders(gender: Gender) -> None:
    (row,) = [line for line in section("Genders").splitlines() if line.startswith(f"| {gender} |")]
    spelled = [one.casefold() for one in re.findall(r"`(\S+)`", row)]
    assert spelled == [spelling for spelling, meaning in GENDERS.items() if meaning is gender]


def test_the_example_of_the_page_is_a_program() -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert read_program(example[1].encode()).problems == []
