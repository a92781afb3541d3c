"""Which pages a visitor has: one for each part that their address plays in the program."""

from collections.abc import Mapping

from bluepals.domain.people import Role
from bluepals.facts.doors import Visitor
from bluepals.facts.pairing_page import READERS


def pages_of(found: Visitor) -> Mapping[str, str]:
    """What stands above each page: this visitor's own pages, and what they are called."""
    pages = {
        "board": ("Board", Role.COORDINATOR in found.roles),
        "calendar": ("Calendar", Role.COORDINATOR in found.roles),
        "setup": ("Set-up", Role.COORDINATOR in found.roles),
        "pals": ("My pals", found.officer is not None),
        "class": ("My class", Role.TEACHER in found.roles),
        "reading": ("Letters to read", bool({Role.MODERATOR, Role.COORDINATOR} & found.roles)),
        "counsel": ("Worries", Role.COUNSELOR in found.roles),
        "pairings": ("Pairings", bool({*READERS} & found.roles)),
        "agency": ("My agency", bool({Role.LIAISON, Role.COORDINATOR} & found.roles)),
        "family": ("My family", bool(found.guardian_of)),
        "cases": ("Cases", bool(found.ids)),
        "passkeys": ("My passkeys", found.keeps_passkeys),
    }
    return {name: label for name, (label, theirs) in pages.items() if theirs}


def first_page(found: Visitor) -> str:
    return next(iter(pages_of(found)), "enter")
