"""Small made-up models, cases and data sets for the tests of the model."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import torch
from PIL import Image

from smalti.models.case import RATIOS, RAW_SIZES, Case, Token
from smalti.models.checkpoint import HeadModel
from smalti.models.heads import FRAUD, HEADS, RISK, SENTIMENT
from smalti.models.network import HeadNetwork, Shape
from smalti.models.training import FEATURES
from smalti.platform.records import Modality, SourceKind
from smalti.platform.voice_measures import MEASURES

AS_OF = datetime(2017, 4, 26, tzinfo=UTC)


def token(modality, source, rng, name, age=2.0, position=0.5):
    vector = rng.normal(size=RAW_SIZES[modality]).astype(np.float32)
    return Token(modality, source, vector, age, position, name)


def full_case(seed=0, sentences=5, issuer="A"):
    """A case with something for each head, and text of a kind no risk head knows."""
    rng = np.random.default_rng(seed)
    tokens = [token(Modality.PRICE, SourceKind.PRICE, rng, "price")]
    for at in range(sentences):
        place = at / sentences
        tokens.append(token(Modality.TEXT, SourceKind.CALL, rng, f"call-{at}", position=place))
        tokens.append(token(Modality.VOICE, SourceKind.CALL, rng, f"call-{at}", position=place))
    tokens += [token(Modality.TEXT, SourceKind.NEWS, rng, f"news-{at}") for at in range(3)]
    tokens += [token(Modality.IMAGE, SourceKind.SOCIAL, rng, "picture")]
    tokens += [
        token(Modality.FACT, SourceKind.FILING, rng, f"year-{at}", position=at / 10) for at in range(2)
    ]
    return Case(issuer, AS_OF, tokens)


def tables():
    return {
        RISK.kind: {
            "reach": np.full((8, 4), 1.6, np.float32),
            "reference": np.tile(np.linspace(-6, -2, 101, dtype=np.float32), (4, 1)),
        },
        FRAUD.kind: {
            "platt": np.array([1.0, -4.0], np.float32),
            "platt_draws": np.array([[0.8, -4.2], [1.2, -3.8]], np.float32),
            "reference": np.linspace(0, 0.1, 101, dtype=np.float32),
        },
        SENTIMENT.kind: {
            "temperature": np.ones(1, np.float32),
            "reach": np.full(8, 0.4, np.float32),
        },
    }


def random_model(head, seed=0, members=2):
    """A model no training has touched, in which everything shown matters."""
    torch.manual_seed(seed)
    shape = Shape(FEATURES, width=16, latents=3, layers=2, dropout=0.1)
    networks = []
    for _ in range(members):
        network = HeadNetwork(head, shape)
        torch.nn.init.normal_(network.out.weight, std=0.3)
        if network.baseline is not None:
            torch.nn.init.normal_(network.baseline.weight, std=0.05)
        networks.append(network.eval())
    return HeadModel(head, shape, networks, tables()[head.kind], date(2016, 12, 29), [], seed)


def random_models():
    return [random_model(head, seed) for seed, head in enumerate(HEADS)]


def embed(texts):
    """Words hashed into a vector, so that texts with words in common are alike."""
    rows = np.zeros((len(texts), RAW_SIZES[Modality.TEXT]), np.float32)
    for at, text in enumerate(texts):
        for word in text.split():
            rows[at] += np.random.default_rng([*word.encode()]).normal(size=rows.shape[1])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def embed_images(files):
    rng = np.random.default_rng(0)
    return rng.normal(size=(len(files), RAW_SIZES[Modality.IMAGE])).astype(np.float32), np.ones(
        len(files), bool
    )


def write_data(folder: Path, calls=24, firms=20) -> Path:
    """A tiny data folder of the same shape as the real one, without the non-commercial sets."""
    rng = np.random.default_rng(1)
    (folder / "maec").mkdir(parents=True)
    (folder / "fraud").mkdir()
    days = [day for at in range(800) if (day := date(2015, 1, 1) + timedelta(at)).weekday() < 5]
    prices, sentences = [], []
    for name in ("AAA", "BBB", "CCC"):
        level = 100 * np.cumprod(1 + rng.normal(0, 0.02, len(days)))
        prices += [
            {"ticker": name, "date": d, "adj_close": float(v)} for d, v in zip(days, level, strict=True)
        ]
    for at in range(calls):
        day, ticker = days[60 + 17 * at], ("AAA", "BBB", "CCC")[at % 3]
        for line in range(3):
            spoken = {"call_id": f"{day:%Y%m%d}_{ticker}", "ticker": ticker, "date": day, "sentence": line}
            measures = {name: float(rng.normal()) if line else None for name in MEASURES}
            sentences.append({**spoken, "text": f"sentence {line} of call {at}", **measures})
    pl.DataFrame(prices).write_parquet(folder / "maec" / "prices.parquet")
    pl.DataFrame(sentences).write_parquet(folder / "maec" / "sentences.parquet")
    years = [
        {
            "gvkey": firm,
            "datadate": f"{year}-12-31",
            "fyear": year,
            "y": firm % 4 == 0 and year == 1999,
            **{name: None if name == "mtb" and year == 1998 else float(rng.normal()) for name in RATIOS},
        }
        for firm in range(firms)
        for year in (1998, 1999, 2000)
    ]
    pl.DataFrame(years, infer_schema_length=None).write_parquet(folder / "fraud" / "firm_years.parquet")
    return folder


def write_opinions(folder: Path) -> Path:
    """The non-commercial sets, as tiny."""
    (folder / "sentiment").mkdir(parents=True)
    images = folder / "social_sentiment" / "images"
    images.mkdir(parents=True)
    words = {"positive": "profit rose well", "neutral": "meeting held today", "negative": "loss grew badly"}
    labelled = [{"text": f"{said} {at}", "label": label} for at in range(12) for label, said in words.items()]
    pl.DataFrame(labelled).write_parquet(folder / "sentiment" / "phrasebank.parquet")
    dated = [{**row, "date": "28-01-2016"} for row in labelled] + [
        {"text": "gold up later", "label": "positive", "date": "28-01-2019"}
    ]
    pl.DataFrame(dated).write_parquet(folder / "sentiment" / "gold_headlines.parquet")
    scored = [
        {"text": f"shares {at}", "kind": ("headline", "post")[at % 2], "score": at / 20 - 0.5}
        for at in range(20)
    ]
    pl.DataFrame(scored).write_parquet(folder / "sentiment" / "fiqa.parquet")
    lines = []
    for at, label in enumerate(words):
        Image.new("RGB", (8, 8), (at * 80, 0, 0)).save(images / f"{at}.png")
        lines.append(json.dumps({"id": str(at), "text": words[label], "image": f"{at}.png", "label": label}))
    (folder / "social_sentiment" / "posts.jsonl").write_text("\n".join(lines))
    return folder
