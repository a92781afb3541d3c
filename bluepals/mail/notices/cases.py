"""A letter that worries someone: who has to look, to report, to decide."""

from bluepals.mail.notice import Action, Notice

_GONE = (
    "Of them {} no longer in the program, told once with a link of their own. If nobody can reach them, the counselor puts that "
    "on record, on the case's page."
)


def referred(*, name: str, case: str, plan_by: str, link: str) -> Notice:
    return Notice(
        kind="safety",
        subject="Please look at a letter today",
        greeting=f"Dear {name},",
        paragraphs=(
            "A letter worries someone, and is held for you. It goes nowhere until you have looked at it.",
            f"The case is {case}. Please read it on your page, and make a plan by {plan_by}, with a day to look again.",
            "If you suspect harm, your duty to report is your own and immediate.",
        ),
        action=Action("Open the case", link),
    )


def duty_to_report(*, name: str, case: str, hotline: str, link: str) -> Notice:
    return Notice(
        kind="safety",
        subject="Your duty to report, today",
        greeting=f"Dear {name},",
        paragraphs=(
            f"A letter that you have read is held, because somebody suspects harm. The case is {case}.",
            (
                "The duty to report is your own, and immediate. It is not done by telling a colleague, "
                "and nobody can do it for you."
            ),
            f"The hotline: {hotline}.",
            (
                "Then say for yourself on your page that you have reported, with the time and the reference if there "
                "is one; or that you read it and have no reasonable cause."
            ),
        ),
        action=Action("Say what you have done", link),
    )


def duty_of_who_left(*, name: str, hotline: str, link: str) -> Notice:
    return Notice(
        kind="safety",
        subject="Your duty to report, today",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                "While you took part in the program you read a letter in which somebody suspects harm now. You take part no "
                "longer; the duty to report stays your own, and is immediate."
            ),
            "Nobody can do it for you, and it is not done by telling a colleague.",
            f"The hotline: {hotline}.",
            (
                "Then say for yourself that you have reported, with the time and the reference if there is one; or that you "
                "read it and have no reasonable cause. The link below is yours alone, so please pass it on to nobody. It opens "
                "nothing else."
            ),
        ),
        action=Action("Say what you have done", link),
    )


def stopwatch(*, name: str, case: str, missing: int, gone: int, since: str, link: str) -> Notice:
    return Notice(
        kind="safety",
        subject="Suspected harm: somebody has not reported yet",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"Case {case} is open since {since}. Of those who read the letter, {missing} "
                f"{'has' if missing == 1 else 'have'} not said yet that they have reported, or have no reasonable cause."
            ),
            "Please reach them now, by phone. Their duty is their own: you can't do it for them.",
            *([_GONE.format(f"{gone} {'is' if gone == 1 else 'are'}")] if gone else []),
            "This comes again until they have: at first every 15 minutes, then every hour, day and night.",
        ),
        action=Action("Open the case", link),
    )


def conduct(*, name: str, officer: str, agency: str, letter: str, since: str, link: str) -> Notice:
    return Notice(
        kind="safety",
        subject="An officer's conduct: please decide",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"Somebody worries about {letter} by {officer} of {agency}, since {since}. The officer and their "
                "pairings have stopped: no letter goes to them or from them."
            ),
            "Please read the letter on your page, and say what becomes of it and of the officer.",
        ),
        action=Action("Decide", link),
    )


def marked_high(*, name: str, draft: str, program: str, link: str | None) -> Notice:
    """`link`: to the letters that wait, for those who have that page."""
    return Notice(
        kind="safety",
        subject="Please read a letter now",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"A letter came in that the filter marks as worrying. Its number is {draft}. It goes nowhere before a "
                "person has decided about it, and a filter may be wrong."
            ),
            "Please read it now: it stands first on your page, or somebody who reads its language has to."
            if link
            else f"The moderators have been told too. Read it with: starter.py letter show {program} {draft} --by YOUR-ID",
            (
                "If you suspect harm, say so where you read it: that starts what has to be done, and the duty to report is "
                "your own."
            ),
        ),
        action=Action("Open my page", link) if link else None,
    )
