"""The names, tickers and CIKs of the store's issuers, ready to be looked up in a question."""

from __future__ import annotations

import re
import threading
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import polars as pl

from smalti.assistant.asked.vocabulary import common
from smalti.assistant.grounds import Grounds
from smalti.assistant.understood import Named
from smalti.ingest.issuers import Master
from smalti.ingest.names import full, shortened, without_legal
from smalti.platform.records import LEAST_LINK
from smalti.platform.store import Store

LONGEST_NAME = 10
"""Words of a name that are looked at."""
_LEAST_START = 4  # letters of a first word that stands for a name of several
_LEAST_LETTERS = 4  # of a name that is none of an abbreviation
_GENERIC_WORDS = "american first general international national new north south united global best"
_GENERIC = frozenset(_GENERIC_WORDS.split())

_TAG = re.compile(r"\s*/\s*[A-Za-z]{2,4}\s*/?\s*$")  # `/DE/`, `/NEW` in the SEC's register

_CLOCK = """
SELECT count(*) AS rows, max(recorded_at) AS latest FROM issuers
UNION ALL SELECT count(*), max(recorded_at) FROM issuer_names
"""
_ISSUERS = "SELECT issuer_id, name, cik FROM issuers ORDER BY issuer_id"
_NAMES = "SELECT issuer_id, text, kind FROM issuer_names ORDER BY issuer_id, text"
_SPOKEN_OF = """
SELECT l.issuer_id, count(*) AS documents FROM links l JOIN documents d USING (document_id)
WHERE l.issuer_id IN (SELECT unnest($issuers::TEXT[])) AND d.available_at <= $as_of GROUP BY 1
"""
_FOLLOWED = f"""
SELECT i.issuer_id, any_value(i.name) AS name FROM links l JOIN documents d USING (document_id)
JOIN issuers i USING (issuer_id)
WHERE d.available_at <= $as_of AND d.kind IN ('filing', 'call', 'price') AND l.score >= {LEAST_LINK}
GROUP BY 1 ORDER BY count(*) DESC, name LIMIT $most
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which an issuer is named.

    Attributes:
        tier: how much of the name it keeps: 0 all, 1 without legal form, 2 as people say it, 3 its start.
        plain: its words are dictionary words too.
    """

    issuer_id: str
    tier: int
    plain: bool


@dataclass(frozen=True, slots=True)
class Register:
    """Who can be named.

    Attributes:
        names: of issuers as they are said, by id.
        ways: by the tokens of the name (`smalti.ingest.names`).
        tickers: ids by ticker in capitals, dots as hyphens.
        ciks: id by CIK without leading zeros.
        singles: names of one word that a misspelt word may have meant, with their bearer.
    """

    names: Mapping[str, str]
    ways: Mapping[tuple[str, ...], Sequence[Way]]
    tickers: Mapping[str, Sequence[str]]
    ciks: Mapping[str, str]
    singles: Mapping[str, str]


_State = tuple[tuple[int, datetime | None], ...]
_known: weakref.WeakKeyDictionary[Store, tuple[_State, Register]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def register(grounds: Grounds) -> Register:
    """The register of the store as it is; made anew when issuers or names were added."""
    state = tuple(grounds.rows(_CLOCK).iter_rows())
    with _lock:
        held = _known.get(grounds.store)
    if held is not None and held[0] == state:
        return held[1]
    made = _register(grounds.rows(_ISSUERS), grounds.rows(_NAMES))
    with _lock:
        _known[grounds.store] = (state, made)
    return made


def most_spoken_of(grounds: Grounds, issuer_ids: Sequence[str]) -> Sequence[str]:
    """Of several issuers those of whom there is anything as of the moment; all if there is of none."""
    rows = grounds.rows(_SPOKEN_OF, issuers=list(issuer_ids))
    found = set(rows["issuer_id"])
    return [one for one in issuer_ids if one in found] or list(issuer_ids)


def followed(grounds: Grounds, most: int) -> Sequence[Named]:
    """Those of whom there are filings, calls or prices, the most spoken of first."""
    return [Named(*row) for row in grounds.rows(_FOLLOWED, most=most).iter_rows()]


def _register(issuers: pl.DataFrame, names: pl.DataFrame) -> Register:
    called: defaultdict[str, list[str]] = defaultdict(list)
    aliases: defaultdict[str, list[str]] = defaultdict(list)
    tickers: defaultdict[str, list[str]] = defaultdict(list)
    for issuer, name, _ in issuers.iter_rows():
        called[issuer].append(name)
    for issuer, text, kind in names.iter_rows():
        if kind in ("name", "alias"):
            called[issuer].append(text)
            if kind == "alias":
                aliases[issuer].append(text)
        elif kind == "ticker":
            tickers[text.upper().replace(".", "-")].append(issuer)
    entire = {
        issuer: {whole for text in mine if (whole := full(text)[:LONGEST_NAME])}
        for issuer, mine in called.items()
    }
    first_words = Counter(first for mine in entire.values() for first in {whole[0] for whole in mine})
    ways: defaultdict[tuple[str, ...], dict[str, Way]] = defaultdict(dict)
    for issuer, mine in entire.items():
        for whole in mine:
            for tokens, tier in _ways(whole, first_words):
                old = ways[tokens].get(issuer)
                if old is None or tier < old.tier:
                    ways[tokens][issuer] = Way(issuer, tier, _plain(tokens))
    cores = {tokens: found for tokens, found in ways.items() if len(tokens) == 1 and len(found) == 1}
    return Register(
        names={issuer: _said(name, aliases[issuer]) for issuer, name, _ in issuers.iter_rows()},
        ways={tokens: tuple(found.values()) for tokens, found in ways.items()},
        tickers={ticker: tuple(dict.fromkeys(mine)) for ticker, mine in tickers.items()},
        ciks={cik.lstrip("0"): issuer for issuer, _, cik in issuers.iter_rows() if cik},
        singles={tokens[0]: next(iter(found)) for tokens, found in cores.items()},
    )


def _said(name: str, aliases: Sequence[str]) -> str:
    """A name as it is said: the alias it begins with, else itself without a register's capitals and tags."""
    joined = "".join(full(name))
    fitting = [one for one in aliases if joined.startswith("".join(full(one)))]
    if fitting:
        low = name.casefold()
        return max(fitting, key=lambda one: (low.startswith(one.casefold()), len(one), one))
    plain = _TAG.sub("", name).strip()
    if not plain.isupper():
        return plain
    core = without_legal(full(plain))
    words = [one for one in re.findall(r"[^\s,]+", plain) if full(one) and full(one)[0] in core]
    return " ".join(one if _short_or_coded(one) else one.title() for one in words)


def _short_or_coded(word: str) -> bool:
    return len(word) < _LEAST_LETTERS or any(map(str.isdigit, word))


def _ways(whole: tuple[str, ...], first_words: Counter[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    core = without_legal(whole)
    if core != whole:
        yield whole, 0
    yield core, 1
    short = shortened(core)
    if short != core and (len(short) > 1 or first_words[short[0]] == 1):
        yield short, 2
    for length in range(2, len(core)):
        if (
            sum(len(one) for one in core[:length] if one != "and") >= _LEAST_LETTERS
            and core[length - 1] != "and"
        ):
            yield core[:length], 3
    alone = core[0]
    if (
        len(core) > 1
        and len(alone) >= _LEAST_START
        and alone not in _GENERIC | common()
        and first_words[alone] == 1
    ):
        yield core[:1], 3
    joined = "".join(core)
    if len(core) > 1 and len(joined) >= _LEAST_LETTERS:
        yield (joined,), 2


def _plain(tokens: tuple[str, ...]) -> bool:
    """Whether the words mean something else too."""
    words = known_companies().words | common()
    short = len(tokens) == 1 and len(tokens[0]) < _LEAST_LETTERS and not tokens[0][:1].isdigit()
    return short or all(one in words or one in _GENERIC or one.isdigit() for one in tokens)


@cache
def known_companies() -> Master:
    """Companies that are known of without being followed: what is shipped."""
    return Master.load()
