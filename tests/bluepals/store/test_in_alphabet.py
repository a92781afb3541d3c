"""Lists of people are in alphabetical order as people know it, whatever letters their names have."""

import re
from pathlib import Path

import pytest

from bluepals.store.database import Database, Scope

STORE = sorted(Path("bluepals/store").glob("*.py"))
SORTED = [
    "Ángel",
    "Cárdenas",
    "Çelik",
    "Cruz",
    "de la Cruz",
    "Ñandú",
    "Nunez",
    "O'Neil",
    "Pérez",
    "Pham",
    "Zoë",
]


async def test_accents_and_small_letters_change_nothing(database: Database) -> None:
    async with database.transaction(Scope.whole("stl")) as connection:
        rows = await connection.fetch(
            "SELECT name FROM unnest($1::text[]) AS name ORDER BY in_alphabet(name)", sorted(SORTED)
        )
    assert [row["name"] for row in rows] == SORTED


@pytest.mark.parametrize("module", STORE, ids=lambda file: file.stem)
def test_no_list_is_sorted_by_the_codes_of_a_surnames_letters(module: Path) -> None:
    for order in re.findall(r"ORDER BY .*", module.read_text("utf-8")):
        assert not re.search(r"(?<!in_alphabet\()(?<![\w.])(\w+\.)?last_name", order), order
