"""Why a score moved between two moments, split exactly, and what it would be without a document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smalti.platform.errors import NotFound
from smalti.platform.store import Store
from smalti.service.engine import Engine
from smalti.service.stages.known import View, dossier, known
from smalti.service.stages.score import freshness
from smalti.service.views import ChangedDocument, Part, ScoreChangeView, SignalChange, WhatIf, WhatIfView

if TYPE_CHECKING:  # the process that owns the store never loads a model
    from smalti.models.scoring import Key, Values

PARTS = (
    "model version",
    "revised data",
    "aged-out evidence",
    "new evidence",
    "corrected documents",
    "remainder",
)
"""What a difference is split into, in the order of the steps from the one score to the other.

The order is fixed, for new evidence cannot be known before the clock has moved on: (1) today's model makes
the stored score again from what was stored then; (2) what was recorded since about that time is added; (3)
the clock moves on, so that evidence grows old or falls out; (4) what came out since is added, (5) and so are
the documents among it that take the place of earlier ones; (6) what is left lies between the score so made
and the one that was stored.
"""


def values(engine: Engine, view: View) -> Values:
    """The values of all signals of an issuer as somebody with this view would have had them."""
    found = known(engine.store, view)
    made: Values = engine.workers.call(
        "smalti.models.scoring:values_of",
        known=found,
        dossier=dossier(engine.store, view, found),
        freshness=freshness(engine.settings),
        model=engine.settings.model,
        device=engine.settings.device,
    )
    # Checks count in whole numbers; told over HTTP they would come back as others.
    as_floats = {key: None if value is None else float(value) for key, value in made.values.items()}
    return replace(made, values=as_floats)


def change(
    engine: Engine, issuer_id: str, before: datetime, after: datetime, recorded_by: datetime | None = None
) -> ScoreChangeView:
    """Split the difference of each signal between two moments.

    Args:
        engine: whose store and workers.
        issuer_id: of whom.
        before: the earlier moment.
        after: the later one.
        recorded_by: nothing that was stored later is read; everything is, if None.

    Raises:
        NotFound: `after` is not later than `before`.
    """
    if after <= before:
        raise NotFound(
            "nothing lies between these moments",
            subject=f"{before} to {after}",
            mend="give the earlier first",
        )
    store = engine.store
    start, end = View(issuer_id, before), View(issuer_id, after)
    if recorded_by is not None:
        start, end = replace(start, recorded_by=recorded_by), replace(end, recorded_by=recorded_by)
    first, last = _stored(store, start), _stored(store, end)
    as_stored = replace(start, recorded_by=max(r["recorded_at"] for r in first.values())) if first else start
    arrived = _arrived(store, start, end)
    corrections = frozenset(one["document_id"] for one in arrived if one["corrects"])
    steps: list[Mapping[Key, float | None]] = [{key: row["value"] for key, row in first.items()}]
    views = (as_stored, start, replace(end, known_by=before), replace(end, without=corrections), end)
    made: dict[View, Values] = {}
    for view in views:
        if view not in made:
            made[view] = values(engine, view)
        steps.append(made[view].values)
    steps.append({key: row["value"] for key, row in last.items()})
    aged = made[start].used - made[views[2]].used
    return ScoreChangeView(
        issuer_id,
        before,
        after,
        [_split(key, steps, made[end].reasons) for key in made[end].values],
        [_document(row) for row in arrived],
        [_document(row) for row in _of_pieces(store, aged)],
    )


def what_if(engine: Engine, issuer_id: str, document: str, as_of: datetime) -> WhatIfView:
    """Each signal as of a moment, and as it would be had a document, or all of a file, not been published.

    Raises:
        NotFound: no document of the issuer begins so or came from a file of that name, or several begin so.
    """
    view = View(issuer_id, as_of)
    found = _find(engine.store, view, document)
    full = values(engine, view)
    bare = values(engine, replace(view, without=frozenset(row["document_id"] for row in found)))
    rows = [
        WhatIf(kind, horizon, value, bare.values.get((kind, horizon)), bare.reasons.get((kind, horizon)))
        for (kind, horizon), value in full.values.items()
    ]
    return WhatIfView(issuer_id, as_of, [_document(row) for row in found], rows)


def _split(key: Key, steps: list[Mapping[Key, float | None]], reasons: Mapping[Key, str]) -> SignalChange:
    """The parts of one signal's change.

    Where nothing was stored, the step beside stands for it. A step that leaves nothing to score is told
    together with the next one: all posts grew too old, and new ones came.
    """
    told = [step.get(key) for step in steps]
    told[0] = told[0] if key in steps[0] else told[1]
    told[-1] = told[-1] if key in steps[-1] else told[-2]
    kind, horizon = key
    before, after = told[0], told[-1]
    if before is None or after is None:
        which = "before" if before is None else "after"
        return SignalChange(
            kind, horizon, before, after, (), f"no value {which}: {reasons.get(key, 'none stored')}"
        )
    parts: list[Part] = []
    joined: list[str] = []
    for name, value in zip(PARTS, told[1:], strict=True):
        joined.append(name)
        if value is not None:
            parts.append(Part(" + ".join(joined), value - before))
            before, joined = value, []
    return SignalChange(kind, horizon, told[0], after, parts, None)


def _stored(store: Store, view: View) -> dict[Key, Mapping[str, Any]]:
    """The signals stored as of exactly a view's moment, the newest of each kind and horizon."""
    rows = store.read(
        "SELECT kind, horizon_days, value, recorded_at FROM signals WHERE issuer_id = ? AND as_of = ?"
        " AND recorded_at <= ?"
        " QUALIFY row_number() OVER (PARTITION BY kind, horizon_days ORDER BY recorded_at DESC) = 1",
        [view.issuer_id, view.as_of, view.recorded_by],
    )
    return {(row["kind"], row["horizon_days"]): row for row in rows.iter_rows(named=True)}


_DOCUMENT = (
    "d.document_id, d.title, d.kind, d.available_at, (SELECT min(x.path) FROM dispositions x"
    " WHERE x.artifact_id = d.artifact_id AND x.record = '') AS file"
)


def _arrived(store: Store, start: View, end: View) -> list[dict[str, Any]]:
    """Documents of the issuer that became public between two moments, and whether each corrects another.

    One corrects another where it came under the same name in the same source, or is an amended form.
    """
    rows = store.read(
        f"SELECT {_DOCUMENT}, coalesce(json_extract_string(d.hints, '$.form') LIKE '%/A', false)"
        "  OR EXISTS (SELECT 1 FROM sightings s JOIN sightings o ON o.source_id = s.source_id"
        "   AND o.path = s.path AND o.artifact_id <> s.artifact_id JOIN documents e"
        "   ON e.artifact_id = o.artifact_id AND e.available_at <= $before"
        "   WHERE s.artifact_id = d.artifact_id) AS corrects"
        " FROM documents d JOIN links l USING (document_id) WHERE l.issuer_id = $issuer"
        " AND d.available_at > $before AND d.available_at <= $after AND d.kind <> 'price'"
        " AND d.recorded_at <= $recorded_by ORDER BY d.available_at, d.document_id",
        {"issuer": start.issuer_id, "before": start.as_of, "after": end.as_of}
        | {"recorded_by": end.recorded_by},
    )
    return list(rows.iter_rows(named=True))


def _of_pieces(store: Store, evidence: Collection[str]) -> list[dict[str, Any]]:
    """The documents that some pieces stand in, oldest first; prices, which only grow, left out."""
    rows = store.read(
        f"SELECT DISTINCT {_DOCUMENT} FROM documents d JOIN evidence e USING (document_id)"
        " WHERE list_contains($wanted::TEXT[], e.evidence_id) AND d.kind <> 'price'"
        " ORDER BY d.available_at, d.document_id",
        {"wanted": sorted(evidence)},
    )
    return list(rows.iter_rows(named=True))


def _find(store: Store, view: View, text: str) -> list[dict[str, Any]]:
    """The one document whose id begins so, or all that came in a file of that name."""
    rows = store.read(
        f"SELECT {_DOCUMENT}, starts_with(d.document_id, $text) AS by_id"
        " FROM documents d JOIN links l USING (document_id) WHERE l.issuer_id = $issuer"
        " AND d.available_at <= $as_of AND (starts_with(d.document_id, $text) OR d.artifact_id IN"
        "  (SELECT artifact_id FROM dispositions WHERE path = $text OR ends_with(path, '/' || $text)))"
        " ORDER BY d.available_at, d.document_id",
        {"issuer": view.issuer_id, "as_of": view.as_of, "text": text},
    )
    found = list(rows.iter_rows(named=True))
    if not found:
        mend = "`smalti why` names the files of the evidence, `smalti change` the ids of documents"
        raise NotFound("no such document of this issuer by then", subject=text, mend=mend)
    meant = [row for row in found if row["by_id"]]
    if len(meant) > 1:
        some = ", ".join(f"{row['document_id'][:12]} ({row['title'][:40]})" for row in meant[:10])
        raise NotFound("the ids of several documents begin so", subject=text, mend=f"more of one id: {some}")
    return found


def _document(row: Mapping[str, Any]) -> ChangedDocument:
    return ChangedDocument(
        row["document_id"], row["title"], row["kind"], row["file"] or "", row["available_at"],
        bool(row.get("corrects")),
    )  # fmt: skip
