"""A stored signal can be made again, whatever was stored since, or it says what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smalti.service.engine import Engine
from smalti.service.replay import DIFFERS, GONE, IDENTICAL, WITHIN, replay
from smalti.service.signals import signal_row
from smalti.service.stages.score import score_all
from tests.service.newsroom import ISSUER, moment, newsroom, publish


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Engine]:
    with newsroom(tmp_path) as engine:
        publish(engine, "one", "2025-01-02")
        publish(engine, "two", "2025-01-05")
        score_all(engine, ISSUER, moment("2025-01-06"))
        yield engine


def stored(engine: Engine, kind: str = "sentiment") -> dict[str, Any]:
    found = engine.store.read("SELECT signal_id FROM signals WHERE kind = ?", [kind])
    return signal_row(engine.store, found["signal_id"][0])


def test_the_same_machine_makes_the_same_signal_to_the_last_bit(here: Engine) -> None:
    for kind in ("sentiment", "fraud.contradiction", "risk"):
        found = replay(here, stored(here, kind))
        assert (found.verdict, found.value) == (IDENTICAL, found.again)
        assert "same machine class, versions and threads" in found.reason


def test_what_was_stored_later_about_that_time_does_not_disturb_it(here: Engine) -> None:
    publish(here, "late", "2025-01-04", recorded="2999-01-01")
    publish(here, "edited", "2025-01-05", path="two.html", recorded="2999-01-01")
    assert replay(here, stored(here)).verdict == IDENTICAL


def test_another_environment_is_named_and_a_small_distance_allowed(here: Engine) -> None:
    row = stored(here)
    details = json.loads(row["details"])
    details["environment"]["machine"] = "abacus"
    moved = row | {"details": json.dumps(details), "value": row["value"] + 4e-6}
    found = replay(here, moved)
    assert found.verdict == WITHIN
    assert "made on machine abacus" in found.reason
    far = replay(here, moved | {"value": row["value"] + 1e-3})
    assert far.verdict == DIFFERS
    assert "defect" not in far.reason
    assert "defect" in replay(here, row | {"value": row["value"] + 1e-3}).reason


def test_a_signal_of_another_model_says_which_is_gone(here: Engine) -> None:
    found = replay(here, stored(here) | {"model_version": "core-0000"})
    assert (found.verdict, found.again) == (GONE, None)
    assert "made by core-0000" in found.reason


def test_inputs_that_are_gone_are_counted(here: Engine, tmp_path: Path) -> None:
    row = stored(here)
    with newsroom(tmp_path / "other") as other:
        publish(other, "one", "2025-01-02")
        emptier = replace(other, settings=here.settings)
        found = replay(emptier, row)
    assert found.verdict == GONE
    assert "2 evidence then, 1 now" in found.reason
