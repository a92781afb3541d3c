"""While Temporal is away letters and decisions are taken all the same, and the page after them says that the rest follows."""

from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.facts import year
from tests.desk.test_calendar import A_WEEK_LATER, agreed, looks, moves
from tests.desk.test_family import ANAS, asked, save_addresses
from tests.desk.test_reading import decides, verdict_of
from tests.desk.town import FIRST_ROUND, NORTH, SCOPE, SEPTEMBER, Town

FOLLOWS = "Taken in. The rest follows as soon as the service answers again."


async def test_an_officer_s_letter_is_taken_and_the_rest_follows(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    sent = await sam.sends(town.pairings["noah"], "Dear Noah, here I am.")
    assert "Your letter has arrived" in sent.text
    assert FOLLOWS in sent.text
    assert await town.written("noah", Side.OFFICER) == TypedLetter("Dear Noah, here I am.")
    assert FOLLOWS not in await sam.sees(), "nothing was taken in by looking"


async def test_a_child_s_letter_too(town: Town) -> None:
    await town.on(SEPTEMBER)
    assert FOLLOWS in (await town.teacher("tess").sends(town.pairings["maya"], "Hello, I am Maya.")).text


async def test_a_decision_too(town: Town) -> None:
    draft = await town.hands_in("maya", "I have a dog.")
    decided = await decides(town.moderator("mo"), draft, "approve")
    assert FOLLOWS in decided.text
    assert await verdict_of(town, draft) == Verdict.APPROVE


async def test_nobody_is_said_to_be_told_who_is_not_told_yet(town: Town) -> None:
    await year.open_year(town.parts.office, SCOPE, NORTH)
    cora = town.calendar("cora")
    done = await moves(cora, agreed(await looks(cora, **A_WEEK_LATER)), **A_WEEK_LATER)
    assert "The dates are moved." in done.text
    assert "is told" not in done.text
    assert FOLLOWS in done.text


async def test_a_family_reads_it_in_its_language(town: Town) -> None:
    await save_addresses(town)
    await asked(town, "ana")
    said = await town.guardian(ANAS).posts(f"{town.pairings['ana']}/decline")
    assert "Queda registrado. Lo demás seguirá en cuanto el servicio vuelva a responder." in said.text


async def test_what_is_refused_or_only_kept_does_not_follow(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    assert FOLLOWS not in (await sam.sends(town.pairings["noah"], "")).text
    kept = await sam.posts(f"{town.pairings['noah']}/keep", text="Dear Noah,", round="1", language="en")
    assert "Kept. It is here when you come back" in kept.text
    assert FOLLOWS not in kept.text
