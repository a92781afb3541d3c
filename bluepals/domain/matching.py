"""Who writes to whom: same gender always, as many pairs as there can be, then the longest waiting, then a common
language, then an even load, then the draw.

Children who differ in nothing that counts are one group, and so are officers; a minimum-cost flow between the groups is
small at any size, and exact. Within a group the seed decides.

What a pair costs, in tiers of which a higher one always outweighs all lower ones of all children:

1. the rank of the child's waiting date, the longest waiting first;
2. 5 without a common language, and 3 for each child that the officer has already. So a language (5) counts for more
   than a first place instead of a second (3), but not than a first instead of a third (6): nobody has three while
   another one who could write has none;
3. the child's lot (0 to 63), so that among equals no school is the one that waits.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from bluepals.domain.people import Gender, language_name
from bluepals.domain.sentences import Sentence

CAPACITIES = (1, 2, 3)
MOST_CHILDREN = CAPACITIES[-1]
NO_COMMON_LANGUAGE = 5
ONE_CHILD_MORE = 3
DEAREST_PAIR = NO_COMMON_LANGUAGE + ONE_CHILD_MORE * (MOST_CHILDREN - 1)
LOTS = 64

Serving = Mapping[str, AbstractSet[str]]  # school -> agencies whose officers may write to its children
Avoided = AbstractSet[tuple[str, str]]  # (child, officer): pairs that a person has rejected


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
    """An officer who may be paired, with the places that are taken already: after a cut, more than the capacity."""

    id: str
    gender: Gender
    languages: frozenset[str]
    agency: str
    capacity: int
    taken: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.capacity <= MOST_CHILDREN or self.taken < 0:
            raise ValueError(
                f"an officer offers {self.capacity} places and has taken {self.taken}; "
                f"give a capacity of 0 to {MOST_CHILDREN}"
            )

    @property
    def free_places(self) -> range:
        """For each free place: how many children the officer has before taking this one."""
        return range(self.taken, self.capacity)


@dataclass(frozen=True, slots=True)
class Pair:
    child: str
    officer: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Proposal:
    """Pairs, and who waits (the longest first)."""

    pairs: tuple[Pair, ...]
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """For one gender: who is there, and the officers needed and missing if each took 1, 2 or 3 children."""

    gender: Gender
    children: int
    officers: int
    places: int
    needed: tuple[int, ...]
    missing: tuple[int, ...]


def propose(
    children: Sequence[Child], officers: Sequence[Candidate], serving: Serving, avoid: Avoided, seed: int
) -> Proposal:
    """The best pairs there can be. The same input and seed give the same proposal, in whatever order it comes."""
    _refuse_repeated("child", [child.id for child in children])
    _refuse_repeated("officer", [officer.id for officer in officers])
    child_groups = _child_groups(children, avoid, seed)
    officer_groups = _officer_groups(officers, avoid, seed)
    flow = _Flow()
    _add_children(flow, child_groups, seed)
    _add_arcs(flow, child_groups, officer_groups, serving, avoid)
    _add_places(flow, officer_groups, len(children))
    pairs = _pairs(flow.solve(len(children)), child_groups, officer_groups)
    paired = {pair.child for pair in pairs}
    waiting = (child for members in child_groups.values() for child in members if child.id not in paired)
    return Proposal(pairs, tuple(child.id for child in sorted(waiting, key=_turn(seed))))


def needs(children: Sequence[Child], officers: Sequence[Candidate], serving: Serving) -> tuple[Need, ...]:
    """What a coordinator has to ask the agencies for; rejected pairs and children of unserved schools aside."""
    return tuple(
        _need(
            gender,
            [child for child in children if child.gender is gender],
            [one for one in officers if one.gender is gender and one.capacity > 0],
            serving,
        )
        for gender in Gender
    )


def _need(gender: Gender, children: Sequence[Child], officers: Sequence[Candidate], serving: Serving) -> Need:
    schools = Counter(child.school for child in children if serving.get(child.school))
    needed, missing = [], []
    for capacity in CAPACITIES:
        places: Counter[str] = Counter()
        for one in officers:
            places[one.agency] += max(0, capacity - one.taken)
        missing.append(_officers_to_find(capacity, schools, places, serving))
        from_nothing = _officers_to_find(capacity, schools, Counter(), serving)
        needed.append(min(from_nothing, len(officers) + missing[-1]))
    return Need(
        gender=gender,
        children=len(children),
        officers=len(officers),
        places=sum(len(one.free_places) for one in officers),
        needed=tuple(needed),
        missing=tuple(missing),
    )


def _officers_to_find(
    capacity: int, schools: Mapping[str, int], places: Mapping[str, int], serving: Serving
) -> int:
    """New officers of this capacity for the children without a place, where one serves as many schools as may be."""
    children = sum(schools.values())
    reach = Counter(agency for school in schools for agency in serving[school])
    widest_first = sorted(reach, key=lambda agency: (-reach[agency], agency))
    new_place = len(reach) * children + 1  # above any sum of the ranks
    flow = _Flow()
    for school in sorted(schools):
        flow.arc(flow.SOURCE, ("school", school), schools[school])
        for agency in sorted(serving[school]):
            flow.arc(("school", school), ("agency", agency), schools[school])
    for rank, agency in enumerate(widest_first):
        flow.arc(("agency", agency), flow.SINK, places.get(agency, 0))
        flow.arc(("agency", agency), ("new", agency), children, new_place + rank)
        flow.arc(("new", agency), flow.SINK, children)
    flows = flow.solve(children)
    return sum(-(-flows[("new", agency), flow.SINK] // capacity) for agency in widest_first)


@dataclass(frozen=True)
class _ChildGroup:
    gender: Gender
    language: str
    school: str
    alone: str | None  # the id of a child with rejected pairs, who is like no other


@dataclass(frozen=True)
class _OfficerGroup:
    gender: Gender
    languages: frozenset[str]
    agency: str
    alone: str | None


_ChildGroups = Mapping[_ChildGroup, Sequence[Child]]
_OfficerGroups = Mapping[_OfficerGroup, Sequence[Candidate]]


def _child_groups(children: Iterable[Child], avoid: Avoided, seed: int) -> _ChildGroups:
    """Each group's children in the order in which their turn comes."""
    alone = {child for child, _ in avoid}
    groups: dict[_ChildGroup, list[Child]] = defaultdict(list)
    for child in sorted(children, key=_turn(seed)):
        single = child.id if child.id in alone else None
        groups[_ChildGroup(child.gender, child.language, child.school, single)].append(child)
    return groups


def _officer_groups(officers: Iterable[Candidate], avoid: Avoided, seed: int) -> _OfficerGroups:
    alone = {officer for _, officer in avoid}
    groups: dict[_OfficerGroup, list[Candidate]] = defaultdict(list)
    for officer in sorted(officers, key=lambda officer: _draw(seed, officer.id)):
        single = officer.id if officer.id in alone else None
        groups[_OfficerGroup(officer.gender, officer.languages, officer.agency, single)].append(officer)
    return groups


def _turn(seed: int) -> Callable[[Child], tuple[date, bytes]]:
    return lambda child: (child.waiting_since, _draw(seed, child.id))


def _draw(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}/{name}".encode()).digest()


def _lot(seed: int, name: str) -> int:
    return _draw(seed, name)[0] * LOTS // 256


def _refuse_repeated(kind: str, ids: Sequence[str]) -> None:
    if repeated := len(ids) - len(set(ids)):  # Said without the ids: they are people's.
        raise ValueError(f"{kind} ids are repeated {repeated} times; give each one once")


class _Flow:
    """A network between any two hashable nodes, from SOURCE to SINK."""

    SOURCE, SINK = "source", "sink"

    def __init__(self) -> None:
        self._solver = SimpleMinCostFlow()
        self._nodes: dict[Hashable, int] = {self.SOURCE: 0, self.SINK: 1}
        self._arcs: list[tuple[Hashable, Hashable]] = []

    def arc(self, tail: Hashable, head: Hashable, capacity: int, cost: int = 0) -> None:
        self._solver.add_arc_with_capacity_and_unit_cost(self._node(tail), self._node(head), capacity, cost)
        self._arcs.append((tail, head))

    def solve(self, units: int) -> Counter[tuple[Hashable, Hashable]]:
        """As many of the units as can flow, at the least cost: how many flow between two nodes."""
        flows: Counter[tuple[Hashable, Hashable]] = Counter()
        if not self._arcs:
            return flows
        self._solver.set_node_supply(self._nodes[self.SOURCE], units)
        self._solver.set_node_supply(self._nodes[self.SINK], -units)
        status = self._solver.solve_max_flow_with_min_cost()
        if status != self._solver.OPTIMAL:
            raise ArithmeticError(f"the matching could not be solved: {status.name}")
        for number, ends in enumerate(self._arcs):
            flows[ends] += self._solver.flow(number)
        return flows

    def _node(self, node: Hashable) -> int:
        return self._nodes.setdefault(node, len(self._nodes))


def _add_children(flow: _Flow, groups: _ChildGroups, seed: int) -> None:
    """Of a group the cheapest go first, and they are the first in turn."""
    days = sorted({child.waiting_since for members in groups.values() for child in members})
    ranks = {day: rank for rank, day in enumerate(days)}
    children = sum(map(len, groups.values()))
    one_rank = _pair_unit(children) * (DEAREST_PAIR * children + 1)
    for group, members in groups.items():
        costs = Counter(ranks[child.waiting_since] * one_rank + _lot(seed, child.id) for child in members)
        for cost, count in costs.items():
            flow.arc(flow.SOURCE, group, count, cost)


def _add_arcs(
    flow: _Flow, child_groups: _ChildGroups, officer_groups: _OfficerGroups, serving: Serving, avoid: Avoided
) -> None:
    without_language = NO_COMMON_LANGUAGE * _pair_unit(sum(map(len, child_groups.values())))
    for child, members in child_groups.items():
        agencies = serving.get(child.school, frozenset())
        for officer in officer_groups:
            if child.gender is not officer.gender or officer.agency not in agencies:
                continue
            if (child.alone, officer.alone) not in avoid:
                cost = 0 if child.language in officer.languages else without_language
                flow.arc(child, officer, len(members), cost)


def _add_places(flow: _Flow, groups: _OfficerGroups, children: int) -> None:
    for group, members in groups.items():
        loads = Counter(load for officer in members for load in officer.free_places)
        for load, count in sorted(loads.items()):
            flow.arc(group, flow.SINK, count, load * ONE_CHILD_MORE * _pair_unit(children))


def _pair_unit(children: int) -> int:
    """Above the lots of all children together."""
    return LOTS * children


def _pairs(
    flows: Mapping[tuple[Hashable, Hashable], int], children: _ChildGroups, officers: _OfficerGroups
) -> tuple[Pair, ...]:
    """Children in turn, each to the least loaded officer of the group."""
    queues = {group: iter(members) for group, members in children.items()}
    places = {group: iter(_places(members)) for group, members in officers.items()}
    pairs = []
    for (child_group, officer_group), count in flows.items():
        if child_group in queues and officer_group in places:
            for _ in range(count):
                child, (load, officer) = next(queues[child_group]), next(places[officer_group])
                pairs.append(Pair(child.id, officer.id, _reason(child, officer, load)))
    return tuple(pairs)


def _places(officers: Sequence[Candidate]) -> list[tuple[int, Candidate]]:
    places = [(load, officer) for officer in officers for load in officer.free_places]
    return sorted(places, key=lambda place: place[0])


def _reason(child: Child, officer: Candidate, load: int) -> Sentence:
    if child.language not in officer.languages:
        return Sentence(
            "same gender; serves the school; no common language is free; the officer's pal no. {place}",
            place=load + 1,
        )
    return Sentence(
        "same gender; serves the school; both speak {language}; the officer's pal no. {place}",
        language=language_name(child.language),
        place=load + 1,
    )
