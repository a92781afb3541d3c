"""Set-up: a program's files with their problems shown in place, and consents on paper as a checklist by class."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from bluepals.domain.program import Program
from bluepals.domain.sentences import Sentence
from bluepals.facts import moves, year
from desk import setup
from desk.forms import Most
from service.parts import Parts
from tests.bluepals.roster.village import OFFICERS, STAFF, STUDENTS, cells_of, workbook
from tests.bluepals.roster.village import PROGRAM as VILLAGE
from tests.desk.spanish import english_left
from tests.desk.town import NORTH, SCOPE, SOUTH, Town, Visitor

FILES = {"students.csv": STUDENTS.encode(), "officers.csv": OFFICERS.encode(), "staff.csv": STAFF.encode()}


@pytest.fixture
async def cora(town: Town) -> Visitor:
    return town.setup("cora")


async def sends(
    visitor: Visitor, files: Mapping[str, bytes], do: str = "take in", folder: str = ""
) -> httpx.Response:
    return await visitor.http.post(
        f"{visitor.path}/files",
        data={"form": await visitor.form_key(), "do": do},
        files=[("files", (f"{folder}{name}", content)) for name, content in files.items()],
    )


async def students(town: Town) -> int:
    counted: int = await town.admin.fetchval("SELECT count(*) FROM student")
    return counted


async def test_what_is_set_up_is_there_by_class_agency_and_role(town: Town, cora: Visitor) -> None:
    page = await cora.sees()
    assert "4 children, 4 with a consent to the letters, 3 with a pal." in page
    assert f"/setup/consents/{NORTH}/5/B%20%26%20C" in page
    assert re.search(r"City Police</th><td>2</td><td>2</td><td>3</td><td>3</td>", page)
    assert "Ms. Tess: teacher 5A north" in page


async def test_files_are_taken_in_together(town: Town, cora: Visitor) -> None:
    before = await students(town)
    done = await sends(cora, FILES)
    assert "Taken in: 11 people are new or changed." in done.text
    assert await students(town) == before + 4
    again = await sends(cora, FILES)
    assert "Taken in: 0 people are new or changed." in again.text


async def test_a_workbook_and_a_whole_folder_are_taken_too(town: Town, cora: Visitor) -> None:
    students_file = {"students.xlsx": workbook(cells_of(STUDENTS)), "notes.txt": b"Dear all"}
    files = {name: content for name, content in FILES.items() if name != "students.csv"}
    checked = await sends(cora, {**files, **students_file}, "check", folder="Kansas City/")
    assert "No problem found, and nothing was changed: 4 students, 2 officers." in checked.text
    assert "Not read, since no program folder has them: notes.txt." in checked.text


async def test_a_look_for_problems_changes_nothing(town: Town, cora: Visitor) -> None:
    before = await students(town)
    await sends(cora, FILES, "check")
    assert await students(town) == before


async def test_problems_are_shown_in_place_and_nothing_is_taken_in(town: Town, cora: Visitor) -> None:
    before = await students(town)
    spoilt = STUDENTS.replace("S-2,Ben,O'Neil,M,5,5A,north", "S-2,Ben,O'Neil,M,5,5A,nowhere")
    refused = await sends(cora, {**FILES, "students.csv": spoilt.encode()})
    assert refused.status_code == 422
    assert "Nothing was taken in." in refused.text
    assert re.search(
        r"<strong>students\.csv, line 3</strong>, school: <q>nowhere</q></p>\s+"
        r'<p class="told">is no id of program\.toml',
        refused.text,
    )
    assert await students(town) == before


@pytest.mark.parametrize(
    ("spoilt", "do", "answer"),
    [
        ("nowhere", "take in", '<a href="#files">1 problem is listed below</a>'),
        ("north", "check", "No problem found, and nothing was changed"),
    ],
)
async def test_the_answer_stands_where_people_land(cora: Visitor, spoilt: str, do: str, answer: str) -> None:
    files = {
        "students.csv": STUDENTS.replace("S-2,Ben,O'Neil,M,5,5A,north", f"S-2,Ben,O'Neil,M,5,5A,{spoilt}")
    }
    page = (await sends(cora, {**FILES, **{name: text.encode() for name, text in files.items()}}, do)).text
    assert answer in page.partition("Schools and classes")[0]
    assert page.count(answer) == 1


async def test_what_can_not_be_meant_is_said_there_too(cora: Visitor) -> None:
    page = (await sends(cora, {"notes.txt": b"Dear all"})).text
    assert "No file of a program folder was sent." in page.partition("Schools and classes")[0]


async def test_what_contradicts_the_record_is_shown_the_same_way(town: Town, cora: Visitor) -> None:
    moved = STUDENTS + "maya,Maya,Lopez,F,5,5A,south,en,,,2026-08-01\n"
    refused = await sends(cora, {**FILES, "students.csv": moved.encode()})
    assert refused.status_code == 422
    assert "where student maya has a pal" in refused.text


async def test_fault_33_files_of_another_program_are_not_applied(town: Town, cora: Visitor) -> None:
    refused = await sends(cora, {**FILES, "program.toml": VILLAGE.encode()})
    assert refused.status_code == 422
    assert "is another program, and these pages are those of stl" in refused.text
    assert await town.admin.fetchval("SELECT count(*) FROM program") == 1


async def test_fault_1_a_formula_is_shown_as_text(town: Town, cora: Visitor) -> None:
    spoilt = STUDENTS.replace("S-1,María", "<script>alert(1)</script>,María")
    refused = await sends(cora, {**FILES, "students.csv": spoilt.encode()})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in refused.text
    assert "<script" not in refused.text


async def test_fault_5_what_is_too_large_is_refused_before_it_is_read(
    town: Town, cora: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = Most(1000, 20, Sentence("These files have more than 1 KB together."))
    monkeypatch.setattr(setup, "A_FOLDER", most)
    refused = await sends(cora, {**FILES, "students.csv": b"x" * 2000})
    assert refused.status_code == 413
    assert "These files have more than 1 KB together." in refused.text


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"notes.txt": b"Dear all"}, "No file of a program folder was sent."),
        ({"students.csv": b"a", "STUDENTS.csv": b"b"}, "There are two files called students.csv."),
    ],
)
async def test_files_that_can_not_be_meant_are_refused(
    town: Town, cora: Visitor, files: dict[str, bytes], sentence: str
) -> None:
    refused = await sends(cora, files)
    assert (refused.status_code, sentence in refused.text) == (422, True)


async def test_what_is_not_there_is_a_problem_of_the_folder(town: Town, cora: Visitor) -> None:
    refused = await sends(cora, {"students.csv": STUDENTS.encode()})
    assert "the folder has no officers.csv; add it" in refused.text
    assert "the folder has no program.toml" not in refused.text, "that on record stays"


FORMS_5A = f"consents/{NORTH}/5A"


async def student_id(town: Town, name: str) -> str:
    found: UUID = await town.admin.fetchval("SELECT id FROM student WHERE external_id = $1", name)
    return str(found)


async def records(town: Town, visitor: Visitor, *names: str, **fields: object) -> httpx.Response:
    said: dict[str, Any] = {
        "child": [await student_id(town, name) for name in names],
        "scope": ["letters", "visit"],
        "given_on": "2026-08-31",
        "version": "2026-2",
        **fields,
    }
    return await visitor.posts(FORMS_5A, **said)


async def without_consent(town: Town, name: str) -> None:
    await town.admin.execute(
        "DELETE FROM consent USING student WHERE student.id = student_id AND external_id = $1", name
    )
    await town.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = $1", name)


async def test_who_has_handed_in_the_form_is_ticked(town: Town, cora: Visitor) -> None:
    await without_consent(town, "uma")
    before = (await cora.gets(FORMS_5A)).text
    assert re.search(r"Uma Yang\s+<small>\s*No consent yet\.", before)
    done = await records(town, cora, "uma")
    assert "Recorded, for 1 child." in done.text
    assert re.search(
        r"Uma Yang\s+<small>\s*The letters: Monday, August 31, 2026, form 2026-2, on paper\.", done.text
    )
    by = await town.admin.fetch("SELECT DISTINCT recorded_by FROM consent WHERE form_version = '2026-2'")
    assert [row["recorded_by"] for row in by] == [town.staff["cora"]]


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"child": []}, 422, "Tick whose form is here"),
        ({"scope": []}, 422, "and what its family agrees to"),
        ({"given_on": "2026-09-02"}, 422, "is still to come"),
        ({"given_on": ""}, 422, "Choose a day for the signing of the forms."),
        ({"given_on": "soon"}, 422, "year-month-day, such as “2026-12-01”."),
        ({"scope": ["visit"]}, 422, "Nothing else holds without the letters"),
        ({"child": ["maya"]}, 422, "Tick what is on the page"),
        ({"child": ["00000000-0000-4000-8000-000000000000"]}, 404, "There is no such page"),
    ],
)
async def test_a_form_that_can_not_be_is_refused_in_its_place(
    town: Town, cora: Visitor, fields: dict[str, object], status: int, sentence: str
) -> None:
    await without_consent(town, "uma")
    refused = await records(town, cora, "uma", **fields)
    assert (refused.status_code, sentence in refused.text) == (status, True)


async def test_the_ticks_of_a_form_that_is_refused_stay(town: Town, cora: Visitor) -> None:
    refused = (await records(town, cora, "maya", "uma", given_on="2026-09-02", scope=["photos"])).text
    for name, ticked in (("maya", True), ("uma", True), ("noah", False)):
        assert (f'name="child" value="{await student_id(town, name)}" checked' in refused) is ticked
    assert 'value="photos" checked' in refused
    assert 'value="letters" checked' not in refused
    assert 'name="given-on" max="2026-09-01" value="2026-09-02"' in refused
    assert 'name="version" value="2026-2"' in refused


async def test_a_child_of_another_class_is_not_on_this_one_s_list(town: Town, cora: Visitor) -> None:
    assert (await records(town, cora, "zoe")).status_code == 404


async def test_ticks_for_a_class_that_a_child_has_left_meanwhile_stay_and_the_page_says_so(
    town: Town, cora: Visitor
) -> None:
    await without_consent(town, "maya")
    await moves.transfer(town.parts.office, SCOPE, "uma", school="north", class_name="5/B & C")
    refused = await records(town, cora, "maya", "uma")
    assert refused.status_code == 422
    assert "is not in this class any more" in refused.text
    assert f'name="child" value="{await student_id(town, "maya")}" checked' in refused.text
    assert await student_id(town, "uma") not in refused.text
    assert str((await records(town, cora, "maya")).url).partition("?")[2].startswith("recorded=1")


async def test_who_coordinates_one_school_has_its_classes_and_no_files(town: Town) -> None:
    await town.is_coordinator_of("sol", "south")
    sol = town.setup("sol")
    page = await sol.sees()
    assert "North School" not in page
    assert "Send all of them together" not in page
    assert (await sends(sol, FILES)).status_code == 403
    assert (await sol.gets(FORMS_5A)).status_code == 404
    assert (await sol.gets(f"consents/{SOUTH}/5A")).status_code == 200


@pytest.mark.parametrize("name", ["tess", "mo", "coco", "sam"])
async def test_the_set_up_is_the_coordinators(town: Town, name: str) -> None:
    visitor = town.setup(name)
    for path in ("", "/pairs", f"/{FORMS_5A}"):
        assert (await visitor.http.get(visitor.path + path)).status_code == 403


async def opens(visitor: Visitor, **fields: str) -> httpx.Response:
    return await visitor.posts("open", **{"sure": "yes", **fields})


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs whose years were begun."""
    programs: list[str] = []

    async def begin(_: Parts, program: Program) -> None:
        programs.append(program.id)

    monkeypatch.setattr(setup, "begin_years", begin)
    return programs


async def test_the_year_is_opened_by_a_button(cora: Visitor, began: list[str]) -> None:
    assert "Open the year <small>North School, South School</small>" in await cora.sees()
    done = await opens(cora)
    assert "The year begins. Pairs are proposed within a few minutes" in done.text
    assert began == ["stl"]


async def test_nothing_is_opened_before_the_dates_are_said_to_be_right(
    cora: Visitor, began: list[str]
) -> None:
    refused = await opens(cora, sure="no")
    assert (refused.status_code, "Tick that the dates are right" in refused.text) == (422, True)
    assert began == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE officer SET cleared_until = '2026-08-01'", "No officer has a clearance in date"),
        ("UPDATE student SET left_at = now()", "No child has a consent to the letters"),
    ],
)
async def test_what_is_missing_is_said_in_place_and_nothing_is_opened(
    town: Town, cora: Visitor, began: list[str], statement: str, sentence: str
) -> None:
    await town.admin.execute(statement)
    page = await cora.sees()
    assert sentence in page
    assert "<button>Open the year</button>" not in page
    refused = await opens(cora)
    assert (refused.status_code, "The year can&#39;t be opened yet." in refused.text) == (422, True)
    assert began == []


async def test_a_year_that_is_over_is_not_opened(town: Town, began: list[str]) -> None:
    await town.on(date(2027, 6, 1))
    cora = town.setup("cora")
    assert "was over on May 28, 2027: send one with new dates" in await cora.sees()
    assert (await opens(cora)).status_code == 422
    assert began == []


async def test_one_child_is_counted_as_one(town: Town, cora: Visitor) -> None:
    await town.admin.execute(
        "UPDATE student SET consent_on = NULL, guardian_email = NULL WHERE external_id = 'maya'"
    )
    assert "1 of 6 children has no consent to the letters, and gets no pal yet." in await cora.sees()


async def test_what_had_better_be_there_is_said_and_hinders_nobody(
    town: Town, cora: Visitor, began: list[str]
) -> None:
    await town.admin.execute("DELETE FROM staff_role WHERE staff_id = $1", town.staff["coco"])
    await town.admin.execute("DELETE FROM staff_role WHERE staff_id = $1", town.staff["theo"])
    await town.admin.execute("UPDATE officer SET capacity = 1")
    await town.on(date(2026, 9, 20))
    page = await cora.sees()
    assert "North School: there is no counselor" in page
    assert "South School: there is no counselor" not in page, "Cal is"
    assert "North School: class 5/B &amp; C has no teacher" in page
    assert "6 children may have a pal, and officers have 5 places: some will wait." in page
    assert "The first letters were due on September 18, 2026" in page
    assert (await opens(cora)).status_code == 200
    assert began == ["stl"]


async def test_while_temporal_is_away_opening_has_to_wait(cora: Visitor) -> None:
    waits = await opens(cora)
    assert (waits.status_code, "This has to wait" in waits.text) == (503, True)


async def test_once_all_years_are_open_there_is_nothing_to_open(town: Town, cora: Visitor) -> None:
    for one in (NORTH, SOUTH):
        await year.open_year(town.parts.office, SCOPE, one)
    assert "Open the year" not in await cora.sees()


async def test_opening_is_for_who_coordinates_all_schools(town: Town, began: list[str]) -> None:
    await town.is_coordinator_of("sol", "south")
    sol = town.setup("sol")
    assert "Open the year" not in await sol.sees()
    assert (await opens(sol)).status_code == 403
    assert began == []


# ---- in Spanish


async def in_spanish(visitor: Visitor, path: str = "") -> str:
    """And so are the pages after it."""
    return (await visitor.http.get(f"{visitor.path}{path}?lang=es")).text


async def test_the_set_up_is_in_spanish_too(town: Town, cora: Visitor) -> None:
    await town.admin.execute("DELETE FROM staff_role WHERE staff_id = $1", town.staff["coco"])
    page = await in_spanish(cora)
    assert '<html lang="es">' in page
    assert english_left(page) == []
    assert "Ms. Tess: docente 5A north" in page
    assert "North School: no hay orientación escolar" in page


async def test_problems_are_said_in_spanish_with_days_and_words_as_files_have_them(cora: Visitor) -> None:
    await in_spanish(cora)
    spoilt = STUDENTS.replace("S-2,Ben,O'Neil,M,5,5A,north", "S-2,Ben,O'Neil,M,5,5A,nort").replace(
        "2026-08-01", "someday", 1
    )
    program = VILLAGE.replace("2027-05-28", "2026-05-28")
    files = {**FILES, "students.csv": spoilt.encode(), "program.toml": program.encode()}
    page = (await sends(cora, files)).text
    assert "<strong>students.csv, línea 3</strong>, school: <q>nort</q>" in page
    assert "no es un id de [[schools]] en program.toml; hay: north, south (¿quiso decir north?)" in page
    assert "no es una fecha; escriba año-mes-día, como 2026-08-17, o mes/día/año" in page
    assert english_left(page) == []


async def test_the_consents_of_a_class_are_in_spanish_too(town: Town, cora: Visitor) -> None:
    await records(town, cora, "uma")
    page = await in_spanish(cora, f"/{FORMS_5A}")
    assert "Las cartas: lunes 31 de agosto de 2026, formulario 2026-2, en papel." in page
    assert english_left(page) == []
    refused = (await records(town, cora, "uma", given_on="")).text
    assert "Elija un día para la firma de los formularios." in refused
