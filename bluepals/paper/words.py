"""What the printed pages say around the letters, in the languages of the program."""

from dataclasses import dataclass
from datetime import date, datetime

from bluepals.domain.spanish_dates import in_spanish

_DAY = "%A, %B %-d, %Y"
_DAY_AND_HOUR = f"{_DAY}, %-I:%M %p"


@dataclass(frozen=True, slots=True)
class Words:
    """`{...}` is filled in by the caller, always with data."""

    language: str
    translation: str
    opening_day: str
    round: str
    resting_round: str
    one_letter: str
    many_letters: str
    sheets: str
    reserve: str
    unprintable: str
    keep: str
    columns: tuple[str, str, str, str, str]
    handwritten: str
    late_note: str
    stock_note: str
    unprintable_note: str
    heading: str
    sender: str
    late_sender: str
    stock_sender: str
    running: str
    ideas: str
    footnote: str

    def long_date(self, day: date) -> str:
        return self._dated(day, _DAY)

    def until(self, moment: datetime) -> str:
        """A local date with its hour, after "by" or its like."""
        return self._dated(moment, _DAY_AND_HOUR)

    def _dated(self, at: date, form: str) -> str:
        return in_spanish(at, form) if self.language == "es" else f"{at:{form}}"


ENGLISH = Words(
    language="en",
    translation="In English",
    opening_day="Opening day",
    round="Round {number}  ·  {day}",
    resting_round="Round {number}",
    one_letter="One letter is in this pack.",
    many_letters="{count} letters are in this pack.",
    sheets="Each letter begins on a sheet of its own, also when you print on both sides. "
    "A back that stays free has lines for the child's first ideas for a reply.",
    reserve="Where a pal missed the round, a reserve officer has written, so that nobody sits there empty-handed.",
    unprintable="▢ stands for a sign that can't be printed here. The coordinator can look it up.",
    keep="This sheet is for you, the teacher. Please give each child only the letter with their own name.",
    columns=("✓", "For", "From", "Page", "Note"),
    handwritten="Handwritten.",
    late_note="Came late for an earlier round.",
    stock_note="From a reserve officer.",
    unprintable_note="Has ▢ in it.",
    heading="A letter for {name}",
    sender="from {name}",
    late_sender="from {name}, a little late",
    stock_sender="from {name}, who writes when a pal can't",
    running="For {to}, from {sender}",
    ideas="My ideas for a reply",
    footnote="▢ stands for a sign that can't be printed here.",
)

SPANISH = Words(
    language="es",
    translation="En español",
    opening_day="Día de las cartas",
    round="Ronda {number}  ·  {day}",
    resting_round="Ronda {number}",
    one_letter="En este paquete hay una carta.",
    many_letters="En este paquete hay {count} cartas.",
    sheets="Cada carta empieza en su propia hoja, también si imprime por los dos lados. "
    "Si el reverso queda libre, tiene líneas para las primeras ideas de una respuesta.",
    reserve="Si una carta no llegó a tiempo, ha escrito otra persona de la policía: nadie se queda sin carta.",
    unprintable="▢ está en lugar de un signo que aquí no se puede imprimir. La coordinación puede decirle qué se escribió.",
    keep="Esta hoja es para usted, docente. Por favor, entregue a cada estudiante solo la carta con su nombre.",
    columns=("✓", "Para", "De", "Página", "Nota"),
    handwritten="Escrita a mano.",
    late_note="Llegó tarde, de una ronda anterior.",
    stock_note="De una persona de reserva.",
    unprintable_note="Contiene ▢.",
    heading="Una carta para {name}",
    sender="de {name}",
    late_sender="de {name}, con un poco de retraso",
    stock_sender="de {name}, que escribe cuando falta una carta",
    running="Para {to}, de {sender}",
    ideas="Mis ideas para responder",
    footnote="▢ está en lugar de un signo que aquí no se puede imprimir.",
)

_BY_LANGUAGE = {words.language: words for words in (ENGLISH, SPANISH)}


def words_in(language: str) -> Words:
    """The words of a BCP-47 language; English where the program has no others."""
    return _BY_LANGUAGE.get(language.partition("-")[0].lower(), ENGLISH)


def in_own_words(language: str) -> str:
    """What stands above a translation, in its own language; the code of one that the program has no words of."""
    found = _BY_LANGUAGE.get(language.partition("-")[0].lower())
    return found.translation if found else language
