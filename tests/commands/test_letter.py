"""letter: handed in, listed, read and decided about; each draft once."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from commands.shell import Exit
from tests.commands.starter_line import COORDINATOR, MODERATOR, NO_UUID, NOBODY, TEACHER, StarterLine, until
from tests.desk.town import photo, scan

LETTER = "Dear pal, my dog can open doors."
BY = ("--by", MODERATOR)
REASONS = ("--reason", "It names the street.", "--reason-for-child", "Please leave out your street.")

Place = tuple[str, int]


class Desk:
    """Letters of the program `paired`, by the commands alone."""

    def __init__(self, starter: StarterLine, program: str) -> None:
        self.starter, self.program = starter, program

    def submission(self, place: Place, *, side: str = "student", by: str = TEACHER) -> tuple[object, ...]:
        pairing, number = place
        return ("letter", "submit", self.program, pairing, "--round", number, "--side", side, "--by", by)

    def hands_in(self, place: Place, text: str | bytes = LETTER, *more: object) -> dict[str, Any]:
        draft: dict[str, Any] = self.starter.answers(*self.submission(place), *more, typed=text)
        return draft

    def decision(
        self, draft: dict[str, Any], verdict: str, *, by: str = MODERATOR, hash_: str | None = None
    ) -> tuple[object, ...]:
        named = hash_ or draft["hash"]
        return ("letter", "decide", self.program, draft["draft"], verdict, "--by", by, "--hash", named)

    def waiting(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.starter.answers("letter", "waiting", self.program)
        return found

    def waits(self, draft: dict[str, Any]) -> bool:
        return draft["draft"] in [one["draft_id"] for one in self.waiting()]

    def state(self, place: Place) -> str:
        """What became of the child's letter."""
        pairing, number = place
        rounds = self.starter.answers("pairing", "show", self.program, pairing)["rounds"]
        (state,) = [one["student"] for one in rounds if one["number"] == number]
        return str(state)


@pytest.fixture
def desk(starter: StarterLine, paired: str) -> Desk:
    return Desk(starter, paired)


# submit


def test_a_letter_is_taken_once_and_known_from_then_on(desk: Desk, place: Place) -> None:
    first = desk.hands_in(place)
    assert (first["number"], first["known"]) == (1, False)
    assert len(bytes.fromhex(first["hash"])) == 32
    assert desk.hands_in(place) == {**first, "known": True}

    said = desk.starter.says(*desk.submission(place), typed=LETTER)
    assert said == f"Draft {first['draft']} was here already.\n"


def test_another_text_is_the_next_draft_and_the_older_one_waits_no_more(desk: Desk, place: Place) -> None:
    first, second = desk.hands_in(place), desk.hands_in(place, LETTER + " And windows.")
    assert second["number"] == 2
    assert desk.waits(second)
    assert not desk.waits(first)


def test_a_text_file_is_text_and_pictures_are_pages(desk: Desk, place: Place, tmp_path: Path) -> None:
    typed, page, other_page = tmp_path / "letter.TXT", tmp_path / "1.jpg", tmp_path / "2.pdf"
    typed.write_text("¡Hola! Mi perro abre puertas.\n", "utf-8")
    page.write_bytes(photo())
    other_page.write_bytes(scan("white").pdf)

    text = desk.hands_in(place, "", "--file", typed, "--language", "es")
    shown = desk.starter.answers("letter", "show", desk.program, text["draft"], *BY)
    assert (shown["text"], shown["language"]) == ("¡Hola! Mi perro abre puertas.\n", "es")

    pages = desk.hands_in(place, "", "--file", page, "--file", other_page)
    shown = desk.starter.answers("letter", "show", desk.program, pages["draft"], *BY)
    assert (shown["text"], shown["risk"], shown["marks"]) == (None, None, [])
    said = desk.starter.says("letter", "show", desk.program, pages["draft"], *BY)
    assert said.startswith("These are scanned pages; open them on the desk.\nrisk: unscreened")
    assert desk.hands_in(place, "", "--file", page, "--file", other_page) == {**pages, "known": True}


def test_an_officers_letter_is_handed_in_by_an_officer(
    desk: Desk, place: Place, pairings: list[dict[str, Any]]
) -> None:
    (officer,) = [one["officer_id"] for one in pairings if one["pairing"] == place[0]]
    desk.starter.answers(*desk.submission(place, side="officer", by=officer), typed="Dear child, hello.")
    refused = desk.starter.is_refused(
        *desk.submission(place, side="officer", by=TEACHER), typed="Dear child, hi."
    )
    assert refused == f"There is no officer '{TEACHER}'. The ids are those of officers.csv."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The letter is empty."),
        (" \n", "The letter is empty."),
        ("a" * 20_001, "The letter has 20,001 characters; 20,000 is the most."),
        ("Dear\0pal", "The letter holds a character that is no text (U+0000)."),
    ],
)
def test_what_is_no_letter_is_refused(desk: Desk, place: Place, text: str, sentence: str) -> None:
    assert desk.starter.is_refused(*desk.submission(place), typed=text).startswith(sentence)
    assert desk.state(place) == "not yet"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("letter.txt", b"Jos\xe9", "letter.txt is no UTF-8 text. Save it as UTF-8 and send it again."),
        ("letter.doc", b"Dear pal", "“letter.doc” is neither a PDF nor a photo."),
        ("letter.pdf", b"", "“letter.pdf” is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(
    desk: Desk, place: Place, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    refused = desk.starter.is_refused(*desk.submission(place), "--file", tmp_path / name)
    assert refused.startswith(sentence)


def test_a_round_a_pairing_or_a_person_that_is_not_there_is_refused(desk: Desk, place: Place) -> None:
    pairing, _ = place
    no_round = desk.starter.is_refused(*desk.submission((pairing, 7)), typed=LETTER)
    assert no_round.startswith(f"There is no round 7 of pairing {pairing} here.")
    no_pairing = desk.starter.is_refused(*desk.submission((NOBODY, 1)), typed=LETTER)
    assert no_pairing.startswith(f"There is no round 1 of pairing {NOBODY} here.")
    nobody = desk.starter.is_refused(*desk.submission(place, by="nobody"), typed=LETTER)
    assert nobody == "There is no staff member 'nobody'. The ids are those of staff.csv."


@pytest.mark.parametrize(
    "words",
    [
        ("submit", NO_UUID, "--round", "1", "--side", "student", "--by", TEACHER),
        ("submit", NOBODY, "--round", "0", "--side", "student", "--by", TEACHER),
        ("submit", NOBODY, "--round", "1", "--side", "guardian", "--by", TEACHER),
        ("submit", NOBODY, "--round", "1", "--side", "student"),
        ("submit", NOBODY, "--round", "1", "--side", "student", "--by", TEACHER, "--file", "nowhere.txt"),
        ("show", NO_UUID, *BY),
        ("show", NOBODY),
        ("decide", NO_UUID, "approve", "--by", MODERATOR, "--hash", "00"),
        ("decide", NOBODY, "praise", "--by", MODERATOR, "--hash", "00"),
        ("decide", NOBODY, "approve", "--by", MODERATOR),
    ],
)
def test_what_is_typed_wrongly_is_wrong_usage(starter: StarterLine, words: tuple[str, ...]) -> None:
    command, *others = words
    starter.is_refused("letter", command, "town", *others, status=Exit.WRONG_USAGE)


# waiting, show


def test_waiting_drafts_are_listed_with_what_a_reader_chooses_by_and_the_worrying_first(
    desk: Desk, places: Iterator[Place]
) -> None:
    calm, worrying = (
        desk.hands_in(place, text)
        for place, text in zip(itertools.islice(places, 2), (LETTER, "I want to die."), strict=True)
    )
    first, *others = desk.waiting()
    (last,) = [one for one in others if one["draft_id"] == calm["draft"]]
    assert (first["draft_id"], first["hash"], first["risk"]) == (worrying["draft"], worrying["hash"], "high")
    assert (last["school"], last["side"], last["kind"], last["risk"]) == ("north", "student", "text", "none")
    assert datetime.fromisoformat(first["received_at"]).utcoffset() == timedelta(0)
    UUID(first["pairing_id"])
    UUID(first["uploaded_by"])

    said = desk.starter.says("letter", "waiting", desk.program)
    assert f"{len(others) + 1} drafts wait" in said
    assert said.index(worrying["draft"]) < said.index(calm["draft"])


def test_a_draft_is_shown_with_its_marks_and_the_hash_that_a_decision_names(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place, "Call me: 314-555-0123 [red]")
    assert desk.starter.answers("letter", "show", desk.program, draft["draft"], *BY) == {
        "draft": draft["draft"],
        "hash": draft["hash"],
        "language": "en",
        "text": "Call me: 314-555-0123 [red]",
        "translation": None,
        "translated_into": None,
        "marks": [{"kind": "phone", "start": 9, "end": 21}],
        "risk": "low",
    }
    said = desk.starter.says("letter", "show", desk.program, draft["draft"], *BY)
    assert said == f"Call me: 314-555-0123 [red]\nrisk: low   hash: {draft['hash']}\n"


def test_a_draft_is_shown_to_who_may_read_it_and_each_view_is_on_record(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place)["draft"]
    refused = desk.starter.is_refused("letter", "show", desk.program, draft, "--by", TEACHER)
    assert refused.startswith("Only a moderator of this school or the coordinator reads its letters")
    nobody = desk.starter.is_refused("letter", "show", desk.program, draft, "--by", "o01")
    assert nobody == "There is no staff member 'o01'. The ids are those of staff.csv."

    def seen() -> list[str]:
        return [
            one["who_id"]
            for one in desk.starter.answers("disclosures", desk.program)
            if one["draft"] == draft
        ]

    assert seen() == []
    desk.starter.says("letter", "show", desk.program, draft, *BY)
    assert seen() == [MODERATOR]


def test_a_draft_that_is_not_there_is_neither_shown_nor_decided_about(desk: Desk) -> None:
    sentence = f"There is no draft {NOBODY} here. See: starter.py letter waiting PROGRAM"
    assert desk.starter.is_refused("letter", "show", desk.program, NOBODY, *BY) == sentence
    missing = {"draft": NOBODY, "hash": "00" * 32}
    assert desk.starter.is_refused(*desk.decision(missing, "approve")) == sentence


# decide


def test_an_approved_letter_goes_on_and_the_same_decision_again_is_known(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place)
    told = {"draft": draft["draft"], "verdict": "approve", "told": True}
    assert desk.starter.answers(*desk.decision(draft, "approve")) == {**told, "known": False}
    assert not desk.waits(draft)
    until(lambda: desk.state(place) == "delivered: letter")

    assert desk.starter.answers(*desk.decision(draft, "approve")) == {**told, "known": True}
    assert desk.starter.says(*desk.decision(draft, "approve")) == "Decided: approve.\n"
    changed = desk.starter.is_refused(*desk.submission(place), typed=LETTER + " And windows.")
    assert changed.startswith("This letter has been approved and can't be changed.")


def test_one_decision_is_final(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place)
    desk.starter.says(*desk.decision(draft, "refer"))
    for other in (desk.decision(draft, "approve"), desk.decision(draft, "refer", by=COORDINATOR)):
        refused = desk.starter.is_refused(*other)
        assert refused.startswith("This letter has been handed to the counselor already, by ")


def test_a_return_needs_both_reasons_and_makes_room_for_a_new_draft(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place)
    for reason in ((), REASONS[:2], REASONS[2:]):
        refused = desk.starter.is_refused(*desk.decision(draft, "return"), *reason, status=Exit.WRONG_USAGE)
        assert "A return needs --reason and --reason-for-child." in refused
    assert desk.waits(draft)

    decided = desk.starter.answers(*desk.decision(draft, "return"), *REASONS)
    assert (decided["verdict"], decided["known"], decided["told"]) == ("return", False, True)
    assert desk.state(place) == "returned"
    assert desk.hands_in(place, LETTER + " It is brown.")["number"] == 2


def test_only_the_newest_draft_with_its_own_hash_is_decided_about(desk: Desk, place: Place) -> None:
    older, newer = desk.hands_in(place), desk.hands_in(place, LETTER + " And windows.")
    for stale in (desk.decision(older, "approve"), desk.decision(newer, "approve", hash_=older["hash"])):
        assert desk.starter.is_refused(*stale).startswith("A newer draft has come in")
    assert desk.waits(newer)


def test_whoever_hands_a_letter_in_does_not_decide_about_it(desk: Desk, place: Place) -> None:
    draft = desk.hands_in(place)
    refused = desk.starter.is_refused(*desk.decision(draft, "approve", by=TEACHER))
    assert refused == "Whoever hands a letter in can't decide about it. Ask another moderator."


def test_a_decision_that_its_pairing_has_not_heard_of_counts_and_says_so(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, pairing = unopened
    desk = Desk(starter, program)
    draft = desk.hands_in((pairing, 1))
    decided = starter.answers(*desk.decision(draft, "approve"))
    assert (decided["known"], decided["told"]) == (False, False)
    assert desk.state((pairing, 1)) == "approved"
    said = starter.says(*desk.decision(draft, "approve"))
    assert said == "Decided: approve. The pairing hears of it as soon as the worker is back.\n"
