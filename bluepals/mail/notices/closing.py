"""The end of the year: farewell, thanks, questions, numbers, what comes next."""

from collections.abc import Sequence

from bluepals.mail.notice import Action, Notice, Section, to_family, to_family_in_spanish


def farewell_to_guardian(*, student: str, officer: str, language: str) -> Notice:
    if language == "es":
        return to_family_in_spanish(
            kind="farewell",
            subject=f"Un año de cartas para {student}",
            paragraphs=(
                (
                    f"El año de cartas entre {student} y {officer} llega a su fin. {student} puede quedarse con todas "
                    "sus cartas. Gracias por su apoyo."
                ),
            ),
        )
    return to_family(
        kind="farewell",
        subject=f"A year of letters for {student}",
        paragraphs=(
            (
                f"The year of letters between {student} and {officer} comes to its end. "
                f"{student} may keep all the letters. Thank you for being part of it."
            ),
        ),
    )


def farewell_to_officer(*, officer: str, student: str) -> Notice:
    return Notice(
        kind="farewell",
        subject="Thank you for a year of letters",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"Your year of letters with {student} comes to its end. Thank you for every line. "
                "We hope that you will write again next year."
            ),
        ),
    )


def thanks_to_officer(*, name: str, link: str) -> Notice:
    return Notice(
        kind="survey",
        subject="Four questions about your year of letters",
        greeting=f"Dear {name},",
        paragraphs=(
            "Thank you for a year of letters. Each of them was opened by a child who had waited for it.",
            "Please answer four short questions on your page. Your answers are counted, and nobody sees whose they are.",
        ),
        action=Action("Answer", link),
    )


def thanks_to_teacher(*, name: str, link: str) -> Notice:
    return Notice(
        kind="survey",
        subject="Certificates for your class, and four questions",
        greeting=f"Dear {name},",
        paragraphs=(
            "Thank you for collecting, handing out and reading along all year.",
            "Your page has a certificate for each child, to be printed and handed out.",
            "Please answer the four short questions there. Your answers are counted, and nobody sees whose they are.",
        ),
        action=Action("Open my page", link),
    )


def survey_reminder(*, name: str, link: str) -> Notice:
    return Notice(
        kind="survey",
        subject="How was your year of letters?",
        greeting=f"Dear {name},",
        paragraphs=("Four short questions about the year still wait on your page. We don't ask again.",),
        action=Action("Answer", link),
    )


def follow_on(*, student: str, programs: Sequence[str], language: str) -> Notice:
    """`programs`: one line each, as the schools wrote it."""
    if language == "es":
        return to_family_in_spanish(
            kind="follow-on",
            subject=f"Otros programas para {student}",
            paragraphs=(
                (
                    f"Las cartas de {student} terminan con este año escolar. Usted nos dijo que le gustaría saber de "
                    "otros programas; estos siguen. La inscripción es con cada programa, y nosotros no les damos sus datos."
                ),
            ),
            sections=(Section("Lo que sigue", tuple(programs)),),
        )
    return to_family(
        kind="follow-on",
        subject=f"Other programs for {student}",
        paragraphs=(
            (
                f"The letters of {student} end with this school year. You told us that you would like to hear of other "
                "programs; these come next. You sign up with each of them, and we give them no data of yours."
            ),
        ),
        sections=(Section("What comes next", tuple(programs)),),
    )


def year_numbers(*, name: str, school: str, lines: Sequence[str]) -> Notice:
    return Notice(
        kind="year",
        subject=f"The year at {school} in numbers",
        greeting=f"Dear {name},",
        paragraphs=("The year is closed. This is what it came to.",),
        sections=(Section(school, tuple(lines)),),
    )
