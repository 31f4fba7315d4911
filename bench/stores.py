"""What the benches of checks share: a store with files taken in, its dossiers, and where pieces came from."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check
from smalti.platform.records import Evidence
from smalti.platform.settings import load_settings
from smalti.platform.store import Store
from smalti.service.demo_world import FILES
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.stages.known import View, dossier, known

NEAR_S = 1.5  # seconds by which a sentence as heard may begin or end elsewhere than as spoken


class Places:
    """Where each piece of a store came from."""

    def __init__(self, store: Store) -> None:
        rows = store.read(
            "SELECT d.document_id, min(x.path) AS path, min(d.part) AS part FROM documents d"
            " LEFT JOIN dispositions x ON x.artifact_id = d.artifact_id AND x.record = '' GROUP BY 1"
        )
        self._of = {row[0]: (row[1] or "", row[2] or "") for row in rows.iter_rows()}
        prices = store.read("SELECT evidence_id, document_id FROM evidence JOIN documents USING (document_id)"
                            " WHERE documents.kind = 'price'")  # fmt: skip
        self._prices = {evidence: self._of[document][0] for evidence, document in prices.iter_rows()}

    def file(self, evidence_id: str, pieces: Mapping[str, Evidence]) -> str:
        """The file that a cited piece, of an issuer's papers or prices, came from."""
        piece = pieces.get(evidence_id)
        return self._of[piece.document_id][0] if piece else self._prices.get(evidence_id, "")

    def at(self, piece: Evidence, place: Mapping[str, Any], words: Sequence[str]) -> bool:
        """Whether a piece lies at a place that the truth names."""
        path, part = self._of[piece.document_id]
        named = str(place.get("file") or "")
        if path != named and not path.startswith(f"{named}/"):
            return bool(path) and path == place.get("image")
        where = piece.locator
        if "post" in place:
            return part in {_line(named, str(post)) for post in place.get("posts", [place["post"]])}
        if "start_s" in place:
            heard = where.seconds or (-1e9, -1e9)
            return bool(heard[0] < place["end_s"] + NEAR_S and heard[1] > place["start_s"] - NEAR_S)
        if "page" in place and where.page is not None:
            return bool(where.page == place["page"])
        if "text" in place and not path.startswith("prices/"):
            told, said = _flat(str(place["text"])), _flat(" ".join([piece.text, *words]))
            return told in said or (len(said) > 20 and said in told)
        return True


@cache
def _lines(file: str) -> Mapping[str, str]:
    lines = (FILES / file).read_text(encoding="utf-8").splitlines()
    return {json.loads(line)["id"]: f"line {n}" for n, line in enumerate(lines, 1)}


def _line(file: str, post: str) -> str:
    return _lines(file)[post]


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


@contextmanager
def taken_in(files: Path, home: Path | None) -> Iterator[Store]:
    """The store of a home folder, with these files taken in unless it is given."""
    with tempfile.TemporaryDirectory() as made:
        settings = load_settings(home=home or Path(made))
        with open_engine(settings) as engine:
            if home is None:
                LocalGateway(engine).ingest(files)
            yield engine.store


def dossiers(store: Store, as_of: datetime) -> dict[str, Dossier]:
    """Of every issuer that has papers, by name."""
    found = {}
    for issuer_id, name in store.read("SELECT issuer_id, name FROM issuers ORDER BY name").iter_rows():
        view = View(issuer_id, as_of)
        one = dossier(store, view, known(store, view))
        if one.documents:
            found[name] = one
    return found


def suspect(check: Check) -> bool:
    """Whether a ratio lies on the bad side of its threshold."""
    return bool(check.details.get("suspect"))


def reason(check: Check, number: int) -> str:
    """What a finding says, or that a ratio is past its threshold."""
    if check.findings:
        return check.findings[number].reason
    return f"{check.value:.3f} is past the threshold of {check.details['threshold']}"
