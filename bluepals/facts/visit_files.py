"""A visit as a file for one person's calendar."""

from bluepals.domain.program import School
from bluepals.facts.office import Letterhead
from bluepals.facts.visit_sheets import Stay
from bluepals.paper.invitation import visit_invitation


def calendar_file(
    letterhead: Letterhead,
    *,
    subject: str,
    to: str,
    school: School,
    stay: Stay,
    sequence: int,
    cancelled: bool = False,
) -> bytes:
    """`to`: whose mail brings it. `subject` stays the same for the life of an invitation, so that a later file changes the same entry."""
    sender = letterhead.office.from_address
    return visit_invitation(
        uid=f"{subject}@{sender.partition('@')[2]}",
        begins=stay.begins,
        minutes=stay.minutes,
        zone=letterhead.calendar.zone,
        location=school.name,
        organizer=sender,
        attendee=to,
        sequence=sequence,
        now=letterhead.now,
        cancelled=cancelled,
    )
