"""The command `search`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from smalti.assistant.retrieval import Filters, Found, Hit
from smalti.platform.records import EvidenceKind, SourceKind
from smalti.service.cli import output
from smalti.service.cli.common import AsOf, Home, Json, gateway_at, out, read_moment


def search(  # noqa: PLR0913, PLR0917 - each is an option of the command
    text: Annotated[str, typer.Argument(help="Words; nothing in them is syntax.")],
    issuer: Annotated[str | None, typer.Option("--issuer", help="Name, ticker, CIK or id.")] = None,
    as_of: AsOf = None,
    kind: Annotated[
        list[EvidenceKind] | None, typer.Option("--kind", help="Kind of evidence; may be repeated.")
    ] = None,
    source: Annotated[
        list[SourceKind] | None, typer.Option("--source", help="Kind of document; may be repeated.")
    ] = None,
    told_from: Annotated[
        datetime | None, typer.Option("--told-from", help="Tells of a time that ends in this month or later.")
    ] = None,
    told_to: Annotated[
        datetime | None, typer.Option("--told-to", help="Tells of a time that ends in this month or before.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Most hits.")] = 10,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find evidence by words and by meaning: text, tables, charts, pictures, facts and speech."""
    first, last = (one.date() if one else None for one in (told_from, told_to))
    filters = Filters(source or (), kind or (), told_from=first, told_to=last)
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.search(text, issuer, read_moment(as_of), filters, limit)
    if as_json:
        output.print_json(found)
    else:
        _print(found)


def _print(found: Found) -> None:
    for number, hit in enumerate(found.hits, 1):
        synthetic = ", synthetic" if hit.synthetic else ""
        head = Text(f"{number}. ", "dim").append(hit.title or hit.file, "bold")
        out.print(head.append(f"  {hit.kind}, {hit.where}, {hit.available_at:%Y-%m-%d}{synthetic}", "dim"))
        out.print(_quoted(hit))
        out.print(Text(f"   {_scores(hit)}  {hit.evidence_id}", "dim"))
    if not found.hits:
        out.print("Nothing was found.")
    for note in found.notes:
        out.print(Text(f"note: {note}", "dim"))


def _quoted(hit: Hit) -> Text:
    quote = Text(hit.quote)
    for start, end in hit.highlights:
        quote.stylize("bold yellow", start, end)
    return quote


def _scores(hit: Hit) -> str:
    parts = [f"fused {hit.fused:.4f}"]
    if hit.bm25 is not None:
        parts.append(f"words {hit.bm25:.1f} (place {hit.bm25_rank})")
    if hit.cosine is not None:
        parts.append(f"meaning {hit.cosine:.2f} (place {hit.cosine_rank})")
    return ", ".join(parts)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(search)
