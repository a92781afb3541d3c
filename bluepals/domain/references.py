"""Whom or what a sentence means, by an id; `bluepals.facts.naming` says the name to those who may know it.

The value's own name says what kind of id it is.
"""

from uuid import UUID

from bluepals.domain.sentences import Reference


def child_of(pairing_id: UUID) -> Reference:
    return Reference("the child of pairing {child_of}", child_of=pairing_id)


def officer_of(pairing_id: UUID) -> Reference:
    return Reference("the officer of pairing {officer_of}", officer_of=pairing_id)


def pairing(pairing_id: UUID) -> Reference:
    return Reference("pairing {pairing}", pairing=pairing_id)


def draft(draft_id: UUID) -> Reference:
    return Reference("draft {draft}", draft=draft_id)


def student(external_id: str) -> Reference:
    return Reference("student {student}", student=external_id)


def officer(external_id: str) -> Reference:
    return Reference("officer {officer}", officer=external_id)


def staff_member(external_id: str) -> Reference:
    return Reference("staff member {staff_member}", staff_member=external_id)


def school(school_id: str) -> Reference:
    return Reference("school {school}", school=school_id)


def visit_of(program_year_id: str) -> Reference:
    return Reference("the visit of {visit_of}", visit_of=program_year_id)
