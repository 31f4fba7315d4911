"""Evidence to signals: one case for each issuer and moment, scored once."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from smalti.models.cases import Known
from smalti.models.versions import CHECKS_VERSION, SCORING, weights_version
from smalti.platform.errors import SandboxKilled
from smalti.platform.ledger import Run
from smalti.platform.records import SourceKind, content_id
from smalti.platform.settings import Settings
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.platform.workers import Need, in_threads, on_device
from smalti.service.engine import Engine
from smalti.service.stages.known import View, dossier, encoders, known, shown_before, with_talk_of_risk

if TYPE_CHECKING:  # the process that owns the store never loads a model
    from smalti.models.scoring import Scored

_log = structlog.get_logger(__name__)

NEWS, AGED = "what is new", "what has aged"
"""Subjects of the runs in which a running service scores by itself."""
_SECONDS = 900.0
"""Seconds one case may take, loading of models included."""
_MEMORY_MB = 1_000
one_at_a_time = threading.Lock()
"""Held while scores are made."""


def score_all(engine: Engine, issuer_id: str | None, as_of: datetime | None) -> Run:
    """Score one issuer, or all that are followed: those with a filing, call or price series of their own.

    Without `as_of`, each is scored as of its newest dated evidence: an issuer of which nothing was heard
    for years is not scored as if that were today. What was scored before from the same knowledge by the
    same model is not scored again.

    The finished run's counts: `cases` scored, `unchanged`.
    """
    with Run(engine.store, "score", issuer_id or "") as run:
        wanted = [issuer_id] if issuer_id else followed(engine)
        _score(engine, run, lambda: {one: as_of or newest(engine.store, one) for one in wanted})
    return run


def score_news(engine: Engine, now: datetime) -> Run | None:
    """Score the followed issuers of which something came in since this was last done; None where none did.

    They are scored as of now; one of which nothing was heard for longer than any source counts, as of its
    newest evidence. The finished run's counts are those of `score_all`.
    """
    if not _touched(engine):
        return None
    with Run(engine.store, "score", NEWS) as run:
        # Asked again: what came in before this run was in the ledger is its work, not the next one's.
        _score(engine, run, lambda: {one: live_moment(engine, one, now) for one in _touched(engine)})
    return run


def score_daily(engine: Engine, now: datetime) -> Run:
    """Score all followed issuers as `score_news` does, new evidence or not: what is known has aged.

    Those that were scored as of this day already are left out.
    """

    def left() -> dict[str, datetime | None]:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        done = engine.store.read(
            "SELECT DISTINCT issuer_id FROM signals WHERE as_of BETWEEN ? AND ?", [midnight, now]
        )
        wanted = [one for one in followed(engine) if one not in set(done["issuer_id"])]
        return {one: live_moment(engine, one, now) for one in wanted}

    with Run(engine.store, "score", AGED) as run:
        _score(engine, run, left)
    return run


def live_moment(engine: Engine, issuer_id: str, now: datetime) -> datetime | None:
    """As of when a running service scores an issuer; None where nothing is known of it."""
    moment = newest(engine.store, issuer_id)
    longest = timedelta(days=max(freshness(engine.settings).values()))
    return now if moment is not None and moment >= now - longest else moment


def _touched(engine: Engine) -> list[str]:
    """The followed issuers with a document or a link recorded since the last such run began."""
    since = engine.store.read(
        "SELECT max(started_at) FROM runs WHERE stage = 'score' AND subject = ? AND state = 'done'", [NEWS]
    ).item()
    found = engine.store.read(
        "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
        " WHERE ?::TIMESTAMPTZ IS NULL OR greatest(d.recorded_at, l.recorded_at) >= ?",
        [since, since],
    )
    return sorted(set(found["issuer_id"]).intersection(followed(engine)))


def _score(engine: Engine, run: Run, wanted: Callable[[], Mapping[str, datetime | None]]) -> None:
    """Score issuers, each as of a moment; one scoring after another, since each uses all workers.

    Args:
        engine: the owner's.
        run: takes the counts.
        wanted: asked once it is this run's turn: the one before may have done some of it.
    """
    with one_at_a_time:
        moments = wanted()
        views = [View(one, moment) for one, moment in moments.items() if moment is not None]
        if len(views) < len(moments):
            run.counts["without evidence"] += len(moments) - len(views)
        engine.progress.start("score", len(views))
        score_views(engine, run, views)


def score_views(engine: Engine, run: Run, views: Sequence[View]) -> None:
    """Score what was known of issuers at moments, each once, and store it; holding `one_at_a_time`.

    One whose scoring breaks its worker is counted and left out.

    Args:
        engine: the owner's; its progress takes a step a view.
        run: takes the counts.
        views: of whom and when.
    """

    def begun(view: View) -> tuple[int, Scored | SandboxKilled | None]:
        return engine.tombstones.number, _scored_anew(engine, view)

    for view, (stones, scored) in in_threads(begun, views, engine.workers.size):
        if isinstance(scored, SandboxKilled):
            run.counts["could not be scored"] += 1
            _log.error("an issuer could not be scored", issuer=view.issuer_id, error=str(scored))
        elif scored is None:
            run.counts["unchanged"] += 1
        else:
            # What it was made from may have been erased meanwhile; the next scoring makes it without.
            same = partial(_is_number, engine, stones)
            written = engine.store.commit(_batch(scored), still=same)
            run.counts["cases" if written else "erased meanwhile"] += 1
        engine.progress.step("score", view.issuer_id)


def _is_number(engine: Engine, stones: int) -> bool:
    return engine.tombstones.number == stones


def followed(engine: Engine) -> list[str]:
    """Issuers with a filing, call or price series of their own."""
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


def _scored_anew(engine: Engine, view: View) -> Scored | SandboxKilled | None:
    """The scores of a case; None where they are stored already; why not, where its worker died of it."""
    found = known(engine.store, view)
    case = case_id(engine, view, found)
    stored = engine.store.read(
        "SELECT count(*) FROM signals WHERE case_id = ? AND model_version IN (?, ?)",
        [case, weights_version(engine.settings.model), CHECKS_VERSION],
    )
    if stored.item():
        return None
    try:
        return score_case(engine, view, found, case)
    except SandboxKilled as error:
        return error


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
    scored: Scored = on_device(
        engine.workers,
        "smalti.models.scoring:score_known",
        Need(settings.device, _MEMORY_MB),
        timeout=_SECONDS,
        known=with_talk_of_risk(engine.store, view, found),
        dossier=dossier(engine.store, view, found),
        case_id=case,
        freshness=freshness(settings),
        model=settings.model,
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
