"""What changed in a filing's risk factors from one year to the next: words, counts, edit distance, no model.

A factor is a heading (one sentence or title alone in its paragraph) with the paragraphs under it. Factors of
two years are matched one to one by their words; what finds no match is new or dropped. Every sentence keeps
the id of the evidence it stands in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, zip_longest

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

__all__ = [
    "Change",
    "Factor",
    "Paragraph",
    "RiskDiff",
    "Sentence",
    "diff_factors",
    "read_factors",
    "sentences",
]

MATCH = 0.45
"""Two factors are the same risk from this likeness on."""
REWORDED = 0.6
"""Two sentences of matched factors are one sentence reworded from this likeness on."""
MOVED = 0.5
"""A factor that found no match stands in another one of the other year that says this share of it."""
MAX_FACTORS = 600
MAX_TEXT = 3_000_000  # characters of one filing's risk factors that are read; the longest have a tenth
MAX_SENTENCES = 200  # of one factor that are compared by edit distance
MAX_LETTERS = 1_500  # of a sentence that are
MAX_WORDS = 12_000  # of both years' vocabulary, the most common ones
_HEADING = 450  # characters
_LEAST = 40  # letters of text under a heading that make it a factor

_END = re.compile(r"(?<=[.!?])[”’\"')\]]?\s+(?=[“\"'(•]?[A-Z0-9])")
_ABBREVIATED = re.compile(r"(?:\b(?:[A-Z]|Inc|Corp|Co|Ltd|No|Mr|Ms|Dr|vs|St|e\.g|i\.e|U\.S|U\.K|approx)\.)$")
_CLOSED = re.compile(r"[.!?:;][”’\"')\]]*\d{0,2}$")  # a footnote's number may follow
_ITEM = re.compile(r"\s*item\s*1a\b[\s.:—–-]*(?:risk\s+factors\b[\s.:—–-]*)?", re.I)
_WORD = re.compile(r"[^\W\d_]{3,}")
_BULLET = re.compile(r"^[•●▪\uf0b7*–—-]\s*")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of Item 1A."""

    evidence_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the evidence that it begins in."""

    text: str
    evidence_id: str


@dataclass(frozen=True, slots=True)
class Factor:
    """One risk: its heading (empty for what stands before the first), and what is said under it.

    Attributes:
        group: the heading over several factors, `Operational Risks`; empty where there is none.
        evidence_ids: the heading's and the paragraphs', in reading order.
    """

    heading: str
    group: str
    sentences: tuple[Sentence, ...]
    evidence_ids: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that is said under the heading."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one factor.

    Attributes:
        verdict: `new`, `dropped`, `changed` or `same`.
        old, new: the factor in either year; one is None where it is new or dropped.
        likeness: of the two, 0 to 1; 0 where one is None.
        added, removed: sentences that only the new or only the old year has.
        reworded: sentences of the old year beside what they became.
    """

    verdict: str
    old: Factor | None
    new: Factor | None
    likeness: float
    added: tuple[Sentence, ...] = ()
    removed: tuple[Sentence, ...] = ()
    reworded: tuple[tuple[Sentence, Sentence], ...] = ()


@dataclass(frozen=True, slots=True)
class RiskDiff:
    """Two years' risk factors beside each other.

    Attributes:
        changes: in the order of the new year, then what was dropped in the order of the old one.
        drift: the share of both years' text, by letters, that the other year does not say: 0 where every
            sentence came again word by word, 1 where none did. A sentence reworded counts with the part
            that its edit distance says changed. A sentence that moved to another factor has not changed.
    """

    changes: tuple[Change, ...]
    drift: float


def read_factors(paragraphs: Sequence[Paragraph]) -> list[Factor]:
    """The risk factors of one filing.

    Args:
        paragraphs: those of its Item 1A, in reading order.
    """
    ends = accumulate(len(p.text) for p in paragraphs)
    read = [p for p, end in zip(paragraphs, ends, strict=True) if end <= MAX_TEXT]
    bare = [Paragraph(p.evidence_id, _ITEM.sub("", p.text) if _ITEM.match(p.text) else p.text) for p in read]
    kept = [p for p in bare if sum(map(str.isalpha, p.text)) > 2]
    factors: list[Factor] = []
    heads: list[Paragraph] = []
    body: list[Paragraph] = []
    group = ""

    def close() -> None:
        if body or heads:
            factors.append(_factor(heads[-1:], body, group))

    looks = [_is_heading(one, after) for one, after in zip_longest(kept, kept[1:])]
    for at, paragraph in enumerate(kept):
        # One sentence under a heading, and another heading after it: text, however short.
        bodiless = bool(heads) and not body and _is_sentence(heads[-1])
        if not looks[at] or (bodiless and at + 1 < len(kept) and looks[at + 1]):
            body.append(paragraph)
            continue
        if body or (heads and _CLOSED.search(heads[-1].text.strip())):
            close()
            heads, body = [], []
        if heads:  # a heading right under a title: the title heads a group
            group = heads[-1].text.strip()
        heads = [paragraph]
    close()
    return [f for f in factors if sum(map(str.isalpha, f.text)) >= _LEAST][:MAX_FACTORS]


def _is_heading(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """One sentence, or a title, that is no list entry and has text or another heading under it."""
    text = paragraph.text.strip()
    if following is None or len(text) > _HEADING or not text[:1].isalpha() or text[0].islower():
        return False
    if following.text.strip()[:1].islower() or _BULLET.match(following.text.strip()):
        return False
    if len(list(sentences(text))) != 1 or text.endswith((":", ";", ",")):
        return False
    return _CLOSED.search(text) is not None or _is_title(text)


def _is_sentence(heading: Paragraph) -> bool:
    """Whether a heading is one, and so heads no group, as a title may."""
    return _CLOSED.search(heading.text.strip()) is not None and not _is_title(heading.text.strip())


def _is_title(text: str) -> bool:
    words = [w for w in re.findall(r"[^\W\d_][\w’'-]*", text) if len(w) > 3]
    return bool(words) and len(text) <= 200 and sum(w[0].isupper() for w in words) >= 0.6 * len(words)


def _factor(heads: Sequence[Paragraph], body: Sequence[Paragraph], group: str) -> Factor:
    heading = " ".join(p.text.strip() for p in heads)
    ids = tuple(dict.fromkeys(p.evidence_id for p in (*heads, *body)))
    return Factor(heading, group if group != heading else "", tuple(_joined(body)), ids)


def _joined(body: Sequence[Paragraph]) -> Iterator[Sentence]:
    """Sentences of paragraphs; one cut by a page break is whole again, under the id it begins in."""
    text = ""
    starts: list[tuple[int, str]] = []
    for paragraph in body:
        part = _BULLET.sub("", " ".join(paragraph.text.split()))
        if text and _CLOSED.search(text):
            yield from _placed(text, starts)
            text, starts = "", []
        starts.append((len(text) + bool(text), paragraph.evidence_id))
        text = f"{text} {part}" if text else part
    if text:
        yield from _placed(text, starts)


def _placed(text: str, starts: Sequence[tuple[int, str]]) -> Iterator[Sentence]:
    at = place = 0
    for sentence in sentences(text):
        at = text.index(sentence, at)
        while place + 1 < len(starts) and starts[place + 1][0] <= at:
            place += 1
        yield Sentence(sentence, starts[place][1])
        at += len(sentence)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, as they stand there; an abbreviation ends none."""
    start = 0
    for found in _END.finditer(text):
        if _ABBREVIATED.search(text[max(start, found.start() - 12) : found.start()]):
            continue
        yield text[start : found.end()].strip()
        start = found.end()
    if rest := text[start:].strip():
        yield rest


def diff_factors(old: Sequence[Factor], new: Sequence[Factor]) -> RiskDiff:
    """Match the factors of two years and say what changed.

    A factor without a match of its own whose text the other year says inside another factor is no news: it
    stands beside that one as `same` or `changed`.

    Args:
        old: of the earlier filing, as `read_factors` gives them.
        new: of the later one.
    """
    old, new = old[:MAX_FACTORS], new[:MAX_FACTORS]
    pairs = _matched(old, new)
    homes = _homes(old), _homes(new)
    changes = []
    for j, factor in enumerate(new):
        if j in pairs:
            at, likeness = pairs[j]
            changes.append(_change(old[at], factor, likeness, homes))
        else:
            changes.append(_moved(factor, old, homes[0], later=True))
    taken = {i for i, _ in pairs.values()}
    changes += [_moved(factor, new, homes[1], later=False) for i, factor in enumerate(old) if i not in taken]
    return RiskDiff(tuple(changes), _drift(old, new, homes, changes))


_Homes = tuple[Mapping[str, int], Mapping[str, int]]
"""Of the old and the new year, which factor each sentence stands in."""


def _homes(factors: Sequence[Factor]) -> dict[str, int]:
    """The factor that each sentence of a year first stands in."""
    found: dict[str, int] = {}
    for at, factor in enumerate(factors):
        for sentence in factor.sentences:
            found.setdefault(_plain(sentence.text), at)
    return found


def _home(factor: Factor, others: Mapping[str, int]) -> tuple[int | None, float]:
    """The factor of the other year that says most of this one, and how much; None for less than `MOVED`."""
    letters: Counter[int] = Counter()
    total = 0
    for text in (_plain(s.text) for s in factor.sentences):
        total += len(text)
        if text in others:
            letters[others[text]] += len(text)
    at, most = max(letters.items(), key=lambda item: item[1], default=(None, 0))
    share = most / total if total else 0.0
    return (at, round(share, 4)) if share >= MOVED else (None, 0.0)


def _matched(old: Sequence[Factor], new: Sequence[Factor]) -> dict[int, tuple[int, float]]:
    """Of each matched new factor the old one and their likeness, the most alike pair first."""
    if not old or not new:
        return {}
    heads = process.cdist(
        [_plain(f.heading) for f in old], [_plain(f.heading) for f in new], scorer=fuzz.token_sort_ratio
    )
    likeness = 0.65 * _cosines(old, new) + 0.35 * (heads / 100.0)
    out: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for flat in np.argsort(-likeness, axis=None, kind="stable"):
        i, j = divmod(int(flat), len(new))
        if likeness[i, j] < MATCH:
            break
        if i not in taken and j not in out:
            out[j] = (i, round(float(min(likeness[i, j], 1.0)), 4))
            taken.add(i)
    return out


def _cosines(old: Sequence[Factor], new: Sequence[Factor]) -> NDArray[np.float64]:
    """Cosines of the factors' TF-IDF vectors, (old, new).

    A word weighs ln(1 + times) * ln(1 + factors / factors with it).
    """
    counts = [Counter(_WORD.findall(f"{f.heading} {f.text}".lower())) for f in (*old, *new)]
    spread = Counter(word for count in counts for word in count)
    index = {word: i for i, (word, _) in enumerate(spread.most_common(MAX_WORDS))}
    vectors = np.zeros((len(counts), max(len(index), 1)), dtype=np.float32)
    for row, count in zip(vectors, counts, strict=True):
        for word, times in count.items():
            if word in index:
                row[index[word]] = np.log1p(times) * np.log1p(len(counts) / spread[word])
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(norms > 0, norms, 1.0)
    return np.asarray(vectors[: len(old)] @ vectors[len(old) :].T, dtype=np.float64)


def _moved(factor: Factor, others: Sequence[Factor], said: Mapping[str, int], *, later: bool) -> Change:
    """A factor without a match: beside the other year's factor that says it, else new or dropped."""
    unsaid = _unsaid(factor, said)
    at, share = _home(factor, said)
    if at is None:
        verdict, other = "new" if later else "dropped", None
    else:
        verdict, other = "changed" if unsaid else "same", others[at]
    if later:
        return Change(verdict, other, factor, share, added=unsaid)
    return Change(verdict, factor, other, share, removed=unsaid)


def _change(old: Factor, new: Factor, likeness: float, homes: _Homes) -> Change:
    removed, added = _unsaid(old, homes[1]), _unsaid(new, homes[0])
    reworded = _reworded(removed, added)
    gone, come = {id(a) for a, _ in reworded}, {id(b) for _, b in reworded}
    return Change(
        "changed" if removed or added else "same",
        old,
        new,
        likeness,
        added=tuple(s for s in added if id(s) not in come),
        removed=tuple(s for s in removed if id(s) not in gone),
        reworded=tuple(reworded),
    )


def _unsaid(factor: Factor, others: Mapping[str, int]) -> tuple[Sentence, ...]:
    """A factor's sentences that the other year says nowhere."""
    return tuple(s for s in factor.sentences if _plain(s.text) not in others)


def _reworded(removed: Sequence[Sentence], added: Sequence[Sentence]) -> list[tuple[Sentence, Sentence]]:
    """Pairs of sentences that are one reworded, the most alike first, each sentence once."""
    removed, added = removed[:MAX_SENTENCES], added[:MAX_SENTENCES]
    if not removed or not added:
        return []
    table = process.cdist(
        [_plain(s.text)[:MAX_LETTERS] for s in removed],
        [_plain(s.text)[:MAX_LETTERS] for s in added],
        scorer=fuzz.ratio,
    )
    pairs: list[tuple[int, int]] = []
    rows: set[int] = set()
    columns: set[int] = set()
    for flat in np.argsort(-table, axis=None, kind="stable"):
        i, j = divmod(int(flat), len(added))
        if table[i, j] < 100 * REWORDED:
            break
        if i not in rows and j not in columns:
            pairs.append((i, j))
            rows.add(i)
            columns.add(j)
    return [(removed[i], added[j]) for i, j in sorted(pairs, key=lambda pair: pair[1])]


def _drift(
    old: Sequence[Factor],
    new: Sequence[Factor],
    homes: _Homes,
    changes: Sequence[Change],
) -> float:
    kept = total = 0.0
    for factors, other in ((old, homes[1]), (new, homes[0])):
        for sentence in (s for f in factors for s in f.sentences):
            letters = len(_plain(sentence.text))
            total += letters
            kept += letters if _plain(sentence.text) in other else 0
    pairs = {(id(a), id(b)): (a, b) for change in changes for a, b in change.reworded}
    for before, after in pairs.values():
        a, b = _plain(before.text), _plain(after.text)
        kept += fuzz.ratio(a[:MAX_LETTERS], b[:MAX_LETTERS]) / 100 * (len(a) + len(b))
    return round(1.0 - kept / total, 4) if total else 0.0


def _plain(text: str) -> str:
    """Letters and digits alone, so that quotes, dashes and line ends are no change."""
    return re.sub(r"[^a-z0-9%$]+", " ", text.lower()).strip()
