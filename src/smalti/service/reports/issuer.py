"""The report of one issuer, put together from its parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from smalti.platform.records import content_id
from smalti.service.engine import Engine
from smalti.service.reports import changed, limits, matters, scores, summary, words
from smalti.service.reports.content import Report, Section, Text
from smalti.service.reports.known import Known, Paper
from smalti.service.reports.pictures import Pictures
from smalti.service.reports.reading import Clocks
from smalti.service.reports.sources import Sources

FORMAT = "1"
"""Version of what reports say and how they look; raised when either changes."""


def issuer_report(engine: Engine, issuer_id: str, clocks: Clocks, skipped: Sequence[datetime] = ()) -> Report:
    """What is known of an issuer, as a report. One without scores gets one that says so.

    Args:
        engine: to read with.
        issuer_id: of whom.
        clocks: what may be known.
        skipped: due moments before it that passed while nothing ran.

    Raises:
        NotFound: no such issuer.
    """
    paper = Paper(Sources(), Pictures(engine))
    known = Known(engine, clocks, issuer_id, paper)
    moved = changed.changes(known)
    parts: Sequence[Section | None] = (
        changed.told(known, moved),
        matters.top_risks(known),
        scores.scores(known),
        scores.market(known),
        matters.contradictions(known),
        scores.movers(known),
        limits.missing(known),
        limits.voices(known),
        limits.trust(known),
        sources(paper),
    )
    name = words.clean(known.subject.name, 120)
    return Report(
        title=f"Risk report: {name}",
        subject=name,
        subject_kind="issuer",
        subject_id=issuer_id,
        since=clocks.since,
        as_of=clocks.as_of,
        recorded_by=clocks.recorded_by,
        synthetic=known.subject.synthetic,
        headline=words.clean(summary.headline(known), 300),
        summary=(*summary.summary(known, moved), *missed(skipped), *scores.risk_chart(known)),
        sections=tuple(part for part in parts if part is not None),
        made_with=made_with([known]),
        fingerprint=fingerprint([known]),
        issuers=(issuer_id,),
        documents=paper.sources.documents,
        news=moved.arrived.height,
    )


def missed(skipped: Sequence[datetime]) -> list[Text]:
    """What a scheduled report says of the runs before it that never were."""
    if not skipped:
        return []
    named = ", ".join(words.moment(moment) for moment in skipped[-3:])
    first = "" if len(skipped) <= 3 else ", last of all"
    runs = words.counted(len(skipped), "scheduled run")
    return [Text(f"{runs} before this one did not take place, for nothing ran{first}: {named}.", "notice")]


def sources(paper: Paper) -> Section:
    """The section that names every document cited."""
    blocks = [paper.sources.table()] if len(paper.sources) else [Text("No document is cited.")]
    return Section("sources", "Sources", blocks)


def made_with(known: Sequence[Known]) -> tuple[str, ...]:
    """The versions of models and checks behind the scores, and of the report."""
    versions = {s.model_version for one in known for s in one.signals}
    return (*sorted(versions), f"report {FORMAT}")


def fingerprint(known: Sequence[Known]) -> str:
    """Names what is found: scores as they are shown, findings, and documents; ages do not count."""
    told: list[str] = []
    for one in known:
        told.append(one.subject.issuer_id)
        told += [
            f"{s.kind} {s.horizon_days} {words.number(s.kind, s.value)} {s.reason or ''}" for s in one.signals
        ]
        told += sorted(f"{f.check} {f.reason}" for f in one.found)
    return content_id(FORMAT, *told)
