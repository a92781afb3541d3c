"""Every whole page is looked at by axe, in the picture that stands here. A new page needs one too."""

import ast
from collections.abc import Iterator
from pathlib import Path

from desk.pages import HERE

LOOKED_AT = {
    "agency.html": "agency",
    "attest.html": "attest",
    "board.html": "board",
    "calendar-pause.html": "calendar-pause",
    "calendar-resume.html": "calendar-resume",
    "calendar-round.html": "calendar-round",
    "calendar-visit.html": "calendar-visit",
    "calendar.html": "calendar",
    "case.html": "cases",
    "class.html": "class",
    "conduct.html": "conduct",
    "consents.html": "consents",
    "counsel-case.html": "counsel-case",
    "counsel-copy.html": "counsel-copy",
    "counsel.html": "counsel",
    "decline.html": "decliner",
    "enter-again.html": "enter-again",
    "enter-code.html": "enter-code",
    "enter-link.html": "enter-link-elsewhere",
    "enter-passkey.html": "enter-passkey",
    "enter-refused.html": "enter-refused",
    "enter.html": "enter-district",
    "family.html": "family",
    "join.html": "join",
    "letter.html": "letter",
    "pairing.html": "pairing",
    "pairings.html": "pairings",
    "pals.html": "pals-survey",
    "passkeys.html": "passkeys",
    "proposal.html": "proposal",
    "reading-copy.html": "reading-copy",
    "reading-letter.html": "reading-worrying",
    "reading.html": "reading",
    "sentence.html": "not-there",
    "setup.html": "setup",
    "stack.html": "stack-asked",
    "sure.html": "family-withdraw",
}


def pictures(test: ast.AsyncFunctionDef) -> Iterator[str]:
    """Those for which axe looks too: on a device that runs scripts."""
    without = set(without_scripts(test))
    for one in ast.walk(test):
        match one:
            case ast.Call(ast.Attribute(device, "is_looked_at"), [picture]):
                if ast.unparse(device) not in without:
                    yield ast.unparse(picture).strip("'")


def without_scripts(test: ast.AsyncFunctionDef) -> Iterator[str]:
    for one in ast.walk(test):
        if isinstance(one, ast.Assign):
            for device, made in zip(several(one.targets[0]), several(one.value), strict=False):
                if "scripts=False" in ast.unparse(made):
                    yield ast.unparse(device)


def several(one: ast.expr) -> list[ast.expr]:
    return one.elts if isinstance(one, ast.Tuple) else [one]


def test_every_whole_page_is_looked_at_by_axe() -> None:
    templates = (HERE / "templates").glob("*.html")
    whole = {one.name for one in templates if '{% extends "layout.html" %}' in one.read_text("utf-8")}
    assert whole == LOOKED_AT.keys()
    tests = [
        one
        for file in Path(__file__).parent.glob("test_*.py")
        for one in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(one, ast.AsyncFunctionDef)
    ]
    taken = {picture for test in tests for picture in pictures(test)}
    assert set(LOOKED_AT.values()) <= taken
