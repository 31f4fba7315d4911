"""Seeded hostile files through the real folder ingest: none lost, none in the way of the good ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # starts parsers of its own


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "bench"))
    import fuzz

    return fuzz


def test_forty_mutants_are_all_accounted_for_and_change_no_good_file(fuzz: Any, tmp_path: Path) -> None:
    verdict = fuzz.Verdict()
    root = tmp_path / "folder"
    fuzz.write_good(root)
    _, alone = fuzz.run_folder(tmp_path / "alone", root, verdict)
    fuzz.write_hostile(root, 40, with_attacks=False)
    report, beside = fuzz.run_folder(tmp_path / "home", root, verdict)
    assert verdict.holds, vars(verdict)
    assert beside == alone
    assert alone["evidence"] and alone["facts"] and alone["prices"]
    assert sum(report["outcomes"].values()) == report["files"] == 46
    assert report["outcomes"]["quarantined"] > 5 and report["outcomes"]["parsed"] > 15


def test_the_same_number_always_names_the_same_mutant(fuzz: Any) -> None:
    import mutants

    first, second = (list(mutants.mutants(50)) for _ in range(2))
    assert first == second
    good = mutants.originals()
    assert all(m.raw != good[Path(m.path).name] for m in first)
    assert len({m.kind for m in first}) > 15
