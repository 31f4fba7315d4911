"""From what is known of one issuer by `as_of` to the case a model sees, and an account of what it lacks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl

from smalti.models.case import Case, Pair, Token, voice_vector
from smalti.models.checks import FiscalYear, fiscal_years, ratios
from smalti.models.prices import price_features
from smalti.platform.errors import SmaltiError
from smalti.platform.records import EvidenceKind, Modality, SourceKind, content_id

LEAD_PARAGRAPHS = 4
"""Of a news page the first paragraphs speak for it: what follows is background, and cost."""

MAX_TOKENS = 256
"""Newest first, of one pair; enough for a whole call, and a cap on what a flood of posts can cost."""

Freshness = Mapping[SourceKind, int]
"""Days after which a kind of source no longer bears on a score."""

MODALITY: Mapping[EvidenceKind, Modality] = {
    EvidenceKind.PARAGRAPH: Modality.TEXT,
    EvidenceKind.TABLE: Modality.TEXT,
    EvidenceKind.AUDIO: Modality.TEXT,
    EvidenceKind.IMAGE: Modality.IMAGE,
    EvidenceKind.CHART: Modality.IMAGE,
    EvidenceKind.FACT: Modality.FACT,
}


@dataclass(frozen=True, slots=True)
class Known:
    """All that was available of one issuer at `as_of`, as frames.

    Attributes:
        evidence: `evidence_id, document_id, kind, ordinal, source, available_at, language, payload, vector`
            (null where not embedded), `on_risk` (how often a filing's paragraph speaks of volatility).
        facts: `concept, value, unit, period_start, period_end, unverified, evidence_id, available_at`.
        prices: `day, close, adjusted_close, volume, document_id, evidence_id, available_at`.
    """

    issuer_id: str
    as_of: datetime
    evidence: pl.DataFrame
    facts: pl.DataFrame
    prices: pl.DataFrame

    def __post_init__(self) -> None:
        """Refuse to look ahead.

        Raises:
            SmaltiError: a row became available after `as_of`.
        """
        for name in ("evidence", "facts", "prices"):
            frame: pl.DataFrame = getattr(self, name)
            if frame.height and frame["available_at"].max() > self.as_of:  # type: ignore[operator]
                raise SmaltiError(
                    f"a row of {name} is from after {self.as_of:%Y-%m-%d %H:%M}",
                    subject=self.issuer_id,
                    mend="this is a defect: report it",
                )

    @property
    def case_id(self) -> str:
        """The same for the same knowledge, whatever was stored when."""
        frames = (
            self.evidence["evidence_id"],
            self.facts["evidence_id"],
            self.prices["document_id"].unique(),
        )
        ids = sorted(str(one) for column in frames for one in column)
        # What is embedded since, by an encoder installed later, is known better than before.
        sizes = (self.prices.height, self.evidence["vector"].count())
        return content_id("case", self.issuer_id, self.as_of.isoformat(), *map(str, sizes), *ids)

    @property
    def sizes(self) -> dict[str, int]:
        """How much is known: rows of each frame, and pieces that are embedded."""
        frames = {"evidence": self.evidence, "facts": self.facts, "prices": self.prices}
        return {name: frame.height for name, frame in frames.items()} | {
            "embedded": int(self.evidence["vector"].count())
        }


@dataclass(frozen=True, slots=True)
class Assembled:
    """A case with what went into it.

    Attributes:
        available: pairs of which there is fresh evidence, with the age in days of the newest.
        stale: pairs of which there is only evidence past its freshness, likewise.
        unread: why some evidence gave no token, by reason, with counts.
        years: fiscal years known, newest first.
        fact_evidence: for each fact token's anchor, all evidence its ratios rest on.
    """

    case: Case
    available: Mapping[Pair, float]
    stale: Mapping[Pair, float]
    unread: Mapping[str, int] = field(default_factory=dict)
    years: Sequence[FiscalYear] = ()


def assemble(known: Known, freshness: Freshness) -> Assembled:
    """The case of one issuer: fresh evidence only, a call's sentences from the newest call alone."""
    tokens: list[Token] = []
    ages: dict[Pair, float] = {}
    unread: dict[str, int] = {}
    evidence = known.evidence.filter(pl.col("kind") != EvidenceKind.FACT.value).with_columns(
        age=(pl.lit(known.as_of) - pl.col("available_at")).dt.total_seconds() / 86400
    )
    for (source_name, kind_name), group in sorted(
        evidence.group_by("source", "kind"), key=lambda g: str(g[0])
    ):
        source, kind = SourceKind(str(source_name)), EvidenceKind(str(kind_name))
        for pair in _pairs(kind, source):
            ages[pair] = min(ages.get(pair, np.inf), float(group["age"].min()))  # type: ignore[arg-type]
        fresh = group.filter(pl.col("age") <= freshness[source])
        chosen = _chosen(fresh, source, kind)
        foreign = chosen.filter(pl.col("language").is_not_null() & (pl.col("language") != "en"))
        if foreign.height:
            unread["language not supported"] = unread.get("language not supported", 0) + foreign.height
            chosen = chosen.join(foreign.select("evidence_id"), on="evidence_id", how="anti")
        tokens += _tokens(chosen, source, kind)
    years = fiscal_years(known.facts, known.as_of)
    tokens += _fact_tokens(years, known, freshness, ages)
    tokens += _price_token(known, freshness, ages)
    available = {p: a for p, a in ages.items() if a <= freshness[p.source]}
    stale = {p: a for p, a in ages.items() if a > freshness[p.source]}
    return Assembled(Case(known.issuer_id, known.as_of, tokens), available, stale, unread, years)


def _pairs(kind: EvidenceKind, source: SourceKind) -> list[Pair]:
    pairs = [Pair(MODALITY[kind], source)]
    if kind is EvidenceKind.AUDIO:
        pairs.append(Pair(Modality.VOICE, source))
    return pairs


def _chosen(fresh: pl.DataFrame, source: SourceKind, kind: EvidenceKind) -> pl.DataFrame:
    """Which of the fresh pieces speak: the newest call's sentences, the lead of news, the newest first."""
    if not fresh.height:
        return fresh
    if source is SourceKind.CALL:
        newest = fresh.sort("available_at", "document_id", descending=True)["document_id"][0]
        fresh = fresh.filter(pl.col("document_id") == newest)
    elif source is SourceKind.NEWS and kind is EvidenceKind.PARAGRAPH:
        lead = pl.col("ordinal").rank("ordinal").over("document_id")
        fresh = fresh.filter(lead <= LEAD_PARAGRAPHS)
    newest_first = fresh.sort(["age", "document_id", "ordinal"])
    return newest_first.head(MAX_TOKENS)


def _tokens(rows: pl.DataFrame, source: SourceKind, kind: EvidenceKind) -> list[Token]:
    tokens: list[Token] = []
    length = rows.group_by("document_id").agg(pl.col("ordinal").max())
    last = dict(length.iter_rows())
    for row in rows.iter_rows(named=True):
        position = row["ordinal"] / max(1, last[row["document_id"]])
        place = (max(0.0, row["age"]), position, row["evidence_id"])
        if row["vector"] is not None:
            vector = np.asarray(row["vector"], np.float32)
            tokens.append(Token(MODALITY[kind], source, vector, *place))
        if kind is EvidenceKind.AUDIO:
            measures = json.loads(row["payload"]).get("voice") or {}
            if any(value is not None for value in measures.values()):
                tokens.append(Token(Modality.VOICE, source, voice_vector(measures), *place))
    return tokens


def _fact_tokens(
    years: Sequence[FiscalYear], known: Known, freshness: Freshness, ages: dict[Pair, float]
) -> list[Token]:
    """One token for each of the newest fiscal years whose ratios can be computed."""
    pair = Pair(Modality.FACT, SourceKind.FILING)
    if known.facts.height:
        ages[pair] = _age(known, known.facts)
    if ages.get(pair, np.inf) > freshness[SourceKind.FILING]:
        return []
    tokens = []
    for lag, year in enumerate(years[:3]):
        found = ratios(year)
        vector = np.array([np.nan if v is None else v for v in found.values()], np.float32)
        anchor = year.find("Assets") or year.find("Income")
        if anchor is not None and np.isfinite(vector).any():
            tokens.append(
                Token(Modality.FACT, SourceKind.FILING, vector, ages[pair], lag / 10, anchor.evidence[0])
            )
    return tokens


def _age(known: Known, rows: pl.DataFrame) -> float:
    """Days from the newest of some rows to the case's moment."""
    age = rows.select((pl.lit(known.as_of) - pl.col("available_at").max()).dt.total_seconds() / 86400)
    return float(age.item())


def _price_token(known: Known, freshness: Freshness, ages: dict[Pair, float]) -> list[Token]:
    if not known.prices.height:
        return []
    pair = Pair(Modality.PRICE, SourceKind.PRICE)
    closes = _closes(known.prices)
    ages[pair] = _age(known, closes)
    vector = price_features(closes["adjusted_close"].to_numpy())
    if ages[pair] > freshness[SourceKind.PRICE] or not np.isfinite(vector).any():
        return []
    evidence_id = str(closes["evidence_id"][-1])
    return [Token(Modality.PRICE, SourceKind.PRICE, vector, ages[pair], 0.0, evidence_id)]


def _closes(prices: pl.DataFrame) -> pl.DataFrame:
    """One row a day, oldest first.

    Of several files (two share classes, a file fetched again after a split) the one that reaches furthest
    speaks for all its days: levels of two files side by side would look like a jump.
    """
    files = prices.group_by("document_id").agg(reach=pl.col("day").max(), days=pl.len())
    ranked = prices.join(files, on="document_id").sort("day", "reach", "days", "document_id")
    return ranked.unique("day", keep="last", maintain_order=True).drop("reach", "days")
