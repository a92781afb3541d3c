"""Which door is wide enough for whom."""

from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.entering import WATCHED, Door, Standing, opens_to_staff
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
