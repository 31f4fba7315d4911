"""What a customer brings up that a person has to take over, or that asks for advice."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from smalti.assistant.guard.orders import shown_plain
from smalti.ingest.language import detect

__all__ = ["Concern", "Concerned", "concern_of", "language_of", "without_abuse"]

_MOST_CHARS = 8_000


class Concern(StrEnum):
    """What is brought up; gravest first."""

    HARM = "harm"
    """Somebody may hurt themselves."""
    THREAT = "threat"
    FRAUD = "fraud"
    """They tell of a fraud against them, a lost card or a payment they did not make."""
    COMPLAINT = "complaint"
    ACCOUNT = "account"
    """It is about their own account, which nothing here can see."""
    ADVICE = "advice"
    ABUSE = "abuse"
    STATEMENT = "statement"
    """They tell of themselves and ask nothing that documents could answer."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """A concern and the words it was told by."""

    kind: Concern
    words: str


@cache
def _patterns() -> Sequence[tuple[Concern, re.Pattern[str]]]:
    raw = tomllib.loads(files("smalti.assistant.guard").joinpath("customers.toml").read_text("utf-8"))
    return [
        (Concern(one["kind"]), re.compile(looks, re.I)) for one in raw["concern"] for looks in one["looks"]
    ]


def concern_of(text: str) -> Concerned | None:
    """The gravest concern that a customer's words bring up; None where there is none."""
    plain = shown_plain(text[:_MOST_CHARS]).replace("’", "'")
    for kind, pattern in _patterns():
        if (found := pattern.search(plain)) is not None:
            return Concerned(kind, found[0].strip())
    return Concerned(Concern.STATEMENT, plain) if _states(plain) else None


def _states(plain: str) -> bool:
    """Whether somebody tells of themselves, or speaks to us, without asking anything."""
    if _ASKS.search(plain) or _COURTESY.search(plain) or len(plain.split()) < 4:
        return False
    return _PERSONAL.search(plain) is not None


def without_abuse(text: str) -> str:
    """What a text asks beside its abuse; empty where it asks nothing."""
    plain = shown_plain(text[:_MOST_CHARS])
    for kind, pattern in _patterns():
        if kind is Concern.ABUSE:
            plain = pattern.sub(" ", plain)
    parts = [
        one for one in re.split(r"(?<=[.!?])\s+|\n", plain) if _ASKS.search(one) and len(one.split()) >= 3
    ]
    return " ".join(" ".join(one.split()) for one in parts)


_ASKS = re.compile(
    r"\?|^\W*(?:please )?(?:show|tell me|list|compare|explain|give me|find|summari[sz]e|describe|is"
    r"|are|does|do|did"
    r"|can|could|has|have|was|were|will)\b|\b(?:what|which|when|who|whom|whose|where|how much"
    r"|how many|how high"
    r"|how do(?:es)?|wie viel\w*|wie hoch|welche\w*|wann|warum|quel\w*"
    r"|combien|comment|cuál\w*|cuánto\w*|cómo|quale|quanto|come|qual|como|ne kadar|nedir|hangi)\b",
    re.I,
)
_COURTESY = re.compile(
    r"^\W*(?:thanks?|thank you|hello|hi|hey|good (?:morning|afternoon|evening)|bye|ok|okay|great|danke|hallo"
    r"|guten|merci|bonjour|gracias|hola|grazie|ciao|obrigad[oa]|olá|teşekkür\w*|merhaba)\b(?:\W+\w+){0,8}\W*$",
    re.I,
)
_PERSONAL = re.compile(
    r"\b(?:i|i'm|i've|me|my|mine|we|us|our|you|your|yours|ich|mir|mich|mein\w*|wir|uns\w*|ihr|ihre\w*|ihnen|euch|euer"
    r"|je|j'\w+|moi|mon|ma|mes|nous|notre|vous|votre|vos|yo|mi|mis|nos|nuestr\w+|usted\w*|su|llevo|io|mio|mia|miei"
    r"|noi|nostr\w+|voi|vostr\w+|sono|eu|meu|minha|meus|nós|nosso|você\w*|já|ben|benim|bana|biz|bize|siz|size|sizin)\b"
    r"|\w+(?:yorum|yoruz|dım|dim|duk|dık|dik)\b",
    re.I,
)
_TURKISH = re.compile(r"[ğşıİ]|\b(?:bir|ve|için|nedir|mi|bu|ben|hesap|çok|kadar)\b")
_NAMES = {
    "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "tr": "Turkish", "ru": "Russian", "ar": "Arabic", "zh": "Chinese", "ja": "Japanese", "ko": "Korean",
}  # fmt: skip


def language_of(text: str) -> str:
    """The language other than English that a text is in, by its English name; else empty."""
    if len(_TURKISH.findall(text)) >= 3:
        return "Turkish"
    return _NAMES.get(detect(text[:2_000]) or "", "")
