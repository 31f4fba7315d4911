"""Filings of one company on SEC EDGAR: documents with exhibits, attached PDFs and pictures, and XBRL facts.

Address: a CIK (`1018724`) or a ticker of the issuer master (`AMZN`). Options, beside `issuer` and `synthetic`
of every feed:

- `forms`: those wanted, amendments included (default `8-K 10-K 10-Q 6-K 20-F 40-F`).
- `since`: `2024-01-31`; filings made before are left. Without it, what EDGAR lists as recent (a year, or a
  thousand filings) is taken up to `max_filings`, and older lists are not asked for.
- `exhibits`: kinds of exhibits wanted, or `*` (default `EX-13 EX-16 EX-17 EX-21 EX-99`).
- `facts`: `no` leaves XBRL facts out (default `yes`).
- `max_filings`: newest filings taken of one list, 1 to 2000 (default 100).
- `data`, `archives`: where EDGAR is (default `https://data.sec.gov`, `https://www.sec.gov`).

The SEC asks for a declared agent with a contact and at most ten requests a second over all machines; both are
settings of the client that fetches.

*When a filing was public.* The `acceptanceDateTime` of EDGAR's JSON bears a `Z`, but for many filers it is
the clock of New York. So each filing's own header is read, which always tells New York time. What is accepted
after 17:30 is filed, and shown, on the next business day: nothing counts as known before six in the morning
of the day that it was filed.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from smalti.ingest.feeds import company_facts
from smalti.ingest.feeds.addresses import Options, answer, line
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.ingest.issuers import Master, normal_cik
from smalti.ingest.parse.contract import Record
from smalti.ingest.parse.text import decode
from smalti.platform.errors import Malformed, SettingsError, TooLarge
from smalti.platform.records import Outcome, SourceKind

__all__ = ["OPTIONS", "begin", "listed"]

OPTIONS = {
    "forms": "8-K 10-K 10-Q 6-K 20-F 40-F",
    "since": "",
    "exhibits": "EX-13 EX-16 EX-17 EX-21 EX-99",
    "facts": "yes",
    "max_filings": "100",
    "data": "https://data.sec.gov",
    "archives": "https://www.sec.gov",
}
MAX_HEADER = 5_000_000
MAX_DOCUMENTS = 100
"""Of one filing; annual reports with all their pictures have some dozens."""
MAX_FORMER = 20
_COLUMNS = ("accessionNumber", "form", "filingDate", "reportDate", "items", "primaryDocument")
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
_FILE = re.compile(r"[A-Za-z0-9][\w.-]{0,120}\.(?:html?|txt|pdf|jpe?g|gif|png)", re.I | re.ASCII)
_SIDECAR = re.compile(r"R\d+\.html?|.*-index(-headers)?\.html?|FilingSummary\..*", re.I)
_NOT_WORDS = re.compile(r"EX-10[01]\b.*|EX-104\b.*|XML|EXCEL|ZIP|JSON|CSS|XSD", re.I)
_PICTURES = {".jpg", ".jpeg", ".gif", ".png"}
_DOCUMENT = re.compile(
    r"<TYPE>([^<\r\n]{1,40})\s{1,4}(?:<SEQUENCE>\s?\d{0,6}\s{1,4})?<FILENAME>([^<\r\n]{1,200})"
)
_NEW_YORK = ZoneInfo("America/New_York")
_OPENS = time(6)
_OLDER = re.compile(r"CIK\d{10}-submissions-\d{3}\.json")


def begin(source: Source) -> Sequence[Wanted]:
    """The company's list of filings, and its facts.

    Raises:
        SettingsError: neither a CIK nor a known ticker, or an option cannot be used.
    """
    options = _checked(source)
    cik = _cik(source)
    number, hints = f"CIK{cik:0>10}", {"cik": cik}
    first = [
        Wanted(
            "submissions.json", f"{options.web('data')}/submissions/{number}.json", lists=True, hints=hints
        )
    ]
    if options.yes("facts"):
        url = f"{options.web('data')}/api/xbrl/companyfacts/{number}.json"
        first.append(Wanted("companyfacts.json", url, lists=True, optional=True, hints=hints))
    return first


def listed(raw: bytes, wanted: Wanted, source: Source) -> Listing:
    """What follows from a list of filings, one filing's header, or the company's facts.

    Raises:
        InputError: it is none of these.
        SettingsError: an option cannot be used.
    """
    options = _checked(source)
    if wanted.name == "companyfacts.json":
        return company_facts.listed(raw, wanted, _forms(options), options.moment("since"))
    if "accession" in wanted.hints:
        return _filing(raw, wanted, options)
    told = answer(raw, wanted.name)
    filings = told.get("filings") if isinstance(told, dict) else None
    if isinstance(filings, dict) and isinstance(filings.get("recent"), dict):
        hints = {**wanted.hints, **_company(told)}
        listing = _filings(filings["recent"], wanted, hints, options)
        return Listing([*listing.wanted, *_older(filings, hints, options)], listing.records)
    if isinstance(told, dict) and isinstance(told.get("accessionNumber"), list):
        return _filings(told, wanted, wanted.hints, options)
    raise Malformed("no list of filings", subject=wanted.name, mend="check the CIK on EDGAR")


def _checked(source: Source) -> Options:
    options = Options(source, OPTIONS)
    options.number("max_filings", 1, 2000)
    options.moment("since")
    options.yes("facts")
    for name in ("data", "archives"):
        options.web(name)
    return options


def _cik(source: Source) -> str:
    written = source.address.strip()
    digits = written.upper().removeprefix("CIK").strip()
    if digits.isdecimal():
        try:
            return normal_cik(digits)
        except Malformed as bad:
            raise SettingsError(bad.what, subject=source.name, mend=bad.mend) from None
    issuer = Master.load().by_ticker(written)
    if issuer is None or issuer.cik is None:
        what = f"{written[:20]!r} is no CIK, and no ticker of exactly one known issuer"
        raise SettingsError(what, subject=source.name, mend="give the CIK: sec.gov/search-filings finds it")
    return issuer.cik


def _forms(options: Options) -> frozenset[str]:
    forms = {form.upper() for form in options.words("forms")}
    return frozenset(forms | {f"{form}/A" for form in forms})


def _company(told: Mapping[str, Any]) -> dict[str, str]:
    """What EDGAR says of the company, as hints."""
    former = []
    names = told.get("formerNames")
    for one in names[:MAX_FORMER] if isinstance(names, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            days = {end: str(one.get(end) or "")[:10] for end in ("from", "to")}
            former.append({"name": line(one["name"]), **days})
    said = {
        "entity_name": line(told["name"]) if isinstance(told.get("name"), str) else "",
        "tickers": _words(told.get("tickers")),
        "exchanges": _words(told.get("exchanges")),
        "former_names": json.dumps(former) if former else "",
        "synthetic": "true" if told.get("synthetic") is True else "",
    }
    return {name: value for name, value in said.items() if value}


def _words(told: object) -> str:
    return (
        " ".join(line(one, 20) for one in told[:50] if isinstance(one, str)) if isinstance(told, list) else ""
    )


def _filings(
    columns: Mapping[str, Any], wanted: Wanted, hints: Mapping[str, str], options: Options
) -> Listing:
    lists = [columns.get(name) for name in _COLUMNS]
    if not all(isinstance(one, list) for one in lists) or len({len(one) for one in lists if one}) > 1:
        raise Malformed("its columns of filings are not alike", subject=wanted.name, mend="fetch it again")
    forms, since, most = _forms(options), options.moment("since"), options.number("max_filings", 1, 2000)
    found: list[Wanted] = []
    records: list[Record] = []
    left = 0
    for row in zip(*(one or () for one in lists), strict=True):
        accession, form, filed, period, items, primary = (str(cell or "") for cell in row)
        if form.upper() not in forms:
            continue
        try:
            day = date.fromisoformat(filed)
            if not _ACCESSION.fullmatch(accession):
                raise ValueError
        except ValueError:
            reason = f"a filing {line(accession, 40)!r} of {line(filed, 20)!r}"
            records.append(
                Record(f"filing {len(records) + 1}", Outcome.QUARANTINED, Malformed.__name__, reason)
            )
            continue
        if since and day < since.date():
            continue
        if len(found) == most:
            left += 1
            continue
        said = {"form": form, "items": items, "period": period, "primary": primary, "filed": filed}
        said = {name: line(value, 200) for name, value in said.items() if value}
        url = f"{_folder(options, hints['cik'], accession)}/{accession}-index-headers.html"
        about = {**hints, **said, "accession": accession}
        found.append(Wanted(f"{accession}/index.html", url, revision=accession, lists=True, hints=about))
    if left:
        reason = f"{left} older filings: option max_filings"
        records.append(Record("older filings", Outcome.SKIPPED, reason=reason))
    return Listing(found[::-1], records)


def _folder(options: Options, cik: str, accession: str) -> str:
    return f"{options.web('archives')}/Archives/edgar/data/{cik}/{accession.replace('-', '')}"


def _older(filings: Mapping[str, Any], hints: Mapping[str, str], options: Options) -> Iterator[Wanted]:
    """Lists of older filings, where such are wanted."""
    since, files = options.moment("since"), filings.get("files")
    if since is None or not isinstance(files, list):
        return
    for one in files[:100]:
        name = str(one.get("name")) if isinstance(one, dict) else ""
        if _OLDER.fullmatch(name) and str(one.get("filingTo")) >= since.date().isoformat():
            url = f"{options.web('data')}/submissions/{name}"
            yield Wanted(name, url, lists=True, further=True, hints=hints)


def _filing(raw: bytes, wanted: Wanted, options: Options) -> Listing:
    """The documents of one filing, the main one first, from its header."""
    if len(raw) > MAX_HEADER:
        raise TooLarge(f"a header of {len(raw)} bytes", subject=wanted.name, mend="look at it by hand")
    text = html.unescape(re.sub(r"</?(?:a|br)\b[^>]{0,300}>", "", decode(raw)))
    known = _known_at(text, wanted)
    hints = {name: value for name, value in wanted.hints.items() if name not in ("primary", "filed")}
    folder = _folder(options, hints["cik"], hints["accession"])
    named = _DOCUMENT.findall(text) or [(hints.get("form", ""), wanted.hints.get("primary", ""))]
    kinds = {one.upper() for one in options.words("exhibits")}
    found: list[Wanted] = []
    records: list[Record] = []
    seen: set[str] = set()
    for at, (told, written) in enumerate(named):
        kind, name = told.strip().upper(), written.strip()
        if not _is_wanted(kind, name, at, kinds) or name in seen:
            continue
        seen.add(name)
        if not _FILE.fullmatch(name):
            reason = f"a document named {line(name, 80)!r}"
            records.append(Record(f"document {at + 1}", Outcome.QUARANTINED, Malformed.__name__, reason))
            continue
        url = f"{folder}/{name}"
        about = {**hints, "url": url} | ({"exhibit": kind} if at else {})
        name = f"{hints['accession']}/{name}"
        found.append(
            Wanted(
                name,
                url,
                revision=hints["accession"],
                kind=SourceKind.FILING,
                published_at=known,
                hints=about,
            )
        )
    if len(found) > MAX_DOCUMENTS:
        reason = f"{len(found) - MAX_DOCUMENTS} documents of one filing after the first {MAX_DOCUMENTS}"
        records.append(Record("more documents", Outcome.SKIPPED, TooLarge.__name__, reason))
    if not found:
        raise Malformed(
            "a filing without a document to read", subject=wanted.name, mend="look at it on EDGAR"
        )
    return Listing(found[:MAX_DOCUMENTS], records)


def _is_wanted(kind: str, name: str, at: int, exhibits: set[str]) -> bool:
    """Whether a document of a filing is read: the main one, wanted exhibits, attached PDFs, pictures."""
    if at == 0:
        return True
    if _NOT_WORDS.fullmatch(kind) or _SIDECAR.fullmatch(name):
        return False
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".pdf" or (kind == "GRAPHIC" and suffix in _PICTURES):
        return True
    return "*" in exhibits or any(kind == one or kind.startswith(f"{one}.") for one in exhibits)


def _known_at(text: str, wanted: Wanted) -> datetime | None:
    """When the public could know it: its acceptance, but not before EDGAR opens on the day it was filed."""
    found = re.search(r"<ACCEPTANCE-DATETIME>\s*(\d{14})", text)
    said = re.search(r"FILED AS OF DATE:\s*(\d{8})|<FILING-DATE>\s*(\d{8})", text)
    filed = wanted.hints.get("filed") or (next(filter(None, said.groups())) if said else "")
    moments = []
    try:
        if found:
            moments.append(datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=_NEW_YORK))
        if filed:
            opens = _OPENS if found else time(23, 59, 59)  # no hour known: the end of the day
            moments.append(datetime.combine(date.fromisoformat(filed), opens, _NEW_YORK))
    except ValueError:
        raise Malformed(
            "a filing whose dates cannot be read", subject=wanted.name, mend="fetch it again"
        ) from None
    return max((one.astimezone(UTC) for one in moments), default=None)
