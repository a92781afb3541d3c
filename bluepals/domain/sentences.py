"""What is said to people: English as it stands, with its parts for whoever says it in another language."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo


class Language(Protocol):
    """Another one than English. What it has no words for, it says in English."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, one: str, many: str, number: int, /) -> str: ...

    def date(self, at: date, form: str, /) -> str:
        """`form`: of strftime, as English writes it."""
        ...


# How whoever draws or lists something says its words: in English with `str`.
Say = Callable[[str], str]


class Sentence(str):
    """Each `{name}` of its pattern stands for a value; one that is a sentence too is said in the same language.

    Python's own string functions give back plain English: what has to be said in any language is made of sentences.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, pattern: str, /, **values: object) -> Self:
        return cls.of(pattern, values)

    @classmethod
    def of(cls, pattern: str, values: Mapping[str, object]) -> Self:
        sentence = super().__new__(cls, cls._in_english(pattern, values))
        sentence.pattern, sentence.values = pattern, values
        return sentence

    @staticmethod
    def _in_english(pattern: str, values: Mapping[str, object]) -> str:
        return pattern.format(**values)

    def with_values(self, values: Mapping[str, object]) -> Self:
        """The same about others."""
        return self.of(self.pattern, values)

    def said_in(self, language: Language) -> str:
        return language.gettext(self.pattern).format(
            **{name: said_in(language, value) for name, value in self.values.items()}
        )

    def __deepcopy__(self, _: object) -> Self:
        return self


class Counted(Sentence):
    """A number with its noun: see `counted`."""

    __slots__ = ()

    def said_in(self, language: Language) -> str:
        number, one, many = self.values["number"], self.values["one"], self.values["many"]
        return f"{number} {language.ngettext(one, many, number)}"


class Dated(Sentence):
    """A day or an hour: see `dated`."""

    __slots__ = ()

    def said_in(self, language: Language) -> str:
        return language.date(self.values["at"], self.values["form"])


class Begun(Sentence):
    """What stands at the beginning: see `begun`."""

    __slots__ = ()

    @staticmethod
    def _in_english(pattern: str, values: Mapping[str, object]) -> str:
        return _capital(pattern.format(**values))

    def said_in(self, language: Language) -> str:
        return _capital(super().said_in(language))


class Reference(Sentence):
    """Somebody or something, by an id: see `bluepals.domain.references`."""

    __slots__ = ()


def said_in(language: Language, value: object) -> object:
    """Values that are no sentences, names and numbers, are the same in each."""
    return value.said_in(language) if isinstance(value, Sentence) else value


def counted(number: int, one: str, many: str) -> Sentence:
    """1 round, 2 rounds; 1 child waits, 2 children wait."""
    noun = one if number == 1 else many
    return Counted.of(f"{{number}} {noun}", {"number": number, "one": one, "many": many})


def dated(at: date, form: str) -> Sentence:
    """`form`: of strftime."""
    return Dated.of(f"{{at:{form}}}", {"at": at, "form": form})


def long_date(day: date) -> Sentence:
    return dated(day, "%A, %B %-d, %Y")


def listed(names: Sequence[str]) -> str:
    """Ana, Ben and Cleo."""
    *others, last = names
    return (
        Sentence("{others} and {last}", others=together(*others, between=", "), last=last) if others else last
    )


def either(names: Sequence[str]) -> str:
    """Ana, Ben or Cleo."""
    *others, last = names
    return (
        Sentence("{others} or {last}", others=together(*others, between=", "), last=last) if others else last
    )


def together(*sentences: str, between: str = " ") -> Sentence:
    """One after the other."""
    names = [f"part{place}" for place, _ in enumerate(sentences)]
    pattern = between.join(f"{{{name}}}" for name in names)
    return Sentence(pattern, **dict(zip(names, sentences, strict=True)))


def begun(sentence: str) -> Sentence:
    """With a capital letter."""
    return Begun.of("{sentence}", {"sentence": sentence})


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def kept(said: object) -> Any:
    """As JSON holds a sentence or one of its values, for whoever says it later: see `made_of`."""
    match said:
        case Sentence():
            values = {name: kept(value) for name, value in said.values.items()}
            return {"sentence": type(said).__name__, "pattern": said.pattern, "values": values}
        case datetime():
            return {"at": said.isoformat(), "zone": getattr(said.tzinfo, "key", None)}
        case date():
            return {"day": said.isoformat()}
        case int() | float() | None:
            return said
    return str(said)


def made_of(held: Any) -> Any:
    """What `kept` was given."""
    match held:
        case {"sentence": kind, "pattern": pattern, "values": found}:
            values = {name: made_of(value) for name, value in found.items()}
            return _KINDS[kind].of(pattern, values)
        case {"at": at, "zone": zone}:
            instant = datetime.fromisoformat(at)
            return instant.astimezone(ZoneInfo(zone)) if zone else instant
        case {"day": day}:
            return date.fromisoformat(day)
    return held


_KINDS = {kind.__name__: kind for kind in (Sentence, Counted, Dated, Begun, Reference)}
