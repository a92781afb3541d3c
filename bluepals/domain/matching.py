"""Who writes to whom: same gender always, as many pairs as there can be, then the longest waiting, then a common language,
then an even load.

Children who differ in nothing that counts are one group, and so are officers; a minimum-cost flow between the groups is
small at any size, and exact. Within a group the seed decides.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from bluepals.domain.people import Gender

CAPACITIES_SHOWN = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Child:
    """A student who may be paired; `gender` is the gender of the pal."""

    id: str
    gender: Gender
    language: str
    school: str
    waiting_since: date


@dataclass(frozen=True, slots=True)
class Candidate:
    """An officer who may be paired, with the places that are taken already."""

    id: str
    gender: Gender
    languages: frozenset[str]
    agency: str
    capacity: int
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    child: str
    officer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Need:
    """For one gender: children, the places that officers offer, and the officers missing at a capacity of 1, 2 and 3."""

    gender: Gender
    children: int
    places: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Pairs, and who waits (the longest first)."""

    pairs: tuple[Pair, ...]
    waiting: tuple[str, ...]


Serving = Mapping[str, AbstractSet[str]]  # school -> agencies whose officers may write to its children
Avoided = AbstractSet[tuple[str, str]]  # pairs that a person has rejected


@dataclass(frozen=True)
class _ChildGroup:
    gender: Gender
    language: str
    school: str
    waiting_since: date
    alone: str | None  # the id of a child with rejected pairs, who is like no other


@dataclass(frozen=True)
class _OfficerGroup:
    gender: Gender
    languages: frozenset[str]
    agency: str
    alone: str | None


def propose(
    children: Sequence[Child], officers: Sequence[Candidate], serving: Serving, avoid: Avoided, seed: int
) -> Proposal:
    """The best pairs there can be. The same input and seed give the same proposal, in whatever order it comes."""
    child_groups = _child_groups(children, {child for child, _ in avoid}, seed)
    officer_groups = _officer_groups(officers, {officer for _, officer in avoid}, seed)
    flow = _Flow(len(children))
    for child_group, members in child_groups.items():
        flow.add_children(child_group, len(members))
        for officer_group in officer_groups:
            if _may_write(child_group, officer_group, serving, avoid):
                flow.connect(
                    child_group,
                    officer_group,
                    common_language=child_group.language in officer_group.languages,
                )
    for officer_group, members_there in officer_groups.items():
        flow.add_places(
            officer_group, [place for officer in members_there for place in _free_places(officer)]
        )
    pairs = tuple(_pairs(flow.solve(), child_groups, officer_groups))
    paired = {pair.child for pair in pairs}
    waiting = sorted(
        (c for c in children if c.id not in paired), key=lambda c: (c.waiting_since, _draw(seed, c.id))
    )
    return Proposal(pairs, tuple(child.id for child in waiting))


def needs(children: Sequence[Child], officers: Sequence[Candidate], serving: Serving) -> tuple[Need, ...]:
    """What a coordinator has to ask the agencies for."""
    return tuple(
        Need(
            gender=gender,
            children=sum(child.gender is gender for child in children),
            places=sum(len(list(_free_places(officer))) for officer in officers if officer.gender is gender),
            missing=tuple(
                _missing(gender, capacity, children, officers, serving) for capacity in CAPACITIES_SHOWN
            ),
        )
        for gender in Gender
    )


def _missing(
    gender: Gender, capacity: int, children: Sequence[Child], officers: Sequence[Candidate], serving: Serving
) -> int:
    """Officers to be found if each one, old or new, took `capacity` children (who refuses altogether stays out)."""
    asked = [
        Candidate(one.id, one.gender, one.languages, one.agency, max(capacity, one.taken), one.taken)
        for one in officers
        if one.gender is gender and one.capacity > 0
    ]
    of_gender = [child for child in children if child.gender is gender]
    waiting = len(propose(of_gender, asked, serving, frozenset(), seed=0).waiting)
    return -(-waiting // capacity)


def _child_groups(
    children: Iterable[Child], alone: AbstractSet[str], seed: int
) -> dict[_ChildGroup, list[Child]]:
    groups: dict[_ChildGroup, list[Child]] = defaultdict(list)
    for child in sorted(children, key=lambda child: _draw(seed, child.id)):
        single = child.id if child.id in alone else None
        groups[_ChildGroup(child.gender, child.language, child.school, child.waiting_since, single)].append(
            child
        )
    return groups


def _officer_groups(
    officers: Iterable[Candidate], alone: AbstractSet[str], seed: int
) -> dict[_OfficerGroup, list[Candidate]]:
    groups: dict[_OfficerGroup, list[Candidate]] = defaultdict(list)
    for officer in sorted(officers, key=lambda officer: _draw(seed, officer.id)):
        single = officer.id if officer.id in alone else None
        groups[_OfficerGroup(officer.gender, officer.languages, officer.agency, single)].append(officer)
    return groups


def _may_write(child: _ChildGroup, officer: _OfficerGroup, serving: Serving, avoid: Avoided) -> bool:
    return (
        child.gender is officer.gender
        and officer.agency in serving.get(child.school, frozenset())
        and (child.alone, officer.alone) not in avoid
    )


def _free_places(officer: Candidate) -> Iterator[int]:
    """The officer's second place costs more than another one's first."""
    return iter(range(officer.taken, officer.capacity))


def _draw(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}/{name}".encode()).digest()


class _Flow:
    """Children flow through officers' places to a sink. The costs of one tier never reach the next one's unit."""

    SOURCE, SINK = 0, 1

    def __init__(self, children: int) -> None:
        self._solver = SimpleMinCostFlow()
        self._nodes: dict[_ChildGroup | _OfficerGroup, int] = {}
        self._arcs: dict[int, tuple[_ChildGroup, _OfficerGroup]] = {}
        self._waiting: list[tuple[_ChildGroup, int]] = []
        self._children = children
        self._no_common_language = 3 * children + 1  # above every child in a third place
        self._one_rank_later = (self._no_common_language + 3) * children + 1

    def add_children(self, group: _ChildGroup, count: int) -> None:
        self._waiting.append((group, count))

    def connect(self, child: _ChildGroup, officer: _OfficerGroup, *, common_language: bool) -> None:
        cost = 0 if common_language else self._no_common_language
        arc = self._solver.add_arc_with_capacity_and_unit_cost(
            self._node(child), self._node(officer), self._children, cost
        )
        self._arcs[arc] = (child, officer)

    def add_places(self, officer: _OfficerGroup, places: Sequence[int]) -> None:
        """`places`: how many children the officer has before taking this one, for each free place."""
        for load in sorted(set(places)):
            self._solver.add_arc_with_capacity_and_unit_cost(
                self._node(officer), self.SINK, places.count(load), load
            )

    def solve(self) -> dict[tuple[_ChildGroup, _OfficerGroup], int]:
        """How many children of each group go to each group of officers."""
        self._let_the_longest_waiting_first()
        self._solver.set_node_supply(self.SOURCE, self._children)
        self._solver.set_node_supply(self.SINK, -self._children)
        status = self._solver.solve_max_flow_with_min_cost()
        if status != self._solver.OPTIMAL:
            raise ArithmeticError(f"the matching could not be solved: {status}")
        flows = {groups: self._solver.flow(arc) for arc, groups in self._arcs.items()}
        return {groups: count for groups, count in flows.items() if count}

    def _let_the_longest_waiting_first(self) -> None:
        ranks = {
            day: rank for rank, day in enumerate(sorted({group.waiting_since for group, _ in self._waiting}))
        }
        for group, count in self._waiting:
            cost = ranks[group.waiting_since] * self._one_rank_later
            self._solver.add_arc_with_capacity_and_unit_cost(self.SOURCE, self._node(group), count, cost)

    def _node(self, group: _ChildGroup | _OfficerGroup) -> int:
        return self._nodes.setdefault(group, len(self._nodes) + 2)


def _pairs(
    flows: Mapping[tuple[_ChildGroup, _OfficerGroup], int],
    children: Mapping[_ChildGroup, Sequence[Child]],
    officers: Mapping[_OfficerGroup, Sequence[Candidate]],
) -> Iterator[Pair]:
    """Children in the order of the draw, each to the least loaded officer of the group."""
    queues = {group: iter(members) for group, members in children.items()}
    places = {group: iter(_places(members)) for group, members in officers.items()}
    for (child_group, officer_group), count in flows.items():
        for _ in range(count):
            child, (load, officer) = next(queues[child_group]), next(places[officer_group])
            yield Pair(child.id, officer.id, _reason(child, officer, load))


def _places(officers: Sequence[Candidate]) -> list[tuple[int, Candidate]]:
    places = [(load, officer) for officer in officers for load in _free_places(officer)]
    return sorted(places, key=lambda place: place[0])


def _reason(child: Child, officer: Candidate, load: int) -> str:
    language = (
        f"both speak {child.language}"
        if child.language in officer.languages
        else "no common language is free"
    )
    return f"same gender; serves the school; {language}; the officer's pal no. {load + 1}"
