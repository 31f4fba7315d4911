"""What the sandbox runs: choose a parser, run it, leave its pieces in the spool folder."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from smalti.ingest import spool
from smalti.ingest.parse import dispatch
from smalti.ingest.parse.contract import Limits, Parsed, ParsedDocument, Request
from smalti.platform.errors import InputError
from smalti.platform.records import DateMethod, SourceKind

FILE = "smalti.ingest.parse.entry:parse_file"
CALL = "smalti.ingest.parse.entry:parse_call"


def to_arguments(request: Request) -> dict[str, Any]:
    """A request as JSON values, for the way into the sandbox."""
    return {
        "name": request.name,
        "kind": request.kind.value if request.kind else None,
        "published_at": request.published_at.isoformat() if request.published_at else None,
        "date_method": request.date_method.value,
        "hints": dict(request.hints),
        "limits": asdict(request.limits),
    }


def parse_file(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Parse `inside/0`; returns the parser and its version."""
    request = _request(arguments)
    raw = (inside / "0").read_bytes()
    name = dispatch.choose(raw, request)
    module, _, function = name.partition(":")
    parsed: Parsed = getattr(importlib.import_module(module), function)(raw, request)
    parser, version = dispatch.version(name)
    if parser in ("pdf", "edgar_html"):
        parsed = _with_statements(parsed)
    spool.write(parsed, outside)
    return {"parser": parser, "version": version}


def parse_call(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Decode the numbered pieces `inside/0`, `inside/1`, … and join them into one recording.

    Returns the parser, its version, where each good piece starts and ends in the whole (seconds), and the
    errors of the others, by piece.

    Raises:
        InputError: what the first piece raised, where none is good.
    """
    from smalti.ingest.parse import audio

    request = _request(arguments)
    decoded: dict[str, audio.Pcm] = {}
    bad: dict[str, InputError] = {}
    for i, name in enumerate(arguments["pieces"]):
        try:
            piece = audio.parse((inside / str(i)).read_bytes(), Request(name, limits=request.limits))
            decoded[name] = piece.arrays["pcm"]
        except InputError as error:
            bad[name] = error
    if not decoded:
        raise next(iter(bad.values()))
    pcm, spans = audio.join(list(decoded.values()))
    partial = f"{len(bad)} of {len(arguments['pieces'])} pieces cannot be read" if bad else None
    title = PurePosixPath(request.name).name
    document = ParsedDocument("", SourceKind.CALL, title, (), partial=partial)
    spool.write(Parsed([document], arrays={"pcm": pcm}), outside)
    return {
        "parser": audio.PARSER,
        "version": audio.VERSION,
        "pieces": [[name, *span] for name, span in zip(decoded, spans, strict=True)],
        "bad": {name: {"code": e.code, "what": e.what, "mend": e.mend} for name, e in bad.items()},
    }


def _request(arguments: Mapping[str, Any]) -> Request:
    raw = arguments["request"]
    return Request(
        name=raw["name"],
        kind=SourceKind(raw["kind"]) if raw["kind"] else None,
        published_at=datetime.fromisoformat(raw["published_at"]) if raw["published_at"] else None,
        date_method=DateMethod(raw["date_method"]),
        hints=raw["hints"],
        limits=Limits(**raw["limits"]),
    )


def _with_statements(parsed: Parsed) -> Parsed:
    from smalti.ingest.facts import read_facts

    documents = [
        replace(d, pieces=[*d.pieces, *read_facts(d.pieces)]) if d.kind is SourceKind.FILING else d
        for d in parsed.documents
    ]
    return replace(parsed, documents=documents)
