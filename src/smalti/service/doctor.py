"""What is installed, which weights would be used and under what terms, what is missing and how to get it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from smalti.models.versions import CORE, RESEARCH, weights_files
from smalti.platform import weights
from smalti.platform.sandbox import Sandbox, SandboxLimits
from smalti.platform.settings import Settings

_PARTS = (
    ("models", ("torch", "safetensors", "tokenizers", "scikit-learn"), "scoring and text embeddings"),
    ("models", ("rapidocr", "onnxruntime"), "text in pictures"),
    ("speech", ("faster-whisper", "soundfile", "soxr"), "speech and voice measures"),
)
_CONFINEMENTS = {
    "memory": "a parser's memory is capped",
    "network": "parsers have no network",
    "files": "parsers see their own folder only",
}


@dataclass(frozen=True, slots=True)
class Facility:
    """One thing looked at.

    Attributes:
        area: `python`, `packages`, `weights`, `model` or `sandbox`.
        state: `ready`, `missing` or `damaged`.
        mend: how to get it, if it is not ready.
    """

    area: str
    name: str
    state: str
    detail: str
    mend: str = ""


def examine(settings: Settings) -> Sequence[Facility]:
    """Look at everything a run needs; changes nothing but the cache of checked hashes."""
    return [_python(), *_packages(), *_weights(), *_model(settings), *_sandbox(settings)]


def _python() -> Facility:
    return Facility("python", platform.python_version(), "ready", f"{sys.platform}, {platform.machine()}")


def _packages() -> list[Facility]:
    found = []
    for extra, names, use in _PARTS:
        installed = {name: _version(name) for name in names}
        missing = [name for name, number in installed.items() if number is None]
        detail = f"{use}: " + ", ".join(f"{name} {number or 'missing'}" for name, number in installed.items())
        mend = f"pip install 'smalti[{extra}]'" if missing else ""
        found.append(Facility("packages", extra, "missing" if missing else "ready", detail, mend))
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _weights() -> list[Facility]:
    return [
        Facility(
            "weights",
            one.name,
            one.state,
            f"{one.purpose}; {one.origin}; sha256 {one.sha256[:12]}; licence {one.licence}",
            "" if one.state == "ready" else one.mend,
        )
        for one in weights.report()
    ]


def _model(settings: Settings) -> list[Facility]:
    """The trained heads and each set they learned from, with its terms."""
    files = {file.name: file for file in weights_files(settings.model)}
    mend = "smalti train, or reinstall smalti"
    if not find_spec("torch"):
        return [
            Facility("model", CORE, "missing", "cannot be read without torch", "pip install 'smalti[models]'")
        ]
    from smalti.models import checkpoint

    found = []
    for name in (CORE, RESEARCH):
        if name not in files:
            found.append(Facility("model", name, "missing", "its heads are reported as not trained", mend))
            continue
        heads, digest = checkpoint.read(files[name])
        for model in heads:
            terms = "; ".join(f"{t.name} ({t.licence})" for t in model.terms)
            through = f"trained through {model.trained_through}"
            found.append(
                Facility(
                    "model",
                    f"{model.head.kind} head",
                    "ready",
                    f"{name} {digest}; {through}; learned from {terms}",
                )
            )
    return found


def _sandbox(settings: Settings) -> list[Facility]:
    sandbox = Sandbox(settings.spool, 1, SandboxLimits(settings.sandbox_memory_mb))
    try:
        held = sandbox.confinement()
    finally:
        sandbox.close()
    missing = "this system does not offer it: take in only files you trust, or run on Linux 5.13 or later"
    return [
        Facility("sandbox", name, "ready", what)
        if name in held
        else Facility("sandbox", name, "missing", f"NOT in force: {what}", missing)
        for name, what in _CONFINEMENTS.items()
    ]
