from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from smalti.models.checkpoint import HeadModel
from smalti.models.datasets.maec import Call, Closes
from smalti.models.evaluation import fairness
from smalti.models.evaluation.fairness import (
    NOT_KNOWN,
    by_group,
    in_thirds,
    known_sectors,
    measure_risk_fairness,
    median_pitch,
    risk_figures,
    top_share,
)
from smalti.platform.voice_measures import MEASURES


def test_each_group_has_its_mean_its_interval_and_its_counts() -> None:
    values = np.array([1.0] * 20 + [3.0] * 20)
    names = ["low"] * 20 + ["high"] * 20
    firms = [f"f{i // 2}" for i in range(40)]
    rows = by_group({"mse": values}, {"voice": names}, firms, draws=50)
    assert list(rows) == ["all", "voice: high", "voice: low"]
    assert rows["all"]["mse"] == 2.0
    assert rows["voice: low"] == {"cases": 20, "groups": 10, "mse": 1.0, "mse_interval": [1.0, 1.0]}
    low, high = rows["all"]["mse_interval"]
    assert 1.0 < low < 2.0 < high < 3.0


def test_cases_without_part_in_a_figure_are_left_out_and_tiny_groups_have_only_counts() -> None:
    values = np.array([np.nan] * 10 + [1.0] * 10 + [0.0] * 4)
    names = ["a"] * 20 + [NOT_KNOWN] * 4
    rows = by_group({"alarm_rate": values}, {"size": names}, [str(i) for i in range(24)], draws=20)
    assert rows["size: a"]["alarm_rate"] == 1.0
    assert rows["size: a"]["cases"] == 20
    assert rows["size: not known"] == {"cases": 4, "groups": 4}
    assert list(rows)[-1] == "size: not known"


def test_risk_figures_by_hand() -> None:
    truth = np.zeros((20, 2), np.float32)
    truth[0, 1], truth[1, 1] = 2.0, 3.0  # what became the highest tenth
    mean = np.zeros((20, 2), np.float32)
    mean[0, 1], mean[2, 1] = 4.0, 5.0  # what was forecast to
    found = risk_figures(mean, truth, np.full((20, 2), 2.5, np.float32))
    assert found["mse"][:4] == pytest.approx([2.0, 4.5, 12.5, 0.0])
    assert found["bias"][:4] == pytest.approx([2.0, -3.0, 5.0, 0.0])
    assert found["coverage"][:4] == pytest.approx([1.0, 0.5, 0.5, 1.0])
    assert found["alarm_rate"][:4].tolist() == [1, 0, 1, 0]
    assert np.isnan(found["false_alarm_rate"][:2]).all()
    assert found["false_alarm_rate"][2:].mean() == pytest.approx(1 / 18)


def test_the_highest_share_and_thirds() -> None:
    assert np.flatnonzero(top_share(np.arange(100.0), 0.05)).tolist() == [95, 96, 97, 98, 99]
    thirds = in_thirds(np.array([5.0, np.nan, 1.0, 3.0, 2.0, 6.0, 4.0]), ("s", "m", "l"))
    assert thirds == ["l", NOT_KNOWN, "s", "m", "s", "l", "m"]


def test_a_calls_pitch_is_the_median_of_the_sentences_that_have_one() -> None:
    voice = np.full((4, len(MEASURES)), np.nan, np.float32)
    assert np.isnan(median_pitch(voice))
    voice[:3, MEASURES.index("pitch_mean")] = [120.0, 250.0, 130.0]
    assert median_pitch(voice) == 130.0


def test_calls_after_the_last_label_are_grouped_by_voice_and_by_what_is_known_of_tickers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    days = np.array([np.datetime64("2017-01-01") + i for i in range(120)])
    moves = np.random.default_rng(1).normal(0, 0.01, (24, 120))
    closes = {f"T{i}": Closes(days, 100 * np.exp(np.cumsum(row))) for i, row in enumerate(moves)}

    def call(ticker: int, day: date) -> Call:
        voice = np.full((3, len(MEASURES)), np.nan, np.float32)
        voice[:, MEASURES.index("pitch_mean")] = 120 if ticker % 2 else 220
        return Call(f"{day}-T{ticker}", f"T{ticker}", day, np.zeros((3, 384), np.float32), voice)

    calls = [call(i, date(2017, 2, 20)) for i in range(24)] + [call(0, date(2017, 1, 20))]
    model = SimpleNamespace(
        networks=(), trained_through=date(2017, 1, 31), table={"reach": np.full((8, 4), 100.0, np.float32)}
    )
    shown: list[int] = []

    def outputs(networks: Any, cases: Any) -> Any:
        shown.append(len(cases))
        return np.tile(np.array([-4.6] * 4 + [0.0] * 4, np.float32), (len(cases), 1))

    monkeypatch.setattr(fairness, "outputs_of", outputs)
    found = measure_risk_fairness(
        cast(HeadModel, model), calls, closes, sectors={f"T{i}": "energy" for i in range(12)}
    )
    assert shown == [24]  # the call of January is what the model learned from
    rows = found["rows"]
    assert list(rows) == [
        "all", "voice: high, from 165 Hz", "voice: low, under 165 Hz", "sector: energy", "sector: not known",
        "size: not known",
    ]  # fmt: skip
    assert [row["cases"] for row in rows.values()] == [24, 12, 12, 12, 12, 24]
    assert rows["all"]["coverage"] == 1.0
    assert -1 < rows["voice: high, from 165 Hz"]["bias"] < 1


def test_known_sectors_are_one_a_ticker() -> None:
    sectors = known_sectors()
    named = {"JBL": "technology", "PSX": "energy", "C": "finance", "O": "property", "KR": "staples"}
    assert named.items() <= sectors.items()
    assert len(sectors) == 365
    assert len(set(sectors.values())) == 11
