"""What may stand in an envelope and a header: an address, a line."""

import re
import unicodedata

# Printable ASCII without brackets, commas, quotes and spaces: nobody can read two addresses, or another one, in it.
ADDRESS = re.compile(r"[!#-+\--;=?A-\[\]-~]+@[!#-+\--;=?A-\[\]-~]+")
BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, surrogates, line and paragraph separators


def is_address(text: str) -> bool:
    return ADDRESS.fullmatch(text) is not None and "=?" not in text


def is_line(text: str) -> bool:
    """One line of a header, that means what it says: `=?` would begin an encoded word, which can hold a line break."""
    return "=?" not in text and not any(unicodedata.category(char) in BREAKS for char in text)
