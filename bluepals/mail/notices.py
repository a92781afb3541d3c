"""What people are told: one function for each notice. A first name at most, and a link instead of a letter."""

from collections.abc import Sequence
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


def introduction_to_officer(*, officer: str, student: str, first_due: str, link: str) -> Notice:
    return Notice(
        kind="introduction",
        subject="Meet your Blue Pal",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"Your pal this year is {student}, a fifth-grader. {student} will write first; you will find each letter "
                "on your page, and you answer it there: typed, or as a photo of a handwritten page."
            ),
            f"The first letter from {student} is due by {first_due}. We tell you when it has arrived.",
            (
                "Please write on the page only, never by mail or phone, and never ask for an address or a secret. "
                "A person reads every letter before it goes on."
            ),
        ),
        action=Action("Open my page", link),
    )


def introduction_to_guardian(*, student: str, officer: str, language: str) -> Notice:
    if language == "es":
        return Notice(
            kind="introduction",
            subject=f"Cartas para {student} este año",
            greeting="Estimada familia:",
            paragraphs=(
                (
                    f"Este año escolar {student} intercambiará cartas con {officer}, que trabaja en la policía local. "
                    "En Blue Pals, cada estudiante de quinto grado escribe durante todo el año con una persona adulta "
                    "de la policía. Al final del año hay una visita en la escuela, para conocerse."
                ),
                (
                    "Las cartas se escriben en la escuela. Una persona del programa lee cada carta, en las dos "
                    "direcciones, antes de entregarla. Se usan solo los nombres de pila; no se comparten direcciones "
                    "ni números de teléfono."
                ),
                (
                    f"Si usted prefiere que {student} no participe, avise a la escuela. Puede hacerlo en cualquier "
                    "momento, y no hace falta dar una razón."
                ),
            ),
            closing="Gracias, el equipo de Blue Pals",
            language="es",
        )
    return Notice(
        kind="introduction",
        subject=f"A pen pal for {student}",
        greeting="Dear family,",
        paragraphs=(
            (
                f"This school year {student} will exchange letters with {officer}, who works for our local police. "
                "In Blue Pals every fifth-grader writes with an adult at a police agency all year long. "
                "At the end of the year there is a visit at school, so that they can meet."
            ),
            (
                "The letters are written at school. A person of the program reads each of them, in both directions, "
                "before it goes on. They use first names only; no address and no phone number is passed on."
            ),
            (
                f"If you would rather that {student} does not take part, tell the school. You can do so at any time, "
                "and no reason is needed."
            ),
        ),
    )


def letter_to_read(*, officer: str, student: str, answer_by: str, link: str) -> Notice:
    return Notice(
        kind="letter",
        subject=f"A letter from {student}",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"{student} has written to you. Please answer by {answer_by}: typed on your page, "
                "or as a photo of a handwritten letter."
            ),
        ),
        action=Action("Read and answer", link),
    )


def student_missed(*, officer: str, student: str, answer_by: str, link: str) -> Notice:
    return Notice(
        kind="letter",
        subject=f"You may write to {student} first",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"There is no letter from {student} this time. A few lines from you would mean a lot: "
                f"please write first, by {answer_by}."
            ),
        ),
        action=Action("Write a letter", link),
    )


def silence_warning(*, officer: str, student: str, answer_by: str, link: str) -> Notice:
    return Notice(
        kind="letter",
        subject=f"{student} is waiting for you",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"{student} has had no letter from you for a while; a letter of a colleague stood in. "
                "We know how full your days are, and a few lines are enough."
            ),
            (
                f"Please write by {answer_by}, or tell us if you can't any more: then {student} gets another pal, "
                "and nobody thinks less of you."
            ),
        ),
        action=Action("Write a letter", link),
    )


def letter_returned(*, name: str, reason: str, due: str, link: str | None) -> Notice:
    return Notice(
        kind="returned",
        subject="A letter came back to be changed",
        greeting=f"Dear {name},",
        paragraphs=(
            "Thank you for the letter. The person who read it asks for a change before it goes on:",
            f"“{reason}”",
            f"Please send it again by {due}.",
        ),
        action=Action("Change the letter", link) if link else None,
    )


def letter_referred(*, name: str, case: str, draft: str, plan_by: str) -> Notice:
    return Notice(
        kind="safety",
        subject="Please look at a letter today",
        greeting=f"Dear {name},",
        paragraphs=(
            "A letter worries someone, and is held for you. It goes nowhere until you have looked at it.",
            (
                f"Its number is {draft}, the case is {case}. Please make a plan by {plan_by}, with a day to look again: "
                "starter.py case plan"
            ),
            "If you suspect harm, your duty to report is your own and immediate.",
        ),
    )


def pack_ready(*, teacher: str, class_name: str, round_number: int, opens_on: str, link: str) -> Notice:
    return Notice(
        kind="pack",
        subject=f"Opening day {round_number}: the letters of class {class_name}",
        greeting=f"Dear {teacher},",
        paragraphs=(
            (
                f"The letters that class {class_name} opens on {opens_on} are ready: one for every child with a pal. "
                "Print the pack, give each child their own letter, and let the class open them together."
            ),
        ),
        action=Action("Get the letters", link),
    )


def letter_after_the_last_round(*, teacher: str, class_name: str, link: str) -> Notice:
    return Notice(
        kind="pack",
        subject=f"One more letter for class {class_name}",
        greeting=f"Dear {teacher},",
        paragraphs=(
            "An officer's letter came after the last opening day. Please print it and hand it to the child it is for.",
        ),
        action=Action("Get the letter", link),
    )


def proposal_ready(*, name: str, pairs: int, waiting: int, program: str) -> Notice:
    return Notice(
        kind="proposal",
        subject=f"{pairs} pairs are proposed",
        greeting=f"Dear {name},",
        paragraphs=(
            f"{pairs} pairs are proposed and {waiting} children would wait. Nothing is sent before you approve.",
            f"Look at it with: starter.py match show {program}",
        ),
    )


def daily(*, name: str, sections: Sequence[Section], link: str | None) -> Notice:
    count = sum(len(section.lines) for section in sections)
    return Notice(
        kind="daily",
        subject=f"Blue Pals today: {count} {'thing' if count == 1 else 'things'}",
        greeting=f"Dear {name},",
        paragraphs=("This waits for you today:",),
        sections=tuple(sections),
        action=Action("Open my page", link) if link else None,
    )


def visit_invitation(
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


def visit_reminder(*, officer: str, school: str, when: str) -> Notice:
    return Notice(
        kind="visit",
        subject=f"The visit at {school} is near",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"We look forward to seeing you at {school}: {when}.",
            "You have not answered yet, or something has come up? Please tell us on your page; your invitation has the link.",
        ),
    )


def visit_thanks(*, officer: str, school: str) -> Notice:
    return Notice(
        kind="visit",
        subject=f"Thank you for visiting {school}",
        greeting=f"Dear {officer},",
        paragraphs=("Thank you for coming. This visit is what many children will tell about at home.",),
    )


def farewell_to_guardian(*, student: str, officer: str, language: str) -> Notice:
    if language == "es":
        return Notice(
            kind="farewell",
            subject=f"Un año de cartas para {student}",
            greeting="Estimada familia:",
            paragraphs=(
                (
                    f"El año de cartas entre {student} y {officer} llega a su fin. {student} puede quedarse con todas "
                    "sus cartas. Gracias por su apoyo."
                ),
            ),
            closing="Gracias, el equipo de Blue Pals",
            language="es",
        )
    return Notice(
        kind="farewell",
        subject=f"A year of letters for {student}",
        greeting="Dear family,",
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


def year_numbers(*, name: str, school: str, lines: Sequence[str]) -> Notice:
    return Notice(
        kind="year",
        subject=f"The year at {school} in numbers",
        greeting=f"Dear {name},",
        paragraphs=("The year is closed. This is what it came to.",),
        sections=(Section(school, tuple(lines)),),
    )


def farewell_asked_of_officer(*, officer: str, student: str, until: str, link: str) -> Notice:
    return Notice(
        kind="leaves",
        subject=f"A last letter to {student}",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"Thank you for every letter to {student}. Another officer will write to {student} from here on.",
            (
                f"Please write a last letter on your page by {until}: a few kind lines, and that somebody else is coming. "
                "A person reads it before it goes on, as always."
            ),
        ),
        action=Action("Write a last letter", link),
    )


def farewell_asked_of_teacher(
    *, teacher: str, student: str, class_name: str, until: str, link: str
) -> Notice:
    return Notice(
        kind="leaves",
        subject=f"{student} of class {class_name} will have another pal",
        greeting=f"Dear {teacher},",
        paragraphs=(
            f"The officer who writes to {student} can't go on. We look for another one, and tell you and the family.",
            f"If {student} would like to say goodbye, please hand in a last letter by {until}.",
        ),
        action=Action("Hand in a letter", link),
    )


def pal_changes_to_guardian(*, student: str, language: str) -> Notice:
    if language == "es":
        return Notice(
            kind="successor",
            subject=f"{student} tendrá otra persona con quien escribirse",
            greeting="Estimada familia:",
            paragraphs=(
                (
                    f"La persona de la policía que escribía a {student} ya no puede seguir. No es por nada que {student} "
                    "haya hecho o escrito."
                ),
                (
                    f"Buscamos a otra persona que le escriba, y les avisaremos quién es. Mientras tanto, {student} "
                    "recibirá también una carta cuando la clase abra las suyas."
                ),
            ),
            closing="Gracias, el equipo de Blue Pals",
            language="es",
        )
    return Notice(
        kind="successor",
        subject=f"{student} will have another pen pal",
        greeting="Dear family,",
        paragraphs=(
            (
                f"The officer who wrote to {student} can't go on. It is because of nothing that {student} has done or "
                "written."
            ),
            (
                f"We look for another officer and will tell you who it is. Until then {student} gets a letter too when "
                "the class opens its letters."
            ),
        ),
    )


def pal_changes_to_teacher(*, teacher: str, student: str, class_name: str, by_paper: bool) -> Notice:
    paper = ("We have no address of the family: please tell them, in the same words, on paper.",)
    return Notice(
        kind="successor",
        subject=f"{student} of class {class_name} waits for another pal",
        greeting=f"Dear {teacher},",
        paragraphs=(
            f"The officer who wrote to {student} can't go on, because of nothing that {student} has done or written.",
            "Another one follows after a while. Until then the class's pack holds a letter for every opening day.",
            *(paper if by_paper else ()),
        ),
    )


def death(*, name: str, who: str, first_name: str) -> Notice:
    return Notice(
        kind="safety",
        subject="Please call the coordinator today",
        greeting=f"Dear {name},",
        paragraphs=(
            f"{first_name}, {who} of the program, has died. Nobody else has been told, and nothing is sent by itself.",
            (
                "Who tells the child, the family, the class and the officer, when, and in which words, is decided by you "
                "and the coordinator together."
            ),
        ),
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


def stopwatch(*, name: str, case: str, missing: int, since: str, link: str) -> Notice:
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
            "This comes again until they have: at first every 15 minutes, then every hour, day and night.",
        ),
        action=Action("Open the case", link),
    )


def conduct(*, name: str, case: str, program: str) -> Notice:
    return Notice(
        kind="safety",
        subject="An officer's conduct: please decide",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"Somebody worries about an officer's letter. The case is {case}. The officer and their pairings have "
                "stopped: no letter goes to them or from them."
            ),
            f"Look at it with: starter.py case show {program} {case}",
        ),
    )


def marked_high(*, name: str, draft: str, program: str) -> Notice:
    return Notice(
        kind="safety",
        subject="Please read a letter now",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"A letter came in that the filter marks as worrying. Its number is {draft}. It goes nowhere before a "
                "person has decided about it, and a filter may be wrong."
            ),
            f"Read it with: starter.py letter show {program} {draft}",
            "If you suspect harm, refer it: that starts what has to be done, and the duty to report is your own.",
        ),
    )


def letters_are_over(*, officer: str, link: str) -> Notice:
    """It names nobody: the family has taken its child out of the program."""
    return Notice(
        kind="farewell",
        subject="One of your pals writes no longer",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                "One of your pals takes part no longer; your page shows which. Nothing that you did is the reason. "
                "Please don't write to this child any more, on the page or otherwise. Thank you for your letters."
            ),
        ),
        action=Action("Open my page", link),
    )


def visit_moved(
    *,
    name: str,
    school: str,
    was: str,
    when: str,
    because: str | None,
    link: str | None = None,
    calendar_file: bytes | None = None,
) -> Notice:
    """With a link: to somebody who is asked again."""
    asked = (
        "Please tell us on your page whether you can come then. What you answered before counts no more.",
    )
    return Notice(
        kind="moved",
        subject=f"The visit at {school} has another date",
        greeting=f"Dear {name},",
        paragraphs=(
            f"The visit that was to be on {was} moves. The new date: {when}, at {school}.",
            *((because,) if because else ()),
            *(asked if link else ()),
        ),
        action=Action("Answer", link) if link else None,
        calendar_file=CalendarFile(calendar_file) if calendar_file else None,
    )


def visit_called_off(
    *,
    name: str,
    school: str,
    day: str,
    because: str | None,
    read_aloud: bool,
    calendar_file: bytes | None = None,
) -> Notice:
    follows = (
        "There will be no second date. The class reads letters of the year aloud instead."
        if read_aloud
        else "As soon as there is a second date, we write again."
    )
    return Notice(
        kind="cancelled",
        subject=f"The visit at {school} on {day} does not take place",
        greeting=f"Dear {name},",
        paragraphs=(
            f"The visit at {school} on {day} is called off. Please do not come.",
            *((because,) if because else ()),
            follows,
        ),
        calendar_file=CalendarFile(calendar_file) if calendar_file else None,
    )


def visit_host_asked(
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


def visit_host_released(*, officer: str, student: str, school: str, calendar_file: bytes) -> Notice:
    return Notice(
        kind="host",
        subject=f"You need not meet {student} at {school} on that day",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"Thank you for being ready to meet {student} at {school}. You are not needed on that day any more: "
                "the pal comes after all, or the visit is on another day. If we need you again, we ask you again."
            ),
        ),
        calendar_file=CalendarFile(calendar_file),
    )


def visit_sheets_ready(*, name: str, school: str, when: str, link: str) -> Notice:
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


def pair_to_officer(*, officer: str, student: str, school: str, until: str, link: str) -> Notice:
    return Notice(
        kind="asked",
        subject="A pal is chosen for you",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"We would like to introduce you to {student}, a fifth-grader at {school}.",
            (
                f"If you know the child, or would rather have another pal, say so by {until}. No reason is needed, and "
                "nobody is told who has said no. Otherwise there is nothing to do: we introduce you then."
            ),
        ),
        action=Action("I would rather have another pal", link),
    )


def pair_to_guardian(
    *, student: str, officer: str, agency: str, until: str, link: str, language: str
) -> Notice:
    if language == "es":
        return Notice(
            kind="asked",
            subject=f"Quién escribirá a {student}",
            greeting="Estimada familia:",
            paragraphs=(
                f"Queremos presentar a {student} a {officer}, de {agency}, para que se escriban este año escolar.",
                (
                    f"Si prefiere que sea otra persona, díganoslo antes de esta fecha: {until}. No hace falta dar una "
                    "razón. Si está de acuerdo, no tiene que hacer nada."
                ),
            ),
            action=Action("Preferimos a otra persona", link),
            closing="Gracias, el equipo de Blue Pals",
            language="es",
        )
    return Notice(
        kind="asked",
        subject=f"Who will write to {student}",
        greeting="Dear family,",
        paragraphs=(
            f"We would like to introduce {student} to {officer} of {agency}, as pen pals for this school year.",
            (
                f"If you would rather have somebody else, say so by {until}. No reason is needed. If you agree, there is "
                "nothing to do."
            ),
        ),
        action=Action("We would rather have somebody else", link),
    )


def pairs_to_counselor(*, name: str, lines: Sequence[str], until: str, program: str) -> Notice:
    return Notice(
        kind="asked",
        subject=f"{len(lines)} pairs will be introduced",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"These pairs are introduced to each other after {until}, unless the family, the officer or you decline "
                "one before. No reason is needed."
            ),
            f"To decline one: starter.py match decline {program} PAIRING --by YOUR-ID",
        ),
        sections=(Section("New pairs", tuple(lines)),),
    )


def no_pair_to_officer(*, officer: str) -> Notice:
    return Notice(
        kind="declined",
        subject="Another pal is looked for",
        greeting=f"Dear {officer},",
        paragraphs=(
            "The pal that we wrote to you about will not be introduced to you. Nothing that you did is the reason.",
            "We look for another one and tell you who it is.",
        ),
    )


def no_pair_to_guardian(*, student: str, language: str) -> Notice:
    if language == "es":
        return Notice(
            kind="declined",
            subject=f"Buscamos a otra persona para {student}",
            greeting="Estimada familia:",
            paragraphs=(
                (
                    f"La persona de la que les escribimos no escribirá a {student}. No es por nada que {student} haya "
                    "hecho. Buscamos a otra y les avisaremos quién es."
                ),
            ),
            closing="Gracias, el equipo de Blue Pals",
            language="es",
        )
    return Notice(
        kind="declined",
        subject=f"Somebody else will write to {student}",
        greeting="Dear family,",
        paragraphs=(
            (
                f"The person we wrote to you about will not write to {student}. It is because of nothing that {student} "
                "did. We look for somebody else and tell you who it is."
            ),
        ),
    )


def child_leaves_to_officer(*, officer: str, student: str, until: str, link: str) -> Notice:
    return Notice(
        kind="leaves",
        subject=f"{student} goes to another school",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"{student} goes to a school that is not part of the program, so your letters come to their end.",
            f"Please write a last letter by {until}, on your page. A last letter of {student} may come to you too.",
        ),
        action=Action("Write a last letter", link),
    )


def child_leaves_to_teacher(*, teacher: str, student: str, class_name: str, until: str, link: str) -> Notice:
    return Notice(
        kind="leaves",
        subject=f"A last letter of {student}",
        greeting=f"Dear {teacher},",
        paragraphs=(
            (
                f"{student} leaves class {class_name}. If there is a last letter to the pal, please hand it in by {until}; "
                "the pal's last letter will be on your page."
            ),
        ),
        action=Action("Open my class", link),
    )


def child_leaves_to_guardian(*, student: str, officer: str, until: str, language: str) -> Notice:
    if language == "es":
        return Notice(
            kind="leaves",
            subject=f"Una última carta de {student}",
            greeting="Estimada familia:",
            paragraphs=(
                (
                    f"{student} va a otra escuela, y las cartas con {officer} llegan a su fin. Los dos pueden escribirse "
                    f"una última carta por medio de la escuela, antes de esta fecha: {until}."
                ),
            ),
            closing="Gracias, el equipo de Blue Pals",
            language="es",
        )
    return Notice(
        kind="leaves",
        subject=f"A last letter of {student}",
        greeting="Dear family,",
        paragraphs=(
            (
                f"{student} goes to another school, and the letters with {officer} come to their end. Both may write a last "
                f"letter through the school, by {until}."
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
        return Notice(
            kind="follow-on",
            subject=f"Otros programas para {student}",
            greeting="Estimada familia:",
            paragraphs=(
                (
                    f"Las cartas de {student} terminan con este año escolar. Usted nos dijo que le gustaría saber de "
                    "otros programas; estos siguen. La inscripción es con cada programa, y nosotros no les damos sus datos."
                ),
            ),
            sections=(Section("Lo que sigue", tuple(programs)),),
            closing="Gracias, el equipo de Blue Pals",
            language="es",
        )
    return Notice(
        kind="follow-on",
        subject=f"Other programs for {student}",
        greeting="Dear family,",
        paragraphs=(
            (
                f"The letters of {student} end with this school year. You told us that you would like to hear of other "
                "programs; these come next. You sign up with each of them, and we give them no data of yours."
            ),
        ),
        sections=(Section("What comes next", tuple(programs)),),
    )
