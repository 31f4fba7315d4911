"""The model: every topic of it on a fresh installation, and where figures are missing or of other weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words

from smalti.models.evaluation.stored import keep
from smalti.models.versions import weights_files, weights_version
from smalti.platform.auth import Role


def rows(page: AppTest, **wanted: object) -> list[dict[str, object]]:
    """Rows of all grids in which these cells stand."""
    every = [row for grid in page.dataframe for row in grid.value.to_dict("records")]
    return [row for row in every if wanted.items() <= row.items()]


def test_at_a_glance_it_tells_figures_pairs_and_terms(look: Open) -> None:
    page = look("model", Role.VIEWER)
    assert not page.exception
    assert {one.label.partition(":")[0]: one.value for one in page.metric} == {
        "Risk": "0.302", "Fraud": "0.655", "Sentiment": "0.774",
    }  # fmt: skip
    assert weights_version() in words(page).replace("\\", "")
    assert rows(page, head="Risk", **{"voice@call": "trained", "text@news": "not used"})
    assert rows(page, head="Sentiment", set="Financial PhraseBank", commercial="not allowed, or not stated")
    assert rows(page, head="Risk", set="MAEC", commercial="allowed", through="29 Dec 2016")


@pytest.mark.parametrize(
    ("part", "row", "figure", "told"),
    [
        ("figures", "smalti", "mse (told)", "0.302 [0.263, 0.343]"),
        ("calibration", "price", "inside_30 (told)", "0.954 [0.932, 0.973]"),
        ("ablation", "hybrid", "mse (told)", "0.306"),
        ("robustness", "30 days", "limit (told)", "0.400"),
        ("faithfulness", "of all, largest contributions", "move (told)", "0.074 [0.068, 0.081]"),
        ("fairness", "size: largest third", "cases (told)", "1,528"),
    ],
)
def test_a_topic_shows_its_tables_and_what_they_were_measured_on(
    look: Open, part: str, row: str, figure: str, told: str
) -> None:
    page = look("model", part=part)
    assert not page.exception
    assert rows(page, name=row, **{figure: told})
    assert any("maec/sentences.parquet" in str(one.value).replace("\\", "") for one in page.markdown)


def test_a_part_nobody_measured_names_the_command(look: Open, other_weights: None) -> None:
    page = look("model")
    assert "Nothing was measured yet of these weights" in words(page)
    assert rows(page, what="Each ratio alone on the same firm-years", state="of other weights")
    assert rows(page, state="not yet", command="smalti evaluate --part fairness")
    page = look("model", part="fairness")
    assert "`smalti evaluate --part fairness` measures it." in words(page)
    page = look("model", part="figures")
    assert "these figures are of other weights, core\\-elsewhere" in words(page)
    page = look("model", part="card")
    assert "there is no card" in words(page)


@pytest.fixture
def other_weights(served: Served, tmp_path: Path) -> Iterator[None]:
    """Weights in use of which nothing was measured; of others the ratios were."""
    (tmp_path / "core.safetensors").write_bytes(weights_files()[0].read_bytes())
    settings = served.service.engine.settings
    keep(settings.home, {"version": "core-elsewhere", "ratios": {"rows": {"high size": {"auc": 0.7}}}})
    was = settings.model
    object.__setattr__(settings, "model", tmp_path)  # settings are frozen, the service is shared
    yield
    object.__setattr__(settings, "model", was)


def test_the_card_says_what_one_must_know_and_can_be_taken_along(look: Open) -> None:
    page = look("model", part="card")
    assert not page.exception
    assert "a crisis is outside what it has seen" in words(page)
    assert "| smalti | 0.302 [0.263, 0.343] | 0.323 |" in words(page).replace("\\", "")
    assert [one.label for one in page.get("download_button")] == ["Markdown"]
