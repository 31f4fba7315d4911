"""One saved news page: the article's text without the page around it, and when it was out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from trafilatura.settings import Document

from smalti.ingest.language import detect
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Request
from smalti.ingest.parse.moments import dated, has_zone, last_stated, moment
from smalti.ingest.parse.text import clean, decode, html_parser, load_json, paragraphs, web_address
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, SourceKind

PARSER = "news"
VERSION = "2"

MAX_BYTES = 20_000_000
"""The largest saved page of a big news site is about two megabytes."""
MIN_ARTICLE = 100
"""Characters: less is a menu or a notice."""
MAX_ELEMENTS = 100_000
"""Tags: such a page has two or three thousand."""
MAX_CELLS = 1_000
"""Cells of one table row: the reader's time grows with their square."""
_PUBLISHED = {
    "datepublished", "article:published_time", "article:published", "og:article:published_time", "dc.date",
    "dc.date.issued", "pubdate", "publishdate", "parsely-pub-date", "sailthru.date",
}  # fmt: skip
_MODIFIED = {"datemodified", "article:modified_time", "article:modified", "og:updated_time", "lastmod"}
_VALUE = re.compile(r"https?://\S+|\d{4}-\d\d-\d\dT\S+")
_ROW = re.compile(r"<(?:tr|table)\b", re.I)
_CELL = re.compile(r"<t[dh]\b", re.I)
_ARTICLE = re.compile(r"\w*(Article|BlogPosting|Posting|Report)\w*")


def parse(raw: bytes, request: Request) -> Parsed:
    """One document: headline and article paragraphs, with title, author, address, language and date.

    The date is the later of the stated publication and revision, since the saved text is the revised one.
    A page that states neither is dated by the day its text names (end of that day), if any.

    Raises:
        TooLarge: over `MAX_BYTES`, `MAX_ELEMENTS` or `MAX_CELLS`.
        Malformed: no HTML.
        Empty: no article text.
    """
    tree = _tree(raw, request)
    stated, language = _stated_dates(tree), tree.get("lang")
    found = trafilatura.bare_extraction(
        tree,
        url=request.hints.get("url"),
        include_comments=False,
        include_tables=True,
        favor_precision=True,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": False, "max_date": "2099-12-31"},
    )
    parts = _once(clean(found.text or "").split("\n")) if isinstance(found, Document) else []
    if not isinstance(found, Document) or sum(map(len, parts)) < MIN_ARTICLE:
        raise Empty("no article text in it", subject=request.name, mend="save the article's own page")
    own, method = last_stated(stated), DateMethod.FEED
    if own is None and found.date:
        own, method = moment(found.date), DateMethod.TEXT
    published, how = dated(request, own, method)
    title = clean(found.title or "") or parts[0][:200]
    document = ParsedDocument(
        part="",
        kind=request.kind or SourceKind.NEWS,
        title=title,
        pieces=paragraphs(parts, headline=title),
        published_at=published,
        date_method=how,
        language=detect("\n".join(parts), language),
        author=clean(found.author or "") or None,
        url=web_address(request.hints.get("url") or found.url),
    )
    return Parsed([document])


def _tree(raw: bytes, request: Request) -> Any:
    if len(raw) > min(MAX_BYTES, request.limits.max_bytes):
        raise TooLarge(
            f"{len(raw)} bytes of HTML, over {MAX_BYTES}", subject=request.name, mend="save the page alone"
        )
    text = decode(raw, declared=True)
    if text.count("<") > MAX_ELEMENTS:
        raise TooLarge(f"over {MAX_ELEMENTS} tags", subject=request.name, mend="save the page alone")
    if any(len(_CELL.findall(row)) > MAX_CELLS for row in _ROW.split(text)):
        raise TooLarge(
            f"a table row of over {MAX_CELLS} cells", subject=request.name, mend="save the page alone"
        )
    try:
        tree = lxml_html.fromstring(text.encode("utf-8", "replace"), parser=html_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as bad:
        raise Malformed(f"no HTML: {bad}", subject=request.name, mend="save the page again") from None
    return tree


def _once(lines: Iterable[str]) -> list[str]:
    """Paragraphs without list marks, repeats and lone values: some pages hold their article again as data."""
    marked = (re.sub(r"^[-•*] ", "", line).strip() for line in lines)
    return list(dict.fromkeys(line for line in marked if line and not _VALUE.fullmatch(line)))


def _stated_dates(tree: Any) -> list[str]:
    """Publication and revision dates of the page's own article: linked data and meta tags, else microdata.

    A page also carries the dates of the articles it links to; those sit in lists and in microdata, hence
    only top-level articles count, and of microdata only the first.
    """
    stated = [date for thing in _linked_articles(tree) for date in _dates(thing)]
    for meta in tree.iter("meta"):
        named = {(meta.get(key) or "").lower() for key in ("itemprop", "property", "name")}
        if (_PUBLISHED | _MODIFIED) & {word for name in named for word in name.split()}:
            stated.append(meta.get("content") or "")
    if any(has_zone(date) for date in stated):
        return stated
    for element in tree.xpath("//*[@itemprop]"):
        if (element.get("itemprop") or "").lower() in _PUBLISHED:
            return [*stated, element.get("datetime") or element.get("content") or element.text_content()]
    return stated


def _dates(thing: dict[str, Any]) -> Iterator[str]:
    for key in ("datePublished", "dateModified"):
        if isinstance(thing.get(key), str):
            yield thing[key]


def _linked_articles(tree: Any) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            told = load_json((script.text or "").strip(), "linked data")
        except Malformed:
            continue  # advertising often breaks it; the meta tags say the same
        top = told if isinstance(told, list) else [told]
        for thing in top:
            graph = thing.get("@graph") if isinstance(thing, dict) else None
            for one in graph if isinstance(graph, list) else [thing]:
                if isinstance(one, dict) and _ARTICLE.search(str(one.get("@type", ""))[:200]):
                    yield one
