"""EDGAR filings in HTML: paragraphs, tables and, where tagged, the numbers of inline XBRL."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from smalti.ingest.annotate import annotate
from smalti.ingest.facts import read_facts
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Record, Request
from smalti.ingest.parse.html_tables import Cell, is_hidden, payload, read_table, rows_text
from smalti.ingest.parse.inline_xbrl import Tagged, cover_data, tagged_facts
from smalti.ingest.parse.moments import end_of_day
from smalti.ingest.parse.text import clean, decode, paragraphs, web_address
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.quantities import read_dates
from smalti.platform.records import DateMethod, EvidenceKind, Json, Locator, Outcome, SourceKind

PARSER = "edgar_html"
VERSION = "2"

MAX_ELEMENTS = 2_000_000
_BLOCKS = {
    "address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section",
    "table", "td", "th", "tr", "ul",
}  # fmt: skip
_CAPTION_LINES, _CAPTION_LENGTH = 5, 200
_HEAD = 20_000  # characters a submission header may take
_HEADER = {
    "accepted": re.compile(r"ACCEPTANCE-DATETIME>\s*(\d{14})"),
    "filed": re.compile(r"FILED AS OF DATE:\s*(\d{8})"),
}
_TYPE = re.compile(r"<TYPE>\s*([^\s<]{1,20})", re.I)
_SIGNED = re.compile(r"\bdated?\b\s*:?", re.I)
_SIGNATURE = re.compile(r"\bsignatures?\b", re.I)
_WIRE = re.compile(
    r"\((?:business wire|globe ?newswire|pr ?newswire|marketwired)\)|/prnewswire/|\bfor immediate release\b",
    re.I,
)
_WEEK = 7  # days
_DATELINE_WITHIN = 25  # paragraphs from the top


@dataclass(slots=True)
class _Walk:
    """What has been read so far, in reading order: paragraph texts and tables."""

    parts: list[str | list[Cell]] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)

    def flush(self) -> None:
        """End the running paragraph."""
        text = " ".join(clean("".join(self.buffer)).split())
        self.buffer.clear()
        if text:
            self.parts.append(text)


def parse(raw: bytes, request: Request) -> Parsed:
    """One document with its paragraphs, tables and facts.

    Paragraphs and tables tell of section and heading, tables of paths, periods and scale too, as `annotate`
    says. Facts come from inline XBRL where the filing is tagged, and from its
    tables (`smalti.ingest.facts`) where no tag says the same; a table that contradicts a tag gives an
    `unverified` fact. A fact's cell counts tables from 0 in the document; its record names the tagged
    element. Text hidden by style is left out. Without a date from manifest or feed it is that of the
    submission header, else of the signature or dateline; the event date of a cover page is not used, since
    the filing came later.

    Raises:
        Empty: no text in it.
        Malformed: no HTML that lxml can build a tree of.
        TooLarge: over the byte limit, or over `MAX_ELEMENTS`.
    """
    if len(raw) > request.limits.max_bytes:
        raise TooLarge("over the byte limit", subject=request.name, mend="raise limits.max_bytes")
    source = decode(raw, declared=True)
    tree, partial = _tree(source, request)
    walk = _read(tree)
    pieces, tables = _pieces(walk.parts)
    if partial and not pieces:
        raise Malformed("tags nest too deep to read", subject=request.name, mend="fetch it again")
    if not pieces:
        raise Empty("no text in it", subject=request.name, mend="fetch it again")
    cover = cover_data(tree)
    form = cover.get("DocumentType") or _form(source)
    tagged, left_out = tagged_facts(tree)
    facts = _reconciled(list(_fact_pieces(tagged, tables)), read_facts(pieces))
    published, method = _published(request, source, [p.text for p in pieces])
    document = ParsedDocument(
        part="",
        kind=SourceKind.FILING,
        title=_title(cover, source, pieces),
        pieces=[*annotate(pieces, form), *facts],
        published_at=published,
        date_method=method,
        url=web_address(request.hints.get("url")),
        partial=partial,
        hints=_hints(cover) | ({"form": form} if form else {}) | dict(request.hints),
    )
    return Parsed([document], _records(left_out))


def _reconciled(tagged: Sequence[Piece], printed: Sequence[Piece]) -> list[Piece]:
    """Tagged facts, then those of tables that no tag says too; one that a tag contradicts is unverified."""
    told: dict[tuple[str, ...], list[Piece]] = defaultdict(list)
    for fact in tagged:
        told[_key(fact)].append(fact)
    facts = list(tagged)
    for fact in printed:
        same = [one for one in told[_key(fact)] if _same_start(one, fact)] if fact.payload["concept"] else []
        if not same:
            facts.append(fact)
        elif all(
            abs(one.payload["value"] - fact.payload["value"]) > 0.5 * fact.payload["scale"] for one in same
        ):
            doubt = f"the filing's own tag says {same[0].payload['value']:.15g}"
            facts.append(replace(fact, payload={**fact.payload, "unverified": doubt}))
    return facts


def _key(fact: Piece) -> tuple[str, ...]:
    return fact.payload["concept"], fact.payload["unit"], fact.payload["period_end"]


def _same_start(one: Piece, other: Piece) -> bool:
    """Whether two periods of one end begin alike: a table seldom says when a 52-week year began."""
    a, b = one.payload["period_start"], other.payload["period_start"]
    if a is None or b is None:
        return a is b
    return abs((date.fromisoformat(a) - date.fromisoformat(b)).days) <= _WEEK


def _records(left_out: int) -> list[Record]:
    if not left_out:
        return []
    reason = f"{left_out} tagged numbers are of a segment, said twice, or no line items smalti uses"
    return [Record("inline XBRL", Outcome.SKIPPED, reason=reason)]


def _tree(source: str, request: Request) -> tuple[HtmlElement, str | None]:
    """The element tree, and why it is cut short if so; entities are not expanded, nothing is loaded.

    `huge_tree` lets tags nest 2,048 deep instead of 256, which old filings with unclosed tags need.
    """
    start = source[:_HEAD].lower().find("<html")  # what stands before it is the submission's own header
    markup = re.sub(r"<\?xml[^>]*\?>", "", source[max(start, 0) :], count=1)
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True)
    try:
        tree = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as fault:
        raise Malformed(f"no readable HTML: {fault}", subject=request.name, mend="fetch it again") from None
    if tree is None:
        raise Empty("no text in it", subject=request.name, mend="fetch it again")
    if any(number >= MAX_ELEMENTS for number, _ in enumerate(tree.iter())):
        raise TooLarge(
            f"more than {MAX_ELEMENTS:,} elements",
            subject=request.name,
            mend="split the filing into its parts",
        )
    cut = any(fault.type_name == "ERR_RESOURCE_LIMIT" for fault in parser.error_log)
    return tree, "tags nest too deep: read up to there" if cut else None


def _read(tree: HtmlElement) -> _Walk:
    """Walk the tree without recursion; hidden parts are passed over, tables of amounts read as tables."""
    walk = _Walk()
    stack: list[tuple[HtmlElement, bool]] = [(tree, False)]
    while stack:
        node, done = stack.pop()
        if done:
            _leave(walk, node)
            continue
        if is_hidden(node) or node.tag == "head":
            walk.buffer.append(node.tail or "")
            continue
        block = node.tag in _BLOCKS
        if block and not (node.tag in ("td", "th") and _is_inline_row(node)):
            walk.flush()
        elif block:
            walk.buffer.append(" ")
        cells = read_table(node) if node.tag == "table" and _is_leaf(node) else []
        if cells:
            walk.parts.append(cells)
            walk.buffer.append(node.tail or "")
            continue
        walk.buffer.append(node.text or "")
        stack.append((node, True))
        stack += [(child, False) for child in reversed(node)]
    walk.flush()
    return walk


def _leave(walk: _Walk, node: HtmlElement) -> None:
    if node.tag in _BLOCKS and not (node.tag in ("td", "th") and _is_inline_row(node)):
        walk.flush()
    walk.buffer.append(node.tail or "")


def _is_leaf(table: HtmlElement) -> bool:
    return next(table.iterdescendants("table"), None) is None


def _is_inline_row(cell: HtmlElement) -> bool:
    """A cell of a layout row such as `• | text`: its row reads as one paragraph."""
    return next(cell.iterdescendants("p", "table", "li"), None) is None


def _pieces(parts: Sequence[str | list[Cell]]) -> tuple[list[Piece], list[tuple[Piece, list[Cell]]]]:
    """Pieces with their character ranges, and beside each table piece its cells."""
    pieces: list[Piece] = []
    tables: list[tuple[Piece, list[Cell]]] = []
    at = 0
    for index, part in enumerate(parts):
        if isinstance(part, str):
            fresh = paragraphs([part])
        else:
            what: Json = payload(part, _caption(parts, index))
            text = rows_text(part)
            fresh = [Piece(EvidenceKind.TABLE, Locator(chars=(0, len(text))), text, what)]
        for piece in fresh:
            where = Locator(chars=(at, at + len(piece.text)))
            pieces.append(Piece(piece.kind, where, piece.text, piece.payload))
            at += len(piece.text) + 2
        if not isinstance(part, str):
            tables.append((pieces[-1], part))
    return pieces, tables


def _caption(parts: Sequence[str | list[Cell]], index: int) -> str:
    """The short lines right over a table, in their order."""
    lines: list[str] = []
    for part in reversed(parts[max(0, index - _CAPTION_LINES) : index]):
        if not isinstance(part, str) or len(part) > _CAPTION_LENGTH:
            break
        lines.append(part)
    return "\n".join(reversed(lines))


def _fact_pieces(facts: Sequence[Tagged], tables: Sequence[tuple[Piece, list[Cell]]]) -> Iterator[Piece]:
    """A piece for each tagged fact; its cell, label and characters where it stands in a table."""
    slots = {td: (n, cell) for n, (_, cells) in enumerate(tables) for cell in cells for td in cell.elements}
    for fact in facts:
        found = next((slots[td] for td in fact.element.iterancestors("td", "th") if td in slots), None)
        record = f"#{fact.element.get('id') or fact.tag}"[:80]
        label, where = fact.tag, Locator(record=record)
        if found is not None:
            number, cell = found
            table, cells = tables[number]
            label = next((c.text for c in cells if c.row == cell.row and c.column == 0), fact.tag)
            place = (number, cell.row, cell.column)
            where = Locator(chars=table.locator.chars, cell=place, record=record)
        yield _fact_piece(fact, label, where)


def _fact_piece(fact: Tagged, label: str, where: Locator) -> Piece:
    start = fact.period.start.isoformat() if fact.period.start else None
    end = fact.period.end.isoformat()
    what: Json = {
        "concept": fact.item.name,
        "label": label,
        "value": fact.value,
        "unit": fact.unit,
        "scale": fact.scale,
        "period_start": start,
        "period_end": end,
        "as_reported": fact.as_reported,
        "statement": fact.item.statement.value,
        "tag": fact.tag,
    }
    span = f"{start} to {end}" if start else f"at {end}"
    return Piece(EvidenceKind.FACT, where, f"{label}: {fact.value:,.15g} {fact.unit}, {span}", what)


def _title(cover: dict[str, str], source: str, pieces: Sequence[Piece]) -> str:
    if cover.get("EntityRegistrantName"):
        period = cover.get("DocumentPeriodEndDate", "")
        return " ".join(filter(None, (cover["EntityRegistrantName"], cover.get("DocumentType"), period)))
    heading = next((p.text for p in pieces if p.kind is EvidenceKind.PARAGRAPH and len(p.text) > 12), "")
    return " ".join(filter(None, (_form(source), heading[:120])))


def _form(source: str) -> str:
    """The form (`10-K`, `EX-99.1`) that a submission's own header states; empty where it states none."""
    found = _TYPE.search(source[:4096])
    return found[1] if found else ""


def _hints(cover: dict[str, str]) -> dict[str, str]:
    """What linking may use, from the cover page's tags."""
    cik = cover.get("EntityCentralIndexKey", "")
    found = {
        "name": cover.get("EntityRegistrantName", ""),
        "cik": cik.zfill(10) if re.fullmatch(r"[0-9]{1,10}", cik) else "",
        "ticker": cover.get("TradingSymbol", ""),
        "form": cover.get("DocumentType", ""),
    }
    return {key: value for key, value in found.items() if value}


def _published(
    request: Request, source: str, texts: Sequence[str]
) -> tuple[datetime | None, DateMethod | None]:
    if request.published_at is not None:
        return request.published_at, request.date_method
    header = _header_moment(source[:_HEAD])
    if header is not None:
        return header, DateMethod.HEADER
    day = max(_signed_days(texts), default=None) or _dateline(texts[:_DATELINE_WITHIN])
    return (end_of_day(day), DateMethod.TEXT) if day else (None, None)


def _header_moment(head: str) -> datetime | None:
    """When EDGAR accepted the submission; its clock is New York's, taken as UTC-5, the later reading."""
    try:
        if found := _HEADER["accepted"].search(head):
            return datetime.strptime(found[1] + "-0500", "%Y%m%d%H%M%S%z").astimezone(UTC)
        if found := _HEADER["filed"].search(head):
            return end_of_day(date.fromisoformat(found[1]))
    except ValueError:
        return None
    return None


def _signed_days(texts: Sequence[str]) -> Iterator[date]:
    """Days that stand beside `Date:` after the last heading `SIGNATURE`."""
    start = max(
        (i for i, text in enumerate(texts) if _SIGNATURE.match(text) and len(text) < 40), default=None
    )
    if start is None:
        return
    for i in range(start, len(texts)):
        if found := _SIGNED.search(texts[i]):
            beside = [texts[i][found.end() : found.end() + 60], texts[i][:60], *texts[i + 1 : i + 2]]
            days = next((days for days in map(read_dates, beside) if days), [])
            yield from days[:1]


def _dateline(texts: Sequence[str]) -> date | None:
    """The day of a press release: in the line of its wire or of `for immediate release`, or alone in one."""
    for text in texts:
        wire = _WIRE.search(text)
        days = read_dates(text[: wire.end() + 60] if wire else text)
        if days and (wire or len(text) < 40):
            return days[0]
    return None
