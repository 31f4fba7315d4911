"""Traces are off unless asked for; then requests, stages and tasks are spans in one another."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from smalti.platform import traces
from smalti.platform.errors import SettingsError
from smalti.platform.ledger import Run
from smalti.platform.store import Store
from smalti.platform.workers import in_threads


def test_nothing_is_loaded_while_they_are_off():
    with traces.tracing(""), traces.span("stage embed"):
        assert traces._provider is None


def test_without_the_extra_it_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"smalti\[traces\]"), traces.tracing("http://127.0.0.1:1"):
        pass


def test_what_a_stage_hands_to_threads_is_part_of_its_span(tmp_path: Path):
    export = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter = export.InMemorySpanExporter()

    def work(n: int) -> int:
        with traces.span(f"task {n}", device="cpu"):
            return n

    with (
        Store(tmp_path / "s.duckdb") as store,
        traces.tracing("", exporter),
        Run(store, "embed", "") as run,
    ):
        list(in_threads(work, [1], 1))
    task, stage = exporter.get_finished_spans()
    assert (task.name, stage.name) == ("task 1", "stage embed")
    assert task.parent.span_id == stage.context.span_id
    assert stage.attributes["run_id"] == run.run_id
    assert traces._provider is None
