"""The officers' visit: invited, asked instead of a pal, moved, called off, thanked."""

from collections.abc import Sequence

from bluepals.mail.notice import Action, CalendarFile, Notice


def invitation(
    *,
    officer: str,
    school: str,
    when: str,
    minutes: int,
    answer_by: str,
    rules: Sequence[str],
    link: str,
    calendar_file: bytes,
) -> Notice:
    return Notice(
        kind="visit",
        subject=f"Your visit at {school}",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"The children would love to meet you: {when}, for about {minutes} minutes, at {school}.",
            (
                f"Please tell us on your page by {answer_by} whether you can come, so that no child waits alone. "
                "The date is attached for your calendar."
            ),
            *rules,
        ),
        action=Action("Answer", link),
        calendar_file=CalendarFile(calendar_file),
    )


def reminder(*, officer: str, school: str, when: str) -> Notice:
    return Notice(
        kind="visit",
        subject=f"The visit at {school} is near",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"We look forward to seeing you at {school}: {when}.",
            "You have not answered yet, or something has come up? Please tell us on your page; your invitation has the link.",
        ),
    )


def host_asked(
    *,
    officer: str,
    student: str,
    school: str,
    when: str,
    answer_by: str,
    rules: Sequence[str],
    link: str,
    calendar_file: bytes,
) -> Notice:
    return Notice(
        kind="host",
        subject=f"Can you meet {student} at {school}?",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"{student}'s pal can't come to the visit at {school}: {when}. Would you meet {student} there instead?",
            f"Please answer on your page by {answer_by}; after that we ask somebody else.",
            *rules,
        ),
        action=Action("Answer", link),
        calendar_file=CalendarFile(calendar_file),
    )


def host_asked_again(
    *,
    officer: str,
    student: str,
    school: str,
    when: str,
    answer_by: str,
    rules: Sequence[str],
    link: str,
    calendar_file: bytes,
) -> Notice:
    """To somebody who has been let go."""
    return Notice(
        kind="host",
        subject=f"Can you meet {student} at {school} after all?",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"We wrote that you need not meet {student} at {school}. Now {student}'s pal can't come after all. Would you "
                f"meet {student} there? The visit begins for you on {when}."
            ),
            f"Please answer on your page by {answer_by}, even if you have answered before; after that we ask somebody else.",
            *rules,
        ),
        action=Action("Answer", link),
        calendar_file=CalendarFile(calendar_file),
    )


def host_released(*, officer: str, student: str, school: str, why: str, calendar_file: bytes) -> Notice:
    """To a reserve who had agreed."""
    return Notice(
        kind="cancelled",
        subject=f"You need not meet {student} at {school} on that day",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"Thank you for being ready to meet {student} at {school}. You are not needed for that any more, since "
                f"{why}. If that changes, we ask you again."
            ),
        ),
        calendar_file=CalendarFile(calendar_file),
    )


def request_withdrawn(*, officer: str, student: str, school: str, why: str, calendar_file: bytes) -> Notice:
    """To a reserve who has not answered."""
    return Notice(
        kind="cancelled",
        subject=f"You need not answer about {student} at {school}",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"We asked whether you would meet {student} at {school}. Nobody is needed for that any more, since {why}. "
                "There is nothing to answer. If that changes, we ask you again."
            ),
        ),
        calendar_file=CalendarFile(calendar_file),
    )


def moved(
    *,
    officer: str,
    school: str,
    was: str,
    when: str,
    answer_by: str | None,
    because: str | None,
    link: str,
    calendar_file: bytes,
) -> Notice:
    """Whoever was invited is asked again, or later. `answer_by` None: not while it rests."""
    return Notice(
        kind="moved",
        subject=f"The visit at {school} has another date",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"The visit that was to be on {was} moves. The new date: {when}, at {school}.",
            *((because,) if because else ()),
            (
                f"Please tell us on your page by {answer_by} whether you can come then. What you answered before counts no "
                "more. The new date is attached for your calendar."
            )
            if answer_by
            else (
                "Your own visit rests, so there is nothing to answer now, and what you answered before counts no more. "
                "When it rests no longer, we ask you again."
            ),
        ),
        action=Action("Answer" if answer_by else "Open my page", link),
        calendar_file=CalendarFile(calendar_file),
    )


def moved_to_school(*, name: str, school: str, was: str, when: str, because: str | None) -> Notice:
    return Notice(
        kind="moved",
        subject=f"The visit at {school} has another date",
        greeting=f"Dear {name},",
        paragraphs=(
            f"The visit that was to be on {was} moves. The new date: {when}, at {school}.",
            *((because,) if because else ()),
            "The officers who were invited are told, and asked again whether they can come.",
        ),
    )


SECOND_DATE = "As soon as there is a second date, we write again."
READ_ALOUD = "There will be no second date. The class reads letters of the year aloud instead."


def called_off(
    *, officer: str, school: str, day: str, because: str | None, follows: str, calendar_file: bytes
) -> Notice:
    """`follows`: SECOND_DATE or READ_ALOUD."""
    return Notice(
        kind="cancelled",
        subject=f"The visit at {school} on {day} does not take place",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"The visit at {school} on {day} is called off. Please do not come.",
            *((because,) if because else ()),
            follows,
        ),
        calendar_file=CalendarFile(calendar_file),
    )


def called_off_to_school(*, name: str, school: str, day: str, because: str | None, follows: str) -> Notice:
    """`follows`: SECOND_DATE or READ_ALOUD."""
    return Notice(
        kind="cancelled",
        subject=f"The visit at {school} on {day} does not take place",
        greeting=f"Dear {name},",
        paragraphs=(
            f"The visit at {school} on {day} is called off: no officer comes. The officers who were invited are told.",
            *((because,) if because else ()),
            follows,
        ),
    )


def no_second_date(*, name: str, school: str, day: str, because: str | None) -> Notice:
    """To all who know already that it was called off."""
    return Notice(
        kind="cancelled",
        subject=f"The visit at {school} has no second date",
        greeting=f"Dear {name},",
        paragraphs=(
            f"The visit at {school} of {day}, which was called off, does not take place this year.",
            *((because,) if because else ()),
            READ_ALOUD,
        ),
    )


def _nobody_waits(school: str, *, hosts: bool) -> str:
    return (
        f"Your pal is not at the visit at {school}" if hosts else f"Nobody waits for you at {school} any more"
    )


def _so(school: str, day: str, *, hosts: bool) -> str:
    """Who has agreed to meet another child there comes all the same."""
    if hosts:
        return (
            f"so you meet nobody of your own at {school} on {day}. The child whom you have agreed to meet there in another"
            " officer's place still counts on you: for that, please come as planned."
        )
    return f"so you need not come to {school} on {day}."


def child_elsewhere(*, officer: str, school: str, day: str, hosts: bool, calendar_file: bytes) -> Notice:
    """`hosts`: the officer has agreed to meet another child there."""
    return Notice(
        kind="cancelled",
        subject=_nobody_waits(school, hosts=hosts),
        greeting=f"Dear {officer},",
        paragraphs=(
            f"Your pal has changed schools, {_so(school, day, hosts=hosts)}",
            "Your letters go on. The other school has a visit too: you are asked for its day in a mail of its own.",
        ),
        calendar_file=CalendarFile(calendar_file),
    )


def child_stays_away(*, officer: str, school: str, day: str, hosts: bool, calendar_file: bytes) -> Notice:
    """`hosts`: the officer has agreed to meet another child there."""
    return Notice(
        kind="cancelled",
        subject=_nobody_waits(school, hosts=hosts),
        greeting=f"Dear {officer},",
        paragraphs=(
            f"Your pal does not take part in the visit, {_so(school, day, hosts=hosts)}",
            "Thank you for being ready to. With whom you go on writing stands on your page.",
        ),
        calendar_file=CalendarFile(calendar_file),
    )


def sheets_ready(*, name: str, school: str, when: str, link: str) -> Notice:
    return Notice(
        kind="sheets",
        subject=f"The visit at {school}: run sheet and visitors' list",
        greeting=f"Dear {name},",
        paragraphs=(
            f"The officers visit {school}: {when}.",
            (
                "Your page has the run sheet (who meets whom, and where) and the visitors' list. "
                "Please print both, and give the list to the front desk."
            ),
        ),
        action=Action("Open my page", link),
    )


def thanks(*, officer: str, school: str) -> Notice:
    return Notice(
        kind="visit",
        subject=f"Thank you for visiting {school}",
        greeting=f"Dear {officer},",
        paragraphs=("Thank you for coming. This visit is what many children will tell about at home.",),
    )
