"""Reports made, stored, and made again: the same knowledge gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smalti.platform.errors import SettingsError
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.service import watchlists
from smalti.service.engine import Engine
from smalti.service.reports import stored
from smalti.service.reports.content import Report, from_json, plain, to_json
from smalti.service.reports.issuer import issuer_report
from smalti.service.reports.reading import Clocks
from smalti.service.reports.rendering_call import rendered
from smalti.service.reports.views import ReportView, ReproducedView, SubjectKind
from smalti.service.reports.watchlist import watchlist_report
from smalti.service.stages.score import newest

_PERIOD = timedelta(days=7)
"""What a first report looks back on."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom a report is: an issuer, or a watchlist with its issuers."""

    kind: SubjectKind
    subject_id: str
    name: str
    issuers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a report is made.

    Attributes:
        report_id: the same for the same occasion, so that it is made once; by its content if None.
        schedule_id: of a schedule.
        due_at: when it was due.
        skipped: due moments before it that passed while nothing ran.
    """

    report_id: str | None = None
    schedule_id: str | None = None
    due_at: datetime | None = None
    skipped: Sequence[datetime] = ()


def issuer(issuer_id: str) -> Subject:
    """A report's subject: one issuer."""
    return Subject(SubjectKind.ISSUER, issuer_id, "", (issuer_id,))


def watchlist(store: Store, wanted: str, user: str | None = None) -> Subject:
    """A report's subject: a watchlist by id or name, as it stands now.

    Raises:
        NotFound: there is none that this user sees (None is the service, which sees all).
    """
    found = watchlists.members(store, wanted, user)
    return Subject(SubjectKind.WATCHLIST, found.watchlist_id, found.name, tuple(found.issuers))


def compose(engine: Engine, subject: Subject, clocks: Clocks, skipped: Sequence[datetime] = ()) -> Report:
    """The content of a report; nothing is stored but the pictures that it shows.

    Raises:
        NotFound: there is no such issuer.
    """
    if subject.kind is SubjectKind.ISSUER:
        return issuer_report(engine, subject.subject_id, clocks, skipped)
    return watchlist_report(engine, subject.subject_id, subject.name, subject.issuers, clocks, skipped)


def make(
    engine: Engine, subject: Subject, as_of: datetime | None = None, since: datetime | None = None
) -> ReportView:
    """Make a report on demand, and store it.

    Args:
        engine: to make it with.
        subject: of whom.
        as_of: end of the period; the subject's newest scoring, or its newest evidence, if None.
        since: begin of it; the end of the last report before, or seven days before, if None.

    Raises:
        NotFound: there is no such issuer.
        SettingsError: the period ends before it begins.
        SandboxKilled: setting it took too long.
    """
    store = engine.store
    end = as_of or _newest(store, subject) or store.now()
    begin = since or stored.last_end(store, subject.kind, subject.subject_id, end) or end - _PERIOD
    if begin >= end:
        raise SettingsError(
            "the period of a report must end after it begins",
            subject=f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}",
            mend="give an earlier --since",
        )
    report = compose(engine, subject, Clocks(begin, end, store.now()))
    batch = Batch()
    report_id = write(engine, batch, report, Occasion())
    store.commit(batch)
    return stored.find(store, report_id)


def _newest(store: Store, subject: Subject) -> datetime | None:
    found = store.read(
        "SELECT max(as_of) FROM signals WHERE list_contains($wanted::TEXT[], issuer_id)",
        {"wanted": list(subject.issuers)},
    ).item()
    moments = [found] if found else [newest(store, one) for one in subject.issuers]
    return max((moment for moment in moments if moment), default=None)


def write(engine: Engine, batch: Batch, report: Report, occasion: Occasion) -> str:
    """Set a report, keep its bytes, and put its rows into a batch that the caller commits; returns its id.

    Raises:
        SandboxKilled: setting it took too long.
    """
    content = to_json(report)
    made = rendered(engine, content, report.pictures)
    report_id = occasion.report_id or content_id("report", content)
    put = engine.objects.put
    batch.add(
        "reports",
        {
            "report_id": report_id,
            "title": report.title,
            "headline": report.headline,
            "subject_kind": report.subject_kind,
            "subject_id": report.subject_id,
            "subject": report.subject,
            "issuers": list(report.issuers),
            "since": report.since,
            "as_of": report.as_of,
            "recorded_by": report.recorded_by,
            "schedule_id": occasion.schedule_id,
            "due_at": occasion.due_at,
            "skipped": [moment.isoformat() for moment in occasion.skipped],
            "synthetic": report.synthetic,
            "made_with": list(report.made_with),
            "fingerprint": report.fingerprint,
            "content_id": put(content.encode()),
            "pdf_id": put(made.pdf),
            "html_id": put(made.html),
        },
    )
    batch.add("report_sources", *({"report_id": report_id, "document_id": one} for one in report.documents))
    return report_id


def reproduce(engine: Engine, report_id: str) -> ReproducedView:
    """Make a stored report again from what was known and stored then.

    Raises:
        NotFound: no such report, or several begin so; or its bytes are gone.
    """
    row = stored.row(engine.store, report_id)
    then = engine.objects.get(row["content_id"]).decode()
    first = from_json(then)
    kind = SubjectKind(first.subject_kind)
    subject = Subject(kind, first.subject_id, first.subject, tuple(first.issuers))
    skipped = [datetime.fromisoformat(moment) for moment in row["skipped"]]
    clocks = Clocks(first.since, first.as_of, first.recorded_by)
    again = compose(engine, subject, clocks, skipped)
    told = differences(first, again)
    now = to_json(again)
    made = rendered(engine, now, again.pictures)
    for name, raw in (("PDF", made.pdf), ("HTML", made.html)):
        if engine.objects.get(row[f"{name.lower()}_id"]) != raw:
            told.append(f"bytes of the {name}")
    if now != then and not told:
        told.append("the content")
    return ReproducedView(row["report_id"], "differs" if told else "identical", told)


def differences(first: Report, again: Report) -> list[str]:
    """Which parts of two contents are not the same."""
    then = {section.key: section for section in first.sections}
    now = {section.key: section for section in again.sections}
    told = [
        f"section “{(now.get(key) or then[key]).title}”"
        for key in dict.fromkeys([*then, *now])
        if plain(then.get(key)) != plain(now.get(key))
    ]
    if plain(first.summary) != plain(again.summary) or first.headline != again.headline:
        told.insert(0, "the first page")
    if tuple(first.made_with) != tuple(again.made_with):
        told.append(f"made with {', '.join(first.made_with)} then, {', '.join(again.made_with)} now")
    return told
