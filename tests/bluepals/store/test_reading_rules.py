"""Copies of drafts and undone decisions: what plain SQL can't get past either."""

import asyncpg
import pytest

from bluepals.domain.letters import Side
from bluepals.store import letters
from bluepals.store.database import Scope
from tests.bluepals.facts.two_schools import TwoSchools
from tests.bluepals.store.busy_year import trying

# $1 the source, $2 who makes it; the rest may be said otherwise. What is stored is another text than the source's.
COPY = (
    "INSERT INTO draft (program_id, school_id, agency_id, letter_id, written_for, number, kind, language, stored,"
    " translation, translated_into, hash, fingerprint, uploaded_by, marks, risk, source, made_by)"
    " SELECT program_id, school_id, agency_id, {letter}, {written_for}, 9, kind, language, '\\x01', {translation}, {into},"
    " {hash}, '\\x01', {uploaded_by}, marks, risk, $1, $2 FROM draft WHERE id = $1"
)
AS_IT_SHOULD = {
    "letter": "letter_id",
    "written_for": "written_for",
    "translation": "'\\x02'",
    "into": "'es'",
    "hash": "content_hash('\\x01', '\\x02')",
    "uploaded_by": "uploaded_by",
}


async def a_draft(busy: TwoSchools, child: str = "Ana") -> asyncpg.Record:
    """A child's, that nobody has decided about."""
    row = await busy.admin.fetchrow(
        "SELECT draft.* FROM draft JOIN letter ON letter.id = letter_id WHERE pairing_id = $1 AND side = $2"
        " AND NOT EXISTS (SELECT FROM decision WHERE draft_id = draft.id)",
        busy.pairing[child],
        Side.STUDENT,
    )
    assert row is not None
    return row


async def test_a_copy_as_it_should_be_is_taken(busy: TwoSchools) -> None:
    draft = await a_draft(busy)
    async with trying(busy) as connection:
        await connection.execute(COPY.format(**AS_IT_SHOULD), draft["id"], busy.staff["Mona"])


@pytest.mark.parametrize(
    ("otherwise", "constraint"),
    [
        ({"hash": "sha256('\\x01')"}, "hashed_over_the_stored_bytes"),
        ({"hash": "sha256('\\x0102')"}, "hashed_over_the_stored_bytes"),
        ({"into": "NULL"}, "translated_in_a_copy"),
        ({"into": "language"}, "translated_into_another_language"),
        ({"uploaded_by": "$2"}, "copied_from_its_own_letter"),
    ],
)
async def test_a_copy_otherwise_is_refused(
    busy: TwoSchools, otherwise: dict[str, str], constraint: str
) -> None:
    draft = await a_draft(busy)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=constraint):
            await connection.execute(
                COPY.format(**{**AS_IT_SHOULD, **otherwise}), draft["id"], busy.staff["Mona"]
            )


@pytest.mark.parametrize("maker", ["Tess", "Max", "Coco"])
async def test_a_copy_is_made_by_a_reader_of_the_school_and_not_by_who_handed_it_in(
    busy: TwoSchools, maker: str
) -> None:
    draft = await a_draft(busy)
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="not copied by a fit reader"):
            await connection.execute(COPY.format(**AS_IT_SHOULD), draft["id"], busy.staff[maker])


async def test_a_copy_is_of_no_other_letter(busy: TwoSchools) -> None:
    draft, other = await a_draft(busy), await a_draft(busy, "Cleo")
    elsewhere = {"letter": f"'{other['letter_id']}'", "written_for": f"'{other['written_for']}'"}
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(
                COPY.format(**{**AS_IT_SHOULD, **elsewhere}), draft["id"], busy.staff["Mona"]
            )


async def test_a_draft_that_is_no_copy_has_no_maker_and_no_translation(busy: TwoSchools) -> None:
    for column, value in (("made_by", busy.staff["Mona"]), ("translated_into", "es")):
        with pytest.raises(asyncpg.CheckViolationError):
            await busy.admin.execute(f"UPDATE draft SET {column} = $1 WHERE source IS NULL", value)


@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET hash = hash", "TRUNCATE {}"])
async def test_that_a_decision_was_undone_is_never_changed(busy: TwoSchools, statement: str) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement.format("undone_decision"))


@pytest.mark.parametrize("scope", [Scope("stl", schools=("north",)), Scope.whole("kc"), Scope("stl")])
async def test_a_decision_is_taken_back_in_sight_of_its_own_program_only(
    busy: TwoSchools, scope: Scope
) -> None:
    (stock, *_) = [one for one in await busy.stock_drafts() if await _may_be_taken_back(busy, one)]
    async with trying(busy, scope) as connection:
        asked = "SELECT take_back_decision($1, $2)"
        assert await connection.fetchval(asked, stock.id, busy.staff["Mona"]) is False


async def _may_be_taken_back(busy: TwoSchools, draft: letters.DraftRecord) -> bool:
    async with trying(busy) as connection:
        asked = "SELECT may_be_taken_back($1, $2)"
        found: bool = await connection.fetchval(asked, draft.id, busy.staff["Mona"])
        return found
