"""What others wrote is shown as it is: read back as Markdown it is exactly that text, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from smalti.dashboards.parts.text import bold, flat, marked, plain

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_LATER = re.compile(
    r"(?i)https?://|www\.|[\w.+-]@[\w-]|:streamlit:|<->|->|<-|--|>=|<=|~="  # made of a text after it was read
)
BITS = st.sampled_from(
    [
        *("http://e.x", "www.e.x", "a@e.x", ":red[", ":streamlit:", ":smile:", "$", "**", "~~", "```", "!["),
        *(
            "](",
            "<b>",
            "&lt;",
            "->",
            "--",
            "\\",
            "\n",
            "# ",
            "1. ",
            "- ",
            "|",
            "[^1]",
            "[x]: ",
            " ",
            "a",
            "é",
        ),
    ]
)
TEXTS = st.lists(BITS | st.text(max_size=4), max_size=8).map("".join)


def shown(markdown: str) -> tuple[str, set[str]]:
    """What a reader of Markdown shows, and the markup it found."""
    tokens = _READER.parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    found = {token.type for token in tokens} | {child.type for child in inline}
    return "".join(child.content for child in inline), found


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@example("![x](http://127.0.0.1/p.png)")
@example("[a](http://evil.example) :red[hi] $x^2$ <script>alert(1)</script>")
@example("# head")
@example("1. one")
@example("---")
@example("| a | b |")
@example("[x]: http://evil.example")
@example("a -> b <- c <-> d -- e >= f ~= g")
@example("\ud800 \u202eabc\x00")
def test_a_text_is_shown_exactly_and_makes_nothing(text: str) -> None:
    made = plain(text, 10_000)
    said, found = shown(made)
    assert said.replace("\u2060", "") == flat(text).replace("\u2060", "")
    assert found <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
    assert not _LATER.search(said)
    made.encode()


def test_a_long_text_is_cut_before_it_is_escaped() -> None:
    assert shown(plain("*" * 1000, 10))[0] == "*" * 9 + "…"


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@example("(in brackets)")
@example(" spaces ")
def test_bold_type_works_wherever_it_stands(text: str) -> None:
    if not flat(text):
        assert not bold(text)
        return
    said, found = shown(f"before{bold(text, 10_000)}after")
    assert "strong_open" in found
    assert said.replace("\u2060", "") == f"before{flat(text)}after".replace("\u2060", "")


def test_marked_words_are_bold_and_the_rest_is_plain() -> None:
    made = marked("net *sales* rose", [(4, 11), (12, 16)])
    read = _READER.renderInline(made).replace("\u2060", "")
    assert read == "net <strong>*sales*</strong> <strong>rose</strong>"
    assert shown(made)[0].replace("\u2060", "") == "net *sales* rose"


@pytest.mark.parametrize("spans", [[(-1, 3)], [(5, 2)], [(0, 99)], [(0, 3), (1, 2)]])
def test_marks_that_cannot_be_are_passed_over(spans: list[tuple[int, int]]) -> None:
    assert shown(marked("net sales", spans))[0].replace("\u2060", "") == "net sales"
