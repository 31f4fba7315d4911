"""How many independent voices stand behind a number, and how much of it rests on those anybody could forge.

An *origin* is who speaks: an issuer in its own filings and calls, a news site, the account of a post, the
market in its prices. A copy has the origin of what it copies. Shares are of the absolute effects of the
pieces that moved a score (or of the strengths of a check's findings).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from smalti.platform.records import DateMethod, Document, SourceKind

ISSUER, MARKET, UNKNOWN = "the issuer", "the market", "unknown"


@dataclass(frozen=True, slots=True)
class Origin:
    """One voice: its name, the share of the score that rests on it, and how many pieces are its."""

    name: str
    share: float
    pieces: int


@dataclass(frozen=True, slots=True)
class Independence:
    """The poisoning view of a score.

    Attributes:
        origins: who stands behind it, largest share first.
        effective: how many equally strong origins would be as concentrated: one over the sum of squared
            shares (Hill number of order 2); 0 where nothing moved it.
        copied: share that rests on copies of what somebody else published first.
        anonymous: share on documents that name neither an author nor an address.
        untrusted: share on posts, and on documents whose date nobody but their receipt tells.
    """

    origins: Sequence[Origin]
    effective: float
    copied: float
    anonymous: float
    untrusted: float


def origin(document: Document) -> str:
    """Who speaks in a document."""
    if document.kind in (SourceKind.FILING, SourceKind.CALL):
        return ISSUER
    if document.kind is SourceKind.PRICE:
        return MARKET
    if document.kind is SourceKind.SOCIAL:
        return f"account {document.author}" if document.author else UNKNOWN
    return _site(document.url) or document.author or UNKNOWN


def _site(url: str | None) -> str:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:  # an address that is none names nobody
        return ""
    return host.removeprefix("www.")


def independence(
    effects: Iterable[tuple[str, float]],
    documents: Mapping[str, Document],
    copies: Mapping[str, str],
) -> Independence:
    """Who stands behind a score, from what moved it.

    Args:
        effects: (document id, effect or strength), one for each piece.
        documents: those documents and the ones they copy, by id.
        copies: documents that add nothing to another, with the id of that one.
    """
    shares: dict[str, float] = defaultdict(float)
    flagged: dict[str, float] = defaultdict(float)
    pieces: Counter[str] = Counter()
    for document_id, effect in effects:
        weight = abs(effect)
        document = documents[document_id]
        original = documents.get(copies.get(document_id, ""), document)
        name = origin(original)
        shares[name] += weight
        pieces[name] += 1
        for flag in _flags(document, name, copied=document_id in copies):
            flagged[flag] += weight
    total = sum(shares.values())
    if not total:
        return Independence((), 0.0, 0.0, 0.0, 0.0)
    ranked = sorted(shares.items(), key=lambda one: (-one[1], one[0]))
    found = [Origin(name, weight / total, pieces[name]) for name, weight in ranked]
    effective = 1 / sum(one.share**2 for one in found)
    return Independence(
        found, effective, *(flagged[flag] / total for flag in ("copied", "anonymous", "untrusted"))
    )


def _flags(document: Document, name: str, *, copied: bool) -> Iterable[str]:
    if copied:
        yield "copied"
    if name == UNKNOWN:
        yield "anonymous"
    if document.kind is SourceKind.SOCIAL or document.available_method is DateMethod.RECORDED:
        yield "untrusted"
