"""What a page in Spanish still says in English."""

import html
import re

SMALL_WORDS = re.compile(
    r"\b(?:the|is|are|of|and|to|your|you|by|for|with|this|that|not|it|on|from|was|will|has|have|been)\b",
    re.IGNORECASE,
)


def english_left(page: str, *written: str) -> list[str]:
    """The small words of English outside of tags. `written`: by people, or a name, and theirs."""
    shown = html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL))
    for one in written:
        shown = shown.replace(one, "")
    return SMALL_WORDS.findall(shown)
