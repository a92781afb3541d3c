"""By which door somebody comes to the desk, from where, and which doors are wide enough for what they may read there."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Network, ip_address

from bluepals.domain.people import Role

# They see letters and cases of many children: a mailbox alone does not let them in where there is something better.
WATCHED = frozenset({Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR})


NETWORK = 64  # bits of an IPv6 address: whoever has one address of a network has all of them


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


def network_of(host: str) -> str:
    """What is counted as one source, of the address on the internet from which somebody comes."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), NETWORK), strict=False))
