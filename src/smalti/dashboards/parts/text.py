"""Text of documents and people on a page: shown as it is, never as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&@/\"';%?,])")
# What Streamlit makes of a text after its Markdown was read, where an escape no longer helps: links of bare
# addresses, arrows and dashes, its logo.
_MADE = re.compile(r"(?i)(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?=@)|(?<=:)(?=streamlit:)")
_TYPESET = re.compile(r"(?<=[<>~-])(?=[-=>])")
# Controls, and marks that turn the direction of the text that follows.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f]"
)
_JOINER = "\u2060"  # has no width, is neither space nor punctuation


def plain(text: str, most: int = 400) -> str:
    """A text as Markdown that shows exactly it, on one line: no link, picture, formula or markup of its own.

    Every text that a document, a person or the service's error wrote goes through here before it is shown by
    anything that reads Markdown (`st.markdown`, labels, captions, help): a picture in a headline would tell
    its sender who reads it. What cannot be seen but hides or reorders the rest is left out.
    """
    return _escaped(_cut(flat(text), most))


def bold(text: str, most: int = 400) -> str:
    """The same in bold type, wherever it stands: within a word, or beginning with a bracket."""
    return _bold(_cut(flat(text), most))


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text as `plain` shows it, with some of its letters in bold type.

    Args:
        text: in full; nothing is cut off.
        spans: first and one past the last letter of each part; what lies outside the text, or before the
            part that came before it, is passed over.
    """
    parts, at = [], 0
    for start, end in spans:
        if at <= start < end <= len(text):
            parts += [_escaped(_flat(text[at:start])), _bold(_flat(text[start:end]))]
            at = end
    return "".join((*parts, _escaped(_flat(text[at:])))).strip()


def flat(text: str) -> str:
    """A text on one line, without what hides or reorders; what is no text becomes U+FFFD."""
    return _flat(text).strip()


def _flat(text: str) -> str:
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"\s+", " ", _HIDDEN.sub("", sound))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _escaped(text: str) -> str:
    broken = _TYPESET.sub(_JOINER, _MADE.sub(_JOINER, text))
    return _MARKUP.sub(r"\\\1", broken)


def _bold(text: str) -> str:
    # Where `**` stands beside a space or a bracket it would be two stars, were the joiner not between.
    return f"**{_JOINER}{_escaped(text)}{_JOINER}**" if text.strip() else text
