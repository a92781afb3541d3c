"""A class's stack at the desk: what is filed by itself, what is asked about, and how it is handed in."""

import asyncio
import io
import re
from collections.abc import Sequence

import httpx
from PIL import Image, ImageDraw

from bluepals.domain.letters import ScannedLetter, Side, Verdict
from bluepals.paper.pages import page_pictures
from tests.bluepals.paper.scanner import as_scans, printed
from tests.desk.spanish import english_left
from tests.desk.town import FIRST_ROUND, NORTH, Town, Visitor

FIRST_IN_ORDER = ("Maya Lopez", "Ana Ortiz", "Noah Smith")


def own_paper(*words: str) -> list[Image.Image]:
    """A page with this word on it for each."""
    return [_page(word) for word in words]


def _page(word: str) -> Image.Image:
    page = Image.new("L", (425, 550), "white")
    if word:
        ImageDraw.Draw(page).text((50, 50), word, fill=60, font_size=40)
    return page


async def sheets_of(tess: Visitor) -> list[Image.Image]:
    """Maya's, Ana's and Noah's."""
    return list(printed((await tess.gets(f"sheets/{NORTH}/5A")).content))


async def drops(
    visitor: Visitor, pages: Sequence[Image.Image], *, where: str = f"{NORTH}/5A", key: str | None = None
) -> httpx.Response:
    return await visitor.http.post(
        f"{visitor.path}/stacks/{where}",
        data={"form": await visitor.form_key() if key is None else key},
        files=[("pages", ("stack.pdf", as_scans(pages)))],
    )


def whose(page: str) -> dict[str, list[int]]:
    """The pages that lie at each child; under "": those that are asked about or left out."""
    found: dict[str, list[int]] = {}
    for number, name in re.findall(r'alt="Page (\d+)(?:, ([^"]+))?"', page):
        found.setdefault(name, []).append(int(number))
    return found


def shown(page: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found, "there is nothing to agree to"
    return found[1]


async def sorts(visitor: Visitor, stack: httpx.Response, what: str, **fields: str) -> httpx.Response:
    return await visitor.http.post(
        f"{stack.url.path}/{what}", data={"form": await visitor.form_key(), **fields}
    )


async def is_done(visitor: Visitor, stack: httpx.Response) -> httpx.Response:
    return await sorts(visitor, stack, "done", shown=shown((await visitor.http.get(stack.url.path)).text))


async def pictures_of(town: Town, child: str) -> list[tuple[int, int]]:
    """The sizes of the pages that were handed in for a child."""
    letter = await town.written(child, Side.STUDENT)
    assert isinstance(letter, ScannedLetter)
    return [Image.open(io.BytesIO(one)).size for one in page_pictures(letter.pdf)]


async def test_printed_sheets_find_their_child_in_any_order(town: Town) -> None:
    tess = town.teacher("tess")
    maya, ana, noah = await sheets_of(tess)
    stack = await drops(tess, [noah.rotate(180), maya, ana.rotate(90, expand=True)])
    assert stack.status_code == 200
    assert whose(stack.text) == {"Maya Lopez": [2], "Ana Ortiz": [3], "Noah Smith": [1]}
    done = await is_done(tess, stack)
    assert "the letters of the stack have arrived" in done.text
    assert "Keep the paper in the class" in done.text
    for child in ("maya", "ana", "noah"):
        assert await pictures_of(town, child) == [(1700, 2200)], "upright"
    assert await town.admin.fetchval("SELECT bool_and(uploaded_by = $1) FROM draft", town.staff["tess"])


async def test_what_has_no_readable_code_is_asked_about_where_sheets_are_and_nothing_is_guessed(
    town: Town,
) -> None:
    tess = town.teacher("tess")
    maya, _, noah = await sheets_of(tess)
    stack = await drops(tess, [maya, *own_paper("Hello"), noah])
    assert whose(stack.text) == {"": [2], "Maya Lopez": [1], "Noah Smith": [3]}
    assert "1 page has no name yet" in stack.text
    assert "hand in 2 letters" not in stack.text
    refused = await sorts(tess, stack, "done", shown=shown(stack.text))
    assert refused.status_code == 409
    assert "1 page has no name yet. Choose whose" in refused.text
    named = await sorts(tess, stack, "page/2", do="child", child=str(town.pairings["ana"]))
    assert whose(named.text) == {"Maya Lopez": [1], "Ana Ortiz": [2], "Noah Smith": [3]}


async def test_a_second_page_goes_with_the_one_before(town: Town) -> None:
    tess = town.teacher("tess")
    maya, *_ = await sheets_of(tess)
    stack = await drops(tess, [maya, *own_paper("And more")])
    joined = await sorts(tess, stack, "page/2", do="before")
    assert whose(joined.text) == {"Maya Lopez": [1, 2]}
    await is_done(tess, stack)
    assert len(await pictures_of(town, "maya")) == 2


async def test_own_paper_lies_in_the_order_of_the_roster_as_a_proposal(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M", "A", "N", "?"))
    assert whose(stack.text) == {"": [4], **{name: [n] for n, name in enumerate(FIRST_IN_ORDER, start=1)}}
    assert "These pages have no code" in stack.text


async def test_who_is_absent_and_what_goes_together_moves_the_others_up(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M", "M again", "N"))
    page = await sorts(tess, stack, "page/2", do="before")
    assert whose(page.text) == {"Maya Lopez": [1, 2], "Ana Ortiz": [3]}
    page = await sorts(tess, stack, f"child/{town.pairings['ana']}", absent="yes")
    assert whose(page.text) == {"Maya Lopez": [1, 2], "Noah Smith": [3]}
    page = await sorts(tess, stack, f"child/{town.pairings['ana']}", absent="no")
    assert whose(page.text) == {"Maya Lopez": [1, 2], "Ana Ortiz": [3]}


async def test_a_child_whose_letter_is_here_gets_no_page_by_the_order(town: Town) -> None:
    await town.hands_in("maya", "Hello")
    stack = await drops(town.teacher("tess"), own_paper("A", "N"))
    assert whose(stack.text) == {"Ana Ortiz": [1], "Noah Smith": [2]}


async def test_an_empty_back_is_left_out_and_can_be_brought_back(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M", "", "A"))
    assert whose(stack.text) == {"Maya Lopez": [1], "Ana Ortiz": [3], "": [2]}
    assert "Left out (1)" in stack.text
    page = await sorts(tess, stack, "page/2", do="back")
    assert whose(page.text) == {"Maya Lopez": [1], "Ana Ortiz": [2], "Noah Smith": [3]}


async def test_a_sheet_that_was_put_elsewhere_by_mistake_is_its_childs_again(town: Town) -> None:
    tess = town.teacher("tess")
    maya, ana, noah = await sheets_of(tess)
    stack = await drops(tess, [maya, ana, noah])
    for mistake in ("aside", "before"):
        assert "Ana Ortiz" not in whose((await sorts(tess, stack, "page/2", do=mistake)).text)
        back = await sorts(tess, stack, "page/2", do="back")
        assert whose(back.text) == {"Maya Lopez": [1], "Ana Ortiz": [2], "Noah Smith": [3]}
    await sorts(tess, stack, "page/2", do="child", child=str(town.pairings["maya"]))
    await sorts(tess, stack, "page/2", do="aside")
    back = await sorts(tess, stack, "page/2", do="back")
    assert whose(back.text) == {"Maya Lopez": [1, 2], "Noah Smith": [3]}, "whose a person has said it is"


async def test_a_turned_page_is_shown_and_handed_in_turned(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M"))
    await sorts(tess, stack, "page/1", do="turn")
    seen = await tess.http.get(f"{stack.url.path}/picture/1")
    assert seen.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(seen.content)).size == (1100, 850)
    await is_done(tess, stack)
    assert await pictures_of(town, "maya") == [(2200, 1700)]


async def test_two_sides_that_were_scanned_the_wrong_way_round_change_places(town: Town) -> None:
    tess = town.teacher("tess")
    front, back, ana = own_paper("Dear Dana", "Yours", "Ana")
    stack = await drops(tess, [back, front, ana])
    await sorts(tess, stack, "page/1", do="turn")
    joined = await sorts(tess, stack, "page/2", do="before")
    assert whose(joined.text) == {"Maya Lopez": [1, 2], "Ana Ortiz": [3]}
    assert joined.text.count("Swap with the page before") == 1, "a letter's first page has none before it"
    swapped = await sorts(tess, stack, "page/2", do="swap")
    assert whose(swapped.text) == {"Maya Lopez": [1, 2], "Ana Ortiz": [3]}
    stale = await sorts(tess, stack, "done", shown=shown(joined.text))
    assert "Something has changed since this page was shown." in stale.text
    for alone in (1, 3):
        refused = await sorts(tess, stack, f"page/{alone}", do="swap")
        assert refused.status_code == 409
        assert "There is no page of the same letter before this one." in refused.text
    await is_done(tess, stack)
    first, second = await pictures_of(town, "maya")
    assert first == second[::-1], "the one that was turned is the back"
    assert first[0] < first[1]


async def test_a_back_that_came_before_its_sheet_is_put_behind_it(town: Town) -> None:
    tess = town.teacher("tess")
    maya, ana, noah = await sheets_of(tess)
    (back,) = own_paper("Yours, Ana")
    stack = await drops(tess, [maya, back, ana, noah])
    await sorts(tess, stack, "page/2", do="child", child=str(town.pairings["ana"]))
    before = (await tess.http.get(f"{stack.url.path}/picture/3")).content
    swapped = await sorts(tess, stack, "page/3", do="swap")
    assert whose(swapped.text) == {"Maya Lopez": [1], "Ana Ortiz": [2, 3], "Noah Smith": [4]}
    assert (await tess.http.get(f"{stack.url.path}/picture/2")).content == before


async def test_a_double_click_hands_in_once(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M", "A", "N"))
    key, agreed = await tess.form_key(), shown(stack.text)
    clicks = [tess.http.post(f"{stack.url.path}/done", data={"form": key, "shown": agreed}) for _ in range(2)]
    for answer in await asyncio.gather(*clicks):
        assert "the letters of the stack have arrived" in answer.text
    assert [await town.count_drafts(child) for child in ("maya", "ana", "noah")] == [1, 1, 1]


async def test_what_has_moved_since_it_was_shown_is_not_handed_in(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M", "A"))
    await town.hands_in("maya", "Typed by another teacher")
    refused = await sorts(tess, stack, "done", shown=shown(stack.text))
    assert refused.status_code == 409
    assert "Look at the names again" in refused.text
    assert whose(refused.text) == {"Ana Ortiz": [1], "Noah Smith": [2]}
    assert await town.count_drafts("ana") == 0


async def test_a_letter_that_came_in_since_is_shown_before_a_sheet_takes_its_place(town: Town) -> None:
    tess = town.teacher("tess")
    maya, *_ = await sheets_of(tess)
    stack = await drops(tess, [maya])
    await town.hands_in("maya", "Typed by another teacher")
    refused = await sorts(tess, stack, "done", shown=shown(stack.text))
    assert refused.status_code == 409
    assert "A letter of Maya Lopez is here already; this one takes its place." in refused.text
    assert await town.count_drafts("maya") == 1
    await is_done(tess, stack)
    assert await town.count_drafts("maya") == 2


async def test_a_worry_hands_in_its_letter_at_once_and_opens_its_case(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M", "A", "N"))
    page = await sorts(tess, stack, f"worry/{town.pairings['ana']}", kind="harm", shown=shown(stack.text))
    assert "Your duty to report is your own" in page.text
    assert whose(page.text) == {"Maya Lopez": [1], "Noah Smith": [3]}, "the others stay where they were"
    draft = await town.newest_draft("ana", Side.STUDENT)
    assert await town.admin.fetchval("SELECT draft_id FROM case_file WHERE kind = 'harm'") == draft.id
    assert await town.count_drafts("maya") == 0


async def test_a_letter_that_came_back_cannot_be_handed_in_as_it_was(town: Town) -> None:
    tess = town.teacher("tess")
    await is_done(tess, await drops(tess, own_paper("M")))
    await town.decides(await town.newest_draft("maya", Side.STUDENT), Verdict.RETURN)
    again = await is_done(tess, await drops(tess, own_paper("M")))
    assert again.status_code == 409
    assert "The letter of Maya Lopez came back and is unchanged." in again.text


async def test_a_stack_that_is_not_handed_in_waits_on_the_page_and_can_be_thrown_away(town: Town) -> None:
    tess = town.teacher("tess")
    stack = await drops(tess, own_paper("M"))
    page = await tess.sees()
    assert f'href="{stack.url.path}"' in page
    assert "until Tuesday, September 8, 2026" in page
    assert f'href="{stack.url.path}/gone"' in stack.text
    asked = (await tess.http.get(f"{stack.url.path}/gone")).text
    assert "Throw the stack of class 5A away" in asked
    assert "What was scanned is deleted (1 page), and none of it is handed in." in asked
    assert await town.admin.fetchval("SELECT count(*) FROM stack_page") == 1
    gone = await sorts(tess, stack, "gone")
    assert "The stack is thrown away. The paper stays with you" in gone.text
    assert "is not handed in yet" not in gone.text
    assert (await tess.http.get(stack.url.path)).status_code == 404
    assert await town.admin.fetchval("SELECT count(*) FROM stack_page") == 0


async def test_a_sheet_of_another_round_or_class_is_asked_about(town: Town) -> None:
    (zoes,) = printed((await town.teacher("theo").gets(f"sheets/{NORTH}/5%2FB%20%26%20C")).content)
    stack = await drops(town.teacher("tess"), [zoes, zoes])
    assert whose(stack.text) == {"": [1, 2]}
    assert "a sheet of another class" in stack.text
    assert "If this is the stack of another class, or of an earlier round, throw it away" in stack.text


async def test_fault_33_another_class_does_not_get_at_a_stack(town: Town) -> None:
    tess, theo = town.teacher("tess"), town.teacher("theo")
    stack = await drops(tess, own_paper("M"))
    assert (await theo.http.get(stack.url.path)).status_code == 404
    assert (await theo.http.get(f"{stack.url.path}/picture/1")).status_code == 404
    for what in (
        "done",
        "gone",
        "page/1",
        f"worry/{town.pairings['maya']}",
        f"child/{town.pairings['maya']}",
    ):
        assert (await sorts(theo, stack, what, shown="x", do="turn", kind="sad")).status_code == 404
    assert (await drops(theo, own_paper("M"))).status_code == 404
    assert whose((await tess.http.get(stack.url.path)).text) == {"Maya Lopez": [1]}


async def test_fault_20_what_is_no_stack_is_refused_with_a_sentence(town: Town) -> None:
    tess = town.teacher("tess")
    key = await tess.form_key()
    for content, sentence in ((b"PK\3\4", "is neither a PDF nor a photo"), (b"", "No stack was sent.")):
        answer = await tess.http.post(
            f"{tess.path}/stacks/{NORTH}/5A",
            data={"form": key},
            files=[("pages", ("x" if content else "", content))],
        )
        assert answer.status_code == 422
        assert sentence in answer.text


async def test_nothing_of_a_page_lies_open_in_the_database(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await drops(town.teacher("tess"), own_paper("M"))
    stored = await town.admin.fetchval("SELECT stored FROM stack_page")
    assert b"JFIF" not in stored


# In Spanish


def in_spanish(visitor: Visitor) -> Visitor:
    visitor.http.headers["accept-language"] = "es"
    return visitor


async def test_a_stack_is_sorted_and_thrown_away_in_spanish(town: Town) -> None:
    await town.hands_in("maya", "Hello")
    tess = in_spanish(town.teacher("tess"))
    maya, ana, _ = await sheets_of(tess)
    stack = await drops(tess, [*own_paper("?"), maya, *own_paper("??", ""), ana])
    assert '<html lang="es">' in stack.text
    assert "2 páginas todavía no tienen nombre" in stack.text
    assert 'alt="Página 2, Maya Lopez"' in stack.text
    assert "Ya hay una carta de Maya Lopez; esta la reemplaza." in stack.text
    joined = await sorts(tess, stack, "page/3", do="before")
    refused = await sorts(tess, stack, "done", shown="what it was")
    assert "Algo cambió desde que se mostró esta página." in refused.text
    assert "<title>No se ha hecho: El montón de la clase 5A" in refused.text
    await sorts(tess, stack, "page/1", do="aside")
    agreed = shown((await tess.http.get(stack.url.path)).text)
    await sorts(tess, stack, "page/1", do="back")
    unnamed = await sorts(tess, stack, "done", shown=agreed)
    asked = (await tess.http.get(f"{stack.url.path}/gone")).text
    assert "Lo escaneado se borra (5 páginas), y no se envía nada de ello." in asked
    gone = await sorts(tess, stack, "gone")
    assert "El montón se ha desechado." in gone.text
    pages = [stack.text, joined.text, refused.text, unnamed.text, asked, gone.text]
    assert [english_left(one) for one in pages] == [[]] * len(pages)


async def test_a_stack_by_the_order_of_the_roster_is_handed_in_in_spanish(town: Town) -> None:
    tess = in_spanish(town.teacher("tess"))
    stack = await drops(tess, own_paper("M", "A", "N"))
    assert "Los nombres son correctos: enviar 3 cartas" in stack.text
    done = await is_done(tess, stack)
    assert "Gracias: las cartas del montón han llegado" in done.text
    assert [english_left(one) for one in (stack.text, done.text)] == [[], []]


async def test_what_can_not_be_opened_is_said_in_spanish_with_the_file_s_name(town: Town) -> None:
    tess = in_spanish(town.teacher("tess"))
    refused = await tess.http.post(
        f"{tess.path}/stacks/{NORTH}/5A",
        data={"form": await tess.form_key()},
        files=[("pages", ("copiadora.pdf", b"%PDF-1.7 no more"))],
    )
    assert refused.status_code == 422
    assert "“copiadora.pdf” no se puede abrir. Ábralo en su dispositivo" in refused.text
    assert english_left(refused.text) == []
