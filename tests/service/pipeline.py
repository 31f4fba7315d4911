"""What tests of whole stages share: workers in this process, a small model, and what a store holds."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import polars as pl

from smalti.models.checkpoint import CORE, RESEARCH, write
from smalti.models.heads import SENTIMENT
from smalti.platform.store import TABLES, Store
from smalti.platform.workers import SMALL, Load, Need
from tests.models.model_worlds import random_models


class Here:
    """Workers that run their tasks in the caller's process."""

    size = 1

    def call(
        self, function: str, *, timeout: float | None = None, need: Need = SMALL, **arguments: Any
    ) -> Any:
        module, _, name = function.partition(":")
        return getattr(importlib.import_module(module), name)(**arguments)

    def load(self) -> Load:
        return Load(0, 0, 0)

    def halt(self, why: str) -> None:
        pass

    def close(self) -> None:
        pass


def write_model(folder: Path) -> Path:
    """All three heads, untrained: every token they look at moves them."""
    folder.mkdir(parents=True)
    models = random_models()
    write([m for m in models if m.head is not SENTIMENT], folder / CORE)
    write([m for m in models if m.head is SENTIMENT], folder / RESEARCH)
    return folder


def contents(store: Store) -> dict[str, list[str]]:
    """The rows of every table but the ledger and the jobs, in a fixed order, less clocks and run ids."""
    found = {}
    for name in TABLES:
        if name in ("runs", "jobs"):
            continue
        frame = store.read(f"SELECT * EXCLUDE (recorded_at) FROM {name}").drop(
            "run_id", "fetched_at", "checked_at", "headers", strict=False
        )
        if name == "documents":
            undated = pl.col("available_method") == "recorded"
            frame = frame.with_columns(available_at=pl.when(~undated).then("available_at"))
        found[name] = sorted(map(repr, frame.iter_rows()))
    return found
