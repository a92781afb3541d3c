"""Which door is wide enough for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.entering import WATCHED, Door, Standing, network_of, opens_to_staff
from bluepals.domain.people import Role

ROLES = st.frozensets(st.sampled_from(Role))
ANYBODY = st.builds(Standing, ROLES, st.booleans())
WATCHED_ONES = ANYBODY.filter(lambda standing: bool(standing.roles & WATCHED))
OTHERS = ANYBODY.filter(lambda standing: not standing.roles & WATCHED)
DOORS = st.sampled_from(Door)


@given(ANYBODY, st.booleans())
def test_an_administrators_link_locks_nobody_out(standing: Standing, single_sign_on: bool) -> None:
    assert opens_to_staff(Door.OFFICE, standing, single_sign_on=single_sign_on)


@given(DOORS, OTHERS, st.booleans())
def test_teachers_and_liaisons_come_by_any_door(door: Door, standing: Standing, single_sign_on: bool) -> None:
    assert opens_to_staff(door, standing, single_sign_on=single_sign_on)


@given(DOORS.filter(lambda door: door is not Door.OFFICE), WATCHED_ONES)
def test_where_there_is_single_sign_on_the_watched_roles_come_by_it_alone(
    door: Door, standing: Standing
) -> None:
    assert opens_to_staff(door, standing, single_sign_on=True) is (door is Door.SINGLE_SIGN_ON)


@given(WATCHED_ONES)
def test_a_mail_opens_to_the_watched_roles_until_they_have_a_passkey(standing: Standing) -> None:
    assert opens_to_staff(Door.MAIL, standing, single_sign_on=False) is not standing.has_passkey
    assert opens_to_staff(Door.PASSKEY, standing, single_sign_on=False)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_a_source_is_an_address_of_the_old_kind_or_a_network_of_the_new(host: str, network: str) -> None:
    assert network_of(host) == network
