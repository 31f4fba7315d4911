"""Answers in the true shapes of public interfaces, about fictional issuers: for servers on loopback.

`answers(base)` is every answer by path and query; `sources(base)` is the sources that pull them.
Text holds `{base}` wherever an address of the server itself stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from smalti.ingest.feeds.source import Source

FOLDER = Path(__file__).parent
CIK = "9900000003"
GONE = ("/news/gone.html", "/calls/q3-gone.vtt")
"""Named by lists and answered with 404: an article that is lost, and an offered transcript that may be."""

Answer = tuple[int, dict[str, str], bytes]

_TYPES = {
    ".xml": "application/rss+xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html",
    ".csv": "text/csv",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".mp3": "audio/mpeg",
    ".wav": "audio/x-wav",
    ".vtt": "text/vtt",
}
_NEWS = {
    "/news/feed.xml": "news/feed.xml",
    "/news/feed.xml?page=2": "news/feed-2.xml",
    "/news/velvet-comet-going-concern.html": "news/velvet-comet-going-concern.html",
    "/news/walnut-lighthouse-results.html": "news/walnut-lighthouse-results.html",
    "/news/walnut-lighthouse-box-line.html": "news/walnut-lighthouse-box-line.html",
}
_MASTODON = "/mastodon/api/v1/accounts/109000000000000001/statuses?limit=40"
_BLUESKY = "/bluesky/xrpc/app.bsky.feed.getAuthorFeed?actor=boxes.example&limit=100"
_REDDIT = "/reddit/r/synthetic_stocks/new.json?limit=100&raw_json=1"
_SOCIAL = {
    "/mastodon/api/v1/accounts/lookup?acct=walnut_watch": "social/mastodon-account.json",
    _MASTODON: "social/mastodon-statuses.json",
    f"{_MASTODON}&max_id=112000000000000008": "social/mastodon-statuses-2.json",
    "/mastodon/media/box.jpg": "social/box.jpg",
    "/mastodon/media/chart.png": "social/chart.png",
    _BLUESKY: "social/bluesky-feed.json",
    f"{_BLUESKY}&cursor=2026-05-11T10%3A00%3A02Z": "social/bluesky-feed-2.json",
    "/bluesky/cdn/img/feed_fullsize/plain/did:plc:synthetic0001/cid1@jpeg": "social/contract.jpg",
    _REDDIT: "social/reddit-new.json",
    f"{_REDDIT}&after=t3_zz1": "social/reddit-new-2.json",
    "/reddit/i/meter.jpg": "social/meter.jpg",
}
_CALLS = {
    "/calls/podcast.xml": "calls/podcast.xml",
    "/calls/q4.mp3?source=feed": "calls/q4.mp3",
    "/calls/q4.mp3": "calls/q4.mp3",
    "/calls/q3.wav": "calls/q3.wav",
    "/calls/q4.vtt": "calls/q4.vtt",
}
_PRICES = {"/prices/ZZWL.csv": "prices/ZZWL.csv", "/prices/ZZVC.csv": "prices/ZZVC.csv"}
_FILED = {
    "26-000001": ("zzwl-10k.htm", "zzwl-ex21.htm"),
    "26-000004": ("zzwl-8k.htm", "zzwl-ex991.htm", "zzwl-ex992.pdf", "zzwl-chart.png"),
    "26-000009": ("zzwl-10ka.htm",),
    "26-000012": ("zzwl-8k-auditor.htm",),
    "21-000001": ("zzwl-10k2020.htm",),
}


def _filings() -> dict[str, str]:
    paths = {
        f"/edgar/submissions/CIK{CIK}.json": "filings/submissions.json",
        f"/edgar/submissions/CIK{CIK}-submissions-001.json": "filings/submissions-001.json",
        f"/edgar/api/xbrl/companyfacts/CIK{CIK}.json": "filings/companyfacts.json",
    }
    for number, documents in _FILED.items():
        accession = f"{CIK}-{number}"
        folder = f"/edgar/Archives/edgar/data/{CIK}/{accession.replace('-', '')}"
        paths[f"{folder}/{accession}-index-headers.html"] = f"filings/{number}-index-headers.html"
        paths.update({f"{folder}/{name}": f"filings/{name}" for name in documents})
    return paths


def recorded(name: str, base: str = "http://127.0.0.1:1") -> bytes:
    """The bytes of one recorded answer, its `{base}` filled in."""
    raw = (FOLDER / name).read_bytes()
    text = Path(name).suffix in {".xml", ".json", ".html", ".htm", ".vtt", ".csv"}
    return raw.replace(b"{base}", base.encode()) if text else raw


def answers(base: str) -> Mapping[str, Answer]:
    """Status, headers and body by path with query; all else is 404.

    Args:
        base: where the server is, `http://127.0.0.1:8000`, without a slash.
    """
    found: dict[str, Answer] = {}
    for path, name in {**_NEWS, **_filings(), **_SOCIAL, **_CALLS, **_PRICES}.items():
        body = recorded(name, base)
        tag = hashlib.sha256(body).hexdigest()[:16]
        found[path] = (200, {"Content-Type": _TYPES[Path(name).suffix], "ETag": f'"{tag}"'}, body)
    found[f"{_MASTODON}&max_id=112000000000000002"] = (200, {"Content-Type": _TYPES[".json"]}, b"[]")
    for path in GONE:
        found[path] = (404, {"Content-Type": "text/plain"}, b"gone")
    return found


def sources(base: str) -> list[Source]:
    """One source a kind of feed, on that server."""
    walnut = "Walnut Lighthouse Packaging Company"
    return [
        Source("wire", "news", f"{base}/news/feed.xml", "every 15m"),
        Source(
            "walnut filings",
            "filing",
            CIK,
            "every 6h",
            {"data": f"{base}/edgar", "archives": f"{base}/edgar", "since": "2020-01-01"},
        ),
        Source(
            "walnut watch",
            "social",
            "mastodon://server.example/@walnut_watch",
            "every 15m",
            {"host": f"{base}/mastodon"},
        ),
        Source("boxes", "social", "bluesky://boxes.example", "every 15m", {"host": f"{base}/bluesky"}),
        Source(
            "synthetic stocks",
            "social",
            "reddit://r/synthetic_stocks",
            "every 15m",
            {"host": f"{base}/reddit"},
        ),
        Source("walnut calls", "call", f"{base}/calls/podcast.xml", "every 1d", {"issuer": walnut}),
        Source(
            "walnut recording",
            "call",
            f"{base}/calls/q4.mp3",
            "every 1d",
            {"issuer": walnut, "published": "2026-02-05T14:00:00Z"},
        ),
        Source("prices", "price", f"{base}/prices/{{ticker}}.csv", "every 1d", {"tickers": "ZZWL ZZVC"}),
    ]
