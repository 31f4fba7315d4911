"""What a number depends on beside its inputs and its model: the machine class, versions, threads, device."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("numpy", "torch", "polars", "smalti")
_INSTRUCTIONS = ("avx512f", "avx2", "asimd")
"""Widest first: kernels are chosen by these, and other kernels round in another order."""


def environment(device: str, threads: int) -> dict[str, str]:
    """Everything that may move the last bits of a score, by name; equal where scores are to be identical."""
    found = {
        "machine": f"{platform.machine()} {_instructions()}".strip(),
        "python": platform.python_version(),
        "device": device,
        "threads": str(threads),
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@cache
def _instructions() -> str:
    """The widest vector instructions of this processor that are known here; empty where it does not say."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor()
    words = set(flags.split())
    return next((name for name in _INSTRUCTIONS if name in words), "")
