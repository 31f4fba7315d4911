"""Evidence to signals: one case for each issuer and moment, scored once."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from smalti.models.cases import Known
from smalti.models.versions import CHECKS_VERSION, SCORING, weights_version
from smalti.platform.ledger import Run
from smalti.platform.records import SourceKind, content_id
from smalti.platform.settings import Settings
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.platform.workers import in_threads
from smalti.service.engine import Engine
from smalti.service.stages.known import View, dossier, encoders, known, shown_before, with_talk_of_risk

if TYPE_CHECKING:  # the process that owns the store never loads a model
    from smalti.models.scoring import Scored


def score_all(engine: Engine, issuer_id: str | None, as_of: datetime | None) -> Run:
    """Score one issuer, or all that are followed: those with a filing, call or price series of their own.

    Without `as_of`, each is scored as of its newest dated evidence: an issuer of which nothing was heard
    for years is not scored as if that were today. What was scored before from the same knowledge by the
    same model is not scored again.

    The finished run's counts: `cases` scored, `unchanged`.
    """
    with Run(engine.store, "score", issuer_id or "") as run:
        wanted = [issuer_id] if issuer_id else _followed(engine)
        views: list[View] = []
        for one in wanted:
            moment = as_of or newest(engine.store, one)
            if moment is None:
                run.counts["without evidence"] += 1
            else:
                views.append(View(one, moment))
        engine.progress.start("score", len(views))
        for view, scored in in_threads(lambda v: _scored_anew(engine, v), views, engine.workers.size):
            if scored is None:
                run.counts["unchanged"] += 1
            else:
                engine.store.commit(_batch(scored))
                run.counts["cases"] += 1
            engine.progress.step("score", view.issuer_id)
    return run


def _followed(engine: Engine) -> list[str]:
    own = tuple(kind.value for kind in (SourceKind.FILING, SourceKind.CALL, SourceKind.PRICE))
    found = engine.store.read(
        "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
        " WHERE d.kind IN (?, ?, ?) ORDER BY 1",
        own,
    )
    return found["issuer_id"].to_list()


def newest(store: Store, issuer_id: str) -> datetime | None:
    """When the newest dated evidence became available; of the undated, when it was recorded."""
    found = store.read(
        "SELECT max(d.available_at) FILTER (d.available_method <> 'recorded' AND d.kind <> 'price') AS dated,"
        " max(p.available_at) AS price, max(d.available_at) AS any_at"
        " FROM links l JOIN documents d USING (document_id) LEFT JOIN prices p USING (document_id)"
        " WHERE l.issuer_id = ?",
        [issuer_id],
    ).row(0)
    moment: datetime | None = found[0] or found[1] or found[2]
    return moment


def _scored_anew(engine: Engine, view: View) -> Scored | None:
    """The scores of a case, or None where they are stored already."""
    found = known(engine.store, view)
    case = case_id(engine, view, found)
    stored = engine.store.read(
        "SELECT count(*) FROM signals WHERE case_id = ? AND model_version IN (?, ?)",
        [case, weights_version(engine.settings.model), CHECKS_VERSION],
    )
    return None if stored.item() else score_case(engine, view, found, case)


def case_id(engine: Engine, view: View, found: Known) -> str:
    """Names what is known together with everything that turns it into signals."""
    settings = engine.settings
    return content_id(
        found.case_id,
        shown_before(engine.store, view),
        weights_version(settings.model),
        SCORING,
        ",".join(f"{kind.value}={days}" for kind, days in freshness(settings).items()),
        ",".join(encoders().values()),
    )


def score_case(engine: Engine, view: View, found: Known, case: str) -> Scored:
    """Score what was known of an issuer at a moment, storing nothing.

    Args:
        engine: whose settings and workers score it.
        view: of whom and when.
        found: what `known` gave for this view.
        case: its `case_id`.
    """
    settings = engine.settings
    scored: Scored = engine.workers.call(
        "smalti.models.scoring:score_known",
        known=with_talk_of_risk(engine.store, view, found),
        dossier=dossier(engine.store, view, found),
        case_id=case,
        freshness=freshness(settings),
        model=settings.model,
        device=settings.device,
    )
    return scored


def _batch(scored: Scored) -> Batch:
    batch = Batch()
    for signal in scored.signals:
        batch.add("signals", asdict(signal) | {"case_id": scored.case_id, "details": as_json(signal.details)})
    for moved in scored.attributions:
        effect = None if math.isnan(moved.effect) else moved.effect
        batch.add("attributions", asdict(moved) | {"modality": moved.modality.value, "effect": effect})
    for found in scored.findings:
        batch.add("findings", found)
    return batch


def freshness(settings: Settings) -> dict[SourceKind, int]:
    """Days after which each kind of source no longer bears on a score."""
    return {kind: int(getattr(settings, f"fresh_{kind.value}_days")) for kind in SourceKind}
