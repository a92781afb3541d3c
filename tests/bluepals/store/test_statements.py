"""Every statement in bluepals.store is one that the schema knows, and every function there runs."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from uuid import uuid4

import asyncpg
import pytest

import bluepals.store
from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.entering import Door
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.matching import Pair
from bluepals.domain.people import ConsentScope, OfficerKind, Partner, Role
from bluepals.domain.program import RoundDates
from bluepals.domain.screening import Risk, Screening
from bluepals.domain.sentences import Sentence
from bluepals.domain.silence import Rung, Silence
from bluepals.domain.stacks import Found, Put
from bluepals.domain.survey import Answers, Taker
from bluepals.store import cases, letters, mail
from bluepals.store.deadlines import Deadline, OpenDeadline
from bluepals.store.doors import Asking, Identity
from bluepals.store.endings import Reason
from bluepals.store.holds import Subject
from bluepals.store.joining import Wish
from bluepals.store.letters import NotTaken
from bluepals.store.moves import SchoolYear
from bluepals.store.pauses import NotPaused, Target, What
from bluepals.store.replacements import Over
from bluepals.store.silence import SilentSide
from bluepals.store.stacks import NewPage
from bluepals.store.teachers_page import SchoolClass
from bluepals.store.unfinished import Place, TypedOn
from tests.bluepals.facts.two_schools import TwoSchools, people, program
from tests.bluepals.store.busy_year import trying

Function = Callable[..., Awaitable[object]]

MODULES: list[ModuleType] = [
    importlib.import_module(f"bluepals.store.{found.name}")
    for found in pkgutil.iter_modules(bluepals.store.__path__)
    if found.name != "migrate"  # It makes the schema; tests/bluepals/store/test_migrate.py runs it.
]
# Statements that are put together from what a function is given: they run below.
MADE_AT_RUN_TIME = {"deadlines": 1, "erasure": 2, "programs": 1, "people": 1, "mail": 1, "retention": 1}
ASKS = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "prepare"}
HELPERS = {"_fenced", "_changed"}


def statements(module: ModuleType) -> Iterator[str | None]:
    """Each statement as it is written; None where only its function can say it."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="connection"), attr=attr), args=[sql, *_]) if (
                attr in ASKS
            ):
                yield evaluated(sql, module)
            case ast.Call(func=ast.Name(id=name), args=[_, sql, *_]) if name in HELPERS:
                yield evaluated(sql, module)


def evaluated(sql: ast.expr, module: ModuleType) -> str | None:
    try:
        return str(eval(compile(ast.Expression(sql), "sql", "eval"), vars(module)))
    except NameError:
        return None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
async def test_the_schema_knows_every_statement(busy: TwoSchools, module: ModuleType) -> None:
    found = list(statements(module))
    async with trying(busy) as connection:
        for statement in found:
            if statement is not None:
                await connection.prepare(statement)
    name = module.__name__.rpartition(".")[2]
    assert found.count(None) == MADE_AT_RUN_TIME.get(name, 0)


def functions() -> Iterator[tuple[str, Function]]:
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", function


FUNCTIONS = dict(functions())
# What these say to the arguments below, in a sentence; the others do what they are for.
REFUSALS: dict[str, type[Exception]] = {
    "carry_over.say": NotTaken,  # The year goes on.
    "case_readers.record_unreachable": asyncpg.CheckViolationError,  # They are here.
    "case_words.close": asyncpg.CheckViolationError,
    "case_words.decide": asyncpg.CheckViolationError,
    "conduct_page.conduct_of": AssertionError,  # The case is about a child's letter.
    "erasure.erase_staff": asyncpg.CheckViolationError,  # They have not left.
    "erasure.erase_student": asyncpg.CheckViolationError,  # Her letters still go back and forth.
    "holds.hold": asyncpg.CheckViolationError,  # It names nothing.
    "holds.known": LookupError,
    "holds.release": NotTaken,
    "leaving.note_death": asyncpg.CheckViolationError,  # They still take part.
    "letters.copy": NotTaken,  # It has been decided about.
    "letters.decide": NotTaken,
    "visits.attend": NotTaken,  # Its day is ahead.
    "mail.mark_data_started": mail.ClaimLost,
    "mail.mark_refused": mail.ClaimLost,
    "mail.mark_refused_for_now": mail.ClaimLost,
    "mail.mark_sent": mail.ClaimLost,
    "mail.mark_unknown": mail.ClaimLost,
    "pauses.end": NotPaused,
    "replacements.one": LookupError,
}


@pytest.fixture(scope="module")
async def arguments(busy: TwoSchools) -> dict[str, object]:
    """For each name of a parameter something of the busy year that it can mean."""
    draft = await busy.admin.fetchrow(
        "SELECT draft.* FROM draft JOIN decision ON draft_id = draft.id AND verdict = 'approve'"
        " WHERE draft.program_id = 'stl' AND written_for <> 'stock' LIMIT 1"
    )
    assert draft is not None
    case = await busy.admin.fetchrow(
        f"{cases.RECORD} WHERE case_file.school_id = 'north' AND case_file.program_id = 'stl'"
    )
    assert case is not None
    link_id = await busy.admin.fetchval("SELECT id FROM joining_link WHERE program_id = 'stl' LIMIT 1")
    roster = people("stl")
    return {
        "address": "olga@city.example",
        "admin_url": "",
        "after": timedelta(0),
        "also_put_off": True,
        "agencies": ["city"],
        "agency": "city",
        "answer": "known",
        "asking": Asking(b"address", b"source", b"browser", b"a link", b"code", timedelta(minutes=10)),
        "among": [busy.pairing["Ana"]],
        "at": None,
        "answer_by": datetime(2026, 10, 9, tzinfo=UTC),
        "because": "Snow.",
        "body": {"draft_id": "x"},
        "by": busy.staff["Cora"],
        "came": True,
        "case": cases._record(case),
        "case_id": case["id"],
        "browser": b"browser",
        "claim_id": uuid4(),
        "code": b"code",
        "class_name": "5A",
        "dates": RoundDates(1, date(2026, 9, 18), date(2026, 10, 2), date(2026, 10, 13)),
        "day": date(2026, 9, 21),
        "on": date(2026, 11, 25),
        "door": Door.MAIL,
        "closed_by": busy.staff["Coco"],
        "concern": Concern.UNSURE,
        "challenge": b"another challenge",
        "copy_id": None,
        "counsel_asked_on": None,
        "credential_id": b"another credential",
        "decision_id": await busy.admin.fetchval(
            "SELECT decision_id FROM moved_return WHERE program_id = 'stl' LIMIT 1"
        ),
        "key_begins": "asked-",
        "decided_by": busy.staff["Cora"],
        "decision": letters.Decision(draft["id"], draft["hash"], Verdict.REFER, busy.staff["Mona"]),
        "draft_hash": draft["hash"],
        "draft_id": draft["id"],
        "draft_ids": [one.id for one in await busy.stock_drafts()],
        "due": None,
        "external_id": "Olga",
        "external_ids": ["Ana"],
        "fact": "letter_decided",
        "farewell_until": None,
        "first_year": 2026,
        "form_version": "2026-2",
        "given_on": date(2026, 9, 1),
        "everybody": False,
        "host_id": await busy.admin.fetchval("SELECT id FROM visit_host WHERE program_id = 'stl' LIMIT 1"),
        "handed": letters.Handed(TypedLetter("New."), "en", busy.officer["Olga"], Screening((), Risk.NONE)),
        "how": "dropped",
        "joining_days": 14,
        "kept": timedelta(days=1),
        "place": Place(busy.pairing["Ana"], busy.officer["Olga"]),
        "typed_on": TypedOn(uuid4(), "a digest"),
        "letter": TypedLetter("Begun."),
        "letter_id": draft["letter_id"],
        "but": draft["letter_id"],
        "person": busy.officer["Olga"],
        "taker": Taker.OFFICER,
        "identity": Identity(busy.staff["Tess"], busy.officer["Olga"], (busy.student["Ana"],)),
        "key": "a key",
        "link": b"link",
        "link_id": link_id,
        "joining_id": uuid4(),
        "digest": b"digest",
        "wish": Wish("New", "Officer", None, "new@city.example", ("en",), 1, OfficerKind.SWORN, "Hello."),
        "keyring": busy.office.keyring,
        "kind": "test",
        "limit": 10,
        "look_again_on": date(2026, 10, 6),
        "made": letters.Copy(TypedLetter("Shorter."), Screening((), Risk.NONE), busy.staff["Mona"]),
        "made_by": busy.staff["Coco"],
        "source_hash": draft["hash"],
        "source_id": draft["id"],
        "mail": mail.QueuedMail("a key", "letter", "a@b.example", "<a@b.example>", b"message"),
        "mail_id": await busy.admin.fetchval("SELECT id FROM mail WHERE program_id = 'stl' LIMIT 1"),
        "name": "Olga Officer",
        "marks": [30, 14, 3],
        "needs": [],
        "number": 1,
        "of": SchoolClass("stl.north.2026", "north", "North School", "5A"),
        "officer_id": busy.officer["Olga"],
        "officer_outcome": None,
        "officers": roster.officers,
        "one": SilentSide(
            busy.pairing["Ana"],
            "north",
            "5A",
            "city",
            busy.officer["Olga"],
            "Olga",
            "Olga Officer",
            "Olga",
            "o@x.example",
            "Ana",
            1,
            True,
            Silence(Side.OFFICER, 1, date(2026, 9, 18), {}),
        ),
        "pairing_ids": [busy.pairing["Ana"]],
        "opened_by": busy.staff["Mona"],
        "opening": 1,
        "outcome": LetterOutcome.KEEP,
        "pairing_id": busy.pairing["Ana"],
        "pairs": [],
        "people": [busy.officer["Olga"]],
        "passkey_id": await busy.admin.fetchval("SELECT id FROM passkey WHERE program_id = 'stl' LIMIT 1"),
        "partners": [Partner("Friends of Children", "grief", ("en",), "555-0101")],
        "patience": timedelta(seconds=1),
        "program": "stl",
        "public_key": b"key",
        "program_year": "stl.north.2026",
        "counselor": busy.staff["Coco"],
        "reads": "en",
        "reader": busy.staff["Coco"],
        "reason": "year closed",
        "reasons": None,
        "recorded_by": busy.staff["Coco"],
        "reference": None,
        "programs": [],
        "confirmed_by": busy.staff["Cora"],
        "requested_by": busy.staff["Tess"],
        "released_by": None,
        "session_id": uuid4(),
        "set_by": None,
        "source": b"source",
        "stays": timedelta(hours=1),
        "window": timedelta(minutes=10),
        "since": datetime(2026, 9, 1, tzinfo=UTC),
        "subject": Subject.STUDENT,
        "counted": 3,
        "reply": "250",
        "replacement_id": uuid4(),
        "resting_until": datetime(2027, 4, 6, tzinfo=UTC),
        "rest_until": datetime(2027, 6, 1, tzinfo=UTC),
        "reported_at": None,
        "role": Role.MODERATOR,
        "roles": roster.staff,
        "round_number": 2,
        "rounds": [],
        "rung": Rung.KIND_WORD,
        "said": "yes",
        "said_by": busy.staff["Coco"],
        "like": "stl.north.2026",
        "school": "north",
        "left_school": "north",
        "schools": ["south"],
        "guardian": 2,
        "scope": ConsentScope.VISIT,
        "scopes": [ConsentScope.VISIT],
        "seed": 7,
        "sentence": "Look.",
        "side": Side.OFFICER,
        "sign_count": 1,
        "someone": busy.staff["Coco"],
        "staff_id": busy.staff["Tess"],
        "state": "called off",
        "stack_id": await busy.admin.fetchval("SELECT id FROM stack WHERE program_id = 'stl' LIMIT 1"),
        "uploaded_by": busy.staff["Tess"],
        "pages": [NewPage(b"jpeg", Found.NO_CODE, None, None)],
        "numbers": [1],
        "other": 2,
        "absent": [],
        "where": Put.ASIDE,
        "stock_id": "another",
        "reader_ids": [busy.staff["Mona"]],
        "student_id": busy.student["Ana"],
        "student_ids": [busy.student["Ana"]],
        "student": "Ana",
        "viewer": busy.officer["Olga"],
        "students": roster.students,
        "subject_id": None,
        "target": Target(school="north"),
        "to": SchoolYear("stl.south.2026", "south", "open"),
        "token": b"token",
        "tell_id": await busy.admin.fetchval("SELECT id FROM tell WHERE program_id = 'stl' LIMIT 1"),
        "until": datetime(2027, 6, 1, tzinfo=UTC),
        "within": timedelta(hours=1),
        "what": What.LETTERS,
        "whats": [What.LETTERS],
        "wants": True,
        "why": "They are neighbours.",
        "workflow_id": "pairing-x",
        "year": {"north": "stl.north.2026", "south": "stl.south.2026"},
    }


NEVER = datetime(2000, 1, 1, tzinfo=UTC)
# Where a name means something else than elsewhere.
OTHERWISE: dict[str, dict[str, object]] = {
    "agency_page.enter_clearance": {"until": date(2027, 6, 1)},
    "deadlines.move": {
        "one": OpenDeadline(Deadline.DECLINE, uuid4(), uuid4(), "north", "city", NEVER, NEVER, NEVER, False),
        "at": NEVER,
    },
    "endings.begin": {"reason": Reason.STOPPED, "since": None},
    "doors.mailed": {"address": b"address"},
    "doors.one_at_a_time": {"address": b"address"},
    "doors.wrong_codes": {"address": b"address"},
    "consents.locked": {"external_id": "Ana"},
    "deliveries.record_miss": {"round_number": 1},
    "leaving.student": {"external_id": "Ana"},
    "replacements.close": {"outcome": Over.TAKEN_BACK},
    "replacements.open_for": {"farewell_until": datetime(2027, 5, 1, tzinfo=UTC)},
    "case_words.plan": {"partners": ["Friends of Children"]},
    "case_words.say": {"role": "counselor"},
    "stacks.put": {"pairing_id": None},
    "erasure.student": {"external_id": "Ana"},
    "surveys.answer": {"said": Answers({}, None)},
    "people.staff_by_external_id": {"external_id": "Cora"},
    "people.staff_id": {"external_id": "Cora"},
    "programs.save": {"program": program("stl")},
    "matching.save_proposal": {"pairs": [Pair("Ana", "Rita", Sentence("because"))]},
}


@pytest.mark.parametrize("name", FUNCTIONS)
async def test_every_function_runs(busy: TwoSchools, arguments: dict[str, object], name: str) -> None:
    function = FUNCTIONS[name]
    wanted = [parameter for parameter in inspect.signature(function).parameters if parameter != "connection"]
    given = {**arguments, **OTHERWISE.get(name, {})}
    assert set(wanted) <= set(given), "say above what a parameter of that name can be"
    async with trying(busy) as connection:
        call = function(connection, **{parameter: given[parameter] for parameter in wanted})
        if name in REFUSALS:
            with pytest.raises(REFUSALS[name]):
                await call
        else:
            await call


async def test_a_statement_that_the_schema_does_not_know_is_found(busy: TwoSchools) -> None:
    async with trying(busy) as connection:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await connection.prepare("SELECT first_name FROM pairing")
