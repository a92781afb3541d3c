"""Phone numbers, e-mail and street addresses, accounts and links, as children write and hide them.

Every function reads a folded text and yields (start, end) in it. Every pattern starts at a word and is bounded, so
that the time it takes grows with the text and no faster.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import phonenumbers

from bluepals.domain.folding import Folded

Span = tuple[int, int]


Hinted = tuple[re.Pattern[str], re.Pattern[str]]


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _words(listed: str) -> str:
    return "(?:" + "|".join(listed.split()) + ")"


def _hinted(*pairs: tuple[str, str]) -> tuple[Hinted, ...]:
    """A cheap pattern, and the thorough one that is worth trying only where the cheap one is found."""
    return tuple((re.compile(hint), re.compile(pattern)) for hint, pattern in pairs)


def _found(patterns: tuple[Hinted, ...], text: str) -> Iterator[re.Match[str]]:
    for hint, pattern in patterns:
        if hint.search(text):
            yield from pattern.finditer(text)


# ---- phone numbers

_SPOKEN = {
    word: digits
    for words, digits in (
        ("zero oh cero", "0"),
        ("one uno una", "1"),
        ("two dos", "2"),
        ("three tres", "3"),
        ("four cuatro", "4"),
        ("five cinco", "5"),
        ("six seis", "6"),
        ("seven siete", "7"),
        ("eight ocho", "8"),
        ("nine nueve", "9"),
        ("ten diez", "10"),
        ("eleven once", "11"),
        ("twelve doce", "12"),
        ("thirteen trece", "13"),
        ("fourteen catorce", "14"),
        ("fifteen quince", "15"),
        ("sixteen dieciseis", "16"),
        ("seventeen diecisiete", "17"),
        ("eighteen dieciocho", "18"),
        ("nineteen diecinueve", "19"),
        ("twenty veinte", "20"),
        ("thirty treinta", "30"),
        ("forty fourty cuarenta", "40"),
        ("fifty cincuenta", "50"),
        ("sixty sesenta", "60"),
        ("seventy setenta", "70"),
        ("eighty ochenta", "80"),
        ("ninety noventa", "90"),
        ("hundred", "00"),
    )
    for word in words.split()
}
_LEET = str.maketrans("oilsbzg|", "01158291")
_WORD = re.compile(r"[a-z0-9|]+")
_NUMBER_PIECE = rf"(?:[0-9]+|{'|'.join(sorted(_SPOKEN, key=len, reverse=True))})"
_PIECE = re.compile(_NUMBER_PIECE)
_RUN_TOGETHER = re.compile(_NUMBER_PIECE + "{2,30}")  # 314five550123
_MEANT_AS_DIGITS = re.compile(r"[0-9oilsbzg|]{1,15}")
_TENS_AND_ONES = re.compile(r"[\s-]|\sy\s")
_BETWEEN = re.compile(
    r"[^a-z0-9$]{0,6}|[^a-z0-9$]{1,3}(?:dash|hyphen|minus|guion|and|then|y|luego)[^a-z0-9$]{1,3}"
)
_FIRM = re.compile(r"[-.)/*_~=|+]|dash|hyphen|minus|guion")
_CALL_ME = re.compile(
    r"\b(?:call|text|txt|phone|fone|cell|mobile|dial|reach|ring|whatsapp|facetime|tel|celular|cel|movil|telefono|llama\w{0,4}"
    r"|marca\w{0,3}|texte\w{0,4}|(?:my|our|his|her|their|phone|cell|house|home|mi|su|nuestro|mom'?s|dad'?s)"
    r" (?:numbers?|num|numbr|nmber|numer|numero|digits|#))\b"
)
_CUE_REACH = 50
_COUNTED = re.compile(
    r"\s?" + _words("points people miles years pages dollars pesos puntos paginas bc ad") + r"\b"
)
_ABROAD = re.compile(r"(?<![a-z0-9])(?:\+|011|00)[\s(]{0,2}[1-9](?:[\s().-]{0,3}[0-9]){6,14}(?![0-9])")
_AREA, _EXCHANGE = 3, 6


@dataclass(frozen=True, slots=True)
class _Atom:
    """One piece of a number: written digits, letters meant as digits, or a number word."""

    start: int
    end: int
    digits: str
    spoken: bool
    genuine: int  # digits that are no letter in disguise


def phones(folded: Folded) -> Iterator[Span]:
    yield from _phones_abroad(folded.text)
    cues = [found.end() for found in _CALL_ME.finditer(folded.text)]
    chain: list[_Atom] = []
    for atom in _atoms(folded.text):
        if chain and not _BETWEEN.fullmatch(folded.text, chain[-1].end, atom.start):
            yield from _phones_in(folded.text, chain, cues)
            chain = []
        chain.append(atom)
    yield from _phones_in(folded.text, chain, cues)


def _atoms(text: str) -> Iterator[_Atom]:
    tens: _Atom | None = None
    for atom in _single_atoms(text):
        if tens and _are_tens_and_ones(text, tens, atom):
            yield _Atom(tens.start, atom.end, tens.digits[0] + atom.digits, spoken=True, genuine=2)
            tens = None
            continue
        if tens:
            yield tens
        tens = atom
    if tens:
        yield tens


def _single_atoms(text: str) -> Iterator[_Atom]:
    for found in _WORD.finditer(text):
        word = found.group()
        if digits := _SPOKEN.get(word):
            yield _Atom(*found.span(), digits, spoken=True, genuine=len(digits))
        elif not word.isdecimal() and _RUN_TOGETHER.fullmatch(word):
            for piece in _PIECE.finditer(text, *found.span()):
                digits = _SPOKEN.get(piece.group(), piece.group())
                yield _Atom(*piece.span(), digits, spoken=digits != piece.group(), genuine=len(digits))
        elif _MEANT_AS_DIGITS.fullmatch(word):
            genuine = sum(letter.isdecimal() for letter in word)
            yield _Atom(*found.span(), word.translate(_LEET), spoken=False, genuine=genuine)


def _are_tens_and_ones(text: str, tens: _Atom, ones: _Atom) -> bool:
    """Fifty-five, cincuenta y cinco."""
    return (
        tens.spoken
        and ones.spoken
        and len(tens.digits) == 2
        and tens.digits[0] > "1"
        and tens.digits[1] == "0"
        and len(ones.digits) == 1
        and ones.digits != "0"
        and _TENS_AND_ONES.fullmatch(text, tens.end, ones.start) is not None
    )


def _phones_abroad(text: str) -> Iterator[Span]:
    for found in _ABROAD.finditer(text):
        number = re.sub(r"^(?:011|00)", "+", found.group())
        try:
            parsed = phonenumbers.parse(number, None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            yield found.span()


def _phones_in(text: str, chain: list[_Atom], cues: list[int]) -> Iterator[Span]:
    """The longest number that begins at each piece, from left to right, none inside another."""
    place = 0
    while place < len(chain):
        cued = _is_near(cues, chain[place].start)
        window = max(
            (part for part in _windows(chain, place) if _is_phone(text, part, cued=cued)),
            key=len,
            default=None,
        )
        if window is None:
            place += 1
        else:
            yield window[0].start, window[-1].end
            place += len(window)


def _is_near(cues: list[int], start: int) -> bool:
    last = bisect_right(cues, start) - 1
    return last >= 0 and start - cues[last] <= _CUE_REACH


def _windows(chain: list[_Atom], first: int) -> Iterator[list[_Atom]]:
    total = 0
    for last in range(first, len(chain)):
        total += len(chain[last].digits)
        if total in {7, 10, 11}:
            yield chain[first : last + 1]
        if total >= 11:
            return


def _is_phone(text: str, atoms: list[_Atom], *, cued: bool) -> bool:
    if not (atoms[0].genuine and atoms[-1].genuine) or 2 * sum(atom.genuine for atom in atoms) < 7:
        return False
    digits = "".join(atom.digits for atom in atoms)
    if len(set(digits)) == 1:
        return False
    gaps = [text[before.end : after.start] for before, after in pairwise(atoms)]
    if cued or _is_counting(atoms, gaps) or digits.endswith("0000"):
        return cued and not _is_counting(atoms, gaps)
    if len(digits) == 11:
        return digits[0] == "1" and _looks_national(atoms, gaps, digits, country=1)
    if len(digits) == 10:
        return _looks_national(atoms, gaps, digits, country=0)
    return _looks_local(text, atoms, gaps, digits)


def _is_counting(atoms: list[_Atom], gaps: list[str]) -> bool:
    """One, two, three; 10, 20, 30; or 1,000,000: a child counts."""
    numbers = [int(atom.digits) for atom in atoms]
    steps = {after - before for before, after in pairwise(numbers)}
    thousands = set(gaps) == {","} and all(len(atom.digits) == 3 for atom in atoms[1:])
    return (len(atoms) > 3 and len(steps) == 1) or thousands


def _looks_national(atoms: list[_Atom], gaps: list[str], digits: str, *, country: int) -> bool:
    """Area, exchange and line can be seen: written in one, cut between them only, or digit by digit."""
    area, exchange = _AREA + country, _EXCHANGE + country
    cuts = _cuts(atoms)
    firm = {cut for cut, gap in zip(cuts, gaps, strict=True) if _FIRM.search(gap)}
    if "," in "".join(gaps) and not any(atom.spoken for atom in atoms):
        return False
    if {area, exchange} <= firm and set(cuts) <= {country, area, exchange}:
        return True
    if "0" in {digits[country], digits[area]} or "1" in {digits[country], digits[area]}:
        return False
    one_by_one = all(len(atom.digits) == 1 for atom in atoms)
    spoken = [atom.spoken for atom in atoms].count(True)
    if one_by_one or spoken == len(atoms) or (spoken > 1 and len(atoms) > 3):
        return True
    return set(cuts) <= {country, area, exchange, exchange + 2} or {area, exchange} <= firm


def _looks_local(text: str, atoms: list[_Atom], gaps: list[str], digits: str) -> bool:
    """555-0123, or seven digits one by one in words."""
    if digits[0] in "01" or _COUNTED.match(text, atoms[-1].end) or text[: atoms[0].start].endswith("$"):
        return False
    if _cuts(atoms) == [_AREA]:
        return re.fullmatch(r"\s?[-.]\s?", gaps[0]) is not None
    return all(atom.spoken and len(atom.digits) == 1 for atom in atoms)


def _cuts(atoms: list[_Atom]) -> list[int]:
    """After how many digits each gap comes."""
    cuts, total = [], 0
    for atom in atoms[:-1]:
        total += len(atom.digits)
        cuts.append(total)
    return cuts


# ---- e-mail addresses

_PROVIDERS = _words(
    "gmail g\\s?mail hot\\s?mail yahoo hotmail outlook icloud aol protonmail proton comcast att sbcglobal live msn gmx"
)
_TOP = _words("com net org edu gov us mx es io co uk info me")
_AT = r"(?:\s{0,2}@\s{0,2}|\s{0,2}[(\[{<]\s?(?:at|a|arroba|@)\s?[)\]}>]\s{0,2})"
_AT_WORD = r"[\s-]{1,3}(?:at|arroba)(?:[\s-]sign)?[\s-]{1,3}"
_DOT = r"\s?(?:\.|[(\[{<]\s?(?:dot|punto|\.)\s?[)\]}>])\s?"
_DOT_WORD = r"[\s-]{1,3}(?:dot|punto)[\s-]{1,3}"
_ANY_DOT = rf"(?:{_DOT}|{_DOT_WORD})"
_LOCAL = (
    r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}"
    r"(?:\s(?:dot|punto|underscore|dash|guion(?:\sbajo)?)\s[a-z0-9._%+-]{1,64}){0,3}(?:\s\d{1,6})?"
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,62})"
_EMAILS = _hinted(
    (
        r"@|[(\[{<]\s?(?:at|a|arroba)\s?[)\]}>]",
        rf"{_LOCAL}{_AT}{_LABEL}(?:{_ANY_DOT}{_LABEL}){{0,3}}{_ANY_DOT}[a-z]{{2,12}}\b",
    ),
    (_PROVIDERS, rf"{_LOCAL}(?:{_AT_WORD}|{_AT}){_PROVIDERS}(?:{_ANY_DOT}{_TOP})?\b"),
    (_DOT_WORD, rf"{_LOCAL}{_AT_WORD}{_LABEL}(?:{_DOT_WORD}{_LABEL}){{0,2}}{_DOT_WORD}{_TOP}\b"),
    ("@", r"(?<![a-z0-9])(?:[a-z0-9._]\s){2,30}@(?:\s[a-z0-9]){2,30}\s\.(?:\s[a-z]){2,6}(?![a-z])"),
)
_MY_MAIL = re.compile(
    r"\b(?:my|mi|our) (?:e-?mail|gmail|hotmail|yahoo|correo)(?: (?:address|account|name|electronico))?"
    r"(?: (?:is|es)|:|=)\s{0,2}(?P<account>[a-z0-9._+-]{0,30}[0-9_.][a-z0-9_+-]{1,30})"
)
_LOOKS_AT = re.compile(
    _words(
        "look looks looked looking was were is be are it us me them found find see saw bought play played shop go"
    )
    + r"\s"
)


def emails(folded: Folded) -> Iterator[Span]:
    for found in _found(_EMAILS, folded.text):
        if not _LOOKS_AT.match(found.group()):
            yield found.span()
    for found in _MY_MAIL.finditer(folded.text):
        yield found.span("account")


# ---- links

_SITE_TOP = _words("com net org edu gov tv gg io app xyz ly mx")
_SITE_END = rf"(?:\.|dot|punto)[\s)\]}}>]{{0,2}}{_SITE_TOP}(?![a-z0-9-])"
_LINKS = _hinted(
    ("://|: ?/", r"(?<![a-z])h(?:tt|xx)ps?\s?:\s?//\s?[^\s<>\"']{1,2000}"),
    (":", r"(?<![a-z])(?:(?:java|vb)script:|data:[a-z]{1,20}/)[^\s<>\"']{1,2000}"),
    ("www", r"(?<![a-z0-9])www\s?\.\s?[a-z0-9-]{1,63}[^\s<>\"']{0,2000}"),
    (_SITE_END, rf"(?<![a-z0-9@._-])(?:{_LABEL}\.){{1,4}}{_SITE_TOP}(?![a-z0-9-])(?:/[^\s<>\"']{{0,2000}})?"),
    (r"\.(?:be|me)/", r"(?<![a-z0-9@._-])(?:youtu\.be|t\.me|wa\.me)/[^\s<>\"']{1,2000}"),
    (
        _SITE_END,
        (
            rf"(?<![a-z0-9])(?:www\s?(?:dot|punto)\s)?{_LABEL}(?:{_DOT_WORD}|{_DOT}){_SITE_TOP}"
            r"(?:\s(?:slash|diagonal)\s[a-z0-9_-]{1,40}){0,3}(?![a-z0-9])"
        ),
    ),
)
_MISSING_SPACE = re.compile(r"[a-z]+\s\.(?!\s)|[a-z]+\.\s")


def links(folded: Folded) -> Iterator[Span]:
    for found in _found(_LINKS, folded.text):
        if not _MISSING_SPACE.match(found.group()):
            yield found.span()


# ---- accounts

_PLATFORM = _words(
    "insta instagram ig snap snapchat tiktok tik\\stok discord roblox fortnite minecraft xbox psn playstation youtube"
    " twitch twitter facebook fb whatsapp kik steam telegram messenger switch nintendo ps4 ps5 sc gamertag gamer\\stag username"
    " user\\sname user screen\\sname handle usuario user"
)
_BADGE = _words(
    "snap snapchat sc ig insta instagram tiktok discord psn xbox gamertag username gamer\\stag user\\sname handle telegram"
)
_ACCOUNT_WORD = r"(?:\s(?:name|username|user\sname|user|account|handle|id|tag|gamertag|usuario|cuenta|channel|canal)){0,2}"
_ACCOUNT = r"['\"(]?(?P<account>[a-z0-9_][a-z0-9_.#-]{2,30})"
_HANDLES = _hinted(
    ("@", r"(?<![a-z0-9._%+@-])@(?P<account>[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?)"),
    # my insta is ..., mi usuario de roblox es ...
    (
        _PLATFORM,
        (
            rf"\b(?:my|mi|our)\s(?:(?:usuario|cuenta|user|account|name|username)\s(?:de|en|for|on|in)\s)?"
            rf"(?:{_PLATFORM}{_ACCOUNT_WORD}(?:\s(?:on|en|in|for|de)\s{_PLATFORM})?)"
            rf"(?:\s(?:is|es|its|was)\s|\s?[:=]\s?|'s\s){_ACCOUNT}"
        ),
    ),
    # snap: ..., insta = ...
    (_BADGE, rf"(?<![a-z0-9]){_BADGE}{_ACCOUNT_WORD}(?:\s?[:=]\s?|\s-\s){_ACCOUNT}"),
    # add me on roblox: ..., look me up on insta, ...
    (
        _PLATFORM,
        (
            rf"\b(?:add|follow|find|friend|message|dm|hit|look|text|search|snap|agregame|sigueme|buscame|anademe)\s"
            rf"(?:me\s|up\s|for\s){{0,3}}(?:on|in|at|en|por)\s(?:my\s|mi\s|the\s)?{_PLATFORM}"
            rf"(?:[\s,:;-]{{1,3}}(?:(?:i'?m|i\sam|as|at|it'?s|soy|como|my\sname\sis|me\sllamo|estoy\scomo)\s)?){_ACCOUNT}"
        ),
    ),
    # kik me at ..., add me X1 on roblox
    (_PLATFORM, rf"\b(?:{_PLATFORM})\sme\s(?:at|on|@)\s{_ACCOUNT}"),
    (
        _PLATFORM,
        rf"\b(?:add|follow|friend|agrega|sigue)\s?(?:me\s)?(?P<account>[a-z0-9_.]{{2,30}})\s(?:on|en)\s{_PLATFORM}",
    ),
    # on discord im ...
    (
        _PLATFORM,
        rf"\b(?:on|en)\s{_PLATFORM}[\s,]{{1,2}}(?:i'?m|i\sam|my\sname\sis|my\suser\sis|me\sllamo|soy)\s{_ACCOUNT}",
    ),
    # im maya_2016 on tiktok
    (
        _PLATFORM,
        rf"\b(?:i'?m|i\sam|i\sgo\sby|soy|it'?s|is|es)\s(?P<account>[a-z0-9_.]{{0,28}}[0-9_][a-z0-9_.]{{0,28}})\s(?:on|en)\s{_PLATFORM}",
    ),
    ("#[0-9]", r"(?<![a-z0-9_.#])(?P<account>[a-z0-9_.]{2,32}#[0-9]{4})(?![0-9])"),
)
_NO_ACCOUNT = _set(
    """
    the my a an our your his her their this that it its and but not no so too very really super kinda
    pretty also just always never still now only all about because when for from with on in at to of or if
    is was be been cool fun good great bad best better awesome amazing broken locked private gone banned
    hacked down slow old new full boring blocked working called named made weird funny nice free playing
    trying going getting making watching having mine yours home school noon lunch recess night least first
    last once work church practice there here something nothing mas muy no un una el la los las mi tu su
    que porque para con divertido nuevo viejo bueno malo bloqueado privado genial mejor favorito roto
    cuando pero tambien todo nada years good-looking obsessed happy sad
    """
)
_THINGS_WITH_A_NUMBER = _set(
    """
    room bus apt unit number locker badge flight jersey car engine case box no grade
    """
)


def handles(folded: Folded) -> Iterator[Span]:
    for found in _found(_HANDLES, folded.text):
        if _is_account(found["account"].strip(".#-")):
            yield found.span() if found.group()[0] == "@" else found.span("account")


def _is_account(account: str) -> bool:
    word, _, number = account.partition("#")
    if number and word in _THINGS_WITH_A_NUMBER:
        return False
    return account not in _NO_ACCOUNT and re.search("[a-z]", account) is not None


# ---- street addresses

_NUMBER_WORD = "(?:" + "|".join(word for word in _SPOKEN if word != "oh") + ")"
_HOUSE = rf"(?:[0-9]{{1,6}}(?:[a-d]|\s?1/2)?|{_NUMBER_WORD}(?:[\s-]{{1,2}}{_NUMBER_WORD}){{0,3}})"
_SIDE = r"(?:(?:north|south|east|west|[nsew]|ne|nw|se|sw)\.?\s)?"
_NAME = r"(?:[a-z][a-z'.-]{0,24}|[0-9]{1,3}(?:st|nd|rd|th))"
_SURE_TYPE = _words("street avenue ave road rd lane ln boulevard blvd parkway pkwy terrace")
_VAGUE_TYPE = _words(
    "st drive dr way place pl court ct circle cir square sq trail trl loop highway hwy alley row run cove crossing"
)
_REST = r"\.?(?P<rest>,?\s(?:apt|apartment|unit|#|no)\.?\s?#?[a-z0-9]{1,5}\b)?"
_STREET = re.compile(
    rf"(?<![a-z0-9$.:/-])(?P<house>{_HOUSE}),?\s{{1,2}}{_SIDE}(?P<name>{_NAME}(?:\s{_NAME}){{0,3}}?)\s"
    rf"(?:(?P<sure>{_SURE_TYPE})|(?P<vague>{_VAGUE_TYPE}))(?![a-z]){_REST}"
)
_I_LIVE_AT = re.compile(
    rf"\b(?:live|lives|living|address is|house is|vivo|vivimos|direccion es)\s(?:at|on|in|en|:)?\s{{0,2}}"
    rf"(?P<place>(?:[0-9]{{2,6}}|{_NUMBER_WORD}(?:[\s-]{_NUMBER_WORD}){{1,3}})\s{_SIDE}(?P<name>{_NAME})(?:\s{_NAME})?)"
)
_HOME_REACH = 30
_MY_ADDRESS = re.compile(r"\b(?:live|lives|living|address|house|home|vivo|vivimos|direccion|casa)\b")
_NUMBERED = re.compile(
    rf"\b(?:house|apartment|apt|building) (?:number|#|num|no\.?) (?:is )?"
    rf"(?P<house>[0-9]{{1,6}} (?:on|at) {_NAME}(?: {_NAME}){{0,2}})"
    rf"|\b(?:live|lives|living) (?:at|on|in) "
    rf"(?P<street>{_NAME}(?: {_NAME}){{0,2}} {_SURE_TYPE} (?:number|#|num|no\.?) ?[0-9]{{1,6}})"
    r"|\b(?:street|adress|address|addres|house) is (?:at )?(?P<number>[0-9]{2,6} (?P<name>[a-z]{3,24}))"
    rf"|\b(?P<calle>[0-9]{{1,5}} de la (?:calle|avenida) {_NAME})"
)
_BOX = re.compile(r"(?<![a-z])p\.?\s?o\.?\s?box\s#?[0-9]{1,6}|(?<![a-z])apartado(?:\spostal)?\s[0-9]{1,6}")
_ZIP = re.compile(
    r"(?<![a-z])(?P<state>a[klrz]|c[aot]|d[ec]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri|s[cd]|t[nx]|ut"
    r"|v[at]|w[aivy]|missouri|illinois)\.?,?\s[0-9]{5}(?:-[0-9]{4})?(?![0-9])"
)
_CALLE = re.compile(
    r"(?<![a-z])(?P<type>calle|avenida|av\.?|avda\.?|carrera|callejon|calzada|bulevar|boulevard|camino|paseo|privada)\s"
    r"(?P<name>(?:[a-z][a-z.-]{0,24}|[0-9]{1,3}[a-z]?)(?:\s[a-z][a-z.-]{0,24}){0,3}?)"
    rf"(?P<number>,?\s?(?:#|no\.?\s|num\.?\s|numero\s)\s?(?:[0-9]{{1,5}}|{_NUMBER_WORD})|,?\s[0-9]{{1,5}})(?![a-z0-9:])"
    r"(?:-[0-9]{1,4})?"
)
_NO_STREET_NAME = _set(
    """
    a an the of in on at to from for with and or but by as is are was were be am my your his her our their
    its this that these those it i me you he she we they us them who which down up off over under across
    along around through into out near by behind past per day days hour hours minute minutes min mins
    second seconds week weeks month months year years time times block blocks mile miles acre acres foot
    feet inch inches people kids kid children boys girls friends friend brother brothers sister sisters
    cousins cousin dog dogs cat cats pet pets fish car cars cop cops officer officers police student
    students team teams point points game games goal goals yard yards house houses tree trees more less
    big small little long short old new different other same one two three four five way ways lane lanes
    grade grader graders percent dollar dollars am pm mph grados anos dias horas minutos perros gatos
    hermanos hermanas amigos ninos personas cuadras hay de la el los las en y con por para un una mi tu su
    que es son tengo veces wide whole laps lap lights light stop stops turns turn wheel wheeler mountain
    steps signs sign extra bedrooms rooms of
    """
)


_ARTICLES = re.compile(r"\b(?:de|del|la|el|los|las)\s")


def addresses(folded: Folded) -> Iterator[Span]:
    text = folded.text
    yield from (found.span() for found in _STREET.finditer(text) if _is_street(folded, found))
    yield from (found.span("place") for found in _I_LIVE_AT.finditer(text) if _is_named(found["name"]))
    yield from (found.span() for found in _CALLE.finditer(text) if _is_calle(folded, found))
    yield from (_part(found) for found in _NUMBERED.finditer(text) if _is_named(found["name"] or ""))
    yield from (found.span() for found in _BOX.finditer(text))
    yield from (found.span() for found in _ZIP.finditer(text) if _is_state(folded, found))


def _part(found: re.Match[str]) -> Span:
    """Where the one of its named alternatives stands that was found."""
    return next(found.span(name) for name in ("house", "street", "number", "calle") if found[name])


def _is_state(folded: Folded, found: re.Match[str]) -> bool:
    """MO or Missouri, not "in" or "me"."""
    capitals = 2 if len(found["state"]) == 2 else 1
    return all(folded.is_capital(found.start() + place) for place in range(capitals))


def _is_named(name: str) -> bool:
    return not any(word in _NO_STREET_NAME for word in name.split())


def _is_street(folded: Folded, found: re.Match[str]) -> bool:
    """A vague type ("way", "court") counts beside capitals, or when the writer says who lives there."""
    if not _is_named(found["name"]):
        return False
    if (found["sure"] and found["house"] not in _SPOKEN) or found["rest"]:
        return True
    before = max(0, found.start() - _HOME_REACH)
    said = _MY_ADDRESS.search(folded.text, before, found.start()) is not None
    named = folded.is_capital(found.start("name")) or found["name"][0].isdecimal()
    return said or (named and folded.is_capital(found.start("sure" if found["sure"] else "vague")))


def _is_calle(folded: Folded, found: re.Match[str]) -> bool:
    if not _is_named(_ARTICLES.sub("", found["name"])):
        return False
    numbered = not found["number"].lstrip(", ")[0].isdecimal()
    walks = found["type"] in {"camino", "paseo"}
    return numbered or not walks or folded.is_capital(found.start("name"))
