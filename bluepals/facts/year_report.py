"""The year for the community to read: numbers only, and none from which somebody could be made out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bluepals.domain.program import Program
from bluepals.domain.suppression import Concealed, conceal
from bluepals.domain.survey import QUESTIONS, Reply, Taker
from bluepals.facts.office import Office
from bluepals.store import programs, surveys, year_report
from bluepals.store.database import Connection, Scope
from bluepals.store.year_report import Tally

# Numbers that follow from each other are hidden together; each family has the columns that it takes along.
FAMILIES: Sequence[tuple[tuple[str, ...], Callable[[Tally], tuple[int, ...]]]] = (
    (("children", "officers", "pairings"), lambda one: (one.children, one.officers, one.pairings)),
    (("letters",), lambda one: (one.letters,)),
    (("due", "on_time", "on_time_rate"), lambda one: (one.on_time, one.due - one.on_time)),
    (("invited", "came"), lambda one: (one.came, one.invited - one.came)),
)

Numbers = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A group's numbers; None: hidden. `within`: the agency of a precinct."""

    name: str
    within: str | None
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class YearReport:
    program: str
    name: str
    first_year: int
    rounds: int
    total: Numbers
    schools: Sequence[Line]
    agencies: Sequence[Line]
    precincts: Sequence[Line]
    survey: Mapping[str, Mapping[str, Mapping[str, int | None]]]


async def report(office: Office, scope: Scope) -> YearReport:
    async with office.database.transaction(scope) as connection:
        program = await programs.load(connection)
        year = program.first_year
        total = await year_report.total(connection, year)
        tables = Tables(
            await year_report.by_school(connection, year),
            await year_report.by_agency(connection, year),
            await year_report.by_precinct(connection, year),
        )
        numbers = tables.shown(total)
        return YearReport(
            program=program.id,
            name=program.name,
            first_year=year,
            rounds=await year_report.rounds(connection, year),
            total=numbers[0],
            schools=_named(numbers[1], {one.id: one.name for one in program.schools}),
            agencies=_named(numbers[2], _agency_names(program)),
            precincts=[
                Line(one.name, _agency_names(program).get(one.within or ""), one.numbers)
                for one in numbers[3]
            ],
            survey={str(taker): await _survey(connection, taker, year) for taker in Taker},
        )


def _agency_names(program: Program) -> dict[str, str]:
    return {one.id: one.name for one in program.agencies}


def _named(lines: Sequence[Line], names: Mapping[str, str]) -> list[Line]:
    return [Line(names.get(one.name, one.name), None, one.numbers) for one in lines]


@dataclass(frozen=True, slots=True)
class Tables:
    """The same pairings, divided three ways. A total that one of them can't bear is shown by none."""

    schools: Sequence[Tally]
    agencies: Sequence[Tally]
    precincts: Sequence[Tally]

    def shown(self, total: Tally) -> tuple[Numbers, list[Line], list[Line], list[Line]]:
        all_of_it = _numbers(total)
        rows = [{_key(one): _numbers(one) for one in table} for table in self._all]
        for columns, counted in FAMILIES:
            hidden = self._hidden(counted)
            if hidden is None:
                # What one table can't bear would follow from another one: nothing of it is shown.
                all_of_it.update(dict.fromkeys(columns))
            for number, table in enumerate(rows):
                for key in table.keys() if hidden is None else table.keys() & hidden[number]:
                    table[key].update(dict.fromkeys(columns))
        schools, agencies, precincts = (
            [Line(one.group, one.within, shown[_key(one)]) for one in table]
            for shown, table in zip(rows, self._all, strict=True)
        )
        return all_of_it, schools, agencies, precincts

    @property
    def _all(self) -> tuple[Sequence[Tally], Sequence[Tally], Sequence[Tally]]:
        return self.schools, self.agencies, self.precincts

    def _hidden(self, counted: Callable[[Tally], tuple[int, ...]]) -> list[frozenset[str]] | None:
        """The groups to be hidden of each table; None: all of them, with their total."""
        schools, agencies = _concealed(self.schools, counted), _concealed(self.agencies, counted)
        if schools.total or agencies.total:
            return None
        return [schools.groups, agencies.groups, self._concealed_precincts(counted, agencies)]

    def _concealed_precincts(
        self, counted: Callable[[Tally], tuple[int, ...]], agencies: Concealed
    ) -> frozenset[str]:
        """An agency's own line is the total of its precincts: they are divided only if they can bear it."""
        hidden: set[str] = set()
        for agency in {one.within for one in self.precincts}:
            own = [one for one in self.precincts if one.within == agency]
            found = _concealed(own, counted)
            if found.total or agency in agencies.groups:
                hidden |= {_key(one) for one in own}
            else:
                hidden |= found.groups
        return frozenset(hidden)


def _key(one: Tally) -> str:
    return f"{one.within}/{one.group}" if one.within else one.group


def _concealed(tallies: Sequence[Tally], counted: Callable[[Tally], tuple[int, ...]]) -> Concealed:
    return conceal({_key(one): counted(one) for one in tallies})


def _numbers(one: Tally) -> Numbers:
    return {
        "children": one.children,
        "officers": one.officers,
        "pairings": one.pairings,
        "letters": one.letters,
        "due": one.due,
        "on_time": one.on_time,
        "on_time_rate": round(100 * one.on_time / one.due) if one.due else None,
        "invited": one.invited,
        "came": one.came,
    }


async def _survey(connection: Connection, taker: Taker, year: int) -> dict[str, dict[str, int | None]]:
    """How often each reply was given to each question; none where nobody has answered, which hides nobody."""
    counts = await surveys.counts(connection, taker, year)
    if not counts:
        return {}
    found: dict[str, dict[str, int | None]] = {}
    for question in QUESTIONS[taker]:
        given = {str(reply): counts.get(question.key, {}).get(reply, 0) for reply in Reply}
        hidden = conceal({reply: (count,) for reply, count in given.items()}).groups
        found[question.words] = {reply: None if reply in hidden else count for reply, count in given.items()}
    return found
