"""What a cell says -> a value of the domain. Each reader raises Unfit with what is wrong and what to write."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from bluepals.domain.address import is_address, is_line
from bluepals.domain.people import Gender
from bluepals.domain.sentences import Sentence, together
from bluepals.roster.encoding import was_misread
from bluepals.roster.problems import Unfit

LONGEST_NAME = 80
LONGEST_CLASS = 40
LONGEST_REMARK = 200
LONGEST_ADDRESS = 254
FIFTH = 5
MISREAD = Sentence("was saved in one encoding and read in another; export it again as UTF-8")

# Every spelling that is accepted, in small letters and without spaces. Whatever is not here is a person's to read.
GENDERS: Mapping[str, Gender] = {
    **dict.fromkeys(
        ("f", "female", "girl", "woman", "niña", "nina", "chica", "mujer", "femenino", "femenina"),
        Gender.FEMALE,
    ),
    **dict.fromkeys(
        (
            "m",
            "male",
            "boy",
            "man",
            "niño",
            "nino",
            "chico",
            "hombre",
            "varón",
            "varon",
            "masculino",
            "masculina",
        ),
        Gender.MALE,
    ),
}
# Names of languages that rosters spell out; a code of two or three letters does as well.
LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("english", "eng", "inglés", "ingles"), "en"),
    **dict.fromkeys(("spanish", "spa", "español", "espanol", "castellano"), "es"),
    **dict.fromkeys(("vietnamese", "vie"), "vi"),
    **dict.fromkeys(("arabic", "ara"), "ar"),
    **dict.fromkeys(("somali", "som"), "so"),
    **dict.fromkeys(("swahili", "swa"), "sw"),
    **dict.fromkeys(("french", "fra", "fre"), "fr"),
    **dict.fromkeys(("portuguese", "por"), "pt"),
    **dict.fromkeys(("chinese", "zho", "chi"), "zh"),
    **dict.fromkeys(("russian", "rus"), "ru"),
    **dict.fromkeys(("korean", "kor"), "ko"),
    **dict.fromkeys(("haitian creole", "haitian", "hat"), "ht"),
}
OTHER_GRADES = frozenset(
    {"k", "kg", "kindergarten", "pk", "prek", "pre-k", "tk", "ps", "pr", "it", "ug", "ungraded"}
)
FIFTH_GRADES = frozenset({"fifth", "quinto"})

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:/#-]{0,39}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_DOMAIN = re.compile(r"[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)+")
_WHOLE = re.compile(r"-?[0-9]{1,20}(?=(\.0{1,9})?$)")
_GRADE = re.compile(r"(?:grade)?(-?[0-9]{1,2})(?:\.0+)?(?:st|nd|rd|th)?(?:grade)?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_LANGUAGE = re.compile(r"([a-z]{2,3})([-_][0-9a-z]{2,8})*")
_LINK = re.compile(r"https://[!-~]+")
_BETWEEN_LANGUAGES = re.compile(r"[,;|/+\s]+")

Choice = TypeVar("Choice", bound=StrEnum)


def identifier(text: str) -> str:
    """An id of the school or agency: it is shown in lists and logs, so it is no address and no name."""
    if not _ID.fullmatch(text):
        raise Unfit("is no id; write up to 40 letters, digits and . _ : / # - without spaces")
    return text


def slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise Unfit("is no id; write up to 40 small letters, digits, - and _, such as north-campus")
    return text


def name(text: str) -> str:
    """A person's name as the school writes it, that can stand in a mail's header."""
    line = _line(text, LONGEST_NAME)
    if was_misread(line):
        raise Unfit(MISREAD)
    if bad := next((char for char in line if char in '"<>' or unicodedata.category(char) == "Cf"), None):
        raise Unfit("holds {sign}, which no name needs; type the name again without it", sign=_described(bad))
    if not any(char.isalpha() for char in line):
        raise Unfit("has no letter in it; write the name")
    return line


def label(text: str) -> str:
    """A class, as the school calls it."""
    line = _line(text, LONGEST_CLASS)
    if was_misread(line):
        raise Unfit(MISREAD)
    return line


def remark(text: str) -> str:
    """A few words on one line, such as what an organisation is for and how to reach it."""
    return _line(text, LONGEST_REMARK)


def _line(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Unfit("has {characters:,} characters; {most} is the most", characters=len(text), most=longest)
    if not is_line(text):
        raise Unfit("holds a line break, a control character or =?; write it on one line, in letters")
    return " ".join(text.split())


def _described(char: str) -> str:
    if char.isprintable():
        return char
    return Sentence("the invisible character U+{code:04X}", code=ord(char))


def email(text: str) -> str:
    domain = text.rpartition("@")[2]
    if len(text) > LONGEST_ADDRESS or not is_address(text) or not _DOMAIN.fullmatch(domain):
        raise Unfit("is no e-mail address; write one, and only one, such as ana.lopez@example.org")
    return text


def yes_no(text: str) -> bool:
    answers = {"yes": True, "no": False}
    try:
        return answers[text.casefold()]
    except KeyError:
        raise Unfit("is neither yes nor no; write one of the two") from None


def first_or_second(text: str) -> int:
    """Which of a child's two guardians."""
    if text not in {"1", "2"}:
        raise Unfit("is neither 1 nor 2; write which of the two guardians it was")
    return int(text)


def link(text: str) -> str:
    """A page that a family may open."""
    if len(text) > LONGEST_ADDRESS or not _LINK.fullmatch(text):
        raise Unfit("is no link; write one that begins with https://, such as https://example.org/academy")
    return text


def gender(text: str) -> Gender | None:
    """None: not in the table, so a person decides."""
    return GENDERS.get("".join(text.split()).casefold())


def is_fifth(text: str) -> bool:
    """Whether it is the grade that takes part; Unfit when it is no grade at all."""
    plain = "".join(text.split()).casefold()
    if found := _GRADE.fullmatch(plain):
        return int(found[1]) == FIFTH
    if plain in FIFTH_GRADES or plain in OTHER_GRADES:
        return plain in FIFTH_GRADES
    raise Unfit("is no grade; write 5 for the fifth grade, K or 1 to 12 for the others")


def day(text: str) -> date:
    """ISO, or month/day/year as American schools export it."""
    if found := _ISO.fullmatch(text):
        year, month, number = (int(part) for part in found.groups())
    elif found := _AMERICAN.fullmatch(text):
        month, number, year = (int(part) for part in found.groups())
    else:
        raise Unfit("is no date; write year-month-day, such as 2026-08-17, or month/day/year")
    try:
        return date(year, month, number)
    except ValueError:
        raise Unfit("is a day that no calendar has; write year-month-day, such as 2026-08-17") from None


def day_until(today: date) -> Callable[[str], date]:
    def read(text: str) -> date:
        found = day(text)
        if found > today:
            raise Unfit(
                "is after today, {today}; write the day on which it was given, or leave it empty", today=today
            )
        return found

    return read


def language(text: str) -> str:
    """The primary part of a language tag, or the language's name."""
    plain = " ".join(text.split()).casefold()
    if plain in LANGUAGES:
        return LANGUAGES[plain]
    if found := _LANGUAGE.fullmatch(plain):
        return LANGUAGES.get(found[1], found[1])
    raise Unfit("is no language; write a code such as en or es")


def languages(text: str) -> tuple[str, ...]:
    """Several, between commas, semicolons or spaces."""
    if text.casefold() in LANGUAGES:
        return (language(text),)
    return tuple(dict.fromkeys(language(part) for part in _BETWEEN_LANGUAGES.split(text) if part))


def capacity(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = _WHOLE.match(text)
        if not found or not 0 <= int(found[0]) <= most:
            raise Unfit("is no number of children from 0 to {most} (capacity_max); 0 means none", most=most)
        return int(found[0])

    return read


def one_of(choices: type[Choice], aliases: Mapping[str, str] | None = None) -> Callable[[str], Choice]:
    def read(text: str) -> Choice:
        plain = text.casefold()
        try:
            return choices((aliases or {}).get(plain, plain))
        except ValueError:
            none = Sentence("is none of {choices}", choices=", ".join(choices))
            raise Unfit(with_nearest(none, plain, list(choices))) from None

    return read


def known(ids: Collection[str] | None, table: str) -> Callable[[str], str]:
    """An id that program.toml gives; `None`: it could not be read, and that is a problem already."""

    def read(text: str) -> str:
        if ids is not None and text not in ids:
            unknown = Sentence(
                "is no id of program.toml's [[{table}]]; there are: {ids}",
                table=table,
                ids=", ".join(sorted(ids)) or Sentence("none"),
            )
            raise Unfit(with_nearest(unknown, text, ids))
        return text

    return read


def with_nearest(problem: Sentence, text: str, choices: Collection[str]) -> Sentence:
    """And with the nearest of the choices, if one is near."""
    close = get_close_matches(text, list(choices), n=1)
    return together(problem, Sentence("(is {choice} meant?)", choice=close[0])) if close else problem
