"""What the doors and the refusals say, in English and Spanish. The Spanish waits for a person's review: docs/running.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

# Of whom nothing is known yet but their browser: what it prefers, unless the address says otherwise, or has before.
LANGUAGE = "lang"
CHOSEN = "__Host-blue-pals-language"  # a cookie, as long as the browser is open
OTHER = {"en": "es", "es": "en"}


@dataclass(frozen=True, slots=True)
class DoorWords:
    """`{...}` is filled in with data. `sentences`: refusals by their English words; `refused`: for all others."""

    language: str
    other: str
    type_address: str
    address: str
    send: str
    not_sent: str
    look: str
    on_its_way: str
    code: str
    remember: str
    enter: str
    ask_again: str
    not_let_in: str
    opens_nothing: str
    works_once: str
    new_mail: str
    in_already: str
    own_pages: str
    left: Mapping[str, str]
    typed: str
    back: str
    refused: str = ""
    sentences: Mapping[str, str] = field(default_factory=dict)

    def said(self, sentence: str) -> str:
        """A refusal in this language."""
        return self.sentences.get(sentence, self.refused) or sentence


ENGLISH = DoorWords(
    language="en",
    other="Español",
    type_address="Type the e-mail address to which Blue Pals writes to you. You get a mail with a link and a code.",
    address="E-mail address",
    send="Send me a mail",
    not_sent="Not sent",
    look="Look at your mail",
    on_its_way="If that address takes part in {program}, a mail is on its way. Type its code here within 10 minutes, or"
    " open its link in this browser.",
    code="Code of six digits",
    remember="Remember this device (officers only)",
    enter="Enter",
    ask_again="No mail? Look at the address and ask again.",
    not_let_in="Not let in",
    opens_nothing="This link opens nothing here",
    works_once="It works once, for 10 minutes, and only in the browser that asked for it. If you asked in another browser,"
    " type the code of the same mail there.",
    new_mail="Ask for a new mail here",
    in_already="You are entered already in this browser.",
    own_pages="To my pages",
    left={
        "here": "You are logged out in this browser.",
        "everywhere": "You are logged out everywhere: in this browser and on all other devices.",
    },
    typed="What you had written: copy it, so that it is not lost.",
    back="Nothing has been sent. When you have entered you are on the page again: fill it in once more there.",
)

SPANISH = DoorWords(
    language="es",
    other="English",
    type_address="Escriba la dirección de correo electrónico en la que recibe los mensajes de Blue Pals. Le llegará un mensaje"
    " con un enlace y un código.",
    address="Correo electrónico",
    send="Enviarme un mensaje",
    not_sent="No se ha enviado",
    look="Mire su correo",
    on_its_way="Si esa dirección participa en {program}, un mensaje está en camino. Escriba aquí su código antes de 10 minutos,"
    " o abra el enlace en este navegador.",
    code="Código de seis cifras",
    remember="Recordar este dispositivo (solo policías)",
    enter="Entrar",
    ask_again="¿No llega el mensaje? Revise la dirección y pida otro.",
    not_let_in="No se ha podido entrar",
    opens_nothing="Este enlace no abre nada aquí",
    works_once="Funciona una sola vez, durante 10 minutos, en el navegador que lo pidió. Si lo pidió en otro navegador,"
    " escriba allí el código del mismo mensaje.",
    new_mail="Pedir aquí otro mensaje",
    in_already="Ya ha entrado en este navegador.",
    own_pages="A mis páginas",
    left={
        "here": "Ha salido en este navegador.",
        "everywhere": "Ha salido en todas partes: en este navegador y en todos los demás dispositivos.",
    },
    typed="Lo que había escrito: cópielo para que no se pierda.",
    back="No se ha enviado nada. Cuando haya entrado estará otra vez en la misma página: rellénela allí de nuevo.",
    refused="No se ha podido hacer. Abra la página otra vez o pregunte en la escuela.",
    sentences={
        "There is no such page. Open the link in your newest mail.": "Esta página no existe. Abra el enlace de su mensaje más"
        " reciente.",
        "There is no such page, or it is not yours to see.": "Esta página no existe, o no es para usted.",
        "Too many people have asked from this network. Please try again in an hour.": "Demasiadas personas lo han pedido desde"
        " esta red. Inténtelo de nuevo dentro de una hora.",
        "This link opens nothing any more: it works once, for 10 minutes, and only the newest. Ask for another one.": "Este"
        " enlace ya no abre nada: funciona una sola vez, durante 10 minutos, y solo el más reciente. Pida otro.",
        "That is not the code of the newest mail, or its 10 minutes are over. Look again, or ask for another one.": "Ese no es"
        " el código del mensaje más reciente, o ya han pasado sus 10 minutos. Mire otra vez, o pida otro.",
        "That is no e-mail address. Type the one to which Blue Pals writes to you.": "Eso no es una dirección de correo"
        " electrónico. Escriba la dirección en la que recibe los mensajes de Blue Pals.",
        "This form did not come from your page. Open the page again.": "Este formulario no es de su página. Abra la página"
        " otra vez.",
        "What you sent holds a character that is no text (U+0000). Type the words anew, and send them again.": "Lo que ha enviado"
        " contiene un signo que no es texto (U+0000). Escriba las palabras de nuevo y envíelas otra vez.",
        "This link is not complete. Open it again from the mail.": "Este enlace no está completo. Ábralo otra vez desde el"
        " mensaje.",
        "This link's time is over. Open the one in the newest mail.": "Este enlace ya no sirve. Abra el del mensaje más"
        " reciente.",
        "This page is for the families of children who take part. Ask the school.": "Esta página es para las familias de"
        " quienes participan. Pregunte en la escuela.",
        "These two have been introduced already. If the letters should end, please tell the school's coordinator.": "Ya se les"
        " ha presentado. Si las cartas deben terminar, dígaselo a la coordinación de la escuela.",
        "This step matters, so please enter again first.": "Este paso es importante: por favor, entre de nuevo primero.",
        "You are not entered, or not any more.": "No ha entrado, o su sesión ha terminado.",
        "The desk can't reach its records right now. Please try again in a few minutes.": "En este momento no se puede leer lo"
        " que está guardado. Inténtelo de nuevo en unos minutos.",
        "Something went wrong here, and it is not your fault. Please try again.": "Algo ha fallado aquí, y no es culpa suya."
        " Inténtelo de nuevo.",
    },
)

BY_LANGUAGE = {words.language: words for words in (ENGLISH, SPANISH)}


def door_words(request: Request) -> DoorWords:
    """As chosen, or else what the browser likes best of the two."""
    return BY_LANGUAGE[chosen_language(request) or _preferred(request.headers.get("accept-language", ""))]


def chosen_language(request: Request) -> str | None:
    """By `?lang=`, here or on a page before."""
    asked = (request.query_params.get(LANGUAGE), request.cookies.get(CHOSEN))
    return next((one for one in asked if one in BY_LANGUAGE), None)


def keep_language(request: Request, answer: Response) -> Response:
    """Chosen by the address of this page, it holds on the others too."""
    asked = request.query_params.get(LANGUAGE)
    if asked in BY_LANGUAGE:
        answer.set_cookie(CHOSEN, asked, secure=True, httponly=True, samesite="lax")
    return answer


def _preferred(header: str) -> str:
    """RFC 9110, 12.5.4: `es-MX,es;q=0.9,en;q=0.8`."""
    weights: dict[str, float] = {}
    for one in header.split(","):
        name, _, weight = one.partition(";q=")
        language = name.strip().partition("-")[0].lower()
        if language in BY_LANGUAGE:
            weights.setdefault(language, _weight(weight))
    return max(weights, key=lambda language: weights[language], default="en")


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0
