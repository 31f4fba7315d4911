"""Pictures held against their own files, earlier copies of them, and prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.picture_origin import changed, hinted, made_by_model, taken_before
from smalti.models.checks.picture_prices import Market, charts_by_document, held_against_prices
from smalti.models.checks.picture_reuse import reused
from smalti.models.checks.picture_shown import Shown, pictures_of
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.platform.records import Evidence


def picture(dossier: Dossier) -> Check:
    """What pictures claim that their files, their past or the market deny.

    One picture shown many times counts once, with its strongest finding of each kind; hints of forgery by
    themselves are no finding. The rules of strength stand in `picture_origin`, `picture_reuse` and
    `picture_prices`.
    """
    pictures, more = pictures_of(dossier)
    by_id = {shown.image.evidence_id: shown for shown in pictures}
    silences: list[Silence] = []
    findings = list(_of_origin(dossier, pictures))
    for reuse in reused(dossier, by_id):
        if reuse.finding:
            findings.append(reuse.finding)
        if reuse.silence:
            silences.append(Silence(Citation(reuse.shown.image.evidence_id), reuse.silence))
    of_prices, unsure = _of_prices(dossier, pictures)
    findings += of_prices
    silences += unsure
    if more:
        about = Citation(pictures[-1].image.evidence_id)
        silences.append(Silence(about, f"cannot compare: {more} further pictures were not looked at"))
    return judged("picture", len(pictures), findings, silences, nothing="no picture is known")


def _of_origin(dossier: Dossier, pictures: list[Shown]) -> Iterator[Finding]:
    elders: dict[str, Evidence] = {}
    for one in dossier.likenesses:
        elders.setdefault(one.evidence_id, one.elder)
    found = []
    for shown in pictures:
        key = str(shown.image.payload.get("phash") or shown.image.evidence_id)
        made = made_by_model(shown, elders.get(shown.image.evidence_id))
        found += [("made", key, one) for one in (made,) if one]
        found += [("changed", key, one) for one in (changed(shown),) if one]
        found += [("taken", key, one) for one in (taken_before(shown),) if one]
    yield from _strongest(found)
    yield from hinted(pictures)


def _strongest(found: Iterable[tuple[str, str, Finding]]) -> Iterable[Finding]:
    """Of each kind and picture the strongest finding, the first among equals."""
    best: dict[tuple[str, str], Finding] = {}
    for kind, key, finding in found:
        held = best.get((kind, key))
        if held is None or finding.strength > held.strength:
            best[kind, key] = finding
    return best.values()


def _of_prices(dossier: Dossier, pictures: list[Shown]) -> tuple[list[Finding], list[Silence]]:
    market, charts = Market(dossier), charts_by_document(dossier)
    findings: list[tuple[str, str, Finding]] = []
    silences: dict[str, Silence] = {}
    for shown in pictures:
        key = str(shown.image.payload.get("phash") or shown.image.evidence_id)
        for verdict in held_against_prices(shown, charts.get(shown.document.document_id, ()), market):
            if verdict.finding:
                findings.append(("prices", key, verdict.finding))
            if verdict.silence:
                about = Citation(shown.image.evidence_id)
                silences.setdefault(key, Silence(about, verdict.silence))
    return list(_strongest(findings)), list(silences.values())
