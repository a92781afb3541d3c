"""What families agree to: on paper, which a person records, or on their page; and what they withdraw again.

Without the letters nothing goes out from that moment on.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.gates import Cause
from bluepals.domain.people import ConsentScope, Role
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, listed
from bluepals.facts import daily_lines, endings, new_pairs, who_may
from bluepals.facts.office import Letterhead, Office, post
from bluepals.facts.roster import consent_key, tell_gates_opened
from bluepals.facts.visit_hosts import tell_visits_of_who_come_after_all, tell_visits_of_who_stay_away
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import attention, consents, gates, matching, pairings, people, programs
from bluepals.store import endings as records
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.pairings import PairingCard

LONGEST_VERSION = 40  # characters, as in a roster


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """`pairing_id`: the one that this has ended. `known`: it had been withdrawn before, and nothing changed."""

    scopes: Sequence[ConsentScope]
    pairing_id: UUID | None
    known: bool


async def withdraw(
    office: Office,
    scope: Scope,
    student: str,
    consent: ConsentScope,
    *,
    by: UUID,
    guardian: int | None = None,
) -> Withdrawn:
    """By the id of the roster. `guardian`: the first or the second, who has said it on the family's page.

    Raises LookupError with a sentence.
    """
    scopes = list(ConsentScope) if consent is ConsentScope.LETTERS else [consent]
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        child = await consents.locked(connection, student)
        changed = await consents.withdraw(connection, child.id, scopes, by, guardian) > 0
        await tell_visits_of_who_stay_away(connection)
        if consent is not ConsentScope.LETTERS:
            return Withdrawn(scopes, None, not changed)
        changed |= await consents.take_no_part(connection, child.id)
        await matching.supersede_pairs_of(connection, child.id)
        if child.pairing_id is not None:
            await _end(office, connection, child, child.pairing_id, by)
        return Withdrawn(scopes, child.pairing_id, not changed)


class ConsentRefused(Refused):
    """Nothing is recorded; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PaperForms:
    """What the families of these children have handed in, all on one form and of one day."""

    students: Sequence[UUID]
    scopes: Sequence[ConsentScope]
    given_on: date
    version: str | None


async def record(office: Office, scope: Scope, forms: PaperForms, *, by: UUID) -> int:
    """For how many children this is new. Raises ConsentRefused or NotTheirsToSay."""
    async with office.committing(scope) as connection:
        await who_may.refuse_all_but(
            connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator records consents.")
        )
        await matching.one_at_a_time(connection, scope.program)
        await _refuse(connection, forms)
        async with _gates_opened(connection, scope.program):
            return await consents.record(
                connection, forms.students, forms.scopes, forms.given_on, forms.version, by
            )


async def agree(office: Office, scope: Scope, student: UUID, consent: ConsentScope, *, guardian: int) -> bool:
    """The first or second guardian agrees on the family's page, to what the form in use says. False: they had before.

    Raises ConsentRefused.
    """
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        if await consents.is_in_force(connection, student, consent):
            return False
        if consent not in await consents.open_to_guardian(connection, student, guardian):
            raise ConsentRefused(
                "This can't be agreed to here: somebody else has withdrawn it, or nobody writes any more. Ask the school for a form."
            )
        today, version = await programs.today(connection), await consents.version_in_use(connection, student)
        async with _gates_opened(connection, scope.program):
            await consents.record(connection, [student], [consent], today, version, student, guardian)
        return True


@asynccontextmanager
async def _gates_opened(connection: Connection, program: str) -> AsyncIterator[None]:
    """Whoever has waited for a consent that is recorded goes on, and whoever is to meet the child is invited."""
    closed_before = await gates.closed(connection)
    yield
    for child in await consents.recorded(connection):
        await attention.settle(connection, consent_key(child))
    await tell_gates_opened(connection, program, closed_before, Cause.CONSENT)
    await tell_visits_of_who_come_after_all(connection)


async def _refuse(connection: Connection, forms: PaperForms) -> None:
    """Raises ConsentRefused."""
    if not forms.students or not forms.scopes:
        raise ConsentRefused("Tick whose form is here, and what its family agrees to.")
    today = await programs.today(connection)
    if forms.given_on > today:
        raise ConsentRefused(
            "{day} is still to come. Write the day on which the form was signed.", day=forms.given_on
        )
    if len(forms.version or "") > LONGEST_VERSION:
        raise ConsentRefused("A form's version has up to {most} characters.", most=LONGEST_VERSION)
    if ConsentScope.LETTERS not in forms.scopes:
        without = await consents.without_letters(connection, forms.students)
        if without:
            raise ConsentRefused(
                "Nothing else holds without the letters, and there is no consent to them for {children}. Tick the letters too.",
                children=listed([*without]),
            )
    withdrawn = await consents.withdrawn_since(connection, forms.students, forms.scopes, forms.given_on)
    if withdrawn:
        raise ConsentRefused(
            "What was agreed to for {children} was withdrawn after {day}: only a later form brings it back.",
            children=listed([*withdrawn]),
            day=forms.given_on,
        )


async def _end(
    office: Office, connection: Connection, child: consents.Child, pairing_id: UUID, by: UUID
) -> None:
    """At once, even where a farewell had been agreed on."""
    await records.make_way(connection, pairing_id)
    await endings.end_in(connection, pairing_id, Reason.CONSENT_WITHDRAWN, farewell_until=None, by=by)
    letterhead = await Letterhead.of(office, connection)
    await daily_lines.without_child(connection, letterhead, child.id)
    await new_pairs.name_no_more(connection, letterhead, [pairing_id])
    if not child.introduced:
        return
    pairing = await pairings.card(connection, pairing_id)
    await _tell_officer(connection, letterhead, pairing)
    await _tell_teachers(connection, letterhead, pairing)


async def _tell_officer(connection: Connection, letterhead: Letterhead, pairing: PairingCard) -> None:
    """That it is over, and nothing of the child."""
    await post(
        connection,
        letterhead,
        notices.endings.letters_are_over(
            officer=pairing.officer_first_name, link=letterhead.link_to(DeskPage.PALS)
        ),
        key=f"over-{pairing.id}",
        to=pairing.officer_email,
        agency=pairing.agency,
    )


async def _tell_teachers(connection: Connection, letterhead: Letterhead, pairing: PairingCard) -> None:
    for teacher in await people.staff(
        connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
    ):
        await post(
            connection,
            letterhead,
            notices.endings.letters_are_over_to_teacher(
                teacher=teacher.name,
                class_name=pairing.class_name,
                link=letterhead.link_to(DeskPage.CLASS),
            ),
            key=f"over-{pairing.id}-{teacher.id}",
            to=teacher.email,
            school=pairing.school,
        )
