"""Who writes to whom, who waits, and whom the agencies should find."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from bluepals.domain.matching import (
    Avoided,
    Candidate,
    Child,
    Need,
    Proposal,
    Serving,
    needs,
    propose,
)
from bluepals.domain.people import Gender

FEMALE, MALE = Gender.FEMALE, Gender.MALE
ENGLISH, SPANISH = frozenset({"en"}), frozenset({"es"})
AUGUST = date(2026, 8, 17)
SERVING: Serving = {"north": frozenset({"city"})}


def child(name: str, gender: Gender = FEMALE, language: str = "en", waited: int = 0, school: str = "north"):
    return Child(name, gender, language, school, AUGUST - timedelta(days=waited))


def officer(
    name: str, gender: Gender = FEMALE, languages: frozenset[str] = ENGLISH, capacity: int = 1, **more
):
    return Candidate(name, gender, languages, more.pop("agency", "city"), capacity, **more)


def pals(proposal: Proposal) -> dict[str, str]:
    return {pair.child: pair.officer for pair in proposal.pairs}


@dataclass(frozen=True)
class Case:
    children: tuple[Child, ...]
    officers: tuple[Candidate, ...]
    serving: Serving
    avoid: Avoided

    def propose(self, seed: int = 0) -> Proposal:
        return propose(self.children, self.officers, self.serving, self.avoid, seed)

    def may_write(self, one: Child, to: Candidate) -> bool:
        return (
            one.gender is to.gender
            and to.agency in self.serving[one.school]
            and (one.id, to.id) not in self.avoid
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    agencies = ["city", "county", "park"]
    serving = {
        school: draw(st.frozensets(st.sampled_from(agencies))) for school in ("north", "south", "west")
    }
    children = draw(
        st.lists(
            st.builds(
                Child,
                id=st.just(""),
                gender=st.sampled_from(Gender),
                language=st.sampled_from(["en", "es", "vi"]),
                school=st.sampled_from(sorted(serving)),
                waiting_since=st.dates(AUGUST, AUGUST + timedelta(days=3)),
            ),
            max_size=12,
        )
    )
    officers = draw(
        st.lists(
            st.builds(
                Candidate,
                id=st.just(""),
                gender=st.sampled_from(Gender),
                languages=st.frozensets(st.sampled_from(["en", "es"]), min_size=1),
                agency=st.sampled_from(agencies),
                capacity=st.integers(0, 3),
                taken=st.integers(0, 3),
            ),
            max_size=8,
        )
    )
    named_children = tuple(replace(one, id=f"c{number}") for number, one in enumerate(children))
    named_officers = tuple(replace(one, id=f"o{number}") for number, one in enumerate(officers))
    every_pair = [(one.id, to.id) for one in named_children for to in named_officers]
    avoid = draw(st.frozensets(st.sampled_from(every_pair), max_size=6)) if every_pair else frozenset()
    return Case(named_children, named_officers, serving, avoid)


# Rules that hold in every program


@given(cases())
@settings(max_examples=50)
def test_nobody_is_paired_across_genders_or_agencies_or_again_with_a_rejected_pal(case):
    children = {one.id: one for one in case.children}
    officers = {one.id: one for one in case.officers}
    for name, pal in pals(case.propose()).items():
        assert case.may_write(children[name], officers[pal])


@given(cases())
@settings(max_examples=50)
def test_every_child_is_paired_once_or_waits(case):
    proposal = case.propose()
    names = [pair.child for pair in proposal.pairs] + list(proposal.waiting)
    assert sorted(names) == sorted(one.id for one in case.children)


@given(cases())
@settings(max_examples=50)
def test_no_officer_is_given_more_than_the_free_places(case):
    given_to = Counter(pals(case.propose()).values())
    for one in case.officers:
        assert given_to[one.id] <= max(0, one.capacity - one.taken)


@given(cases())
@settings(max_examples=150)
def test_the_proposal_is_as_good_as_an_assignment_of_single_places(case):
    """By count, then by waiting, then by language and load: scipy finds nothing better."""
    assert worth(case, pals(case.propose())) == worth(case, best_by_scipy(case))


@given(cases())
@settings(max_examples=150)
def test_nobody_has_three_while_another_who_could_write_has_none(case):
    proposed = pals(case.propose())
    loads = Counter(proposed.values())
    for one in case.officers:
        loads[one.id] += one.taken
    children = {one.id: one for one in case.children}
    for name, pal in proposed.items():
        idle = [one for one in case.officers if one.capacity and not loads[one.id]]
        assert loads[pal] < 3 or not any(case.may_write(children[name], one) for one in idle)


@given(cases(), st.integers(0, 3), st.randoms())
def test_the_same_seed_gives_the_same_proposal_in_whatever_order_people_come(case, seed, shuffler):
    children, officers = list(case.children), list(case.officers)
    shuffler.shuffle(children)
    shuffler.shuffle(officers)
    assert propose(children, officers, case.serving, case.avoid, seed) == case.propose(seed)


@given(cases(), st.sampled_from(Gender), st.sampled_from(["city", "county", "park"]))
def test_one_officer_more_takes_a_pal_from_nobody(case, gender, agency):
    newcomer = officer("new", gender, agency=agency, capacity=1)
    more = replace(case, officers=(*case.officers, newcomer))
    before, after = case.propose(), more.propose()
    assert len(before.pairs) <= len(after.pairs) <= len(before.pairs) + 1


def worth(case: Case, pairs: dict[str, str]) -> tuple[int, int, int]:
    """How many pairs, how late they came, and what they cost; the last two are better if smaller."""
    children = {one.id: one for one in case.children}
    officers = {one.id: one for one in case.officers}
    late = sum((children[name].waiting_since - AUGUST).days for name in pairs)
    strangers = sum(children[name].language not in officers[pal].languages for name, pal in pairs.items())
    counts = Counter(pairs.values())
    load = sum(officers[pal].taken + n for pal, count in counts.items() for n in range(count))
    return len(pairs), late, 5 * strangers + 3 * load


def best_by_scipy(case: Case) -> dict[str, str]:
    places = [(one, load) for one in case.officers for load in range(one.taken, one.capacity)]
    if not places or not case.children:
        return {}
    waits = 1_000_000
    costs = np.full((len(case.children), len(places) + len(case.children)), waits)
    for row, one in enumerate(case.children):
        for column, (to, load) in enumerate(places):
            if case.may_write(one, to):
                late = (one.waiting_since - AUGUST).days
                costs[row, column] = 1000 * late + 5 * (one.language not in to.languages) + 3 * load
    rows, columns = linear_sum_assignment(costs)
    return {
        case.children[row].id: places[column][0].id
        for row, column in zip(rows, columns, strict=True)
        if costs[row, column] < waits
    }


# Priorities, one at a time


def test_the_longest_waiting_are_paired_first_and_the_others_are_named_in_their_turn():
    children = [child("today"), child("week", waited=7), child("month", waited=30), child("day", waited=1)]
    proposal = propose(children, [officer("o1"), officer("o2")], SERVING, frozenset(), 1)
    assert set(pals(proposal)) == {"month", "week"}
    assert proposal.waiting == ("day", "today")


def test_as_many_pairs_as_can_be_count_for_more_than_who_waits_longest():
    serving = {"north": frozenset({"city", "county"}), "south": frozenset({"city"})}
    children = [child("oldest", waited=30), child("south", school="south")]
    officers = [officer("city", agency="city"), officer("county", languages=SPANISH, agency="county")]
    proposal = propose(children, officers, serving, frozenset(), 1)
    assert pals(proposal) == {"oldest": "county", "south": "city"}


def test_waiting_counts_for_more_than_a_language():
    children = [child("spanish", language="es", waited=1), child("english")]
    proposal = propose(children, [officer("o")], SERVING, frozenset(), 1)
    assert pals(proposal) == {"spanish": "o"}


def test_a_language_counts_for_more_than_a_first_place_instead_of_a_second():
    children = [child("a", language="es"), child("b", language="es")]
    officers = [officer("speaks", languages=ENGLISH | SPANISH, capacity=2), officer("free")]
    assert set(pals(propose(children, officers, SERVING, frozenset(), 1)).values()) == {"speaks"}


def test_a_third_child_goes_to_an_officer_who_has_none_whatever_the_language():
    children = [child(name, language="es") for name in "abc"]
    officers = [officer("speaks", languages=SPANISH, capacity=3), officer("free")]
    loads = Counter(pals(propose(children, officers, SERVING, frozenset(), 1)).values())
    assert loads == {"speaks": 2, "free": 1}


def test_the_load_is_spread_with_what_officers_have_already():
    officers = [officer("busy", capacity=3, taken=1), officer("free", capacity=3)]
    children = [child(f"c{number}") for number in range(3)]
    loads = Counter(pals(propose(children, officers, SERVING, frozenset(), 1)).values())
    assert loads == {"free": 2, "busy": 1}


def test_another_seed_draws_other_pairs_of_the_same_worth():
    children = [child(f"c{number}") for number in range(12)]
    officers = [officer(f"o{number}") for number in range(12)]
    drawn = {
        tuple(sorted(pals(propose(children, officers, SERVING, frozenset(), s)).items())) for s in range(5)
    }
    assert len(drawn) == 5


def test_people_who_differ_in_nothing_are_drawn_by_the_seed_not_by_their_order():
    children = [child(f"c{number}") for number in range(12)]
    officers = [officer(f"o{number}") for number in range(10)]
    proposal = propose(children, officers, SERVING, frozenset(), 1)
    assert propose(children[::-1], officers[::-1], SERVING, frozenset(), 1) == proposal


def test_among_equals_no_school_is_the_one_that_waits():
    serving = {school: frozenset({"city"}) for school in ("north", "south")}
    children = [child(f"{school}{n}", school=school) for school in serving for n in range(60)]
    officers = [officer(f"o{number}") for number in range(60)]
    waiting = Counter(name[:5] for name in propose(children, officers, serving, frozenset(), 1).waiting)
    assert min(waiting["north"], waiting["south"]) > 15


def test_a_rejected_pair_is_matched_again_with_somebody_else():
    children, officers = [child("a"), child("b")], [officer("x"), officer("y")]
    first = pals(propose(children, officers, SERVING, frozenset(), 1))
    second = pals(propose(children, officers, SERVING, frozenset({("a", first["a"])}), 1))
    assert second == {"a": first["b"], "b": first["a"]}


def test_the_reason_names_nobody():
    children = [child("a", language="es"), child("b", language="es", waited=1)]
    officers = [officer("x", languages=SPANISH, capacity=2)]
    assert [pair.reason for pair in propose(children, officers, SERVING, frozenset(), 1).pairs] == [
        "same gender; serves the school; both speak Spanish; the officer's pal no. 1",
        "same gender; serves the school; both speak Spanish; the officer's pal no. 2",
    ]
    (alone,) = propose(children[:1], [officer("x")], SERVING, frozenset(), 1).pairs
    assert "no common language is free" in alone.reason


@pytest.mark.parametrize(("children", "officers"), [([], []), ([child("a")], []), ([], [officer("x")])])
def test_nobody_on_a_side_means_nobody_is_paired(children, officers):
    proposal = propose(children, officers, SERVING, frozenset(), 1)
    assert proposal == Proposal((), tuple(one.id for one in children))


def test_a_person_who_comes_twice_is_refused():
    with pytest.raises(ValueError, match="child ids are repeated 1 times"):
        propose([child("a"), child("a", waited=1)], [], SERVING, frozenset(), 1)
    with pytest.raises(ValueError, match="officer ids are repeated 1 times"):
        propose([], [officer("x"), officer("x")], SERVING, frozenset(), 1)


# Rows of docs/faults.md


def forty_girls_and_twenty_two_boys() -> tuple[list[Child], list[Candidate]]:
    girls = [child(f"g{n}", waited=n % 20) for n in range(40)]
    boys = [child(f"b{n}", MALE) for n in range(22)]
    women = [officer(f"w{n}") for n in range(30)]
    men = [officer(f"m{n}", MALE) for n in range(30)]
    return girls + boys, women + men


def test_fault_7_no_officer_of_that_gender_is_left():
    children, officers = forty_girls_and_twenty_two_boys()
    proposal = propose(children, officers, SERVING, frozenset(), 7)
    assert len(proposal.pairs) == 52
    assert all((pair.child[0], pair.officer[0]) in {("g", "w"), ("b", "m")} for pair in proposal.pairs)
    assert len(proposal.waiting) == 10
    assert set(proposal.waiting) == {f"g{n}" for n in range(40) if n % 20 < 5}


def test_fault_7_a_new_officer_is_given_the_longest_waiting():
    children, officers = forty_girls_and_twenty_two_boys()
    first = propose(children, officers, SERVING, frozenset(), 7)
    left = [one for one in children if one.id in first.waiting]
    assert first.waiting[0] in {"g4", "g24"}, "of those who wait they came first, four days ago"
    filled = [replace(one, taken=1) for one in officers]
    later = propose(left, [*filled, officer("new")], SERVING, frozenset(), 7)
    assert pals(later) == {first.waiting[0]: "new"}
    assert later.waiting == first.waiting[1:]


def test_fault_7_the_report_says_how_many_are_missing():
    children, officers = forty_girls_and_twenty_two_boys()
    assert needs(children, officers, SERVING) == (
        Need(FEMALE, children=40, officers=30, places=30, needed=(40, 20, 14), missing=(10, 0, 0)),
        Need(MALE, children=22, officers=30, places=30, needed=(22, 11, 8), missing=(0, 0, 0)),
    )


def test_fault_8_a_capacity_of_zero_gets_nobody():
    proposal = propose([child("a")], [officer("x", capacity=0)], SERVING, frozenset(), 1)
    assert proposal == Proposal((), ("a",))


@pytest.mark.parametrize("capacity", [-1, 4, 10**9])
def test_fault_8_a_capacity_out_of_bounds_is_refused(capacity):
    with pytest.raises(ValueError, match=f"an officer offers {capacity} places .* a capacity of 0 to 3"):
        officer("x", capacity=capacity)


def test_fault_8_a_cut_below_the_present_pairs_gives_no_more():
    proposal = propose([child("a")], [officer("x", capacity=1, taken=3)], SERVING, frozenset(), 1)
    assert proposal == Proposal((), ("a",))


# Needs


def test_officers_are_missing_where_they_serve_even_when_there_are_enough_in_all():
    serving = {"north": frozenset({"city"}), "south": frozenset({"county"})}
    children = [child(f"n{n}") for n in range(10)] + [child(f"s{n}", school="south") for n in range(2)]
    officers = [officer(f"c{n}") for n in range(4)] + [officer(f"k{n}", agency="county") for n in range(8)]
    (women, _) = needs(children, officers, serving)
    assert (women.needed, women.officers, women.missing) == ((12, 6, 5), 12, (6, 1, 0))


def test_one_child_left_at_each_of_two_agencies_needs_two_officers():
    serving = {"north": frozenset({"city"}), "south": frozenset({"county"})}
    (women, _) = needs([child("a"), child("b", school="south")], [], serving)
    assert women.missing == (2, 2, 2)


def test_an_officer_who_serves_both_schools_is_enough_for_one_child_of_each():
    serving = {"north": frozenset({"a-city", "county"}), "south": frozenset({"county", "park"})}
    (women, _) = needs([child("a"), child("b", school="south")], [], serving)
    assert women.missing == (2, 1, 1)


def test_an_officer_who_offers_no_place_is_not_there():
    (women, _) = needs([child("a")], [officer("x", capacity=0)], SERVING)
    assert (women.officers, women.missing) == (0, (1, 1, 1))


@given(cases(), st.integers(1, 3))
@settings(max_examples=100)
@example(Case((), (), {"north": frozenset()}, frozenset()), 1)
def test_nobody_is_missing_exactly_when_all_could_be_paired_at_that_capacity(case, capacity):
    served = tuple(one for one in case.children if case.serving[one.school])
    asked = tuple(replace(one, capacity=capacity) for one in case.officers if one.capacity)
    waiting = replace(case, children=served, officers=asked, avoid=frozenset()).propose().waiting
    missing = sum(need.missing[capacity - 1] for need in needs(case.children, case.officers, case.serving))
    assert (missing == 0) == (not waiting)
    assert -(-len(waiting) // capacity) <= missing <= len(waiting)


def test_no_more_officers_are_needed_than_would_be_enough():
    serving = {
        "north": frozenset({"city", "county"}),
        "south": frozenset({"city"}),
        "west": frozenset({"county"}),
    }
    children = [child("n"), child("s", school="south"), child("t", school="south"), child("w", school="west")]
    (women, _) = needs(children, [officer("x"), officer("y", agency="county")], serving)
    assert (women.needed[1], women.missing[1]) == (2, 0)


# Size


def test_a_thousand_children_are_matched_and_what_is_short_is_named():
    serving = {f"school{n}": frozenset({f"agency{n % 3}", "county"}) for n in range(8)}
    languages = ["en", "en", "en", "es"]
    children = [
        Child(
            f"c{n}", list(Gender)[n % 2], languages[n % 4], f"school{n % 8}", AUGUST + timedelta(days=n % 30)
        )
        for n in range(1000)
    ]
    agencies = ["agency0", "agency1", "agency2", "county"]
    officers = [
        Candidate(f"o{n}", list(Gender)[n % 2], ENGLISH | SPANISH, agencies[n // 2 % 4], 1 + n % 3)
        for n in range(360)
    ]
    proposal = propose(children, officers, serving, frozenset({("c1", "o1"), ("c2", "o2")}), 3)
    assert len(proposal.pairs) == sum(one.capacity for one in officers) == 720
    assert len(proposal.waiting) == 280
