"""What waits for a person today."""

from collections.abc import Sequence
from dataclasses import replace

from bluepals.mail.notice import Action, Notice, Section


def waits_today(*, name: str, sections: Sequence[Section], link: str) -> Notice:
    count = sum(len(section.lines) for section in sections)
    return Notice(
        kind="daily",
        subject=f"Blue Pals today: {count} {'thing' if count == 1 else 'things'}",
        greeting=f"Dear {name},",
        paragraphs=("This waits for you today:",),
        sections=tuple(sections),
        action=Action("Open my page", link),
    )


def cannot_wait(*, name: str, sections: Sequence[Section], link: str) -> Notice:
    """The same, where something of it is about a case, a clearance, or else about somebody's safety."""
    return replace(waits_today(name=name, sections=sections, link=link), kind="case")
