"""Whatever a string is wrapped in, the audit sees it as it was."""

import base64
import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from audit.payloads import DEEPEST, unfolded

WRAPPERS: list[Callable[[str], str]] = [
    lambda text: json.dumps({"deep": [1, None, {"down": text}]}),
    lambda text: json.dumps([text], ensure_ascii=False),
    lambda text: json.dumps({text: True}),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    lambda text: text.encode().hex(),
]


@given(
    text=st.text(alphabet=st.characters(categories=["L", "Zs"]), min_size=6, max_size=30),
    wrappers=st.lists(st.sampled_from(WRAPPERS), max_size=DEEPEST // 2),
)
def test_text_is_found_under_any_layers(text: str, wrappers: list[Callable[[str], str]]) -> None:
    wrapped = text
    for wrap in wrappers:
        wrapped = wrap(wrapped)
    assert text in [words.text for words in unfolded(wrapped.encode())]


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text_are_read_without_complaint(raw: bytes) -> None:
    assert list(unfolded(raw)) is not None


def test_counts_are_left_out_and_long_numbers_are_seen() -> None:
    assert [words.text for words in unfolded(b'{"round": 4, "student": 104233}')] == [
        "round",
        "student",
        "104233",
    ]
