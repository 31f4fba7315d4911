"""A report's content as templates take it: plain values, with what stands on every page put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from smalti.service.reports import words
from smalti.service.reports.content import Report, plain

BANNER = "SYNTHETIC: this report is of a made-up company; none of it is about a real one."
BANNER_OF_LIST = "SYNTHETIC: some of the companies in this report are made up."
_KINDS = {"issuer": "Risk report", "watchlist": "Risk report of a watchlist"}
_ID = 12


def filled(report: Report, shown: Callable[[str], str]) -> dict[str, Any]:
    """The content as nested dictionaries and lists, every text passed through `shown`."""
    told = {
        "kind": _KINDS[report.subject_kind],
        "title": report.title,
        "subject": report.subject,
        "synthetic": report.synthetic,
        "banner": BANNER if report.subject_kind == "issuer" else BANNER_OF_LIST,
        "period": f"{words.moment(report.since)} to {words.moment(report.as_of)}",
        "as_of": f"as of {words.moment(report.as_of)}",
        "headline": report.headline,
        "contents": _contents(report),
        "footer": _footer(report),
        "colophon": _COLOPHON,
        "summary": plain(report.summary),
        "sections": plain(report.sections),
    }
    made: dict[str, Any] = _through(told, shown)
    return made


_COLOPHON = (
    "Every sentence of this report is put together by rule from stored numbers; no language model wrote any."
    " Risk is annualised volatility, not the direction of the price. A fraud probability is a statistical"
    " likeness to cases of the past, not an accusation. Strengths of findings are set by rule, from 0 to 1."
    " Quotes are shortened; the documents themselves are stored and can be asked for by their ids."
)


def _contents(report: Report) -> str:
    titles = [section.title for section in report.sections]
    if report.subject_kind == "watchlist":
        return f"On the next pages: each company, those with most contradictions first; then {titles[-1]}."
    return f"In this report: {'; '.join(f'{one[:1].lower()}{one[1:]}' for one in titles)}."


def _footer(report: Report) -> str:
    made = words.listed(list(report.made_with))
    marked = "SYNTHETIC DATA · " if report.synthetic else ""
    return (
        f"{marked}smalti · {made} · public by {words.moment(report.as_of)}"
        f" · stored by {report.recorded_by:%Y-%m-%d %H:%M:%S} UTC"
    )


def blocks(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All blocks of a filled page, in order."""
    yield from page["summary"]
    for section in page["sections"]:
        yield from section["blocks"]


def quotes(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All quotes of a filled page; each gets `words` for its picture."""
    for block in blocks(page):
        if block["is"] == "Matter":
            for quote in block["quotes"]:
                quote["words"] = f"The place quoted: {quote['place']}"
                yield quote


def strengths(page: dict[str, Any]) -> None:
    """Strengths of matters as they are printed."""
    for block in blocks(page):
        if block["is"] == "Matter" and block["strength"] is not None:
            block["strength"] = f"{block['strength']:.2f}"


def _through(value: Any, shown: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        # Names of blocks, keys and chart data are ours or numbers; they are not printed as text.
        return {
            k: v if k in ("is", "data", "builder", "crop", "key") else _through(v, shown)
            for k, v in value.items()
        }
    return [_through(v, shown) for v in value] if isinstance(value, list) else value
