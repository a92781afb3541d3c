"""program.toml -> a Program: every key known, every date kept or refused with the arithmetic."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar

from bluepals.domain.address import is_line
from bluepals.domain.calendar import check_dates
from bluepals.domain.people import Role
from bluepals.domain.program import (
    TAKEN_IDS,
    Agency,
    Break,
    Policy,
    Program,
    Retention,
    Room,
    RoundDates,
    Safety,
    School,
    VisitWindow,
    YearDates,
)
from bluepals.domain.sentences import Sentence, counted, together
from bluepals.roster import cells
from bluepals.roster.encoding import Undecodable, decode
from bluepals.roster.problems import Problem, Unfit

FILE = "program.toml"
TIMEZONE = "America/Chicago"  # Unless the file says otherwise; all other defaults are the domain's.
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_NAME = 120

KEYS: Mapping[str, Sequence[str]] = {
    "program": ("id", "name", "timezone", "holidays"),
    "year": ("first_day", "last_day", "breaks"),
    "schools": ("id", "name", "agencies", "visit_on", "rooms"),
    "agencies": ("id", "name"),
    "rounds": ("students_due", "officers_due", "opens_on"),
    "visit": ("window_start", "window_end", "minutes"),
    "policy": tuple(one.name for one in fields(Policy)),
    "safety": tuple(one.name for one in fields(Safety)),
    "retention": tuple(one.name for one in fields(Retention)),
}
# The least and the most of each policy. A pack closes on the school day before it is opened, after the officers' due.
POLICY: Mapping[str, tuple[int, int]] = {
    "capacity_default": (0, 3),
    "capacity_max": (1, 3),
    "reply_days": (1, 60),
    "opening_gap_school_days": (2, 30),
    "moderation_school_days": (1, 30),
    "moderation_escalation_school_days": (1, 30),
    "return_school_days": (1, 30),
    "undo_minutes": (0, 60),
    "due_hour": (1, 23),
    "opening_hour": (0, 23),
    "daily_mail_hour": (0, 23),
    "nudge_hours": (1, 336),
    "visit_hour": (0, 23),
    "invitation_days": (1, 120),
    "visit_reminder_days": (1, 60),
    "visit_answer_days": (1, 60),
    "visit_reserve_days": (1, 30),
    "letters_per_moderator_per_day": (1, 1000),
    "link_days": (1, 365),
    "silence_warning_days": (7, 120),
    "silence_decision_days": (7, 120),
    "absence_proposal_days": (7, 120),
    "absence_pause_days": (14, 180),
    "declining_days": (0, 10),
    "joining_days": (0, 60),
    "farewell_days": (1, 60),
    "rest_days": (0, 60),
    "clearance_days": (1, 90),
    "clearance_marks": (1, 120),
}
SENTENCES = ("gifts", "photos")
LONGEST_SENTENCE = 300
KEPT_DAYS = (30, 3650)  # Less would take a letter away while somebody may still ask about it.
STACK_DAYS = (1, 30)  # A scanned stack is paper that its teacher still has.
MINUTES = (15, 480)
PLACES = (1, 1000)
MINUTES_DEFAULT = next(one.default for one in fields(VisitWindow) if one.name == "minutes")

_REGION = re.compile(r"[A-Z]{2,3}(-\w{1,8})?")
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*([.=])")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_REQUIRED = object()

T = TypeVar("T")


@dataclass(slots=True)
class ProgramFile:
    """What could be read. `program` is there when all could; the ids are None when they are not to be relied on."""

    program: Program | None = None
    schools: frozenset[str] | None = None
    agencies: frozenset[str] | None = None
    policy: Policy = field(default_factory=Policy)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, program: Program) -> "ProgramFile":
        """Of a program that is known already."""
        schools, agencies = (
            frozenset(one.id for one in of_kind) for of_kind in (program.schools, program.agencies)
        )
        return cls(program, schools, agencies, program.policy)


def read_program(data: bytes) -> ProgramFile:
    """Never raises: what can't be read is a problem."""
    try:
        text = decode(data)
        document = tomllib.loads(text)
    except Undecodable as broken:
        problem = Sentence("line {line} is no text in UTF-8; save the file as UTF-8", line=broken.line)
        return ProgramFile(problems=[Problem(FILE, broken.line, "", "", problem)])
    except (ValueError, RecursionError) as broken:
        return ProgramFile(problems=[_no_toml(str(broken))])
    return _Reader(document, dict(_lines(text))).read()


def _no_toml(message: str) -> Problem:
    found = _AT_LINE.search(message)
    why = _AT_LINE.sub("", message).strip() or Sentence("it is nested too deeply")
    problem = Sentence("the file is not valid TOML: {why}; docs/formats.md has an example", why=why)
    return Problem(FILE, int(found[1]) if found else None, "", "", problem)


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Where each key stands, as `check_dates` writes keys: schools[2].name, counted from 1."""
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = header[2]
            if header[1] == "[[":
                counts[table] = counts.get(table, 0) + 1
                table = f"{table}[{counts[table]}]"
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{key[1]}" if table else key[1], number


class _Reader:
    """One file's document, and what is wrong with it so far."""

    def __init__(self, document: Mapping[str, Any], lines: Mapping[str, int]) -> None:
        self._document = document
        self._lines = lines
        self._problems: list[Problem] = []

    def read(self) -> ProgramFile:
        self._refuse_unknown("", self._document, KEYS)
        agencies = self._agencies()
        agency_ids = tuple(agency.id for agency in agencies)
        schools = self._schools(agency_ids)
        policy = self._policy()
        program = self._program(schools, agencies, policy)
        if program is not None:
            for fault in check_dates(program):
                self._add(fault.key, fault.value, fault.problem)
        return ProgramFile(
            program=None if self._problems else program,
            schools=self._all("schools", [school.id for school in schools]),
            agencies=self._all("agencies", agency_ids),
            policy=policy,
            problems=self._problems,
        )

    # ---- tables

    def _program(
        self, schools: tuple[School, ...], agencies: tuple[Agency, ...], policy: Policy
    ) -> Program | None:
        table = self._table("program")
        program_id = self._get("program", table, "id", _program_id)
        name = self._get("program", table, "name", _name)
        timezone = self._get("program", table, "timezone", _text, TIMEZONE)
        holidays = self._get("program", table, "holidays", _region, None)
        year, visit, rounds = self._year(), self._visit(), self._rounds()
        if None in {program_id, name, timezone} or year is None or visit is None:
            return None
        places = (schools, agencies, year, rounds, visit, policy, self._safety(), self._retention())
        return Program(program_id, name, timezone, holidays, *places)  # type: ignore[arg-type] # None was looked for above.

    def _retention(self) -> Retention:
        table, defaults = self._table("retention", required=False), Retention()
        read = {
            key: self._get(
                "retention",
                table,
                key,
                _whole(*(STACK_DAYS if key == "stacks" else KEPT_DAYS)),
                getattr(defaults, key),
            )
            for key in KEYS["retention"]
        }
        return replace(defaults, **{key: days for key, days in read.items() if days is not None})

    def _year(self) -> YearDates | None:
        table = self._table("year")
        first, last = (self._get("year", table, key, _date) for key in ("first_day", "last_day"))
        breaks = self._get("year", table, "breaks", _breaks, ())
        return YearDates(first, last, breaks or ()) if first and last else None

    def _visit(self) -> VisitWindow | None:
        table = self._table("visit")
        start, end = (self._get("visit", table, key, _date) for key in ("window_start", "window_end"))
        minutes = self._get("visit", table, "minutes", _whole(*MINUTES), MINUTES_DEFAULT)
        return VisitWindow(start, end, minutes) if start and end and minutes else None

    def _rounds(self) -> tuple[RoundDates, ...]:
        found = []
        for number, (path, table) in enumerate(self._tables("rounds"), start=1):
            students, officers, opens = (self._get(path, table, key, _date) for key in KEYS["rounds"])
            if students and officers and opens:
                found.append(RoundDates(number, students, officers, opens))
        return tuple(found)

    def _agencies(self) -> tuple[Agency, ...]:
        found: dict[str, Agency] = {}
        for path, table in self._tables("agencies"):
            agency, name = self._id(path, table, found), self._get(path, table, "name", _name)
            if agency is not None:
                found[agency] = Agency(agency, name or agency)
        return tuple(found.values())

    def _schools(self, agencies: tuple[str, ...]) -> tuple[School, ...]:
        found: dict[str, School] = {}
        for path, table in self._tables("schools"):
            school, name = self._id(path, table, found), self._get(path, table, "name", _name)
            known = self._all("agencies", agencies)
            serving = self._get(path, table, "agencies", _ids_of(known), agencies)
            visit_on = self._get(path, table, "visit_on", _date, None)
            rooms = self._get(path, table, "rooms", _rooms, ())
            if school is not None:
                found[school] = School(school, name or school, serving or (), visit_on, rooms or ())
        return tuple(found.values())

    def _id(self, path: str, table: Mapping[str, Any], taken: Collection[str]) -> str | None:
        found = self._get(path, table, "id", _slug)
        if found in taken:
            problem = Sentence("is the id of another one already; give each its own")
            self._add(f"{path}.id", str(found), problem)
            return None
        return found

    def _all(self, key: str, ids: Sequence[str]) -> frozenset[str] | None:
        """The ids, if each table gave one: a reference is not called unknown for another's fault."""
        tables = self._document.get(key)
        return frozenset(ids) if isinstance(tables, list) and 0 < len(ids) == len(tables) else None

    def _policy(self) -> Policy:
        table, defaults = self._table("policy", required=False), Policy()
        read: dict[str, Any] = {}
        for key, (least, most) in POLICY.items():
            default = getattr(defaults, key)
            reader = _wholes(least, most) if isinstance(default, tuple) else _whole(least, most)
            value = self._get("policy", table, key, reader, default)
            read[key] = default if value is None else value
        for key in SENTENCES:
            read[key] = self._get("policy", table, key, _sentence, getattr(defaults, key)) or ""
        policy = Policy(**read)
        for less, more in (
            ("capacity_default", "capacity_max"),
            ("moderation_school_days", "moderation_escalation_school_days"),
        ):
            if read[less] > read[more]:
                problem = Sentence("is more than {key}, {most}; lower it", key=more, most=read[more])
                self._add(f"policy.{less}", str(read[less]), problem)
        if read["visit_hour"] >= read["due_hour"]:
            late = Sentence(
                "is not before due_hour, {hour}, at which a visit is over; choose an earlier hour",
                hour=read["due_hour"],
            )
            self._add("policy.visit_hour", str(read["visit_hour"]), late)
        return policy

    def _safety(self) -> Safety:
        table, default = self._table("safety", required=False), Safety()
        hotline = self._get("safety", table, "hotline", _name, default.hotline)
        told = self._get("safety", table, "told", _named, default.told)
        decides = self._get("safety", table, "liaison_decides", _yes_or_no, default.liaison_decides)
        return Safety(hotline or default.hotline, told or default.told, decides is not False)

    # ---- keys

    def _table(self, key: str, *, required: bool = True) -> Mapping[str, Any] | None:
        """None after a problem."""
        table = self._document.get(key, None if required else {})
        if table is None:
            problem = Sentence(
                "there is no [{table}]; add it, with {keys}", table=key, keys=", ".join(KEYS[key])
            )
            self._add(key, "", problem)
            return None
        if not isinstance(table, dict):
            problem = Sentence("is no table; write [{table}] on a line of its own, once", table=key)
            self._add(key, _shown(table), problem)
            return None
        self._refuse_unknown(key, table, KEYS[key])
        return table

    def _tables(self, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        tables = self._document.get(key)
        if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
            problem = Sentence(
                "there is no [[{table}]]; write one for each, with {keys}",
                table=key,
                keys=", ".join(KEYS[key]),
            )
            self._add(key, "", problem)
            return
        for number, table in enumerate(tables, start=1):
            path = f"{key}[{number}]"
            self._refuse_unknown(path, table, KEYS[key])
            yield path, table

    def _refuse_unknown(self, path: str, table: Mapping[str, Any], known: Collection[str]) -> None:
        for key in table:
            if key not in known:
                full = f"{path}.{key}" if path else key
                unknown = cells.with_nearest(Sentence("is no key of this file"), key, known)
                there = Sentence("known here: {keys}", keys=", ".join(known))
                self._add(full, key, together(unknown, there, between="; "))

    def _get(
        self,
        path: str,
        table: Mapping[str, Any] | None,
        key: str,
        read: Callable[[Any], T],
        default: Any = _REQUIRED,
    ) -> T | None:
        """The value; the default where there is none; None after a problem."""
        if table is None:
            return None
        if key not in table:
            if default is _REQUIRED:
                self._add(f"{path}.{key}", "", Sentence("is missing; add it"))
                return None
            return default  # type: ignore[no-any-return] # A default has the type that its reader gives.
        try:
            return read(table[key])
        except Unfit as unfit:
            self._add(f"{path}.{key}", _shown(table[key]), unfit.sentence)
            return None

    def _add(self, key: str, value: str, problem: Sentence) -> None:
        self._problems.append(Problem(FILE, self._line(key), key, value, problem))

    def _line(self, key: str) -> int | None:
        """The key's line, or that of what it stands in."""
        while key:
            if key in self._lines:
                return self._lines[key]
            key = key[: max(key.rfind("."), key.rfind("["), 0)]
        return None


# ---- values


def _shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 64:
            return Sentence("a number of many digits")
        case list():
            return counted(len(value), "value", "values")
        case dict():
            return Sentence("a table")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("is no text; put it in quotation marks")
    return value


def _name(value: Any) -> str:
    text = " ".join(_text(value).split(" ")).strip()
    if not text or len(text) > LONGEST_NAME or not is_line(text):
        raise Unfit("is no name; write one line of up to {most} characters", most=LONGEST_NAME)
    return text


def _sentence(value: Any) -> str:
    text = _text(value).strip()
    if not text or len(text) > LONGEST_SENTENCE or not is_line(text):
        raise Unfit("is no sentence; write one line of up to {most} characters", most=LONGEST_SENTENCE)
    return text


def _rooms(value: Any) -> tuple[Room, ...]:
    if not isinstance(value, list):
        raise Unfit('is no list; write [{{name = "Gym", places = 40}}]')
    rooms = tuple(_room(one) for one in value)
    if len({room.name for room in rooms}) < len(rooms):
        raise Unfit("names a room twice; give each its own name")
    return rooms


def _room(value: Any) -> Room:
    match value:
        case {"name": name, "places": places} if len(value) == 2:
            return Room(_name(name), _whole(*PLACES)(places))
    raise Unfit('has a room that is none; write {{name = "Gym", places = 40}}')


def _slug(value: Any) -> str:
    return cells.slug(_text(value))


def _program_id(value: Any) -> str:
    program_id = _slug(value)
    if program_id in TAKEN_IDS:
        raise Unfit("is a page of the desk; choose another, such as the city's name")
    return program_id


def _region(value: Any) -> str:
    if not _REGION.fullmatch(_text(value)):
        raise Unfit(
            'is no region; write a country or a part of one, such as "US-MO", or leave it out for no holidays'
        )
    return str(value)


def _date(value: Any) -> date:
    found = cells.day(value) if isinstance(value, str) else value
    if not isinstance(found, date) or isinstance(found, datetime):
        raise Unfit("is no date; write year-month-day, such as 2026-08-17, without quotation marks")
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unfit("is not between {first} and {last}; correct the year", first=FIRST_YEAR, last=LAST_YEAR)
    return found


def _breaks(value: Any) -> tuple[Break, ...]:
    if not isinstance(value, list):
        raise Unfit("is no list; write [[2026-12-21, 2027-01-01], [2027-03-15, 2027-03-19]]")
    return tuple(_break(one) for one in value)


def _break(value: Any) -> Break:
    """A pair of dates, a table with first and last, or one day."""
    match value:
        case [first, last]:
            return Break(_date(first), _date(last))
        case {"first": first, "last": last} if len(value) == 2:
            return Break(_date(first), _date(last))
        case list() | dict():
            raise Unfit("has a break that is no pair of dates; write [2026-12-21, 2027-01-01]")
        case _:
            day = _date(value)
            return Break(day, day)


def _ids_of(known: Collection[str] | None) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value:
            raise Unfit("names no agency; list their ids, or leave the key out for all of them")
        return tuple(dict.fromkeys(cells.known(known, "agencies")(_text(one)) for one in value))

    return read


def _named(value: Any) -> tuple[str, ...]:
    """Roles, or staff ids: whose id it is, only staff.csv knows."""
    if not isinstance(value, list) or not value:
        raise Unfit("names nobody; list roles ({roles}) or ids of staff.csv, in order", roles=", ".join(Role))
    return tuple(dict.fromkeys(cells.identifier(_text(one)) for one in value))


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("is neither true nor false; write one of them, without quotation marks")
    return value


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Unfit("is no whole number from {least} to {most}", least=least, most=most)
        return value

    return read


def _wholes(least: int, most: int) -> Callable[[Any], tuple[int, ...]]:
    def read(value: Any) -> tuple[int, ...]:
        if not isinstance(value, list):
            raise Unfit(
                "is no list; write whole numbers from {least} to {most}, such as [{least}, {most}]",
                least=least,
                most=most,
            )
        return tuple(_whole(least, most)(one) for one in value)

    return read
