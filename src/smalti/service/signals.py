"""Stored signals as people ask for them: what moved one, what its checks found, who stands behind it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from smalti.models.independence import Independence, independence
from smalti.platform.errors import NotFound
from smalti.platform.records import DateMethod, Document, Locator, SourceKind
from smalti.platform.store import Store
from smalti.service.views import CitedView, EvidenceView, FindingView, GroupView, SignalView, Why

_QUOTE = 240  # characters of a piece shown
_EVER = datetime.max.replace(tzinfo=UTC)

ERASED = (
    "LEFT JOIN (SELECT signal_id, min(how) AS erased FROM erased_signals GROUP BY signal_id) z"
    " USING (signal_id)"
)
"""Gives `erased`: `cited` where a signal rests on what was erased since, `read` where that was only known."""

SIGNALS = (
    "SELECT s.*, i.name AS issuer, coalesce(y.synthetic, false) AS synthetic, z.erased"
    " FROM signals s JOIN issuers i USING (issuer_id) LEFT JOIN"
    " (SELECT l.issuer_id, bool_or(json_extract_string(d.hints, '$.synthetic') IS NOT NULL) AS synthetic"
    "  FROM links l JOIN documents d USING (document_id) GROUP BY l.issuer_id) y USING (issuer_id)"
    f" {ERASED}"
)
CHOSEN = (
    "($issuer IS NULL OR s.issuer_id = $issuer)"
    " AND ($kind IS NULL OR s.kind = $kind OR starts_with(s.kind, $kind || '.'))"
)
"""Which of `SIGNALS` are meant: of an issuer or all; of a kind with its sub-signals, or all."""

# Only what chooses the rows is read of all of them; of the chosen ones, everything.
NEWEST = (
    f"{SIGNALS} WHERE s.rowid IN"
    " (SELECT arg_max(s.rowid, (s.as_of, s.recorded_at, s.signal_id)) FROM signals s"
    f"  WHERE {CHOSEN} AND s.as_of <= $until AND s.recorded_at <= $recorded_by"
    "  GROUP BY s.issuer_id, s.kind, s.horizon_days)"
)
"""Of each issuer, kind and horizon the newest signal, as of `$until` and as stored by `$recorded_by`."""

FILE = (
    "(SELECT min(x.path) FROM dispositions x WHERE x.artifact_id = d.artifact_id AND x.record = '') AS file"
)

CONTEXT, DRIVER = "context", "driver"
"""How the methods of attributions begin that are no effect on the value itself."""


def newest_signals(
    store: Store, issuer_id: str | None, as_of: datetime, kind: str | None
) -> list[SignalView]:
    """Of each issuer, kind and horizon the newest stored signal that is not after a moment."""
    rows = store.read(
        f"{NEWEST} ORDER BY i.name, s.kind, s.horizon_days",
        {"issuer": issuer_id, "until": as_of, "kind": kind, "recorded_by": _EVER},
    )
    return [signal_view(row) for row in rows.iter_rows(named=True)]


def signal_row(store: Store, signal_id: str) -> dict[str, Any]:
    """The row of a signal whose id begins so.

    Raises:
        NotFound: no signal, or several.
    """
    found = store.read(f"{SIGNALS} WHERE starts_with(s.signal_id, ?)", [signal_id])
    if found.height != 1:
        what = "no signal has this id" if not found.height else f"{found.height} signals begin so"
        raise NotFound(what, subject=signal_id, mend="`smalti signals` lists them with their ids")
    return found.row(0, named=True)


def why(store: Store, signal_id: str) -> Why:
    """A signal with what moved it, its sub-signals, what its checks found, and who stands behind it.

    Raises:
        NotFound: no signal, or several, have an id that begins so.
    """
    row = signal_row(store, signal_id)
    signal = signal_view(row)
    moved = store.read(
        "SELECT a.rank, a.effect, a.modality, a.method, e.*, d.title, d.part, d.kind AS source,"
        f" d.available_at, {FILE}"
        " FROM attributions a JOIN evidence e USING (evidence_id) JOIN documents d USING (document_id)"
        f" WHERE a.signal_id = ? ORDER BY a.method = '{CONTEXT}', a.method LIKE '{DRIVER}%', a.rank",
        [signal.signal_id],
    )
    pieces = list(moved.iter_rows(named=True))
    beside = store.read(
        f"{SIGNALS} WHERE s.case_id = ? AND s.kind LIKE ? || '.%' ORDER BY s.kind",
        [row["case_id"], signal.kind],
    )
    found = findings(store, [signal])
    effects = list(_effects(pieces, found))
    return Why(
        signal,
        [_evidence(piece) for piece in pieces],
        _groups(store, signal, pieces),
        [signal_view(one) for one in beside.iter_rows(named=True)],
        found,
        _independence(store, effects),
    )


def findings(store: Store, signals: Sequence[SignalView]) -> list[FindingView]:
    """What the checks behind some signals found and could not judge, strongest first."""
    by_id = {signal.signal_id: signal for signal in signals}
    rows = store.read(
        "SELECT * FROM findings WHERE list_contains($wanted::TEXT[], signal_id)"
        " ORDER BY strength DESC NULLS LAST, signal_id, rank",
        {"wanted": sorted(by_id)},
    )
    found = [(row, by_id[row["signal_id"]]) for row in rows.iter_rows(named=True)]
    return finding_views(
        store, [row | {"kind": s.kind, "as_of": s.as_of, "synthetic": s.synthetic} for row, s in found]
    )


def finding_views(store: Store, rows: Sequence[Mapping[str, Any]]) -> list[FindingView]:
    """Findings with the places they cite.

    Args:
        store: to read the places from.
        rows: of table `findings`, each with `kind`, `as_of` and `synthetic` of its signal.
    """
    sides = [{side: json.loads(row[side]) for side in ("said", "against")} for row in rows]
    places = _places(store, {c["evidence_id"] for both in sides for side in both.values() for c in side})
    return [
        FindingView(
            finding_id=row["finding_id"],
            signal_id=row["signal_id"],
            check=row["kind"],
            verdict=row["verdict"],
            strength=row["strength"],
            reason=row["reason"],
            said=_cited(both["said"], places),
            against=_cited(both["against"], places),
            details=json.loads(row["details"]),
            as_of=row["as_of"],
            synthetic=row["synthetic"],
        )
        for row, both in zip(rows, sides, strict=True)
    ]


def _places(store: Store, evidence: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = store.read(
        "SELECT e.evidence_id, e.document_id, e.kind, e.locator, e.text, d.title, d.part, d.kind AS source,"
        " d.available_at,"
        f" {FILE}"
        " FROM evidence e JOIN documents d USING (document_id)"
        " WHERE list_contains($wanted::TEXT[], e.evidence_id)",
        {"wanted": sorted(evidence)},
    )
    return {row["evidence_id"]: row for row in rows.iter_rows(named=True)}


def _cited(side: Iterable[Mapping[str, str]], places: Mapping[str, Mapping[str, Any]]) -> list[CitedView]:
    return [
        CitedView(
            evidence_id=citation["evidence_id"],
            document_id=place["document_id"],
            kind=place["kind"],
            where=place_of(place),
            quote=shortened(citation["quote"] or place["text"]),
            title=place["title"],
            source=place["source"],
            file=place["file"] or "",
            available_at=place["available_at"],
        )
        for citation in side
        if (place := places.get(citation["evidence_id"])) is not None
    ]


def _effects(
    pieces: Iterable[Mapping[str, Any]], found: Iterable[FindingView]
) -> Iterator[tuple[str, float]]:
    """(document, effect) of what moved a signal; for a check, of what its findings rest on."""
    yield from ((p["document_id"], p["effect"]) for p in _first_method(pieces))
    for finding in found:
        yield from ((cited.document_id, finding.strength) for cited in finding.said if finding.strength)


def _first_method(pieces: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of effects told by several methods those of the one that adds up: integrated gradients, if any."""
    own = [p for p in pieces if p["effect"] is not None and not p["method"].startswith(DRIVER)]
    summing = [p for p in own if p["method"].startswith("integrated-gradients")]
    return summing or own


def _groups(store: Store, signal: SignalView, pieces: Sequence[Mapping[str, Any]]) -> list[GroupView]:
    """Sums of the effects by document and by modality, largest first.

    A model's contributions were summed over all pieces when it scored; of others the stored ones are all.
    """
    counts: Counter[tuple[str, str]] = Counter()
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for piece in _first_method(pieces):
        for group in (("document", piece["document_id"]), ("modality", piece["modality"])):
            sums[group] += piece["effect"]
            counts[group] += 1
    whole = signal.details.get("contributions")
    if whole:
        sums = defaultdict(float) | {
            (by, name): effect
            for by in ("document", "modality")
            for name, effect in whole[f"by_{by}"].items()
        }
    names = _document_names(store, [name for by, name in sums if by == "document"])
    ranked = sorted(sums.items(), key=lambda one: (one[0][0], -abs(one[1]), one[0][1]))
    return [GroupView(by, key, names.get(key, key), effect, counts[by, key]) for (by, key), effect in ranked]


def _document_names(store: Store, documents: Sequence[str]) -> dict[str, str]:
    rows = store.read(
        f"SELECT d.document_id, d.title, {FILE} FROM documents d"
        " WHERE list_contains($wanted::TEXT[], d.document_id)",
        {"wanted": list(documents)},
    )
    return {row["document_id"]: row["file"] or row["title"] for row in rows.iter_rows(named=True)}


def _independence(store: Store, effects: Sequence[tuple[str, float]]) -> Independence:
    wanted = {document for document, _ in effects}
    copies = store.read(
        "SELECT document_id, of_document FROM duplicates WHERE list_contains($wanted::TEXT[], document_id)",
        {"wanted": sorted(wanted)},
    )
    originals = dict(copies.iter_rows())
    wanted |= set(originals.values())
    rows = store.read(
        "SELECT document_id, artifact_id, part, kind, title, author, url, available_at, available_method"
        " FROM documents WHERE list_contains($wanted::TEXT[], document_id)",
        {"wanted": sorted(wanted)},
    )
    documents = {
        row["document_id"]: Document(
            parser="",
            parser_version="",
            **row
            | {"kind": SourceKind(row["kind"]), "available_method": DateMethod(row["available_method"])},
        )
        for row in rows.iter_rows(named=True)
    }
    known = {one: original for one, original in originals.items() if original in documents}
    return independence(effects, documents, known)


def signal_view(row: Mapping[str, Any]) -> SignalView:
    """A signal from its row with the issuer's name and whether it is synthetic."""
    values = {name: row[name] for name in SignalView.__slots__ if name != "details"}
    return SignalView(**values, details=json.loads(row["details"]))


def _evidence(row: Mapping[str, Any]) -> EvidenceView:
    return EvidenceView(
        rank=row["rank"],
        evidence_id=row["evidence_id"],
        document_id=row["document_id"],
        modality=row["modality"],
        effect=row["effect"],
        method=row["method"],
        kind=row["kind"],
        where=place_of(row),
        quote=shortened(row["text"]),
        title=row["title"],
        source=row["source"],
        file=row["file"] or "",
        available_at=row["available_at"],
    )


def place_of(row: Mapping[str, Any]) -> str:
    """Where in its file a piece stands: the record of a file that holds many, then the place in that."""
    return ", ".join(filter(None, (row["part"], Locator.from_json(row["locator"]).describe())))


def shortened(text: str) -> str:
    """A piece's text on one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _QUOTE else flat[: _QUOTE - 1] + "…"
