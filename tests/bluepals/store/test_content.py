"""Rule 14's second half: what a letter says is in the database for nobody who has not the keys."""

import hashlib
import os
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.letters import LetterRefused, ScannedLetter, Side, TypedLetter
from bluepals.facts import letters
from bluepals.facts.office import Office
from bluepals.store.content import ContentKey, ContentUnreadable, Keyring
from bluepals.store.database import Database
from tests.bluepals.facts.two_schools import TwoSchools, two_schools

OLD, NEW = os.urandom(32), os.urandom(32)
SECRET = "The badger sleeps under our porch in Maple Street."


@pytest.fixture
async def schools(database: Database, admin: asyncpg.Connection) -> TwoSchools:
    schools = await two_schools(database, admin)
    await schools.pair()
    return with_keys(schools, {"old": OLD})


def with_keys(schools: TwoSchools, masters: dict[str, bytes]) -> TwoSchools:
    """The same schools, served with other settings; what the stock letters' own key was does not matter here."""
    return replace(schools, office=replace(schools.office, keyring=Keyring(masters)))


async def text_of(office: Office, schools: TwoSchools, draft_id: UUID) -> str:
    opened = await letters.read(office, schools.scope, draft_id)
    assert isinstance(opened.letter, TypedLetter)
    return opened.letter.text


async def test_no_byte_of_a_letter_is_stored_as_it_is(schools: TwoSchools) -> None:
    await schools.write("Ana", Side.STUDENT, SECRET)
    for table in ("letter", "draft", "tell", "mail", "attention", "content_key"):
        rows = await schools.admin.fetch(f"SELECT {table}::text AS row FROM {table}")
        stored = "".join(row["row"] for row in rows)
        for word in ("badger", "porch", "Maple"):
            assert word not in stored, table
            assert word.encode().hex() not in stored, table


async def test_the_same_words_of_two_children_have_nothing_in_common(schools: TwoSchools) -> None:
    first = await schools.write("Ana", Side.STUDENT, SECRET)
    second = await schools.write("Ben", Side.STUDENT, SECRET)
    rows = await schools.admin.fetch(
        "SELECT stored, hash, fingerprint FROM draft WHERE id = ANY ($1)", [first.id, second.id]
    )
    assert all(len({row[column] for row in rows}) == 2 for column in ("stored", "hash", "fingerprint"))


async def test_each_child_has_a_key_for_the_letters_of_both_sides(schools: TwoSchools) -> None:
    await schools.write("Ana", Side.STUDENT)
    await schools.write("Ana", Side.OFFICER)
    await schools.write("Ben", Side.STUDENT)
    rows = await schools.admin.fetch("SELECT student_id FROM content_key WHERE student_id IS NOT NULL")
    assert sorted(row["student_id"] for row in rows) == sorted(
        [schools.student["Ana"], schools.student["Ben"]]
    )


async def test_an_old_master_key_still_opens_and_the_newest_wraps(schools: TwoSchools) -> None:
    before = await schools.write("Ana", Side.STUDENT, SECRET)
    turned = with_keys(schools, {"new": NEW, "old": OLD})
    after = await turned.write("Ben", Side.STUDENT, "Another letter.")
    assert await text_of(turned.office, schools, before.id) == SECRET
    assert await text_of(turned.office, schools, after.id) == "Another letter."
    rows = await schools.admin.fetch(
        "SELECT external_id, master_key_id FROM content_key JOIN student ON student.id = student_id"
    )
    assert {row["external_id"]: row["master_key_id"] for row in rows} == {"Ana": "old", "Ben": "new"}


async def test_fault_40_without_its_master_key_a_letter_stays_shut_and_the_key_is_named(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.STUDENT, SECRET)
    lost = with_keys(schools, {"new": NEW})
    with pytest.raises(ContentUnreadable, match=r"'old' is needed and is not set.*BLUEPALS_MASTER_KEYS"):
        await letters.read(lost.office, schools.scope, draft.id)
    with pytest.raises(ContentUnreadable):
        await lost.write("Ana", Side.STUDENT, "Nothing new is written under a key that can't be opened.")
    assert (
        await schools.admin.fetchval("SELECT count(*) FROM draft WHERE letter_id = $1", draft.letter_id) == 1
    )


async def test_fault_40_a_wrong_key_of_the_right_name_opens_nothing(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, SECRET)
    wrong = with_keys(schools, {"old": NEW})
    with pytest.raises(ContentUnreadable, match="'old' is not the one that wrapped"):
        await letters.read(wrong.office, schools.scope, draft.id)


async def test_a_childs_key_is_no_other_childs(schools: TwoSchools) -> None:
    ana, ben = (
        await schools.write("Ana", Side.STUDENT, SECRET),
        await schools.write("Ben", Side.STUDENT, "Ben's."),
    )
    await schools.admin.execute(
        "UPDATE content_key SET wrapped = (SELECT wrapped FROM content_key WHERE student_id = $2) WHERE student_id = $1",
        schools.student["Ana"],
        schools.student["Ben"],
    )
    with pytest.raises(ContentUnreadable):
        await letters.read(schools.office, schools.scope, ana.id)
    assert await text_of(schools.office, schools, ben.id) == "Ben's."


async def test_a_letters_bytes_are_no_other_letters_also_of_the_same_child(schools: TwoSchools) -> None:
    first = await schools.write("Ana", Side.STUDENT, SECRET)
    second = await schools.write("Ana", Side.STUDENT, "Another one.", round_number=2)
    await schools.admin.execute(
        "UPDATE draft SET (stored, hash) = (SELECT stored, hash FROM draft WHERE id = $2) WHERE id = $1",
        first.id,
        second.id,
    )
    with pytest.raises(ContentUnreadable, match="not the ones that were sealed"):
        await letters.read(schools.office, schools.scope, first.id)


async def test_fault_40_with_a_childs_key_its_letters_are_gone_and_their_hashes_still_prove(
    schools: TwoSchools,
) -> None:
    delivery = await schools.deliver("Ana", Side.STUDENT, SECRET)
    other = await schools.write("Ben", Side.STUDENT, "Ben's.")
    async with schools.database.transaction(schools.scope) as connection:
        gone = await connection.execute(
            "DELETE FROM content_key WHERE student_id = $1", schools.student["Ana"]
        )
    assert gone == "DELETE 1"
    with pytest.raises(ContentUnreadable, match="erased"):
        await letters.read(schools.office, schools.scope, delivery.draft_id)
    assert await schools.count("content_key") == 2, (
        "reading has made no new key: Ben's is there, and the stock letters'"
    )
    row = await schools.admin.fetchrow(
        "SELECT draft.stored, decision.hash AS approved, delivery.hash AS delivered FROM draft"
        " JOIN decision ON decision.draft_id = draft.id JOIN delivery ON delivery.draft_id = draft.id"
        " WHERE draft.id = $1",
        delivery.draft_id,
    )
    assert row is not None
    assert row["approved"] == row["delivered"] == hashlib.sha256(row["stored"]).digest()
    assert await text_of(schools.office, schools, other.id) == "Ben's."


@given(st.text(min_size=1))
def test_what_is_sealed_opens_to_the_same_bytes_and_for_one_letter_only(text: str) -> None:
    key, letter_id = ContentKey(os.urandom(32)), uuid4()
    try:
        letter = TypedLetter(text)
    except LetterRefused:
        return
    sealed = key.seal(letter, letter_id)
    assert key.open("text", sealed.stored, letter_id) == letter
    assert sealed.hash == hashlib.sha256(sealed.stored).digest()
    with pytest.raises(ContentUnreadable):
        key.open("text", sealed.stored, uuid4())
    with pytest.raises(ContentUnreadable):
        ContentKey(os.urandom(32)).open("text", sealed.stored, letter_id)


def test_scanned_pages_are_sealed_as_they_are() -> None:
    key, letter_id = ContentKey(os.urandom(32)), uuid4()
    pages = ScannedLetter(b"%PDF-1.7 \x00\xff")
    assert key.open("pages", key.seal(pages, letter_id).stored, letter_id) == pages


def test_a_letter_whose_bytes_are_gone_says_so() -> None:
    with pytest.raises(ContentUnreadable, match="erased"):
        ContentKey(os.urandom(32)).open("text", None, uuid4())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no master key"),
        ("one", "named 'one' is not"),
        ("one:c2hvcnQ=", "named 'one' is not"),
        (f":{'A' * 43}=", "named '' is not"),
        ("one:not base64!", "named 'one' is not"),
    ],
)
def test_master_keys_that_are_none_are_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Keyring.parse(text)


def test_the_newest_master_key_stands_first() -> None:
    keyring = Keyring.parse(f"new:{'A' * 43}=, old:{'B' * 42}A=")
    name, wrapped = keyring.wrap(bytes(32), "child")
    assert name == "new"
    assert keyring.unwrap("new", wrapped, "child") == bytes(32)
    with pytest.raises(ContentUnreadable):
        keyring.unwrap("new", wrapped, "another child")
