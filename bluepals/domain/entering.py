"""By which door somebody comes to the desk, and which doors are wide enough for what they may read there."""

from dataclasses import dataclass
from enum import StrEnum

from bluepals.domain.people import Role

# They see letters and cases of many children: a mailbox alone does not let them in where there is something better.
WATCHED = frozenset({Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR})


class Door(StrEnum):
    MAIL = "mail"  # A link or a code.
    OFFICE = "office"  # A link that an administrator made and handed over.
    SINGLE_SIGN_ON = "single sign-on"  # The district's.
    PASSKEY = "passkey"  # Of a device of theirs.


@dataclass(frozen=True, slots=True)
class Standing:
    """What one of the staff is in a program, and whether they have a passkey there."""

    roles: frozenset[Role]
    has_passkey: bool


def opens_to_staff(door: Door, standing: Standing, *, single_sign_on: bool) -> bool:
    """Whether one of the staff is in as that by this door.

    Where there is a better door than the mail, it is the only one for the watched roles; the administrator's opens to all.
    """
    if door is Door.OFFICE or not standing.roles & WATCHED:
        return True
    if single_sign_on:
        return door is Door.SINGLE_SIGN_ON
    return door is Door.PASSKEY or not standing.has_passkey
