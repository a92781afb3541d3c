"""After the visit: four questions on each one's own page, and the class's certificates."""

import pytest

from bluepals.domain.people import ConsentScope
from bluepals.facts import certificates, consents, leaving, moves, visits
from bluepals.store.endings import Reason
from tests.desk.spanish import english_left
from tests.desk.town import NORTH, SCOPE, Town, Visitor, read_pdf

OFFICERS = {"gladly": "yes", "time": "mostly", "help": "yes", "again": "no", "remark": " Do it  again. "}
TEACHERS = {"gladly": "yes", "writing": "mostly", "effort": "hardly", "again": "no", "remark": ""}


async def after_the_visit(town: Town) -> None:
    """Of North: officers and teachers are asked."""
    day = await town.admin.fetchval("SELECT visit_on FROM program_year WHERE id = $1", NORTH)
    await town.on(day)
    await visits.thank(town.parts.office, SCOPE, NORTH)


@pytest.fixture
async def asked(town: Town) -> Town:
    await after_the_visit(town)
    return town


async def answers(visitor: Visitor, given: dict[str, str]) -> int:
    answered = await visitor.http.post(f"{visitor.path}/survey", data=given)
    return answered.status_code


@pytest.mark.parametrize(
    ("page", "name", "given"), [("officer", "dana", OFFICERS), ("teacher", "tess", TEACHERS)]
)
async def test_each_answers_once_on_the_own_page(
    asked: Town, page: str, name: str, given: dict[str, str]
) -> None:
    visitor: Visitor = getattr(asked, page)(name)
    assert "How was your year of letters?" in await visitor.sees()
    form = {**given, "form": await visitor.form_key()}
    assert await answers(visitor, {**form, "again": "perhaps"}) == 422
    assert await answers(visitor, {**form, "form": "forged"}) == 403
    assert await answers(visitor, form) == 200
    assert await answers(visitor, form) == 409, "what was said stays"
    assert "How was your year of letters?" not in await visitor.sees()
    said = await asked.admin.fetchrow(
        "SELECT answers ->> 'again' AS again, remark FROM survey WHERE answered_at IS NOT NULL"
    )
    assert said is not None
    assert said["again"] == "no"
    assert said["remark"] == ("Do it again." if page == "officer" else None)


async def test_before_the_visit_nobody_is_asked_and_there_are_no_certificates(town: Town) -> None:
    for visitor in (town.officer("dana"), town.teacher("tess")):
        assert "How was your year" not in await visitor.sees()
    tess = town.teacher("tess")
    assert "certificates" not in await tess.sees()
    assert (await tess.gets(f"certificates/{NORTH}/5A")).status_code == 404


async def test_a_teacher_prints_a_certificate_for_each_child_of_the_own_class(asked: Town) -> None:
    tess = asked.teacher("tess")
    assert "Download the certificates" in await tess.sees()
    printed = await tess.gets(f"certificates/{NORTH}/5A")
    pages = read_pdf(printed.content)
    assert [
        name in page for name, page in zip(("Maya Lopez", "Ana Ortiz", "Noah Smith"), pages, strict=True)
    ] == [True] * 3
    assert "Certificado" in pages[1]
    assert (await asked.teacher("sol").gets(f"certificates/{NORTH}/5A")).status_code == 404


async def test_a_child_who_left_during_the_year_gets_no_certificate(town: Town) -> None:
    await moves.leave(town.parts.office, SCOPE, "maya", by=town.staff["cora"])
    await after_the_visit(town)
    printed = read_pdf((await town.teacher("tess").gets(f"certificates/{NORTH}/5A")).content)
    assert ["Ortiz" in printed[0], "Smith" in printed[1], len(printed)] == [True, True, 2]


async def test_who_leaves_the_school_after_the_year_has_a_certificate_for_it(town: Town) -> None:
    await after_the_visit(town)
    await town.admin.execute("UPDATE pairing SET (ended_at, end_reason) = ($1, 'year closed')", town.now)
    await moves.leave(town.parts.office, SCOPE, "maya", by=town.staff["cora"])
    await leaving.leave(town.parts.office, SCOPE, town.officers["sam"], Reason.BUSY, by=town.staff["cora"])
    childrens = read_pdf(await certificates.of_school(town.parts.office, SCOPE, "north", "5A"))
    officers = read_pdf(await certificates.of_agency(town.parts.office, SCOPE, "city"))
    assert [len(childrens), len(officers)] == [3, 2]


async def test_an_officer_who_left_during_the_year_gets_no_certificate(town: Town) -> None:
    office, cora = town.parts.office, town.staff["cora"]
    await leaving.leave(office, SCOPE, town.officers["sam"], Reason.BUSY, by=cora)
    await consents.withdraw(office, SCOPE, "maya", ConsentScope.LETTERS, by=cora)
    await after_the_visit(town)
    (danas,) = read_pdf(await certificates.of_agency(office, SCOPE, "city"))
    assert "Dana Ruiz" in danas, "who has lost a pal, and writes to another one, has stayed"
    await town.admin.execute(
        "UPDATE pairing SET (ended_at, end_reason) = ($1, 'officer left') WHERE id = $2",
        town.now,
        town.pairings["noah"],
    )
    assert len(read_pdf(await certificates.of_agency(office, SCOPE, "city"))) == 1


async def test_the_questions_are_asked_in_spanish_too(asked: Town) -> None:
    dana = asked.officer("dana")
    dana.http.headers["accept-language"] = "es"
    page = await dana.sees()
    assert "¿Le gustó escribirle a su estudiante?" in page
    refused = await dana.posts("survey", **OFFICERS | {"remark": "a" * 301})
    assert "Su línea tiene 301 caracteres; el máximo es 300." in refused.text
    thanked = await dana.posts("survey", **OFFICERS)
    for one in (page, refused.text, thanked.text):
        assert english_left(one, "Do it again.") == []
