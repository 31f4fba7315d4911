"""Which documents, pieces and alerts there are, newest first, counted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from smalti.assistant.answers.telling import count, day, tell
from smalti.assistant.checks.mentions import times_in
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Figure, Status
from smalti.assistant.understood import Period, Understood
from smalti.platform.words import capital, counted, listed

Row = Mapping[str, Any]

_SHOWN = 8
"""Documents, pieces or alerts of a list that are told one by one."""

_DOCUMENTS = (
    (r"filings?|10-?[kq]s?|8-?ks?|annual\s+reports?|quarterly\s+reports?|earnings\s+releases?", "filing"),
    (r"calls?|conference", "call"),
    (r"news|articles?|headlines?|press", "news"),
    (r"posts?|tweets?|social", "social"),
)
_PIECES = ((r"tables?", "table"), (r"charts?|graphs?", "chart"), (r"pictures?|images?|photos?", "image"))
_NAMES = {
    "filing": ("filing", "filings"), "call": ("call", "calls"), "news": ("news page", "news pages"),
    "social": ("post", "posts"), "table": ("table", "tables"), "chart": ("chart", "charts"),
    "image": ("picture", "pictures"),
}  # fmt: skip
_FORM = re.compile(r"\b(10-?[KQ]|8-?K|20-?F|6-?K|4-?0-?F)s?\b", re.IGNORECASE)
_LEGAL = re.compile(r"[,.]?\s+(?:company|co|inc|corp|corporation|plc|ltd)\b\.?", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|after|from|newer\s+than)\b", re.IGNORECASE)
_ALERTS = re.compile(r"\balerts?|warnings?\b", re.IGNORECASE)

# Of each record of an artifact the reading of then; copies of others are counted too, and said to be.
_READINGS = """
SELECT d.*, json_extract_string(d.hints, '$.form') AS form,
       EXISTS (SELECT 1 FROM duplicates u WHERE u.document_id = d.document_id) AS copy
FROM documents d
WHERE d.available_at <= $as_of AND d.kind <> 'price'
  AND ($issuers IS NULL OR EXISTS (SELECT 1 FROM links l WHERE l.document_id = d.document_id
       AND l.score >= 0.5 AND list_contains($issuers::TEXT[], l.issuer_id)))
QUALIFY row_number() OVER (PARTITION BY d.artifact_id, d.part ORDER BY d.recorded_at DESC, d.document_id) = 1
"""
_LISTED = f"""
WITH read AS ({_READINGS})
SELECT r.document_id, r.kind, r.title, r.available_at, r.form, r.copy, r.author,
       (SELECT arg_min(e.evidence_id, e.ordinal) FROM evidence e WHERE e.document_id = r.document_id) AS first
FROM read r WHERE list_contains($kinds::TEXT[], r.kind)
  AND ($form IS NULL OR replace(upper(coalesce(r.form, '')), '-', '') = $form)
  AND ($since IS NULL OR r.available_at >= $since) AND ($until IS NULL OR r.available_at <= $until)
ORDER BY r.available_at DESC, r.document_id
"""
_OF_PIECES = f"""
WITH read AS ({_READINGS})
SELECT e.evidence_id AS first, e.kind, r.title, r.available_at, r.form, r.copy,
       coalesce(nullif(e.payload->>'title', ''), nullif(e.payload->>'caption', ''),
                e.payload->>'heading', '') AS named
FROM read r JOIN evidence e USING (document_id) WHERE list_contains($kinds::TEXT[], e.kind)
  AND ($since IS NULL OR r.available_at >= $since) AND ($until IS NULL OR r.available_at <= $until)
ORDER BY r.available_at DESC, e.document_id, e.ordinal
"""
_RAISED = """
SELECT a.alert_id, a.severity, a.raised_at, a.reason, i.name AS issuer, r.name AS rule
FROM alerts a JOIN issuers i USING (issuer_id)
LEFT JOIN (SELECT rule_id, arg_max(name, version) AS name FROM alert_rules GROUP BY 1) r USING (rule_id)
WHERE a.raised_at <= $as_of AND ($issuers IS NULL OR list_contains($issuers::TEXT[], a.issuer_id))
  AND NOT EXISTS (SELECT 1 FROM alert_events v WHERE v.alert_id = a.alert_id
                  AND v.kind IN ('acknowledged', 'verdict') AND v.made_at <= $as_of)
ORDER BY a.raised_at DESC, a.alert_id
"""


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """What is stored of the issuers named, or of all: documents or pieces as asked for, or alerts."""
    whose = list(understood.issuer_ids) or None
    if _ALERTS.search(understood.text):
        return _alerts(understood, grounds, whose)
    pieces = _kinds(understood.text, _PIECES)
    kinds = pieces or _kinds(understood.text, _DOCUMENTS) or list(_named_forms(understood))
    form = _FORM.search(understood.text)
    since, until = _bounds(understood)
    all_kinds = kinds or [kind for _, kind in _DOCUMENTS]
    if pieces:
        rows = grounds.rows(_OF_PIECES, issuers=whose, kinds=all_kinds, since=since, until=until)
    else:
        wanted = form[1].upper().replace("-", "") if form else None
        rows = grounds.rows(_LISTED, issuers=whose, kinds=all_kinds, since=since, until=until, form=wanted)
    draft = Draft()
    draft.did("list", f"{rows.height} stored {listed([_NAMES[kind][1] for kind in all_kinds])}")
    _told(draft, list(rows.iter_rows(named=True)), understood, form[1].upper() if form and not pieces else "")
    return draft


def _kinds(text: str, among: Sequence[tuple[str, str]]) -> list[str]:
    return [kind for words, kind in among if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)]


def _named_forms(understood: Understood) -> dict[str, None]:
    kinds = {"call": "call", "post": "social", "news": "news"}
    return dict.fromkeys(kinds.get(form, "filing") for form in understood.forms)


def _bounds(understood: Understood) -> tuple[datetime | None, datetime | None]:
    """From when and until when what is listed became public; a year meant as such is the calendar's."""
    if not understood.periods:
        return None, None
    first, last = understood.periods[0], understood.periods[-1]
    since = _begin(first)
    if len(understood.periods) == 1 and _SINCE.search(understood.text):
        return since, None
    return since, _end(last)


def _begin(period: Period) -> datetime | None:
    start = period.start or (date(period.fiscal_year, 1, 1) if period.fiscal_year else None)
    return datetime.combine(start, time.min, UTC) if start else None


def _end(period: Period) -> datetime | None:
    end = period.end or (date(period.fiscal_year, 12, 31) if period.fiscal_year else None)
    return datetime.combine(end, time.max, UTC) if end else None


def _told(draft: Draft, rows: Sequence[Row], understood: Understood, form: str) -> None:
    who = listed([one.name for one in understood.issuers])
    of_whom = f" of {who}" if who else ""
    when = " " + listed([one.text for one in understood.periods]) if understood.periods else ""
    if not rows:
        draft.status = Status.UNKNOWN
        tell(draft, "None{} is stored{}.", of_whom, f" for{when}" if when else "")
        return
    issuer = understood.issuer_ids[0] if len(understood.issuers) == 1 else ""
    parts: list[str | Figure] = []
    for kind in dict.fromkeys(row["kind"] for row in rows):
        number = sum(row["kind"] == kind for row in rows)
        one, many = _NAMES[kind]
        name = (
            f"{form} {one if number == 1 else many}".strip()
            if kind == "filing"
            else one
            if number == 1
            else many
        )
        parts += [count(draft, number, f"{name}{of_whom}", issuer), name]
    have = "is" if len(rows) == 1 else "are"
    template = listed(["{} {}"] * (len(parts) // 2)) + f"{{}} {have} stored."
    tell(draft, template, *parts, of_whom)
    copies = sum(row["copy"] for row in rows)
    if copies:
        draft.notes.append(f"{counted(copies, 'of them repeats', 'of them repeat')} an earlier one")
    shown = [row for row in rows if row["first"] and not row["copy"]][:_SHOWN]
    if len(shown) < len(rows):
        draft.say("The newest:")
    for row in shown:
        tell(draft, "{}: {}{}", day(row["available_at"]), *_line(row), evidence=[row["first"]])


def _line(row: Row) -> tuple[str, Figure]:
    """What one of a list is called: `Form 10-K of …`, or a chart's title and its document."""
    named = " ".join((row.get("named") or "").split())[:100]
    title = _LEGAL.sub("", " ".join(row["title"].split()))
    period = next((one.day for one in times_in(title) if one.day), None)
    called = Figure(title, 0.0, "", end=period, evidence_id=row["first"], said="label")
    return (f"{named}, in " if named else ""), called


def _alerts(understood: Understood, grounds: Grounds, whose: list[str] | None) -> Draft:
    rows = list(grounds.rows(_RAISED, issuers=whose).iter_rows(named=True))
    draft = Draft()
    draft.did("alerts", f"{len(rows)} open")
    of_whom = f" of {listed([one.name for one in understood.issuers])}" if understood.issuers else ""
    if not rows:
        tell(draft, "No alert{} is open.", of_whom)
        return draft
    number = count(draft, len(rows), f"open alerts{of_whom}")
    tell(draft, "{} {}{} open. The newest:", number, "alert is" if len(rows) == 1 else "alerts are", of_whom)
    for row in rows[:_SHOWN]:
        told = f"{row['issuer']}, {row['rule'] or 'a removed rule'}"
        tell(draft, "{} ({}), raised {}.", capital(told), row["severity"], day(row["raised_at"]))
    return draft
