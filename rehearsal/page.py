"""The page that tells a rehearsed year to somebody who has never heard of Temporal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from audit.report import AuditReport
from bluepals.domain.board import Board
from bluepals.domain.calendar import visit_day
from bluepals.domain.pairing_year import PairingYear
from bluepals.domain.program import Program
from bluepals.domain.sentences import counted
from bluepals.paper.round_bar import round_bar, round_key
from bluepals.paper.year_line import year_key, year_line
from bluepals.paper.year_words import year_list
from rehearsal.chronicle import NewOfficer, Punctuality, Rest, ShownMail, Story, Week
from rehearsal.drawings import Bar, Span, calendar_line, columns, share
from rehearsal.figures import Report
from rehearsal.workload import ReadingDay


@dataclass(frozen=True, slots=True)
class Chronicle:
    """All that the page shows. `story`: the letters of the eventful pair, if there is one."""

    program: Program
    report: Report
    audited: AuditReport
    weeks: Sequence[Week]
    punctuality: Sequence[Punctuality]
    rests: Sequence[Rest]
    board: Board
    usual: PairingYear | None
    eventful: PairingYear | None
    story: Story | None
    change: NewOfficer | None
    carried: int
    mails: Sequence[ShownMail]
    busiest: Sequence[ReadingDay]


def page(chronicle: Chronicle) -> str:
    """One file that needs nothing else."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(chronicle.program.timezone)

    def day(at: datetime) -> str:
        return f"{at.astimezone(zone):%A, %B %-d}"

    return templates.get_template("page.html").render(
        **{name: getattr(chronicle, name) for name in chronicle.__slots__},
        figures=asdict(chronicle.report),
        visit=visit_day(chronicle.program),
        year=Markup(_year(chronicle.program, chronicle.rests)),  # noqa: S704 - the drawings escape what they are given
        columns=Markup(_weeks(chronicle.weeks)),  # noqa: S704 - as above
        shares=[(one, Markup(_share(one))) for one in chronicle.punctuality],  # noqa: S704 - as above
        round_bar=round_bar,
        round_key=round_key,
        year_line=year_line,
        year_list=year_list,
        year_key=year_key,
        day=day,
        counted=counted,
    )


def _year(program: Program, rests: Sequence[Rest]) -> str:
    spans = [Span(one.first, one.last, "holiday", "no school") for one in program.year.breaks]
    for one in program.rounds:
        spans.append(Span(one.students_due, one.officers_due, "writing", f"Round {one.number}"))
        spans.append(Span(one.officers_due, one.opens_on, "read", f"Round {one.number}: read and packed"))
    visit = visit_day(program)
    spans.append(Span(visit, visit, "visit", "Visit"))
    spans += [
        Span(
            one.first,
            one.last,
            "rests",
            f"The letters of {one.school or 'all schools'} rest: {one.first} to {one.last}",
        )
        for one in rests
    ]
    words = f"The school year from {program.year.first_day} to {program.year.last_day}: {counted(len(program.rounds), 'round', 'rounds')} of letters, then the visit on {visit}."
    if rests:
        words += f" The letters rested {counted(len(rests), 'time', 'times')}."
    return calendar_line(program.year.first_day, program.year.last_day, spans, words)


def _weeks(weeks: Sequence[Week]) -> str:
    bars = [
        Bar(
            label=f"{week.begins:%b}" if week.begins.day <= 7 else "",  # the month's first Monday
            parts=[("writing", week.students_letters), ("officers", week.officers_letters)],
            title=f"Week of {week.begins:%B %-d}: {counted(week.students_letters, 'letter', 'letters')} by children, {week.officers_letters} by "
            f"officers, {week.read} read, {week.delivered} delivered, {counted(week.mails, 'mail', 'mails')}",
        )
        for week in weeks
    ]
    return columns(bars, "Letters that came in, week by week; the table below has the numbers.")


def _share(one: Punctuality) -> str:
    return share(
        [("delivered", one.on_time), ("late", one.late), ("missed", one.never)],
        f"{one.on_time} on time, {one.late} late, {one.never} never came",
    )
