"""Which door is wide enough for whom."""

from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.entering import WATCHED, Door, opens_to_staff
from bluepals.domain.people import Role

ROLES = st.frozensets(st.sampled_from(Role))
DOORS = st.sampled_from(Door)


@given(ROLES, st.booleans())
def test_an_administrators_link_locks_nobody_out(roles: frozenset[Role], single_sign_on: bool) -> None:
    assert opens_to_staff(Door.OFFICE, roles, single_sign_on=single_sign_on)


@given(DOORS, ROLES.filter(lambda roles: not roles & WATCHED), st.booleans())
def test_teachers_and_liaisons_come_by_any_door(
    door: Door, roles: frozenset[Role], single_sign_on: bool
) -> None:
    assert opens_to_staff(door, roles, single_sign_on=single_sign_on)


@given(ROLES.filter(lambda roles: bool(roles & WATCHED)), st.booleans())
def test_a_mail_opens_to_the_watched_roles_only_where_there_is_no_single_sign_on(
    roles: frozenset[Role], single_sign_on: bool
) -> None:
    assert opens_to_staff(Door.MAIL, roles, single_sign_on=single_sign_on) is not single_sign_on
