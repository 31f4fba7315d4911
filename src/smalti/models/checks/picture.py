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

    Of each kind, one picture shown many times counts once, and so does one account, with the strongest
    finding; hints of forgery by themselves are none. The rules of strength stand in `picture_origin`,
    `picture_reuse` and `picture_prices`.
    """
    pictures, more = pictures_of(dossier)
    by_id = {shown.image.evidence_id: shown for shown in pictures}
    silences: list[Silence] = []
    findings = list(_of_origin(dossier, pictures))
    old = list(reused(dossier, by_id))
    findings += _strongest((one.shown, one.finding) for one in old if one.finding)
    silences += [Silence(Citation(o.shown.image.evidence_id), o.silence) for o in old if o.silence]
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
    for judge in (lambda s: made_by_model(s, elders.get(s.image.evidence_id)), changed, taken_before):
        yield from _strongest((shown, finding) for shown in pictures if (finding := judge(shown)))
    yield from hinted(pictures)


def _strongest(found: Iterable[tuple[Shown, Finding]]) -> Iterable[Finding]:
    """Of each picture and of each account the strongest finding, the first among equals."""
    pictures: set[str] = set()
    accounts: set[str] = set()
    for shown, finding in sorted(found, key=lambda pair: -pair[1].strength):
        picture, account = shown.key, shown.document.author or shown.document.document_id
        if picture not in pictures and account not in accounts:
            yield finding
        pictures.add(picture)
        accounts.add(account)


def _of_prices(dossier: Dossier, pictures: list[Shown]) -> tuple[list[Finding], list[Silence]]:
    market, charts = Market(dossier), charts_by_document(dossier)
    findings: list[tuple[Shown, Finding]] = []
    silences: dict[str, Silence] = {}
    for shown in pictures:
        for verdict in held_against_prices(shown, charts.get(shown.document.document_id, ()), market):
            if verdict.finding:
                findings.append((shown, verdict.finding))
            if verdict.silence:
                silences.setdefault(shown.key, Silence(Citation(shown.image.evidence_id), verdict.silence))
    return list(_strongest(findings)), list(silences.values())
