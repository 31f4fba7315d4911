"""Evidence to signals: one case for each issuer and moment, scored once."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from datetime import datetime

import polars as pl

from smalti.models.cases import Known
from smalti.models.versions import CHECKS_VERSION, SCORING, weights_version
from smalti.platform.ledger import Run
from smalti.platform.records import SourceKind, content_id
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.store.store import as_json
from smalti.platform.workers import in_threads
from smalti.service.engine import Engine
from smalti.service.stages.embed import ENCODERS, encoder_prefix

LEAST_LINK = 0.5
"""A document speaks for an issuer from this link score on: named outright, or one of a few."""

_ON_RISK = "(?i)volatil|market risk|stock price|fluctuat|price of our (common )?(stock|shares)"
"""Words of a filing about how its issuer's price may move."""

# Of each name in a source one artifact counts: the one it holds now, or, as of a moment before that was
# public, the last received before. Of each record of an artifact the document read last counts: a newer
# parser supersedes.
_CURRENT = (
    "SELECT d.* FROM documents d WHERE d.available_at <= $as_of"
    " AND (d.artifact_id IN ("
    "   SELECT s.artifact_id FROM sightings s JOIN (SELECT DISTINCT artifact_id FROM documents"
    "    WHERE available_at <= $as_of) k USING (artifact_id) LEFT JOIN dispositions x"
    "    ON x.source_id = s.source_id AND x.path = s.path AND x.record = ''"
    "   QUALIFY row_number() OVER (PARTITION BY s.source_id, s.path"
    "    ORDER BY x.artifact_id IS NOT DISTINCT FROM s.artifact_id DESC, s.fetched_at DESC) = 1)"
    "  OR d.artifact_id NOT IN (SELECT artifact_id FROM sightings))"
    " QUALIFY row_number() OVER (PARTITION BY d.artifact_id, d.part"
    "  ORDER BY d.recorded_at DESC, d.document_id) = 1"
)
# A copy is no evidence of its own beside its original; where that is not the issuer's, it is all there is.
_LINKED = (
    f"WITH current AS ({_CURRENT}), linked AS (SELECT c.* FROM current c JOIN links l USING (document_id)"
    f" WHERE l.issuer_id = $issuer AND l.score >= {LEAST_LINK}),"
    " mine AS (SELECT c.* FROM linked c WHERE NOT EXISTS (SELECT 1 FROM duplicates u JOIN linked o"
    "  ON o.document_id = u.of_document WHERE u.document_id = c.document_id))"
)


def score_all(engine: Engine, issuer_id: str | None, as_of: datetime | None) -> Run:
    """Score one issuer, or all that are followed: those with a filing, call or price series of their own.

    Without `as_of`, each is scored as of its newest dated evidence: an issuer of which nothing was heard
    for years is not scored as if that were today. What was scored before from the same knowledge by the
    same model is not scored again.

    The finished run's counts: `cases` scored, `unchanged`.
    """
    with Run(engine.store, "score", issuer_id or "") as run:
        wanted = [issuer_id] if issuer_id else _followed(engine)
        todo: list[Known] = []
        for one in wanted:
            moment = as_of or _newest(engine, one)
            if moment is None:
                run.counts["without evidence"] += 1
                continue
            known = _known(engine, one, moment)
            if _is_scored(engine, known):
                run.counts["unchanged"] += 1
            else:
                todo.append(_with_talk_of_risk(engine, known))
        engine.progress.start("score", len(todo))
        for known, batch in in_threads(lambda k: _scored(engine, k), todo, engine.workers.size):
            engine.store.commit(batch)
            run.counts["cases"] += 1
            engine.progress.step("score", known.issuer_id)
    return run


def _followed(engine: Engine) -> list[str]:
    own = tuple(kind.value for kind in (SourceKind.FILING, SourceKind.CALL, SourceKind.PRICE))
    found = engine.store.read(
        "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
        " WHERE d.kind IN (?, ?, ?) ORDER BY 1",
        own,
    )
    return found["issuer_id"].to_list()


def _newest(engine: Engine, issuer_id: str) -> datetime | None:
    """When the newest dated evidence became available; of the undated, when it was recorded."""
    found = engine.store.read(
        "SELECT max(d.available_at) FILTER (d.available_method <> 'recorded' AND d.kind <> 'price') AS dated,"
        " max(p.available_at) AS price, max(d.available_at) AS any_at"
        " FROM links l JOIN documents d USING (document_id) LEFT JOIN prices p USING (document_id)"
        " WHERE l.issuer_id = ?",
        [issuer_id],
    ).row(0)
    newest: datetime | None = found[0] or found[1] or found[2]
    return newest


def _known(engine: Engine, issuer_id: str, as_of: datetime) -> Known:
    evidence = engine.store.read(
        f"{_LINKED}, newest AS (SELECT * FROM embeddings WHERE content_id IN"
        "  (SELECT e.content_id FROM mine JOIN evidence e USING (document_id))"
        "  AND (starts_with(encoder, $text) OR starts_with(encoder, $image))"
        " QUALIFY row_number() OVER (PARTITION BY content_id ORDER BY recorded_at DESC, encoder) = 1)"
        " SELECT e.evidence_id, e.document_id, e.kind, e.ordinal, m.kind AS source, m.available_at,"
        "  m.language, CASE WHEN e.kind = 'audio' THEN e.payload END AS payload, n.vector"
        " FROM mine m JOIN evidence e USING (document_id) LEFT JOIN newest n USING (content_id)"
        " WHERE m.kind <> 'price' ORDER BY e.evidence_id",
        {"as_of": as_of, "issuer": issuer_id, **_encoders()},
    )
    facts = engine.store.read(
        f"{_LINKED} SELECT f.concept, f.value, f.unit, f.period_start, f.period_end, f.unverified,"
        " f.evidence_id, m.available_at FROM mine m JOIN facts f USING (document_id) ORDER BY f.evidence_id",
        {"as_of": as_of, "issuer": issuer_id},
    )
    # A price series is one document that grows: its rows have their own clock, its own date does not count.
    prices = engine.store.read(
        "SELECT p.day, p.adjusted_close, p.document_id, e.evidence_id, p.available_at FROM prices p"
        " JOIN links l USING (document_id) JOIN evidence e USING (document_id)"
        " WHERE l.issuer_id = $issuer AND p.available_at <= $as_of ORDER BY p.day, p.document_id",
        {"as_of": as_of, "issuer": issuer_id},
    )
    return Known(issuer_id, as_of, evidence, facts, prices)


def _with_talk_of_risk(engine: Engine, known: Known) -> Known:
    """With `on_risk`, which costs reading every paragraph: only for what is scored."""
    talk = engine.store.read(
        f"{_LINKED} SELECT e.evidence_id, len(regexp_extract_all(e.text, '{_ON_RISK}')) AS on_risk"
        " FROM mine m JOIN evidence e USING (document_id) WHERE m.kind = 'filing' AND e.kind = 'paragraph'",
        {"as_of": known.as_of, "issuer": known.issuer_id},
    )
    joined = known.evidence.join(talk, on="evidence_id", how="left", maintain_order="left")
    return replace(known, evidence=joined.with_columns(pl.col("on_risk").fill_null(0)))


def _is_scored(engine: Engine, known: Known) -> bool:
    stored = engine.store.read(
        "SELECT count(*) FROM signals WHERE case_id = ? AND model_version IN (?, ?)",
        [_case_id(engine.settings, known), weights_version(engine.settings.model), CHECKS_VERSION],
    )
    return bool(stored.item())


def _case_id(settings: Settings, known: Known) -> str:
    fresh = ",".join(f"{k.value}={v}" for k, v in _freshness(settings).items())
    encoders = ",".join(_encoders().values())
    return content_id(known.case_id, weights_version(settings.model), SCORING, fresh, encoders)


def _encoders() -> dict[str, str]:
    """How the version of each encoder begins."""
    return {name: encoder_prefix(weights) or "none" for name, weights in ENCODERS.items()}


def _scored(engine: Engine, known: Known) -> Batch:
    settings = engine.settings
    scored = engine.workers.call(
        "smalti.models.scoring:score_known",
        known=known,
        case_id=_case_id(settings, known),
        freshness=_freshness(settings),
        model=settings.model,
        device=settings.device,
    )
    batch = Batch()
    for signal in scored.signals:
        batch.add("signals", asdict(signal) | {"case_id": scored.case_id, "details": as_json(signal.details)})
    for moved in scored.attributions:
        effect = None if math.isnan(moved.effect) else moved.effect
        batch.add("attributions", asdict(moved) | {"modality": moved.modality.value, "effect": effect})
    return batch


def _freshness(settings: Settings) -> dict[SourceKind, int]:
    return {kind: int(getattr(settings, f"fresh_{kind.value}_days")) for kind in SourceKind}
