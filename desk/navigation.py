"""Which pages a visitor has: one for each part that their address plays in the program."""

from collections.abc import Mapping

from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence
from bluepals.facts.doors import Visitor
from bluepals.facts.pairing_page import READERS


def pages_of(found: Visitor) -> Mapping[str, Sentence]:
    """What stands above each page: this visitor's own pages, and what they are called."""
    pages = {
        "board": (Sentence("Board"), Role.COORDINATOR in found.roles),
        "calendar": (Sentence("Calendar"), Role.COORDINATOR in found.roles),
        "setup": (Sentence("Set-up"), Role.COORDINATOR in found.roles),
        "pals": (Sentence("My pals"), found.officer is not None),
        "class": (Sentence("My class"), Role.TEACHER in found.roles),
        "reading": (Sentence("Letters to read"), bool({Role.MODERATOR, Role.COORDINATOR} & found.roles)),
        "counsel": (Sentence("Worries"), Role.COUNSELOR in found.roles),
        "pairings": (Sentence("Pairings"), bool({*READERS} & found.roles)),
        "agency": (Sentence("My agency"), bool({Role.LIAISON, Role.COORDINATOR} & found.roles)),
        "family": (Sentence("My family"), bool(found.guardian_of)),
        "cases": (Sentence("Cases"), bool(found.ids)),
        "passkeys": (Sentence("My passkeys"), found.keeps_passkeys),
    }
    return {name: label for name, (label, theirs) in pages.items() if theirs}


def first_page(found: Visitor) -> str:
    return next(iter(pages_of(found)), "enter")
