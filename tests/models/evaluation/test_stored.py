"""Figures are kept by part and by version of the weights, and found again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smalti.models.evaluation.card import model_card
from smalti.models.evaluation.parts import PARTS
from smalti.models.evaluation.stored import data_hashes, keep, kept, merged
from smalti.models.versions import SHIPPED, stated_heads, weights_version
from smalti.platform.errors import Malformed, WeightsError

RATIOS = {"rows": {"high size": {"auc": 0.7, "firm_years": 10, "misstated": 1}}}


def figures(version: str, at: str = "2026-11-23T10:00:00+00:00", **parts: Any) -> dict[str, Any]:
    return {"version": version, "measured_at": at, "seeds": {"fraud": 7}, "data": {"a": "0" * 12}, **parts}


def test_a_fresh_installation_has_every_part_of_the_shipped_weights(tmp_path: Path) -> None:
    version = weights_version()
    found = kept(tmp_path, SHIPPED, version)
    assert [one.part for one in found] == list(PARTS)
    assert {one.version for one in found} == {version}
    assert all(one.measured_at and one.frame["data"] and not one.here for one in found)
    assert model_card(merged(found)) == (SHIPPED / "MODEL_CARD.md").read_text()


def test_what_was_measured_here_takes_the_place_of_what_came_along(tmp_path: Path) -> None:
    version = weights_version()
    (file,) = keep(tmp_path, figures(version, "2020-01-01", ratios=RATIOS))
    assert file == tmp_path / "evaluation" / version / "ratios.json"
    found = {one.part: one for one in kept(tmp_path, SHIPPED, version)}
    assert found["ratios"].here
    assert found["ratios"].figures == RATIOS
    assert not found["fraud"].here


def test_figures_of_other_weights_stand_in_only_where_there_are_none(tmp_path: Path) -> None:
    for version, at in (("core-1", "2026-01-01"), ("core-2", "2026-01-02"), ("core-mine", "2025-01-01")):
        keep(tmp_path, figures(version, at, ratios=RATIOS))
    keep(tmp_path, figures("core-1", ratios=RATIOS, fraud={"rows": {}}))
    found = {one.part: one.version for one in kept(tmp_path, tmp_path, "core-mine")}
    assert found == {"fraud": "core-1", "ratios": "core-mine"}
    assert {one.version for one in kept(tmp_path, tmp_path, "core-3")} == {"core-1"}


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (file,) = keep(tmp_path, figures("core-1", ratios=RATIOS))
    file.write_text(text)
    with pytest.raises(Malformed, match=r"ratios\.json"):
        kept(tmp_path, tmp_path, "core-1")


def test_data_are_named_by_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "fraud").mkdir()
    (tmp_path / "fraud" / "firm_years.parquet").write_bytes(b"rows")
    assert data_hashes(tmp_path) == {"fraud/firm_years.parquet": "bc51e9e65d79"}


def test_weights_state_their_heads_without_being_loaded(tmp_path: Path) -> None:
    heads = {head["kind"]: head for head in stated_heads()}
    assert heads["risk"]["pairs"] == ["price@price", "text@call", "voice@call"]
    assert heads["sentiment"]["file"] == "research.safetensors"
    assert not all(terms["commercial"] for terms in heads["sentiment"]["terms"])
    (tmp_path / "core.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(WeightsError, match="not usable"):
        stated_heads(tmp_path)


def test_figures_are_plain_json(tmp_path: Path) -> None:
    (file,) = keep(tmp_path, figures("core-1", ratios=RATIOS))
    assert json.loads(file.read_text())["ratios"] == RATIOS
