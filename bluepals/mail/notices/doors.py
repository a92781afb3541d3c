"""How somebody enters the desk."""

from bluepals.mail.notice import Action, Notice


def enter_in_spanish(*, program: str, code: str, minutes: int, link: str) -> Notice:
    """To a family whose language is known."""
    return Notice(
        kind="entry",
        subject=f"{code} es su código para Blue Pals",
        greeting="Hola:",
        paragraphs=(
            (
                f"Pidió abrir Blue Pals, {program}. Escriba el código {code} donde lo pidió, o abra el enlace en el mismo "
                f"navegador. Cualquiera de los dos sirve una sola vez, durante {minutes} minutos."
            ),
            (
                f"Type the code {code} where you asked, or open the link in the same browser. "
                f"Either works once, for {minutes} minutes."
            ),
            "Si no lo pidió, no haga nada. If you have not asked, do nothing.",
        ),
        action=Action("Abrir Blue Pals", link),
        closing="Gracias, el equipo de Blue Pals",
        language="es",
    )


def enter(*, program: str, code: str, minutes: int, link: str) -> Notice:
    """In both languages of the program: who asks has not said yet which is theirs."""
    return Notice(
        kind="entry",
        subject=f"{code} is your code for Blue Pals",
        greeting="Hello,",
        paragraphs=(
            (
                f"You asked to open Blue Pals, {program}. Type the code {code} where you asked, or open the link in the "
                f"same browser. Either works once, for {minutes} minutes."
            ),
            (
                f"Escriba el código {code} donde lo pidió, o abra el enlace en el mismo navegador. "
                f"Sirve una sola vez, durante {minutes} minutos."
            ),
            "If you have not asked, do nothing. Si no lo pidió, no haga nada.",
        ),
        action=Action("Open Blue Pals", link),
    )


def enter_otherwise(*, program: str, how: str, link: str) -> Notice:
    """To one of the staff who is not let in by mail."""
    return Notice(
        kind="entry",
        subject="Another way into Blue Pals",
        greeting="Hello,",
        paragraphs=(
            (
                f"You asked to open Blue Pals, {program}. Coordinators, moderators and counselors enter with {how} "
                "and not by mail: open the page and press the button that says so."
            ),
            "If that does not work, an administrator can let you in. If you have not asked, do nothing.",
        ),
        action=Action("Enter Blue Pals", link),
    )


def passkey_made(*, name: str, program: str) -> Notice:
    """Whoever reads a mailbox could have made it."""
    return Notice(
        kind="passkey",
        subject="A passkey of yours for Blue Pals",
        greeting=f"Hello {name},",
        paragraphs=(
            f"A passkey was made in your name for Blue Pals, {program}. From now on you enter with it, and not by mail.",
            "If it was not you, tell the coordinator and an administrator at once.",
        ),
    )
