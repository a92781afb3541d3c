"""Each view of a child's letter by somebody outside its school is on record, once for each person, letter and day."""

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.people import Role
from bluepals.facts import cases, disclosures
from tests.desk.test_counsel import a_case
from tests.desk.test_family import MAYAS, save_addresses
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, SCOPE, SEPTEMBER, Town, scan


async def seen(town: Town, student: str | None = None) -> list[tuple[str, str, str]]:
    found = await disclosures.on_record(town.parts.office, SCOPE, student)
    return [(one.student, one.who_id, one.role) for one in found]


async def test_an_officer_has_seen_a_letter_once_a_day(town: Town) -> None:
    await town.delivers("noah", "Hello")
    sam = town.officer("sam")
    await sam.sees()
    await sam.sees()
    assert await seen(town) == [("noah", "sam", "officer")]
    await town.on(FIRST_ROUND)
    await sam.sees()
    assert await seen(town) == [("noah", "sam", "officer")] * 2
    (first, _) = await disclosures.on_record(town.parts.office, SCOPE, "noah")
    assert (first.who, first.round_number, first.at.date()) == ("Sam Ruiz", 1, SEPTEMBER)
    assert await seen(town, "maya") == []


async def test_pages_are_seen_when_they_are_opened(town: Town) -> None:
    draft = await town.delivers("noah", scan("white"))
    sam = town.officer("sam")
    await sam.sees()
    assert await seen(town) == []
    await sam.gets(f"letter/{draft.id}")
    assert await seen(town) == [("noah", "sam", "officer")]


async def test_the_own_letter_of_an_officer_is_no_childs(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.hands_in("noah", "Mine", side=Side.OFFICER)
    await town.officer("sam").sees()
    assert await seen(town) == []


async def test_readers_of_the_whole_network_are_outside_the_school_and_its_own_staff_is_not(
    town: Town,
) -> None:
    draft = await town.hands_in("leo", "Hello")
    for reader in ("mo", "cora", "sol", "cal"):
        await cases.note_read(town.parts.office, SCOPE, draft.id, town.staff[reader])
    assert await seen(town) == [("leo", "cora", "coordinator"), ("leo", "mo", "moderator")]


async def test_a_counselor_sees_it_each_day_that_the_case_is_open(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    coco = town.counselor("coco")
    await coco.gets(case)
    await coco.posts(f"{case}/read")
    await town.on(FIRST_ROUND)
    await coco.gets(case)
    by_coco = [one for one in await seen(town) if one[1] == "coco"]
    assert by_coco == [("maya", "coco", "counselor")] * 2


async def test_neither_the_childs_teacher_nor_its_family_is_outside(town: Town) -> None:
    await save_addresses(town)
    await town.delivers("maya", "Hello")
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    assert "Hello" in await town.guardian(MAYAS).sees()
    await town.teacher("tess").gets(f"pack/{NORTH}/1/5A")
    assert await seen(town) == []


def test_every_role_has_an_interest() -> None:
    assert disclosures.INTERESTS.keys() == {"officer", *Role}
