"""Personal data in a text, found by patterns that a checksum or the words around must bear out.

No library: those that validate national numbers are LGPL, those that find names need a model of hundreds of
megabytes and take companies for people. Names of people are taken out only where somebody introduces
themselves; executives whom a filing names stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from smalti.assistant.guard.checksums import (
    is_brazilian,
    is_card,
    is_french,
    is_german_tax_id,
    is_iban,
    is_italian,
    is_portuguese,
    is_spanish,
    is_turkish,
)

__all__ = ["Personal", "personal_in", "redacted"]

_MOST_CHARS = 200_000
"""Of one text that are looked through; what is longer is cut, never passed on unseen."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A stretch of a text that tells who somebody is. `kind`: `e-mail`, `phone`, `IBAN`, ..."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What a kind looks like; group `it`, where there is one, is what goes. `holds` tells the real ones."""

    kind: str
    looks: re.Pattern[str]
    holds: Callable[[str], bool] = bool


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _phone_digits(text: str) -> bool:
    return 7 <= len(_digits(text)) <= 15


def _pattern(kind: str, looks: str, holds: Callable[[str], bool] = bool, flags: int = re.I) -> _Pattern:
    return _Pattern(kind, re.compile(looks, flags), holds)


_CALLED = (
    r"(?:phone|telephone|tel|mobile|cell|call me|reach me|text me|whatsapp|fax|telefon\w*|handy\w*|rufnummer"
    r"|téléphone|portable|appelez|numéro de tél\w*|teléfono|móvil|telefono|cellulare|telefone|celular"
    r"|numaram|telefonum|cep)"
)
_NAME = r"[A-ZÀ-ÖØ-ÞİŞĞÇ][\w'’-]{1,24}"
_SELF = (
    r"(?:my name is|my name's|this is(?= [A-Z]\w+ [A-Z]\w+ (?:speaking|here|from))|i am called|mein name ist"
    r"|ich heiße|ich heisse|je m'appelle|je m’appelle|mon nom est|me llamo|mi nombre es|mi chiamo"
    r"|il mio nome è|meu nome é|o meu nome é|me chamo|chamo-me|benim adım|adım|ismim"
    r"|(?:kind |best |warm )?regards,?|sincerely,?|yours,?|signed,?|grüße,?|cordialement,?|saludos,?)"
)
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace"
    r"|way|close|crescent|gardens)"
)
_PATTERNS = (
    _pattern("e-mail", r"[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"),
    _pattern("IBAN", r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b", is_iban),
    _pattern("card", r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d.,]*\d)", is_card),
    _pattern("national id", r"(?<!\d)(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)"),
    _pattern("national id", r"\b(?![DFIQUV])[A-Z](?![DFIOQUV])[A-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", flags=0),
    _pattern("national id", r"\b(?:\d{8}|[XYZ]\d{7})-?[A-Z]\b", is_spanish),
    _pattern("national id", r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b", is_italian),
    _pattern("national id", r"\b[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}\b", is_french),
    _pattern("national id", r"(?<!\d)\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?!\d)", is_brazilian),
    _pattern("national id", r"(?<![\d.,])\d{11}(?![\d.,]*\d)", is_turkish),
    _pattern("national id", r"(?<![\d.,])\d{2} ?\d{3} ?\d{3} ?\d{3}(?![\d.,]*\d)", is_german_tax_id),
    _pattern("national id", r"\bNIF\W{1,4}(?P<it>\d{9})\b", is_portuguese),
    _pattern(
        "national id",
        r"\b(?:ssn|social security(?: number)?|passport(?: number| no\.?)?|reisepass\w*|passeport|pasaporte"
        r"|driver'?s licen[cs]e)\W{1,3}(?:(?:is|number|no|ist|est|es|nr)\W{1,3})?"
        r"(?P<it>(?=\w*\d)[A-Z0-9-]{6,12})\b",
    ),
    _pattern("phone", r"(?<![\w+])\+\d{1,3}[ .()/-]{0,2}\d(?:[ .()/-]{0,2}\d){5,13}(?!\d)", _phone_digits),
    _pattern("phone", r"(?<![\d.])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}(?![\d.]*\d)"),
    _pattern("phone", r"(?<![\d.,])0[1-9](?:[ .]\d{2}){4}(?!\d)"),
    _pattern("phone", r"(?<![\d.,])0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,5}(?!\d)"),
    _pattern(
        "phone",
        rf"\b{_CALLED}\b[^\d\n]{{0,25}}(?P<it>\+?\d(?:[ .()/-]{{0,2}}\d){{6,14}})(?!\d)",
        _phone_digits,
    ),
    _pattern(
        "account",
        r"\b(?:account|acct|a/c|customer|client|policy|contract|konto|kontonummer|kundennummer|compte|cuenta"
        r"|conto|conta|hesap)\b[^\d\n.]{0,20}(?P<it>(?=[\w-]*\d{4})[A-Z0-9][A-Z0-9-]{5,20})\b",
    ),
    _pattern(
        "birth date",
        r"\b(?:born(?: on)?|date of birth|dob|birthday|geboren(?: am)?|née? le|nacid[oa] el|nat[oa] il"
        r"|nascid[oa] em|doğum tarihim?)\W{1,3}(?:is\s)?"
        r"(?P<it>\d{1,4}[./ -]\w{1,10}[./ -]\d{1,4}|[A-Z][a-z]+ \d{1,2},? \d{4})",
    ),
    _pattern(
        "address",
        rf"\b\d{{1,5}}[A-Za-z]? (?:[NSEW]\.? )?(?:[A-Z][\w'’.-]{{1,20}} ){{1,3}}(?i:{_STREET})\b\.?"
        r"(?:,? (?:Apt|Suite|Unit|Flat|#)\.? ?\w{1,6})?"
        r"(?:,? [A-Z][\w .'’-]{2,25},? [A-Z]{2} \d{5}(?:-\d{4})?)?",
        flags=0,
    ),
    _pattern(
        "address",
        r"\b[A-ZÄÖÜ][\wäöüß.-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse) \d{1,4} ?[a-z]?\b"
        r"(?:,? \d{4,5} [A-ZÄÖÜ][\wäöüß-]{2,30})?",
        flags=0,
    ),
    _pattern(
        "address",
        r"\b(?:\d{1,4}(?: bis| ter)?,? )(?:rue|avenue|boulevard|place|chemin|allée|impasse|quai)"
        r" [\w'’ -]{3,40}?(?=[,.;\n]|$| \d{5})(?:,? \d{5} [A-Z][\w'’-]+)?",
    ),
    _pattern(
        "address",
        r"\b(?:calle|avenida|paseo|plaza|via|viale|piazza|corso|rua|travessa|praça)"
        r" [A-ZÀ-Ý][\w'’ .-]{2,40}?,? (?:n[.ºo°]* ?)?\d{1,4}\b",
    ),
    _pattern("handle", r"(?<![\w@./])@(?=\w*[A-Za-z])\w{2,30}\b(?!\.\w)"),
    _pattern("handle", r"(?<![\w/])(?:/?u/|t\.me/|instagram\.com/|(?:x|twitter)\.com/)(?P<it>\w{3,30})"),
    _Pattern("name", re.compile(rf"(?i:\b{_SELF})\s+(?P<it>{_NAME}(?: {_NAME}){{0,3}})")),
)


def personal_in(text: str, keep: Collection[str] = ()) -> list[Personal]:
    """Personal data in a text, in order, none overlapping.

    Args:
        text: at most 200,000 characters of it are looked through.
        keep: stretches that stay whatever they look like: an issuer's own address or handle.
    """
    found: list[Personal] = []
    for one in _candidates(text[:_MOST_CHARS]):
        inside = text[one.start : one.end]
        if inside not in keep and all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def redacted(text: str, keep: Collection[str] = ()) -> str:
    """A text with `[e-mail]`, `[phone]`, ... in place of personal data; see `personal_in`."""
    parts, at = [], 0
    for one in personal_in(text, keep):
        parts += [text[at : one.start], f"[{one.kind}]"]
        at = one.end
    return "".join(parts) + text[at:_MOST_CHARS]


def _candidates(text: str) -> Iterator[Personal]:
    for pattern in _PATTERNS:
        group: str | int = "it" if "it" in pattern.looks.groupindex else 0
        for found in pattern.looks.finditer(text):
            if pattern.holds(found[group]):
                yield Personal(pattern.kind, *found.span(group))
