"""How hits are ordered: BM25 over what counts at the moment asked for, and the fusion of rankings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from math import log1p

from smalti.assistant.retrieval.words import words

K1, B = 1.2, 0.75
"""BM25's usual constants: how soon a repeated word counts no more, and how much length matters."""
USUAL_WORDS = 60
"""The length of a piece, in words, at which length neither helps nor harms."""
RANK_OFFSET = 60
"""Of reciprocal rank fusion, as its paper has it: how little the first places stand above the next."""


def weights(total: int, holding: Mapping[str, int]) -> dict[str, float]:
    """The inverse document frequency of each word that any of `total` pieces holds."""
    return {word: log1p((total - n + 0.5) / (n + 0.5)) for word, n in holding.items() if n}


def bm25(text: str, word_weights: Mapping[str, float]) -> float:
    """Okapi BM25 of a piece's words.

    Robertson & Zaragoza 2009, https://doi.org/10.1561/1500000019; its average length is a constant here.
    """
    held = words(text)
    counts = Counter(held)
    length = K1 * (1 - B + B * len(held) / USUAL_WORDS)
    return sum(w * counts[one] * (K1 + 1) / (counts[one] + length) for one, w in word_weights.items())


def fuse(by_words: Sequence[str], by_meaning: Sequence[str], without_vector: Set[str]) -> dict[str, float]:
    """Reciprocal rank fusion: the sum of 1 / (60 + rank) over both rankings.

    Cormack, Clarke & Büttcher 2009, https://doi.org/10.1145/1571941.1572114. What has no vector can have no
    rank by meaning; it is given its rank by words there too, else whatever has a vector would stand above it.
    """
    fused: dict[str, float] = defaultdict(float)
    for ranking in (by_words, by_meaning):
        for rank, one in enumerate(ranking, 1):
            fused[one] += 1 / (RANK_OFFSET + rank)
    for rank, one in enumerate(by_words, 1):
        if one in without_vector:
            fused[one] += 1 / (RANK_OFFSET + rank)
    return dict(fused)
