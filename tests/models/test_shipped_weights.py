"""The weights that ship with the package, and what is said of them."""

import json
import os
from datetime import date
from pathlib import Path

import model_worlds as worlds
import numpy as np
import polars as pl
import pytest

from smalti.models.datasets import maec
from smalti.models.evaluation.card import model_card
from smalti.models.evaluation.report import tables
from smalti.models.predict import Predictor
from smalti.models.prices import price_features
from smalti.models.versions import SHIPPED
from smalti.platform.records import Modality, SignalKind
from smalti.platform.voice_measures import TRUSTED

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[3] / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"no data at {DATA}: set SMALTI_DATA")


@pytest.fixture(scope="module")
def predictor():
    return Predictor.load()


@pytest.fixture(scope="module")
def figures():
    return json.loads((SHIPPED / "figures.json").read_text())


def test_they_score_every_head(predictor):
    scores = predictor.predict([worlds.full_case()])[0].scores
    assert all(score.value is not None for score in scores)
    assert all(score.low < score.value < score.high for score in scores[:4])


def test_they_are_small_and_their_files_are_allowed(predictor):
    assert sum(file.stat().st_size for file in SHIPPED.iterdir() if file.is_file()) < 30_000_000
    shape = predictor.models[SignalKind.RISK].shape
    assert set(shape.features[Modality.VOICE]) <= set(TRUSTED)


def test_a_missing_modality_never_narrows_a_risk_interval(predictor):
    reach = predictor.models[SignalKind.RISK].table["reach"]
    for pattern in range(1, 8):
        for more in range(1, 8):
            if pattern & more == pattern:
                assert (reach[pattern] >= reach[more]).all()


def test_noncommercial_sets_taught_the_research_file_alone(predictor):
    for kind, model in predictor.models.items():
        assert all(terms.commercial for terms in model.terms) == (kind is not SignalKind.SENTIMENT)


def test_the_licence_file_names_every_training_set_and_its_terms(predictor):
    text = (SHIPPED / "LICENSE-weights.md").read_text()
    for model in predictor.models.values():
        for terms in model.terms:
            assert terms.name in text
            assert terms.licence in text


def test_the_figures_and_the_card_are_of_these_weights(predictor, figures):
    assert figures["version"] == predictor.version
    assert (SHIPPED / "MODEL_CARD.md").read_text() == model_card(figures)
    assert next(table.row_count for table in tables(figures)) == len(figures["risk"]["labels"]["rows"])


def test_risk_beats_past_volatility(figures):
    rows = figures["risk"]["labels"]["rows"]
    assert rows["smalti"]["mse"] < rows["ridge on past volatility"]["mse"]
    assert rows["smalti"]["mse_unseen_tickers"] < rows["train mean"]["mse_unseen_tickers"]


@pytest.mark.data
@needs_data
def test_our_past_volatility_and_labels_are_those_of_the_label_table():
    closes = maec.read_closes(DATA)
    labels = pl.read_parquet(DATA / "maec" / "labels.parquet").drop_nulls().sample(60, seed=1)
    for row in labels.iter_rows(named=True):
        own = closes[row["ticker"]]
        known = own.until(row["date"])
        found = price_features(own.levels[:known])[:4]
        expected = [row[f"past{days}"] for days in (3, 7, 15, 30)]
        np.testing.assert_allclose(found[~np.isnan(found)], np.array(expected)[~np.isnan(found)], atol=1e-4)
        targets = maec._labels(own, known, date(2017, 5, 15))
        np.testing.assert_allclose(targets, [row[f"v{days}"] for days in (3, 7, 15, 30)], atol=1e-4)
