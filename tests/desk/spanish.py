"""What a page in Spanish still says in English."""

import html
import re

ENGLISH = set(
    "the is are of and to your you by for with this that not it on from was will has have been".split()
)


def english_left(page: str) -> list[str]:
    """The small words of English outside of tags; what people wrote, and names, are theirs."""
    shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return [word for word in re.findall(r"[^\W\d_]+", html.unescape(shown)) if word.lower() in ENGLISH]
