"""What one mail says, before it has an address or a form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """An invitation as a calendar program reads it (RFC 5545)."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """What one mail says, before it has an address or a form."""

    kind: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    action: Action | None = None
    closing: str = "Thank you, your Blue Pals team"
    language: str = "en"
    calendar_file: CalendarFile | None = None


def to_family(
    *,
    kind: str,
    subject: str,
    paragraphs: tuple[str, ...],
    sections: tuple[Section, ...] = (),
    action: Action | None = None,
) -> Notice:
    return Notice(kind, subject, "Dear family,", paragraphs, sections, action)


def to_family_in_spanish(
    *,
    kind: str,
    subject: str,
    paragraphs: tuple[str, ...],
    sections: tuple[Section, ...] = (),
    action: Action | None = None,
) -> Notice:
    return Notice(
        kind,
        subject,
        "Estimada familia:",
        paragraphs,
        sections,
        action,
        closing="Gracias, el equipo de Blue Pals",
        language="es",
    )
