"""Virtual clocks only move forward: a year that has begun already is played some weeks later, weekdays kept."""

from dataclasses import replace
from datetime import date, timedelta

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.people import Student
from bluepals.domain.program import Break, Program
from bluepals.facts.roster import Roster

A_YEAR_OF_WEEKS = timedelta(weeks=52)
LEAD = timedelta(days=14)


def weeks_later(program: Program, today: date) -> timedelta:
    """How much later the year has to be played: nothing, or whole years of 52 weeks."""
    shift = timedelta(0)
    while program.year.first_day + shift - LEAD <= today:
        shift += A_YEAR_OF_WEEKS
    return shift


def shifted(roster: Roster, by: timedelta) -> Roster:
    """The same year `by` later: its holidays become days off, so that every school day stays one."""
    if not by:
        return roster
    program = roster.program
    year, visit = program.year, program.visit
    calendar = SchoolCalendar.of(program)
    days_off = tuple(
        Break(day + by, day + by)
        for number in range((year.last_day - year.first_day).days + 1)
        for day in (year.first_day + timedelta(days=number),)
        if not calendar.is_school_day(day)
    )
    moved = replace(
        program,
        holidays=None,
        year=replace(year, first_day=year.first_day + by, last_day=year.last_day + by, breaks=days_off),
        rounds=tuple(
            replace(
                one,
                students_due=one.students_due + by,
                officers_due=one.officers_due + by,
                opens_on=one.opens_on + by,
            )
            for one in program.rounds
        ),
        visit=replace(visit, start=visit.start + by, end=visit.end + by),
    )
    return replace(
        roster,
        program=moved,
        students=[_later(one, by) for one in roster.students],
        officers=[
            replace(one, cleared_until=one.cleared_until and one.cleared_until + by)
            for one in roster.officers
        ],
        follow_on=[replace(one, begins=one.begins + by, ends=one.ends + by) for one in roster.follow_on],
    )


def _later(child: Student, by: timedelta) -> Student:
    further = child.further_consents
    return replace(
        child,
        consent=child.consent and child.consent + by,
        further_consents=further and tuple((scope, day + by) for scope, day in further),
    )
