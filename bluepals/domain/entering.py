"""By which door somebody comes to the desk, and which doors are wide enough for what they may read there."""

from enum import StrEnum

from bluepals.domain.people import Role

# They see letters and cases of many children: a mailbox alone does not let them in where there is something better.
WATCHED = frozenset({Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR})


class Door(StrEnum):
    MAIL = "mail"  # A link or a code.
    OFFICE = "office"  # A link that an administrator made and handed over.
    SINGLE_SIGN_ON = "single sign-on"  # The district's.


def opens_to_staff(door: Door, roles: frozenset[Role], *, single_sign_on: bool) -> bool:
    """Whether one of the staff with these roles is in as that by this door; the administrator's opens to everybody."""
    if door is Door.OFFICE or not roles & WATCHED:
        return True
    return door is Door.SINGLE_SIGN_ON or not single_sign_on
