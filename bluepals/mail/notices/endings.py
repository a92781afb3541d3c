"""A pairing ends before the year does: a farewell is asked for, another pal announced, a death told of."""

from bluepals.mail.notice import Action, Notice, to_family, to_family_in_spanish


def officer_leaves_to_officer(*, officer: str, student: str, until: str, link: str) -> Notice:
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


def officer_leaves_to_teacher(
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
        return to_family_in_spanish(
            kind="successor",
            subject=f"{student} tendrá otra persona con quien escribirse",
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
        )
    return to_family(
        kind="successor",
        subject=f"{student} will have another pen pal",
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
        return to_family_in_spanish(
            kind="leaves",
            subject=f"Una última carta de {student}",
            paragraphs=(
                (
                    f"{student} va a otra escuela, y las cartas con {officer} llegan a su fin. Los dos pueden escribirse "
                    f"una última carta por medio de la escuela, antes de esta fecha: {until}."
                ),
            ),
        )
    return to_family(
        kind="leaves",
        subject=f"A last letter of {student}",
        paragraphs=(
            (
                f"{student} goes to another school, and the letters with {officer} come to their end. Both may write a last "
                f"letter through the school, by {until}."
            ),
        ),
    )


def goes_on_to_officer(*, officer: str, student: str, link: str) -> Notice:
    return Notice(
        kind="goes-on",
        subject=f"You and {student} go on",
        greeting=f"Dear {officer},",
        paragraphs=(
            f"We wrote to you that your letters with {student} come to their end. That was a mistake: they go on as before.",
            "Please write your next letter as in every round. Your page has its date.",
        ),
        action=Action("Open my page", link),
    )


def goes_on_to_teacher(*, teacher: str, student: str, class_name: str) -> Notice:
    return Notice(
        kind="goes-on",
        subject=f"{student} of class {class_name} keeps the pal",
        greeting=f"Dear {teacher},",
        paragraphs=(
            (
                f"We wrote to you that the letters between {student} and the pal come to their end. That was a mistake: "
                "they go on as before, and no last letter is needed."
            ),
        ),
    )


def goes_on_to_guardian(*, student: str, officer: str, language: str) -> Notice:
    if language == "es":
        return to_family_in_spanish(
            kind="goes-on",
            subject=f"Las cartas de {student} continúan",
            paragraphs=(
                (
                    f"Les escribimos que las cartas entre {student} y {officer} llegaban a su fin. Fue un error: continúan "
                    "como antes. Disculpen la confusión."
                ),
            ),
        )
    return to_family(
        kind="goes-on",
        subject=f"The letters of {student} go on",
        paragraphs=(
            (
                f"We wrote to you that the letters between {student} and {officer} come to their end. That was a mistake: "
                "they go on as before. We are sorry for the confusion."
            ),
        ),
    )


def letters_are_over(*, officer: str, link: str) -> Notice:
    """It names nobody: the family has taken its child out of the program."""
    return Notice(
        kind="over",
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


def letters_are_over_to_teacher(*, teacher: str, class_name: str, link: str) -> Notice:
    """It names no child: nothing of one leaves after its family has said no."""
    return Notice(
        kind="over",
        subject=f"A child of class {class_name} writes no longer",
        greeting=f"Dear {teacher},",
        paragraphs=(
            (
                "A family no longer agrees to the letters: the name is no longer on your page. What was on its way has been "
                "stopped. Please hand in no more letters of this child, and give it none; the officer knows that it is over."
            ),
        ),
        action=Action("Open my class", link),
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
