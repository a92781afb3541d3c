"""How a pair is proposed, asked, and introduced to each other."""

from collections.abc import Sequence

from bluepals.domain.sentences import counted
from bluepals.mail.notice import Action, Notice, Section, to_family, to_family_in_spanish


def proposal_ready(*, name: str, pairs: int, waiting: int, program: str) -> Notice:
    return Notice(
        kind="proposal",
        subject=f"{counted(pairs, 'pair is', 'pairs are')} proposed",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"{counted(pairs, 'pair is', 'pairs are')} proposed, and {counted(waiting, 'child', 'children')} would"
                " wait. Nothing is sent before you approve."
            ),
            f"Look at it with: starter.py match show {program}",
        ),
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
        return to_family_in_spanish(
            kind="asked",
            subject=f"Quién escribirá a {student}",
            paragraphs=(
                (
                    f"Este año escolar {student} puede escribirse con {officer}, de {agency}. Antes de presentarles, "
                    "queremos saber si usted está de acuerdo."
                ),
                (
                    f"Si prefiere que sea otra persona, díganoslo antes de esta fecha: {until}. No hace falta dar una "
                    "razón. Si está de acuerdo, no tiene que hacer nada."
                ),
            ),
            action=Action("Preferimos a otra persona", link),
        )
    return to_family(
        kind="asked",
        subject=f"Who will write to {student}",
        paragraphs=(
            f"We would like to introduce {student} to {officer} of {agency}, as pen pals for this school year.",
            (
                f"If you would rather have somebody else, say so by {until}. No reason is needed. If you agree, there is "
                "nothing to do."
            ),
        ),
        action=Action("We would rather have somebody else", link),
    )


def pair_again_to_officer(*, officer: str, student: str, school: str, until: str, link: str) -> Notice:
    """To one whose pal it was last year."""
    return Notice(
        kind="asked",
        subject=f"{student} and you go on",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"{student} at {school} and you both wished to go on writing, and so you are to be pals this year too.",
            (
                f"If you have changed your mind, say so by {until}. No reason is needed, and nobody is told who has said no. "
                "Otherwise there is nothing to do: we tell you then when the letters begin."
            ),
        ),
        action=Action("I would rather not go on", link),
    )


def pair_again_to_guardian(
    *, student: str, officer: str, agency: str, until: str, link: str, language: str
) -> Notice:
    """To the family of a child who wrote to the same officer last year."""
    if language == "es":
        return to_family_in_spanish(
            kind="asked",
            subject=f"{student} y {officer} quieren seguir escribiéndose",
            paragraphs=(
                f"{student} y {officer}, de {agency}, quisieron seguir escribiéndose también este año escolar.",
                (
                    f"Si usted ya no está de acuerdo, díganoslo antes de esta fecha: {until}. No hace falta dar una razón. Si "
                    "está de acuerdo, no tiene que hacer nada."
                ),
            ),
            action=Action("Preferimos que no sigan", link),
        )
    return to_family(
        kind="asked",
        subject=f"{student} and {officer} go on",
        paragraphs=(
            f"{student} and {officer} of {agency} both wished to go on writing this school year too.",
            (
                f"If you no longer agree, say so by {until}. No reason is needed. If you agree, there is nothing to do."
            ),
        ),
        action=Action("We would rather not have them go on", link),
    )


def pairs_to_counselor(*, name: str, lines: Sequence[str], until: str, link: str) -> Notice:
    return Notice(
        kind="asked",
        subject=f"{counted(len(lines), 'pair', 'pairs')} will be introduced",
        greeting=f"Dear {name},",
        paragraphs=(
            (
                f"These pairs are introduced to each other after {until}, unless the family, the officer or you decline "
                "one before. No reason is needed."
            ),
            "To decline one, open your page.",
        ),
        sections=(Section("New pairs", tuple(lines)),),
        action=Action("Your page", link),
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
        return to_family_in_spanish(
            kind="declined",
            subject=f"Buscamos a otra persona para {student}",
            paragraphs=(
                (
                    f"La persona de la que les escribimos no escribirá a {student}. No es por nada que {student} haya "
                    "hecho. Buscamos a otra y les avisaremos quién es."
                ),
            ),
        )
    return to_family(
        kind="declined",
        subject=f"Somebody else will write to {student}",
        paragraphs=(
            (
                f"The person we wrote to you about will not write to {student}. It is because of nothing that {student} "
                "did. We look for somebody else and tell you who it is."
            ),
        ),
    )


_ON_THE_PAGE = (
    "Please write on the page only, never by mail or phone, and never ask for an address or a secret. "
    "A person reads every letter before it goes on."
)


def to_officer(*, officer: str, student: str, first_due: str, link: str) -> Notice:
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
            _ON_THE_PAGE,
        ),
        action=Action("Open my page", link),
    )


def again_to_officer(*, officer: str, student: str, first_due: str, link: str) -> Notice:
    """To one whose pal it was last year."""
    return Notice(
        kind="introduction",
        subject=f"{student} and you go on writing",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"{student} and you both wished to go on, and so you are pals this school year too. You find each letter "
                "on your page, and you answer it there, as last year."
            ),
            f"The first letter from {student} is due by {first_due}. We tell you when it has arrived.",
            _ON_THE_PAGE,
        ),
        action=Action("Open my page", link),
    )


def after_the_rounds_to_officer(
    *, officer: str, student: str, school: str, visit_day: str | None, link: str
) -> Notice:
    """No round of the year is left for them. `visit_day` None: nor is there a visit."""
    return Notice(
        kind="introduction",
        subject="Meet your Blue Pal",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"Your pal is {student} at {school}. No round of letters is left this year, so there is no letter to write.",
            (
                f"You meet at the officers' visit at {school} on {visit_day}: we ask you in a mail of its own whether you come."
                if visit_day
                else "Whether you write to each other next school year is up to both of you."
            ),
        ),
        action=Action("Open my page", link),
    )


def to_guardian(*, student: str, officer: str, link: str, language: str) -> Notice:
    if language == "es":
        return to_family_in_spanish(
            kind="introduction",
            subject=f"Cartas para {student} este año",
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
                    f"Si usted prefiere que {student} no participe, dígalo en su página o avise a la escuela. Puede hacerlo "
                    "en cualquier momento, y no hace falta dar una razón. En su página puede leer también las cartas."
                ),
            ),
            action=Action("Abrir la página de su familia", link),
        )
    return to_family(
        kind="introduction",
        subject=f"A pen pal for {student}",
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
                f"If you would rather that {student} does not take part, say so on your page or tell the school. You can "
                "do so at any time, and no reason is needed. On your page you can read the letters, too."
            ),
        ),
        action=Action("Open your family's page", link),
    )


def again_to_guardian(*, student: str, officer: str, link: str, language: str) -> Notice:
    """To the family of a child who wrote to the same officer last year."""
    if language == "es":
        return to_family_in_spanish(
            kind="introduction",
            subject=f"{student} y {officer} siguen escribiéndose",
            paragraphs=(
                (
                    f"{student} y {officer} quisieron seguir, así que también este año escolar intercambiarán cartas. "
                    "Todo sigue como el año pasado: una persona del programa lee cada carta antes de entregarla."
                ),
                (
                    f"Si usted prefiere que {student} ya no participe, dígalo en su página o avise a la escuela. Puede hacerlo "
                    "en cualquier momento, y no hace falta dar una razón."
                ),
            ),
            action=Action("Abrir la página de su familia", link),
        )
    return to_family(
        kind="introduction",
        subject=f"{student} and {officer} go on writing",
        paragraphs=(
            (
                f"{student} and {officer} both wished to go on, and so they exchange letters this school year too. All is as "
                "last year: a person of the program reads each letter before it goes on."
            ),
            (
                f"If you would rather that {student} no longer takes part, say so on your page or tell the school. You can "
                "do so at any time, and no reason is needed."
            ),
        ),
        action=Action("Open your family's page", link),
    )


def after_the_rounds_to_guardian(
    *, student: str, officer: str, visit_day: str | None, link: str, language: str
) -> Notice:
    """No round of the year is left for them. `visit_day`, in the family's language; None: nor is there a visit."""
    if language == "es":
        meet = f"Se conocerán en la visita a la escuela: {visit_day}." if visit_day else ""
        return to_family_in_spanish(
            kind="introduction",
            subject=f"{officer} es ahora el contacto de {student} en Blue Pals",
            paragraphs=(
                (
                    f"{student} tiene ahora a {officer}, que trabaja en la policía local, en el programa Blue Pals. Este año ya "
                    f"no queda ninguna ronda de cartas. {meet}"
                ).rstrip(),
                (
                    f"Si usted prefiere que {student} no participe, dígalo en su página o avise a la escuela. No hace falta dar "
                    "una razón."
                ),
            ),
            action=Action("Abrir la página de su familia", link),
        )
    meet = f"They meet at the officers' visit at school: {visit_day}." if visit_day else ""
    return to_family(
        kind="introduction",
        subject=f"A Blue Pal for {student}",
        paragraphs=(
            (
                f"{student}'s pal in Blue Pals is now {officer}, who works for our local police. No round of letters is left "
                f"this school year. {meet}"
            ).rstrip(),
            (
                f"If you would rather that {student} does not take part, say so on your page or tell the school. No reason is "
                "needed."
            ),
        ),
        action=Action("Open your family's page", link),
    )
