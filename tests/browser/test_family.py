"""A family on a phone, in its language: the letters, and a consent that is withdrawn in two steps."""

import pytest

from bluepals.domain.letters import Side
from tests.browser.conftest import Enter
from tests.desk.test_family import ANAS, MAYAS, asked, save_addresses
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, Town


@pytest.mark.parametrize("scripts", [True, False])
async def test_letters_are_read_and_a_consent_is_withdrawn(town: Town, screens: Enter, scripts: bool) -> None:
    await save_addresses(town)
    await town.delivers("maya", "I have a cat.\n\nWhat is your favourite food?")
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "My cat is called Rex.", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    screen = await screens(scripts=scripts, width=390)
    await screen.enters_by_mail(MAYAS, at="family")
    assert "My cat is called Rex." in await screen.reads()
    await screen.is_looked_at("family")
    await screen.presses("Letters with an officer, Maya")
    await screen.is_looked_at("family-withdraw")
    await screen.presses("Yes, withdraw")
    assert (
        "Nobody writes to Maya: you have not agreed to the letters, or no longer do." in await screen.reads()
    )
    await screen.is_looked_at("family-withdrawn")


async def test_photos_are_agreed_to_in_the_other_language(town: Town, screens: Enter) -> None:
    await save_addresses(town)
    screen = await screens(width=390)
    await screen.enters_by_mail(MAYAS, at="family")
    await screen.presses("Español")
    await screen.presses("Fotos en la visita, tomadas por la escuela, Maya")
    await screen.is_looked_at("family-agree-spanish")
    await screen.presses("Sí, lo autorizo")
    assert "Gracias. Desde ahora usted lo autoriza." in await screen.reads()
    await screen.is_looked_at("family-agreed-spanish")


async def test_a_spanish_family_prefers_somebody_else(town: Town, screens: Enter) -> None:
    await save_addresses(town)
    await asked(town, "ana")
    screen = await screens(width=390)
    await screen.enters_by_mail(ANAS, at="family")
    await screen.is_looked_at("family-spanish")
    await screen.presses("Preferimos a otra persona")
    assert "buscamos a otra persona" in await screen.reads()
