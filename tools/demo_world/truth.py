"""What is planted where: `truth.json`, and the manifest of dates that lies with the files."""

from __future__ import annotations

from typing import Any

import pypdfium2

from . import prices
from .accounts import beneish_m, books
from .calls import Span
from .posts import BURST_START, Post
from .statements import figure
from .world import LABEL, SEED, Chart, Company, Manner, Story

Planted = dict[str, Any]


def stamp(moment: Any) -> str:
    """ISO 8601 UTC to the second, with Z."""
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def pages_of(pdf: bytes) -> list[str]:
    """Text of each page with white space joined, so that sentences broken over lines are found."""
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def find_page(pages: list[str], words: str) -> int:
    """The first page (from 0) that holds `words`.

    Raises:
        ValueError: when no page does.
    """
    for n, text in enumerate(pages):
        if words in text:
            return n
    raise ValueError(f"not in the filing: {words}")


def planted(story: Story, pages: list[str], spans: list[Span], rows: list[Post]) -> list[Planted]:
    """Everything planted about one issuer, each with the file and place it lies in."""
    filing = f"filings_pdf/{story.ticker}_2025_10K.pdf"
    out = [
        *spoken_claims(story, spans),
        *_filed(story, filing, pages, spans),
        *_charts(story, filing, pages),
    ]
    if story.role == "pumped":
        out += _pump(story, rows)
    if story.role == "plain":
        out.append(
            {"id": f"{story.key}-plain", "issuer": story.name, "kind": "plain", "says": "nothing planted"}
        )
    return out


def spoken_claims(story: Company, spans: list[Span]) -> list[Planted]:
    """The claims and evasive answers of a call."""
    out = []
    for span in spans:
        line, claim = span.line, span.line.claim
        where = {
            "issuer": story.name,
            "file": f"call_audio/{span.file}",
            "start_s": span.start,
            "end_s": span.end,
            "speaker": line.speaker,
            "says": line.text,
        }
        if claim:
            out.append(
                {
                    "id": claim.claim_id,
                    "kind": "spoken_claim",
                    **where,
                    "must_hear": list(claim.must_hear),
                    "concept": claim.concept,
                    "value": claim.value,
                    "unit": claim.unit,
                    "period": "FY2025",
                    "agrees_with_filing": claim.agrees,
                    "answered_by": claim.claim_id.replace("-claim-", "-filing-"),
                }
            )
        elif line.evasive:
            out.append({"id": f"{story.key}-evasive-{len(out)}", "kind": "evasive_answer", **where})
    return out


def _filed(story: Story, filing: str, pages: list[str], spans: list[Span]) -> list[Planted]:
    out = []
    for claim in (span.line.claim for span in spans if span.line.claim):
        assert claim is not None
        page = find_page(pages, claim.denied_by)
        out.append(
            {
                "id": claim.claim_id.replace("-claim-", "-filing-"),
                "issuer": story.name,
                "kind": "filing_fact",
                "file": filing,
                "page": page,
                "page_shown": page + 1,
                "text": claim.denied_by,
                "concept": claim.concept,
                "value": claim.filing_value,
                "unit": claim.unit,
                "period": "FY2025",
            }
        )
    now, before = books(story.opening, story.plans)[-1], books(story.opening, story.plans)[-2]
    statement_pages = {
        "net_sales": "CONSOLIDATED STATEMENTS OF OPERATIONS",
        "assets": "CONSOLIDATED BALANCE SHEETS",
        "cfo": "CONSOLIDATED STATEMENTS OF CASH FLOWS",
    }
    for item, title in statement_pages.items():
        page = find_page(pages, title)
        out.append(
            {
                "id": f"{story.key}-statement-{item.replace('_', '-')}",
                "issuer": story.name,
                "kind": "statement_value",
                "file": filing,
                "page": page,
                "page_shown": page + 1,
                "text": figure(now[item]),
                "item": item,
                "value": now[item] * story.scale,
                "before": before[item] * story.scale,
                "unit": "USD",
                "period": "FY2025",
            }
        )
    score = round(beneish_m(now, before), 3)
    out.append(
        {
            "id": f"{story.key}-beneish",
            "issuer": story.name,
            "kind": "beneish_m",
            "file": filing,
            "value": score,
        }
    )
    return out


def _charts(story: Story, filing: str, pages: list[str]) -> list[Planted]:
    totals = [sum(year) for year in zip(*story.segments.values(), strict=True)]
    out = []
    more = [(chart, "raster", f"raster-{n}") for n, chart in enumerate(story.more_charts, 2)]
    for chart, how, name in (
        (story.raster_chart, "raster", "raster"),
        (story.vector_chart, "vector", "vector"),
        *more,
    ):
        mark = "The following chart accompanies" if name == "raster" else chart.title
        page = find_page(pages, mark)
        drawn = dict(zip(chart.labels, chart.values, strict=True))
        named = {
            "issuer": story.name,
            "file": filing,
            "page": page,
            "page_shown": page + 1,
            "made_as": how,
            "title": chart.title,
            "drawn": drawn,
            "axis_from": chart.floor,
            "axis_to": chart.top,
        }
        out.append({"id": f"{story.key}-chart-{name}", "kind": _kind_of(chart), **named})
        if name == "raster" and story.role == "contradicting":
            told = {
                str(p.year): round(t * story.scale / 1e6, 1) for p, t in zip(story.plans, totals, strict=True)
            }
            out.append(
                {
                    "id": f"{story.key}-chart-against-table",
                    "kind": "chart_table_mismatch",
                    **named,
                    "table": told,
                    "table_page": find_page(pages, story.segment_word),
                    "differs_in": [y for y, v in told.items() if abs(v - drawn[y]) > 0.05],
                }
            )
    return out


def _kind_of(chart: Chart) -> str:
    if chart.shape == "line":
        return "chart_line"
    if chart.floor > 0:
        return "chart_truncated_axis"
    return "chart_honest" if list(chart.labels) == sorted(chart.labels) else "chart_reversed"


def _pump(story: Story, rows: list[Post]) -> list[Planted]:
    burst = [post for post in rows if post.user_id.startswith("promotion account")]
    bars = {str(b.day): b for b in prices.bars(story)}
    before, peak = bars["2026-05-11"], bars["2026-05-14"]
    return [
        {
            "id": "zzvc-pump-burst",
            "issuer": story.name,
            "kind": "pump_burst",
            "file": f"social/{story.key}_posts.jsonl",
            "post_ids": [post.id for post in burst],
            "accounts": len({post.user_id for post in burst}),
            "start": min(post.created_at for post in burst),
            "end": max(post.created_at for post in burst),
            "images": sorted({f"social/{post.image}" for post in burst if post.image}),
        },
        {
            "id": "zzvc-price-volume-spike",
            "issuer": story.name,
            "kind": "price_volume_spike",
            "file": f"prices/{story.ticker}.csv",
            "days": [str(BURST_START.date()), "2026-05-14"],
            "rise": round(peak.close / before.close - 1, 3),
            "volume_times_usual": round(peak.volume / story.market.usual_volume, 1),
            "fall_on": "2026-05-15",
        },
    ]


EXPECTED = (
    {"issuer": "ZZMH", "signal": "fraud", "direction": "above ZZVC and ZZWL"},
    {"issuer": "ZZMH", "signal": "fraud.beneish_m", "direction": "above -1.78"},
    {
        "issuer": "ZZMH",
        "signal": "contradiction",
        "direction": "found: revenue, gross margin, operating cash, controls",
    },
    {"issuer": "ZZMH", "signal": "risk", "direction": "above ZZWL"},
    {"issuer": "ZZMH", "signal": "sentiment", "direction": "negative after 2026-03-03"},
    {"issuer": "ZZVC", "signal": "risk", "direction": "above ZZMH, or withheld as out of range"},
    {"issuer": "ZZVC", "signal": "pump_burst", "direction": "found on 2026-05-12 to 2026-05-14"},
    {"issuer": "ZZVC", "signal": "fraud.beneish_m", "direction": "below -1.78"},
    {"issuer": "ZZWL", "signal": "risk", "direction": "below ZZMH"},
    {"issuer": "ZZWL", "signal": "fraud", "direction": "below ZZMH"},
    {"issuer": "ZZWL", "signal": "contradiction", "direction": "none found"},
    {"issuer": "ZZWL", "signal": "sentiment", "direction": "neutral to slightly positive"},
    {"issuer": "ZZIT", "signal": "fraud.beneish_m", "direction": "above -1.78"},
    {
        "issuer": "ZZIT",
        "signal": "contradiction",
        "direction": "found: growth, record, margin, denied restatement",
    },
    {"issuer": "ZZPF", "signal": "fraud.beneish_m", "direction": "below -1.78"},
    {"issuer": "ZZPF", "signal": "contradiction", "direction": "none found in call or filing"},
    {"issuer": "ZZCL", "signal": "fraud.beneish_m", "direction": "below -1.78"},
    {"issuer": "ZZCL", "signal": "contradiction", "direction": "found: the release against the report"},
    {"issuer": "ZZGT", "signal": "fraud.beneish_m", "direction": "below -1.78"},
    {"issuer": "ZZGT", "signal": "contradiction", "direction": "found: net sales, denied investigation"},
    {"issuer": "ZZSG", "signal": "fraud", "direction": "withheld: too little known"},
    {"issuer": "ZZSG", "signal": "fraud.beneish_m", "direction": "not computable"},
)


def call_lines(story: Company, spans: list[Span]) -> list[dict[str, Any]]:
    """Who says what when in a call, in which role, and which question each line asks or answers."""
    lines: list[dict[str, Any]] = []
    question, before = 0, ""
    for span in spans:
        speaker = span.line.speaker
        role = {"O": "operator", "C": "management", "A": "analyst"}[speaker[0]]
        question += role == "analyst" and speaker != before
        before = speaker
        lines.append(
            {
                "issuer": story.name,
                "file": f"call_audio/{span.file}",
                "start_s": span.start,
                "end_s": span.end,
                "speaker": speaker,
                "role": role,
                "question": question if role == "analyst" else None,
                "answer_to": (question or None) if role == "management" else None,
                "says": span.line.text,
                **({"must_hear": list(span.line.must_hear)} if span.line.must_hear else {}),
                **({"manner": span.line.manner.value} if span.line.manner is not Manner.PLAIN else {}),
            }
        )
    return lines


def truth(
    stories: list[Company],
    facts: list[Planted],
    spoken: list[dict[str, Any]],
    cases: list[dict[str, Any]],
) -> dict[str, Any]:
    """The whole of truth.json."""
    issuers = [{"name": s.name, "ticker": s.ticker, "cik": s.cik, "role": s.role} for s in stories]
    return {
        "synthetic": True,
        "note": f"{LABEL}: every issuer, figure, voice and post is made up. Pages and times count from 0.",
        "seed": SEED,
        "issuers": issuers,
        "planted": facts,
        "cases": cases,
        "spoken": spoken,
        "expected_signals": list(EXPECTED),
    }
