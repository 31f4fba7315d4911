"""The demo world, taken in and scored once for all tests of a run, by whichever worker asks first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

SMALTI = (sys.executable, "-c", "from smalti.service.cli import main; main()")
"""The command, also where the environment's folder is not in the path."""


def demo(home: Path) -> dict[str, Any]:
    """Run `smalti demo` over a home folder; what it tells."""
    done = subprocess.run(
        [*SMALTI, "demo", "--json", "--home", str(home)],
        env=os.environ | {"SMALTI_WORKERS": "2"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def first_demo(factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The home folder of a first `smalti demo` and what that told. Shared: copy it before changing it."""

    def build(home: Path) -> None:
        told = demo(home)
        (home.parent / "told.json").write_text(json.dumps(told), encoding="utf-8")

    home = once(factory, "demo", build)
    return home, json.loads((home.parent / "told.json").read_text(encoding="utf-8"))


def once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """The home folder that `build` makes, once for all workers of a run: the others wait for it."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"shared-{name}"
    shared.mkdir(exist_ok=True)
    with FileLock(shared / "lock"):
        if not (shared / "built").exists():
            shutil.rmtree(shared / "home", ignore_errors=True)
            build(shared / "home")
            (shared / "built").touch()
    return shared / "home"
