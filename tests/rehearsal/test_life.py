"""What life brings is planned beforehand: the same seed, the same year, and every day one on which it can happen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bluepals.domain.calendar import SchoolCalendar, visit_day
from rehearsal import life
from rehearsal.dice import Dice
from rehearsal.life import (
    ChildDies,
    ChildLeaves,
    ChildStays,
    ChildTransfers,
    ConsentWithdrawn,
    Event,
    FamilyErases,
    LateChildren,
    LettersGoOn,
    LettersRest,
    OfficerGoes,
    SchoolsClose,
    SchoolsOpen,
    VisitCalledOff,
    VisitMoves,
)
from rehearsal.rates import LifeRates
from tests.bluepals.facts.two_schools import people, program
from tests.rehearsal.people import couple

PROGRAM = program("stl")
DAYS = SchoolCalendar.of(PROGRAM).school_days
COUPLES = [couple(f"S{number}", f"P{number}") for number in range(200)]
ALL = LifeRates(
    officer_moved=0.3,
    officer_busy=0.3,
    officer_stopped=0.1,
    consent_withdrawn=0.2,
    child_leaves=0.2,
    child_transfers=0.2,
    child_died=0.2,
    visit_moved=1,
)

CALLED_OFF = LifeRates(visit_called_off=1)


def planned(rates: LifeRates, seed: int = 1) -> Sequence[tuple[date, Event]]:
    days = life.events(PROGRAM, COUPLES, None, rates, Dice(seed))
    return [(day, event) for day, events in days.items() for event in events]


def kinds(rates: LifeRates) -> Counter[type[Event]]:
    return Counter(type(event) for _, event in planned(rates))


def test_in_a_calm_year_nothing_happens():
    assert planned(LifeRates()) == []
    roster = people("stl")
    assert life.summer(roster, LifeRates(), Dice(1)) == life.Summer(roster, None)


def test_the_same_seed_plans_the_same_year_and_another_seed_another_one():
    assert planned(ALL) == planned(ALL)
    assert planned(ALL) != planned(ALL, seed=2)


def test_people_go_by_their_rates_each_once():
    found = kinds(ALL)
    assert 110 < found[OfficerGoes] < 170
    assert all(20 < found[kind] < 60 for kind in (ConsentWithdrawn, ChildLeaves, ChildTransfers, ChildDies))


def test_everything_happens_on_a_school_day_and_nobody_goes_in_the_first_or_last_weeks():
    for day, event in planned(ALL.model_copy(update={"snow": 0.1, "closed": 1})):
        assert day in DAYS
        if isinstance(event, OfficerGoes | ConsentWithdrawn | ChildLeaves | ChildTransfers | ChildDies):
            assert DAYS[20] < day < DAYS[-20]


def test_who_leaves_by_mistake_stays_on_the_next_school_day():
    for rate, after in ((LifeRates(child_stays=1), 1), (LifeRates(consent_withdrawn=1, erased=1), 2)):
        found: dict[str, list[date]] = {}
        for day, event in planned(rate):
            assert isinstance(event, ChildLeaves | ChildStays | ConsentWithdrawn | FamilyErases)
            found.setdefault(event.student, []).append(day)
        assert len(found) == len(COUPLES)
        assert all(
            DAYS.index(last) - DAYS.index(first) == after for first, last in map(sorted, found.values())
        )


def test_an_agency_and_a_child_rest_for_two_weeks():
    rests = planned(LifeRates(agency_rests=1, pairing_rests=0.1))
    begun = {event: day for day, event in rests if isinstance(event, LettersRest)}
    ended = {event.rest: day for day, event in rests if isinstance(event, LettersGoOn)}
    assert begun.keys() == ended.keys()
    assert {rest.agency for rest in begun} == {"city", "county", None}
    assert all(0 < DAYS.index(ended[rest]) - DAYS.index(day) <= 10 for rest, day in begun.items())


def test_a_visit_that_is_called_off_has_another_day_or_none():
    for seed in range(8):
        off = {
            event.school: event for _, event in planned(CALLED_OFF, seed) if isinstance(event, VisitCalledOff)
        }
        moved = {event.school for _, event in planned(CALLED_OFF, seed) if isinstance(event, VisitMoves)}
        assert off.keys() == {"north", "south"}
        assert moved == {school for school, event in off.items() if not event.read_aloud}


def test_a_visit_moves_a_few_days_before_it():
    moves = {event.school: day for day, event in planned(ALL) if isinstance(event, VisitMoves)}
    assert moves.keys() == {"north", "south"}
    for school, day in moves.items():
        assert 3 <= (visit_day(PROGRAM, school) - day).days <= 7


def test_snow_closes_one_school_until_the_next_school_day():
    snow = planned(LifeRates(snow=0.05))
    closed = [(day, event.school) for day, event in snow if isinstance(event, SchoolsClose)]
    opened = [(day, event.school) for day, event in snow if isinstance(event, SchoolsOpen)]
    assert closed
    assert [(DAYS[DAYS.index(day) + 1], school) for day, school in closed] == opened


def test_after_two_days_of_snow_a_school_opens_before_it_closes_again():
    days = life.events(PROGRAM, COUPLES, None, LifeRates(snow=1), Dice(1))
    north = [
        event
        for event in days[DAYS[5]]
        if isinstance(event, SchoolsClose | SchoolsOpen) and event.school == "north"
    ]
    assert north == [SchoolsOpen("north"), SchoolsClose("north")]


def test_an_epidemic_closes_all_schools_in_spring_for_six_weeks():
    (closed, first), (opened, second) = planned(LifeRates(closed=1))
    assert (first, second) == (SchoolsClose(), SchoolsOpen())
    assert (opened - closed).days in range(35, 45)
    assert closed.month in (2, 3)


def test_or_for_good():
    assert [event for _, event in planned(LifeRates(closed=1, closed_for_good=1))] == [SchoolsClose()]


def test_children_who_come_late_are_not_in_the_first_roster_and_are_in_the_second():
    roster = people("stl")
    summer = life.summer(roster, LifeRates(child_late=0.5), Dice(2))
    assert summer.late is not None
    here, late = summer.roster.students, summer.late.students
    assert 0 < len(late) < len(roster.students)
    assert sorted([*here, *late], key=lambda one: one.student_id) == sorted(
        roster.students, key=lambda one: one.student_id
    )
    days = life.events(PROGRAM, COUPLES, summer.late, LifeRates(), Dice(2))
    ((day, events),) = days.items()
    assert list(events) == [LateChildren(summer.late)]
    assert (day - PROGRAM.year.first_day).days < 60


def test_a_clearance_ends_early_enough_for_another_officer_before_the_visit():
    roster = people("stl")
    ended = life.summer(roster, LifeRates(clearance_ends=1), Dice(1)).roster.officers
    assert [replace(one, cleared_until=None) for one in ended] == [
        replace(one, cleared_until=None) for one in roster.officers
    ]
    for officer in ended:
        assert officer.cleared_until is not None
        assert PROGRAM.year.first_day < officer.cleared_until
        assert (visit_day(PROGRAM) - officer.cleared_until).days > 28 + 14
