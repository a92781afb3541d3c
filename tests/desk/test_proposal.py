"""The proposed pairs: approved, all or some, or rejected with a reason; exactly those that were seen."""

import re
from collections.abc import Sequence
from uuid import UUID

import httpx
import pytest

from activities.matching import PairsDecided
from bluepals.domain.matching import Need, Pair
from bluepals.domain.people import Gender, language_name
from bluepals.domain.program import Program
from bluepals.domain.sentences import Sentence
from bluepals.facts import matching
from bluepals.store import matching as store
from service.asking import Asking
from tests.desk.spanish import english_left
from tests.desk.town import FIRST_ROUND, PROGRAM, SCOPE, Town, Visitor

NEED = Need(Gender.FEMALE, 2, 1, 1, (2, 1, 1), (1, 0, 0))


SAME_LANGUAGE = Sentence("same language")


async def propose(town: Town, *children: str, reason: Sentence = SAME_LANGUAGE) -> list[str]:
    """Each with Rita, who has one place. The ids of the open pairs."""
    async with town.parts.database.transaction(SCOPE) as connection:
        pairs = [Pair(child, "rita", reason) for child in children]
        await store.save_proposal(connection, PROGRAM.id, 7, pairs, [NEED])
        return [str(pair.id) for pair in await store.open_pairs(connection)]


@pytest.fixture
async def cora(town: Town) -> Visitor:
    return town.pairs("cora")


@pytest.fixture
def answered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the matching's workflow answers, which has one activity for each."""

    async def approve(_: Asking, program: Program, pairs: Sequence[UUID], by: UUID) -> PairsDecided:
        decided = await matching.approve(town.parts.office, SCOPE, pairs, by)
        return PairsDecided(decided.changed, decided.still_open, decided.superseded)

    async def reject(_: Asking, program: Program, pairs: Sequence[UUID], by: UUID) -> PairsDecided:
        decided = await matching.reject(town.parts.office, SCOPE, pairs, by)
        return PairsDecided(decided.changed, decided.still_open)

    monkeypatch.setattr(Asking, "approve_pairs", approve)
    monkeypatch.setattr(Asking, "reject_pairs", reject)


async def decides(visitor: Visitor, do: str, *pairs: str, **fields: str) -> httpx.Response:
    page = await visitor.sees()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    form = {"form": await visitor.form_key(), "do": do, "seen": seen[1] if seen else "", "pair": list(pairs)}
    return await visitor.http.post(visitor.path, data={**form, **fields})


async def states(town: Town) -> list[str]:
    rows = await town.admin.fetch("SELECT state FROM proposed_pair WHERE reason = 'same language' ORDER BY 1")
    return [row["state"] for row in rows]


async def test_each_pair_has_its_reason_and_the_needs_are_said(town: Town, cora: Visitor) -> None:
    await propose(town, "uma")
    page = await cora.sees()
    assert "Uma Yang and Rita Ruiz" in page
    assert "county. Same language" in page
    assert "North School, class 5A" in page
    assert re.search(r"female</th><td>2</td><td>1</td><td>1</td>\s*<td>1 <small>of 2 needed", page)


async def test_the_board_leads_to_pairs_that_are_to_be_decided_about(town: Town) -> None:
    assert "Decide about the proposed pairs" not in await town.coordinator("cora").sees()
    await propose(town, "uma")
    board = await town.coordinator("cora").sees()
    assert f'<a href="/{PROGRAM.id}/setup/pairs">Decide about the proposed pairs</a>' in board


async def test_the_needs_are_those_of_the_last_matchings_day(town: Town, cora: Visitor) -> None:
    await propose(town, "uma")
    await town.on(FIRST_ROUND)
    assert "As the last matching found it, on Tuesday, September 1, 2026." in await cora.sees()


async def test_while_temporal_is_away_a_decision_has_to_wait_and_nothing_changes(
    town: Town, cora: Visitor
) -> None:
    (pair,) = await propose(town, "uma")
    for do in ("approve all", "approve", "reject"):
        waits = await decides(cora, do, pair, why="They are neighbours.")
        assert waits.status_code == 503
        assert "This has to wait" in waits.text
        assert "Letters, and what people decide about them, are taken all the same." in waits.text
    again = await cora.posts("again")
    assert again.status_code == 503
    assert await states(town) == ["proposed"]


async def test_all_are_approved_by_one_button(town: Town, cora: Visitor, answered: None) -> None:
    await propose(town, "uma")
    done = await decides(cora, "approve all")
    assert "1 pair approved. They are introduced to each other" in done.text
    assert "No pair is open." in done.text
    assert await states(town) == ["approved"]


async def test_a_pair_whose_officer_leaves_is_not_approved_and_the_page_says_why(
    town: Town, cora: Visitor, answered: None
) -> None:
    await propose(town, "uma")
    await town.admin.execute("UPDATE officer SET leaves_at = now() WHERE external_id = 'rita'")
    done = (await decides(cora, "approve all")).text
    assert re.search("0 pairs approved. 1 can.t be any more", done)
    assert "or the officer takes no new child. This child is matched anew" in done
    assert "They are introduced" not in done
    assert await states(town) == ["superseded"]


async def test_what_was_not_seen_is_not_approved(town: Town, cora: Visitor, answered: None) -> None:
    await propose(town, "uma")
    stale = await decides(cora, "approve all", seen="another")
    assert stale.status_code == 422
    assert "The open pairs are no longer those that you have seen" in stale.text
    assert await states(town) == ["proposed"]


async def test_some_are_rejected_and_the_reason_stays(town: Town, cora: Visitor, answered: None) -> None:
    (pair,) = await propose(town, "uma")
    asked = await decides(cora, "reject", pair)
    assert "Say in a few words why not" in asked.text
    assert f'value="{pair}" checked' in asked.text, "what was ticked stays"
    done = await decides(cora, "reject", pair, why="They are neighbours.")
    assert "1 pair rejected. It is not proposed again" in done.text
    assert await town.admin.fetchval("SELECT decided_why FROM proposed_pair WHERE id = $1", UUID(pair)) == (
        "They are neighbours."
    )


@pytest.mark.parametrize(
    ("ticked", "sentence"),
    [
        ((), "No pair is ticked."),
        (("no id",), "Tick what is on the page"),
        (("00000000-0000-4000-8000-000000000000",), "open no longer"),
    ],
)
async def test_what_is_not_on_the_page_is_refused(
    town: Town, cora: Visitor, ticked: tuple[str, ...], sentence: str
) -> None:
    await propose(town, "uma")
    refused = await decides(cora, "approve", *ticked)
    assert (refused.status_code, sentence in refused.text) == (422, True)


async def test_who_coordinates_one_school_decides_about_its_pairs_only(town: Town, answered: None) -> None:
    (pair,) = await propose(town, "uma")
    await town.is_coordinator_of("sol", "south")
    sol = town.pairs("sol")
    assert "Uma" not in await sol.sees()
    assert (await decides(sol, "approve", pair)).status_code == 422
    assert (await decides(sol, "approve all")).status_code == 422
    assert await states(town) == ["proposed"]


@pytest.mark.parametrize("name", ["tess", "mo", "coco", "sam"])
async def test_the_pairs_are_the_coordinators(town: Town, name: str) -> None:
    visitor = town.pairs(name)
    assert (await visitor.http.get(visitor.path)).status_code == 403


async def test_the_pairs_are_in_spanish_too_with_their_reasons(
    town: Town, cora: Visitor, answered: None
) -> None:
    reason = Sentence(
        "same gender; serves the school; both speak {language}; the officer's pal no. {place}",
        language=language_name("es"),
        place=2,
    )
    (pair,) = await propose(town, "uma", reason=reason)
    page = (await cora.http.get(f"{cora.path}?lang=es")).text
    assert '<html lang="es">' in page
    assert "Mismo género; atiende a la escuela; las dos partes hablan español; estudiante n.º 2" in page
    assert re.search(
        r"femenino</th><td>2</td><td>1</td><td>1</td>\s*<td>1 <small>de 2 que se necesitan", page
    )
    refused = await decides(cora, "reject", pair)
    assert "Diga en pocas palabras por qué no" in refused.text
    done = await decides(cora, "approve all")
    assert "1 pareja aprobada." in done.text
    assert [english_left(one) for one in (page, refused.text, done.text)] == [[]] * 3


async def test_a_reason_without_a_pattern_is_said_as_it_was_written(town: Town, cora: Visitor) -> None:
    """Those of before 0109 have none."""
    await propose(town, "uma", reason=Sentence("both speak {language}", language=language_name("es")))
    await town.admin.execute("UPDATE proposed_pair SET pattern = NULL")
    assert "Both speak Spanish" in (await cora.http.get(f"{cora.path}?lang=es")).text
