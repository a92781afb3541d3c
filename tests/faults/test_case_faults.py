"""Row 15: self-harm, abuse or a threat. The letter is held, and named adults are alerted by a path that is written down."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bluepals.domain.cases import LetterOutcome
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.facts import cases, closing, letters
from bluepals.store.database import Scope
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import NotTaken
from stack.postgres import PostgresServer
from tests.bluepals.facts.two_schools import TwoSchools, begun_year, copied

WORRYING = [
    "I want to die",
    "i wnat to dei, nobody cares",
    "my unkle hits me",
    "mi tío me pega",
    "I will bring a gun to school",
    "voy a llevar una pistola a la escuela",
]


@pytest.fixture(scope="module")
async def begun(postgres: PostgresServer, template: str) -> str:
    return await begun_year(postgres, template)


@pytest.fixture
async def schools(postgres: PostgresServer, begun: str) -> AsyncIterator[TwoSchools]:
    async with copied(postgres, begun) as schools:
        yield schools


async def test_fault_15_a_mark_pages_the_counselor_and_the_readers_at_once_without_a_word_of_the_letter(
    schools: TwoSchools,
) -> None:
    """Handed in by the teacher, whose scope sees no mail; in the transaction of the draft all the same."""
    teacher = Scope("stl", schools=("north",))
    drafts = [
        await letters.hand_in(
            schools.office,
            teacher,
            pairing_id=schools.pairing["Ana"],
            round_number=1,
            side=Side.STUDENT,
            letter=TypedLetter(text),
            language="en",
            uploaded_by=schools.staff["Tess"],
        )
        for text in WORRYING
    ]
    for draft, text in zip(drafts, WORRYING, strict=True):
        told = [row for row in await schools.mails("safety") if str(draft.id) in row["key"]]
        assert [row["to_address"] for row in told] == ["coco@staff.example", "mona@staff.example"], text
        for mail in told:
            said = mail["message"].decode().replace("=\r\n", "")
            assert f"letter show stl {draft.id}" in said or "https://desk.example/stl/reading\r\n" in said
            assert text not in said
    assert await schools.count("case_file") == 0, "a filter opens no case and starts no stopwatch"
    assert schools.rung, "the outbox is woken"


async def test_fault_15_a_persons_referral_holds_the_letter_until_a_person_closes_the_case(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "my unkle hits me")
    assert await schools.release("Ana", draft) is Held.NO_SUCH_DECISION, "nobody has decided"
    opened = (await schools.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    assert opened.has_stopwatch
    with pytest.raises(NotTaken):
        await schools.decide(draft, Verdict.APPROVE)
    for reader in ("Mona", "Tess"):
        await cases.attest(
            schools.office,
            schools.scope,
            case_id=opened.case.id,
            by=schools.staff[reader],
            reported_at=None,
        )
    assert await schools.release("Ana", draft) is Held.NO_SUCH_DECISION, "attested is not closed"
    word = closing.Word(LetterOutcome.DELIVER)
    by = schools.staff["Coco"]
    await closing.close(schools.office, schools.scope, case_id=opened.case.id, by=by, word=word)
    assert isinstance(await schools.release("Ana", draft), Delivery)


async def test_fault_15_who_does_not_answer_is_told_again_and_others_with_them(schools: TwoSchools) -> None:
    """On a timer: tests/workflows/test_referral.py turns it."""
    draft = await schools.write("Ana", Side.STUDENT, "I want to die")
    opened = (await schools.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    standing = await cases.standing(schools.office, schools.scope, opened.case.id)
    assert (standing.missing, standing.page, standing.wait) == (2, 1, timedelta(minutes=15))
    before = await schools.mailed_to("safety")
    await cases.page(schools.office, schools.scope, opened.case.id, 1)
    again = await schools.mailed_to("safety")
    for one in before:
        again.remove(one)
    assert again == ["cora@staff.example", "mona@staff.example", "tess@staff.example"]
