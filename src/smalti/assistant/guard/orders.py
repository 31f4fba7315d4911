"""Orders to machines in what should only be read: found, named, and never followed.

Nothing here keeps an order from being followed: text of documents and questions has no way to become a
statement, an address that is fetched, or an order to a tool (see `grounds`, `tools`). It says which pieces
try, so that whoever reads an answer knows.
"""

from __future__ import annotations

import base64
import binascii
import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

__all__ = ["orders_in", "shown_plain"]

_MOST_CHARS = 20_000
_HIDDEN = re.compile(
    "[\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u180e\u202a-\u202e\u2066-\u2069]"
)
_TAGS = re.compile("[\U000e0020-\U000e007f]+")
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/=-])")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-f]{2}[\s:]?){20,}(?!\w)", re.I)
_SPACED = re.compile(r"(?<!\w)(?:\w[\s._*-]){6,}\w(?!\w)")
_LEAST_LETTERS = 8

# Letters that look like those of the Latin alphabet, to which NFKC does not lead.
_ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТХІЈЅοαιν0134@$",
    "aeopcyxijshdqwABEZHIKMNOPTYXABEKMHOPCTXIJSoaivolea" + "as",
)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    raw = tomllib.loads(files("smalti.assistant.guard").joinpath("orders.toml").read_text("utf-8"))
    return [(re.compile(one["looks"], re.I), one["why"]) for one in raw["order"]]


def orders_in(text: str) -> str:
    """Why a text is suspicious; empty where it is not.

    Args:
        text: of a document, picture, recording, name or question; its first 20,000 characters are looked at.
    """
    text = text[:_MOST_CHARS]
    if _TAGS.search(text):
        return "it holds characters that nobody sees"
    plain = shown_plain(text)
    hidden = len(_HIDDEN.findall(text))
    if why := _ordered(plain):
        return f"{why}, with hidden characters" if hidden else why
    if hidden >= 20:
        return "it holds characters that nobody sees"
    for way, candidates in (
        ("with letters of other alphabets", [plain.translate(_ALIKE)]),
        ("letter by letter", ["".join(c for c in one if c.isalnum()) for one in _SPACED.findall(plain)]),
        ("encoded", _decoded(plain)),
        ("backwards", [plain[::-1]] if len(plain) < 2_000 else []),
    ):
        for one in candidates:
            if why := (_ordered_together(one) if way == "letter by letter" else _ordered(one)):
                return f"{why}, {way}"
    return ""


def shown_plain(text: str) -> str:
    """A text as it looks: without characters that nobody sees, wide and styled letters as plain ones."""
    bare = _HIDDEN.sub("", text)
    if not bare.isascii():
        bare = unicodedata.normalize("NFKC", bare)
        bare = (
            "".join(c for c in bare if not unicodedata.combining(c) or ord(c) < 0x300)
            if _zalgo(bare)
            else bare
        )
    return " ".join(bare.split())


def _zalgo(text: str) -> bool:
    return sum(map(bool, map(unicodedata.combining, text))) > max(5, len(text) // 10)


def _ordered(plain: str) -> str:
    return next((why for pattern, why in _patterns() if pattern.search(plain)), "")


def _ordered_together(letters: str) -> str:
    low = letters.lower()
    words = (
        "ignoreprevious",
        "ignoreall",
        "ignorethe",
        "disregard",
        "systemprompt",
        "youarenow",
        "jailbreak",
    )
    return "it gives orders to a machine" if any(word in low for word in words) else ""


def _decoded(text: str) -> list[str]:
    found: list[str] = []
    for one in [m[0] for m in _BASE64.finditer(text)][:50]:
        padded = one.replace("-", "+").replace("_", "/").rstrip("=")
        try:
            raw = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        found.append(raw.decode("utf-8", "ignore"))
    for one in [m[0] for m in _HEX.finditer(text)][:50]:
        digits = re.sub(r"[\s:]", "", one)
        found.append(bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", "ignore"))
    return [" ".join(one.split()) for one in found if sum(map(str.isalpha, one)) >= _LEAST_LETTERS]
