"""A small world on disk, with two companies, good files of every light kind, and a way to own a store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from smalti.platform.settings import Settings
from smalti.service.cli.app import app
from smalti.service.engine import Engine, open_engine
from tests.service.commands import Call

DAY_ONE = np.datetime64("2024-01-01")


@pytest.fixture(autouse=True)
def no_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services of tests run without a dashboard beside them, but for those that say otherwise."""
    monkeypatch.setenv("SMALTI_DASHBOARD", "false")


def write_pdf(path: Path, *pages: str) -> None:
    canvas = Canvas(str(path), invariant=1)
    for page in pages:
        for i, line in enumerate(page.splitlines()):
            canvas.drawString(72, 760 - 14 * i, line)
        canvas.showPage()
    canvas.save()


def news_page(title: str, published: str, *paragraphs: str) -> str:
    data = json.dumps({"@type": "NewsArticle", "headline": title, "datePublished": published})
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<html lang="en"><head><title>{title}</title>'
        f'<script type="application/ld+json">{data}</script></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


def prices_csv(seed: int, days: int = 300) -> str:
    rng = np.random.default_rng(seed)
    dates = [d for d in DAY_ONE + np.arange(days * 2) if np.is_busday(d)][:days]
    closes = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, days)))
    rows = [f"{d},{c:.4f},{c:.4f},{c:.4f},{c:.4f},{c:.4f},1000" for d, c in zip(dates, closes, strict=True)]
    return "\n".join(["Date,Open,High,Low,Close,Adj Close,Volume", *rows]) + "\n"


def post(day: str, text: str, **more: str) -> str:
    return json.dumps({"created_at": f"{day}T12:00:00Z", "user_id": "account 1", "text": text} | more)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs a command in a folder of its own, on a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMALTI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SMALTI_OCR", "false")
    monkeypatch.setenv("SMALTI_WORKERS", "1")
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def world(tmp_path: Path) -> Path:
    root = tmp_path / "world"
    for folder in ("news", "social", "prices", "filings_pdf"):
        (root / folder).mkdir(parents=True)
    (root / "manifest.csv").write_text(
        "path,issuer,kind,available_at,source_of_date\n"
        "prices/ZZQA.csv,Quartz Anvil Corporation,price,,\n"
        "news/anvil.html,Quartz Anvil Corporation,news,2025-02-10T12:00:00Z,page\n"
        "social/posts.jsonl,Quartz Anvil Corporation,social,,\n"
        "filings_pdf/ZZQA.pdf,Quartz Anvil Corporation,filing,2025-02-01,signature page\n"
    )
    (root / "news" / "anvil.html").write_text(
        news_page(
            "Quartz Anvil profit falls sharply",
            "2025-02-10T12:00:00Z",
            "Quartz Anvil Corporation said on Monday that its profit fell by a third as orders dried up.",
            "The company warned that weak demand would hurt its margins for the rest of the year.",
        )
    )
    (root / "social" / "posts.jsonl").write_text(
        "\n".join(
            [
                post(
                    "2025-02-08", "Not happy with $ZZQA at all, orders are late and nobody answers the phone."
                ),
                post("2025-02-09", "$ZZQA results tomorrow, I expect a good quarter.", image="anvil.png"),
                '{"created_at": "2025-02-09T12:00:00Z", "text": ',
            ]
        )
    )
    Image.fromarray(np.full((64, 96, 3), 200, np.uint8)).save(root / "social" / "anvil.png")
    (root / "prices" / "ZZQA.csv").write_text(prices_csv(1))
    write_pdf(
        root / "filings_pdf" / "ZZQA.pdf",
        "QUARTZ ANVIL CORPORATION\nFORM 10-K\nFor the fiscal year ended December 31, 2024",
        "Item 1A. Risk Factors\nOur customers may leave us, and we depend on one supplier of quartz.",
    )
    return root


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", workers=2, ocr=False)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    with open_engine(settings) as opened:
        yield opened
