"""The visit as a calendar program reads it (RFC 5545)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress


def visit_invitation(
    *,
    uid: str,
    begins: datetime,
    minutes: int,
    zone: ZoneInfo,
    location: str,
    organizer: str,
    attendee: str,
    sequence: int,
    now: datetime,
    cancelled: bool = False,
) -> bytes:
    """`attendee`: whose calendar it is for; without one a calendar program takes no METHOD from it (RFC 5546, 3.2.2).

    `uid` stays the same for the life of an invitation; `sequence` grows with each change of it, and when it is taken back.
    """
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", begins.astimezone(zone))
    event.add("dtend", begins.astimezone(zone) + timedelta(minutes=minutes))
    event.add("summary", f"Blue Pals visit at {location}")
    event.add("location", location)
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    event.add("attendee", vCalAddress(f"mailto:{attendee}"))
    calendar = Calendar()
    calendar.add("prodid", "-//Blue Pals//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content
