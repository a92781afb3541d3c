"""The page that tells a rehearsed year: it needs nothing else, and shows what people wrote without running it."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from uuid import UUID

import pytest

from audit.report import AuditReport, Check, Finding
from bluepals.domain.board import SchoolRound, SideCount
from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind
from bluepals.facts.board import board_of
from rehearsal.chronicle import Moment, NewOfficer, Punctuality, Rest, ShownMail, Story, Week
from rehearsal.figures import LetterFigures, MailFigures, Report, VisitFigures
from rehearsal.page import Chronicle, page
from rehearsal.workload import ReadingDay
from tests.bluepals.facts.two_schools import program
from tests.bluepals.paper.pairing_years import a_letter, a_year

NAUGHTY = """<script>alert("x")</script> & <img src=x onerror='y'>"""

REPORT = Report(
    program_years=2,
    students=4,
    officers=6,
    pairings=4,
    waiting=0,
    cross_gender=0,
    letters=LetterFigures(submitted=9, returned=2, approved=2, delivered=2, late=1, missed=4, stock=2),
    delivered_unapproved=0,
    mails=MailFigures(sent=30, unknown=0, duplicates=0, misaddressed=0),
    visits=VisitFigures(invited=4, attended=3),
    paused_days=32,
    new_officers=1,
    transfers=2,
    withdrawals=1,
    cases=3,
    held=2,
    declined=1,
    taken_back=1,
    rests=1,
    visits_called_off=1,
    erased=1,
    survey_answers=5,
    personal_data_in_histories=0,
    virtual_days=270,
    seconds=60,
)
KEPT = Check("same gender", "each pairing is of one gender", 4, ())
BROKEN = Check("mailed once", "each mail went once", 30, (Finding("twice", "m-1", "Mail m-1 went twice."),))
READER = UUID(int=1)


def moment(day: int, sentence: str, text: str | None = None) -> Moment:
    return Moment(datetime(2026, 9, day, 2, tzinfo=UTC), "written" if text else "decided", sentence, text)


COUNT = SideCount(of=4, written=3, read=2, released=1, late=1, missing=1, stock=1)
USUAL = a_year([a_letter(Kind.DELIVERED, Side.STUDENT)])
YEAR = Chronicle(
    program=program("stl"),
    report=REPORT,
    audited=AuditReport("stl", (KEPT,), histories=12, histories_gone=(), payloads=100),
    weeks=[Week(date(2026, 9, 7), students_letters=5, officers_letters=3, read=8, delivered=7, mails=12)],
    punctuality=[Punctuality("North School", "student", on_time=3, late=1, never=0)],
    rests=[
        Rest(date(2026, 12, 3), date(2026, 12, 4), "North School"),
        Rest(date(2027, 3, 12), date(2027, 4, 23), None),
    ],
    change=NewOfficer(
        "Cleo", "Petra", "Rita", "South School", [moment(12, "Petra could take part no longer.")]
    ),
    carried=0,
    board=board_of([SchoolRound("north", "North School", 1, None, COUNT, COUNT)]),
    usual=USUAL,
    eventful=replace(USUAL, student="Ben", officer="Omar"),
    story=Story(
        UUID(int=2),
        "Ana",
        "Olga",
        "North School",
        [moment(10, "Ana wrote.", "Hi!"), moment(11, "It was read.")],
    ),
    mails=[ShownMail("dana@pd.example", "A letter waits", "<p>A letter waits.</p>", "A letter waits.")],
    busiest=[ReadingDay(date(2026, 9, 21), READER, 30)],
)


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags(year: Chronicle) -> list[tuple[str, dict[str, str | None]]]:
    return Tags(page(year)).seen


def naughty() -> Chronicle:
    """Whatever people or rosters can put into it."""
    assert YEAR.story is not None
    return replace(
        YEAR,
        program=replace(YEAR.program, name=NAUGHTY),
        punctuality=[replace(YEAR.punctuality[0], school=NAUGHTY)],
        story=replace(
            YEAR.story,
            student=NAUGHTY,
            officer=NAUGHTY,
            school=NAUGHTY,
            moments=[moment(10, NAUGHTY, NAUGHTY)],
        ),
        rests=[Rest(date(2026, 12, 3), date(2026, 12, 4), NAUGHTY)],
        board=board_of([SchoolRound("north", NAUGHTY, 1, None, COUNT, COUNT)]),
        usual=replace(USUAL, student=NAUGHTY, officer=NAUGHTY),
        eventful=replace(USUAL, student=NAUGHTY, officer=NAUGHTY),
        change=NewOfficer(NAUGHTY, NAUGHTY, NAUGHTY, NAUGHTY, [moment(10, NAUGHTY)]),
        mails=[ShownMail(NAUGHTY, NAUGHTY, NAUGHTY, NAUGHTY)],
    )


def test_what_people_wrote_is_shown_as_they_wrote_it_and_not_run():
    text = page(naughty())
    assert "<script" not in text
    assert "<img" not in text
    assert (
        f'<div class="letter">{html.escape(NAUGHTY).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")}</div>'
        in text
    )


def test_a_mails_own_html_is_shown_in_a_frame_that_runs_nothing():
    (frame,) = [attributes for tag, attributes in tags(naughty()) if tag == "iframe"]
    assert frame == {"sandbox": None, "title": NAUGHTY, "srcdoc": NAUGHTY}


def test_the_page_is_one_file_that_fetches_nothing():
    seen = tags(YEAR)
    assert not {"script", "link", "img", "base", "object"} & {tag for tag, _ in seen}
    assert not [attributes for _, attributes in seen if {"src", "href"} & attributes.keys()]
    assert not re.search(r"url\(|@import", page(YEAR))


def test_every_drawing_says_in_words_what_it_shows():
    drawings = [
        attributes for tag, attributes in tags(YEAR) if tag == "svg" and attributes.get("role") == "img"
    ]
    words = [str(attributes["aria-label"]) for attributes in drawings if "aria-label" in attributes]
    assert words[0].startswith(
        "The school year from 2026-08-24 to 2027-05-21: 2 rounds of letters, then the visit"
    )
    assert "3 on time, 1 late, 0 never came" in words
    named = re.findall(r'<svg class="(?:year-line|round-bar)"[^>]*><title>([^<]*)</title>', page(YEAR))
    assert [name.partition(".")[0] for name in named] == [
        "Round 1, North School",
        "The year of Ana and Olga",
        "The year of Ben and Omar",
    ]
    assert len(words) + len(named) == len(drawings)


def test_the_usual_pairs_year_is_told_in_words_too():
    assert "Ana&#39;s letter of round 1 was released to Olga.</li>" in page(YEAR)


def test_a_round_that_a_school_has_left_out_is_told_as_such():
    rounds = [
        SchoolRound("north", "North School", 1, None, COUNT, COUNT),
        SchoolRound("south", "South School", 2, None, COUNT, COUNT),
    ]
    assert page(replace(YEAR, board=board_of(rounds))).count(">left out</td>") == 2


def test_the_year_s_numbers_are_in_it():
    text = page(YEAR)
    for told in (
        "<b>4</b> pairs of a child and an officer",
        "<b>9</b> letters handed in",
        "<b>3</b> of 4 children met their own officer",
    ):
        assert told in text
    assert "270 days in 60 seconds" in text


def test_what_happened_is_told_in_numbers_and_by_one_childs_two_officers():
    text = page(YEAR)
    for told in (
        "<b>32</b> school days",
        "<b>1</b> child got another officer",
        "<b>2</b> children changed schools",
        "<b>1</b> family changed its mind",
        "<b>3</b> times a letter worried someone",
        "<b>2</b> letters were held",
        "<b>1</b> pair was declined",
        "<b>1</b> end was a mistake and taken back",
        "<b>1</b> rest of an agency",
        "<b>1</b> visit was called off",
        "<b>1</b> family wanted nothing to be kept",
        "<b>5</b> officers and teachers said how the year was",
        "How Cleo got another officer",
        "First Petra, then Rita",
    ):
        assert told in text


def test_pairs_that_go_on_next_year_are_told_of_when_there_are_any():
    assert "go on next year" not in page(YEAR)
    assert "3 pairs go on next year" in page(replace(YEAR, carried=3))


def test_the_timeline_shows_when_letters_rested_and_where():
    text = page(YEAR)
    assert "<title>The letters of North School rest: 2026-12-03 to 2026-12-04</title>" in text
    assert "<title>The letters of all schools rest: 2027-03-12 to 2027-04-23</title>" in text
    assert "The letters rested 2 times." in text


def test_moments_are_told_on_the_day_that_it_was_at_the_school():
    assert "<time>Wednesday, September 9</time><br>Ana wrote." in page(YEAR), "two at night in Greenwich"


def test_only_a_moment_with_a_letter_can_be_unfolded():
    assert page(YEAR).count("<summary>Read it</summary>") == 1


def test_a_rule_that_was_kept_and_one_that_was_broken_look_different():
    both = replace(YEAR, audited=replace(YEAR.audited, checks=(KEPT, BROKEN)))
    rows = re.findall(
        r'<th scope="row">([^<]*)</th><td class="number" [^>]*>\d+</td><td [^>]*class="(good|bad)">(\w+)</td>',
        page(both),
    )
    assert rows == [(KEPT.claim, "good", "never"), (BROKEN.claim, "bad", "1")]


@pytest.mark.parametrize(("letters", "warned"), [(30, False), (31, True)])
def test_a_day_with_more_letters_than_one_person_can_read_well_is_pointed_out(letters: int, warned: bool):
    text = page(replace(YEAR, busiest=[ReadingDay(date(2026, 9, 21), READER, letters)]))
    assert f"in a day: {letters} letters, on September 21" in text
    assert ("That is more than the 30 which one person can do well" in text) is warned


def test_a_year_in_which_nothing_happened_can_be_told():
    nothing = replace(
        YEAR,
        weeks=[],
        punctuality=[],
        rests=[],
        change=None,
        board=board_of([]),
        usual=None,
        eventful=None,
        story=None,
        mails=[],
        busiest=[],
    )
    assert "year-line" not in page(nothing).partition("<body>")[2]
    assert "Round by round" not in page(nothing)
    assert "got another officer</h3>" not in page(nothing)
    assert "rest:" not in page(nothing)
    assert "The most that one moderator had to read" not in page(nothing)
