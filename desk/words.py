"""What the desk says to families, in English and Spanish. The Spanish waits for a person's review: docs/running.md."""
# ruff: noqa: RUF001 (typographer's apostrophes)

from collections.abc import Mapping
from dataclasses import dataclass

from bluepals.domain.people import ConsentScope


@dataclass(frozen=True, slots=True)
class Words:
    """Around a family's page and on it. `{...}` is filled in with data."""

    other: str
    skip: str
    pages: str
    family: str
    log_out: str
    log_out_everywhere: str
    read_by_a_person: str
    follows_later: str
    title: str
    nobody_yet: str
    asked: str
    asked_again: str
    asked_until: str
    prefer_another: str
    writes: str
    nobody_now: str
    not_taking_part: str
    declined: str
    letters: str
    no_letters: str
    by_child: str
    by_officer: str
    by_reserve: str
    round_and_day: str
    pages_of_letter: str
    erased: str
    agreed: str
    scopes: Mapping[ConsentScope, str]
    since: str
    not_agreed: str
    withdraw: str
    withdraw_heading: str
    follows: Mapping[ConsentScope, tuple[str, ...]]
    yes_withdraw: str
    agree: str
    agree_heading: str
    means: Mapping[ConsentScope, tuple[str, ...]]
    form_in_use: str
    yes_agree: str
    agreed_now: str
    agreed_before: str
    keep: str
    withdrawn: str
    not_withdrawn: str
    erase: str
    erase_heading: str
    erase_follows: tuple[str, ...]
    yes_erase: str
    erase_asked: str
    refused: str


ENGLISH = Words(
    other="Español",
    skip="Skip to the content",
    pages="Your pages",
    family="My family",
    log_out="Log out",
    log_out_everywhere="Log me out everywhere",
    read_by_a_person="A person reads every letter before it goes on.",
    follows_later="Taken in. The rest follows as soon as the service answers again.",
    title="Your family’s page",
    nobody_yet="Nobody writes to {child} yet. We tell you when we have found somebody.",
    asked="We would like to introduce {child} to {officer} of {agency}, as pen pals for this school year.",
    asked_again="{child} and {officer} of {agency} both wished to go on writing, so they are to be pals this school year too.",
    asked_until="If you would rather have somebody else, say so by {until}. No reason is needed. If you agree, there is nothing to do.",
    prefer_another="We would rather have somebody else",
    writes="{child} and {officer} of {agency} write to each other.",
    nobody_now="At present nobody writes to {child}.",
    not_taking_part="Nobody writes to {child}: you have not agreed to the letters, or no longer do.",
    declined="Thank you. The two are not introduced; we look for somebody else. Nobody is told who has said no.",
    letters="Letters",
    no_letters="No letter has arrived yet.",
    by_child="From {child} to {officer}",
    by_officer="From {officer} to {child}",
    by_reserve="To {child}, from an officer who writes when a pal can’t",
    round_and_day="Round {number} · {day}",
    pages_of_letter="Open the handwritten pages",
    erased="This letter has been erased.",
    agreed="What you agreed to",
    scopes={
        ConsentScope.LETTERS: "Letters with an officer",
        ConsentScope.VISIT: "The officers’ visit at school",
        ConsentScope.PHOTOS: "Photos at the visit, taken by the school",
        ConsentScope.FOLLOW_ON: "Hearing about other programs",
    },
    since="since {day}",
    not_agreed="not agreed to",
    withdraw="Withdraw",
    withdraw_heading="Withdraw for {child}: {scope}",
    follows={
        ConsentScope.LETTERS: (
            "From this moment on no letter goes to {child} or from {child}; what is on its way is stopped.",
            "The officer hears that the letters are over, and not why.",
            "The visit, photos and everything else end with it.",
            "The letters that have arrived stay on this page.",
            "If you change your mind, you can agree again on your family’s page.",
        ),
        ConsentScope.VISIT: (
            "{child} does not take part when the officers come to school. The letters go on.",
            "If you change your mind, you can agree again on your family’s page.",
        ),
        ConsentScope.PHOTOS: (
            "The school takes no photos of {child} at the visit. Everything else goes on.",
            "If you change your mind, you can agree again on your family’s page.",
        ),
        ConsentScope.FOLLOW_ON: (
            "We do not write to you about programs after this year. Everything else goes on.",
            "If you change your mind, you can agree again on your family’s page.",
        ),
    },
    yes_withdraw="Yes, withdraw",
    agree="Agree",
    agree_heading="Agree for {child}: {scope}",
    means={
        ConsentScope.LETTERS: (
            "{child} and an adult at a police agency write letters to each other all year. {child}’s letters are written at school.",
            "A person reads every letter before it goes on. You can read them all on this page.",
            "We look for somebody for {child}. That can take a while, and need not be the officer of before.",
            "The visit, photos and everything else you agree to one by one, on this page.",
            "You can withdraw this on this page at any time, without a reason.",
        ),
        ConsentScope.VISIT: (
            "The officers come to school at the end of the year, and {child} meets the one who writes the letters.",
            "You can withdraw this on this page at any time, without a reason. The letters go on then.",
        ),
        ConsentScope.PHOTOS: (
            "The school may take photos in which {child} can be seen, when the officers visit.",
            "You can withdraw this on this page at any time, without a reason. Everything else goes on then.",
        ),
        ConsentScope.FOLLOW_ON: (
            "At the end of the year we write to you about other programs for {child}. We give them no data of yours.",
            "You can withdraw this on this page at any time, without a reason. Everything else goes on then.",
        ),
    },
    form_in_use="That you agree goes on record with today’s date and the version of the school’s form: {version}.",
    yes_agree="Yes, I agree",
    agreed_now="Thank you. You agree to this from now on.",
    agreed_before="Nothing has changed: you agree to this already.",
    keep="No, keep it as it is",
    withdrawn="Your consent to this is withdrawn, from this moment on.",
    not_withdrawn="Nothing has changed: this was withdrawn before, or never agreed to.",
    erase="Ask to erase everything about {child}",
    erase_heading="Erase everything about {child}",
    erase_follows=(
        "The coordinator confirms it, and may call you first. Letters that still go back and forth end first: withdraw them on your family’s page, or the coordinator asks you to.",
        "Then {child}’s name, your addresses and every letter are gone, and can’t be brought back.",
        "What stays are numbers and times without a name, which prove that the program kept its rules.",
        "What a law or an authority tells the school to keep is kept for as long as it says.",
    ),
    yes_erase="Yes, ask for it",
    erase_asked="You have asked that everything about {child} be erased. The coordinator decides when it can be done.",
    refused="",
)

SPANISH = Words(
    other="English",
    skip="Ir al contenido",
    pages="Sus páginas",
    family="Mi familia",
    log_out="Salir",
    log_out_everywhere="Salir en todos los dispositivos",
    read_by_a_person="Una persona lee cada carta antes de entregarla.",
    follows_later="Queda registrado. Lo demás seguirá en cuanto el servicio vuelva a responder.",
    title="La página de su familia",
    nobody_yet="Todavía no hay nadie que escriba a {child}. Le avisaremos en cuanto lo sepamos.",
    asked="Este año escolar queremos presentar a {child} a {officer}, de {agency}, para que se escriban.",
    asked_again="{child} y {officer}, de {agency}, quisieron seguir escribiéndose, así que también lo harán este año escolar.",
    asked_until="Si prefiere que sea otra persona, díganoslo antes de esta fecha: {until}. No hace falta dar una razón. Si está de acuerdo, no tiene que hacer nada.",
    prefer_another="Preferimos a otra persona",
    writes="{child} se escribe con {officer}, de {agency}.",
    nobody_now="En este momento nadie escribe a {child}.",
    not_taking_part="Nadie escribe a {child}: usted no ha autorizado las cartas, o ya no las autoriza.",
    declined="Gracias. No les presentaremos; buscamos a otra persona. A nadie se le dice quién ha dicho que no.",
    letters="Cartas",
    no_letters="Todavía no ha llegado ninguna carta.",
    by_child="De {child} para {officer}",
    by_officer="De {officer} para {child}",
    by_reserve="Para {child}, de una persona de la policía que escribe cuando falta una carta",
    round_and_day="Ronda {number} · {day}",
    pages_of_letter="Abrir las páginas escritas a mano",
    erased="Esta carta se ha borrado.",
    agreed="Lo que usted ha autorizado",
    scopes={
        ConsentScope.LETTERS: "Cartas con una persona de la policía",
        ConsentScope.VISIT: "La visita de la policía en la escuela",
        ConsentScope.PHOTOS: "Fotos en la visita, hechas por la escuela",
        ConsentScope.FOLLOW_ON: "Recibir noticias de otros programas",
    },
    since="desde el {day}",
    not_agreed="sin autorización",
    withdraw="Retirar",
    withdraw_heading="Retirar la autorización para {child}: {scope}",
    follows={
        ConsentScope.LETTERS: (
            "Desde este momento no sale ninguna carta de {child} ni para {child}; lo que está en camino se detiene.",
            "La persona que le escribe sabrá que las cartas han terminado, pero no por qué.",
            "La visita, las fotos y todo lo demás terminan también.",
            "Las cartas que ya llegaron siguen en esta página.",
            "Si cambia de opinión, puede autorizarlo otra vez en la página de su familia.",
        ),
        ConsentScope.VISIT: (
            "{child} no participa en la visita de la policía en la escuela. Las cartas continúan.",
            "Si cambia de opinión, puede autorizarlo otra vez en la página de su familia.",
        ),
        ConsentScope.PHOTOS: (
            "La escuela no hace fotos de {child} en la visita. Todo lo demás continúa.",
            "Si cambia de opinión, puede autorizarlo otra vez en la página de su familia.",
        ),
        ConsentScope.FOLLOW_ON: (
            "No le escribiremos sobre otros programas después de este año. Todo lo demás continúa.",
            "Si cambia de opinión, puede autorizarlo otra vez en la página de su familia.",
        ),
    },
    yes_withdraw="Sí, retirar",
    agree="Autorizar",
    agree_heading="Autorizar para {child}: {scope}",
    means={
        ConsentScope.LETTERS: (
            "{child} y una persona adulta de la policía se escriben cartas durante todo el año. Las cartas de {child} se escriben en la escuela.",
            "Una persona lee cada carta antes de entregarla. Usted puede leerlas todas en esta página.",
            "Buscamos a alguien para {child}. Puede tardar un poco, y quizá no sea la misma persona que antes.",
            "La visita, las fotos y todo lo demás se autorizan por separado, en esta página.",
            "Puede retirarlo en esta página en cualquier momento, sin dar una razón.",
        ),
        ConsentScope.VISIT: (
            "Al final del año la policía visita la escuela, y {child} conoce a la persona que le escribe.",
            "Puede retirarlo en esta página en cualquier momento, sin dar una razón. Las cartas continúan.",
        ),
        ConsentScope.PHOTOS: (
            "La escuela puede hacer fotos en las que se vea a {child} durante la visita.",
            "Puede retirarlo en esta página en cualquier momento, sin dar una razón. Todo lo demás continúa.",
        ),
        ConsentScope.FOLLOW_ON: (
            "Al final del año le escribimos sobre otros programas para {child}. No les damos sus datos.",
            "Puede retirarlo en esta página en cualquier momento, sin dar una razón. Todo lo demás continúa.",
        ),
    },
    form_in_use="Su autorización queda registrada con la fecha de hoy y la versión del formulario de la escuela: {version}.",
    yes_agree="Sí, lo autorizo",
    agreed_now="Gracias. Desde ahora usted lo autoriza.",
    agreed_before="Nada ha cambiado: usted ya lo había autorizado.",
    keep="No, dejarlo como está",
    withdrawn="Su autorización para esto queda retirada desde este momento.",
    not_withdrawn="Nada ha cambiado: ya estaba retirada, o nunca se autorizó.",
    erase="Pedir que se borre todo sobre {child}",
    erase_heading="Borrar todo sobre {child}",
    erase_follows=(
        "La coordinación lo confirma y quizá le llame antes. Primero tienen que terminar las cartas: retírelas en la página de su familia, o la coordinación se lo pedirá.",
        "Después, el nombre de {child}, las direcciones de su familia y todas las cartas desaparecen y no se pueden recuperar.",
        "Solo quedan números y fechas sin nombre, que demuestran que el programa cumplió sus reglas.",
        "Lo que una ley o una autoridad obliga a guardar se guarda el tiempo que exija.",
    ),
    yes_erase="Sí, pedirlo",
    erase_asked="Usted ha pedido que se borre todo sobre {child}. La coordinación decide cuándo es posible.",
    refused="No se ha podido hacer. Abra la página otra vez o pregunte en la escuela.",
)

BY_LANGUAGE = {"en": ENGLISH, "es": SPANISH}
