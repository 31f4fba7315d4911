"""A part of the real sample, taken in and scored once for all tests of a run."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smalti.ingest.feeds.pieces import natural_key
from smalti.platform.settings import Settings
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from tests.demo_home import once

SAMPLE = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[2] / "shared/data")).resolve() / "sample"
CALL = "call_audio/Amazon.com Inc._20170202"
PIECES = 15
FILINGS = ("filings_pdf/AMAZON_2016_10K.pdf", "filings_pdf/3M_2016_10K.pdf")
AS_OF = datetime(2017, 2, 13, 23, 59, 59, tzinfo=UTC)
"""Days after Amazon's call, and after both annual reports."""


def first_sample(factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The home folder of a store that took the part in and scored both companies, and the part itself.

    Shared: copy the home before changing it, and never change the part.
    """
    if not SAMPLE.is_dir():
        pytest.skip(f"no {SAMPLE}: set SMALTI_DATA to the folder of real data")
    home = once(factory, "sample", _build)
    return home, home.parent / "part"


def _build(home: Path) -> None:
    part = home.parent / "part"
    shutil.rmtree(part, ignore_errors=True)
    _lay_out(part)
    with open_engine(Settings(home=home, workers=2, ocr=False)) as opened:
        gateway = LocalGateway(opened)
        gateway.ingest(part)
        for name in ("Amazon", "3M"):
            gateway.score(name, AS_OF)


def _lay_out(root: Path) -> None:
    """The Amazon call's first minutes, two 10-K, all prices, news, plain posts and filings in HTML."""
    for folder in ("news", "prices", "filings_html"):
        shutil.copytree(SAMPLE / folder, root / folder)
    shutil.copytree(SAMPLE / "social", root / "social", ignore=shutil.ignore_patterns("chart_*", "verif_*"))
    for file in ("manifest.csv", *FILINGS, f"{CALL}/Text.txt"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / file, root / file)
    pieces = sorted((SAMPLE / CALL / "Audio").iterdir(), key=lambda p: natural_key(p.name))
    (root / CALL / "Audio").mkdir()
    for piece in pieces[:PIECES]:
        shutil.copy(piece, root / CALL / "Audio")
