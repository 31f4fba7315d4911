"""A folder of files as inputs to parse: what is one input, what is said about it, what must not be read.

`walk` looks at names and sizes; of contents it reads the manifest and sidecars (`NAME.meta.json` beside
NAME, a file or a folder) only, and the manifest's word goes before a sidecar's. Every file comes out
exactly once: as a member of a readable input, or with the reason why it is skipped or failed (a folder that
is not entered stands for all in it). No date is ever taken from a name or a modification time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from smalti.ingest.feeds.inputs import Input, Member, read_member
from smalti.ingest.feeds.manifest import (
    MANIFEST_NAME,
    MAX_BYTES,
    MAX_SIDECAR_BYTES,
    Manifest,
    Said,
    read_sidecar,
)
from smalti.ingest.feeds.pieces import AUDIO_SUFFIXES, calls_in, natural_key
from smalti.ingest.feeds.tree import Tree
from smalti.platform.errors import InputError, Malformed, Unreadable
from smalti.platform.records import DateMethod, SourceKind

__all__ = ["Input", "Member", "WalkLimits", "read_member", "walk"]

SIDECAR_SUFFIX = ".meta.json"
_PIECES_FOLDER = "audio"
_TICKER = re.compile(r"[A-Z][A-Z0-9]{0,5}([.-][A-Z]{1,2})?")
_FOLDER_WORDS = {
    "news": SourceKind.NEWS,
    "filing": SourceKind.FILING,
    "social": SourceKind.SOCIAL,
    "post": SourceKind.SOCIAL,
    "tweet": SourceKind.SOCIAL,
    "call": SourceKind.CALL,
    "price": SourceKind.PRICE,
}


@dataclass(frozen=True, slots=True)
class WalkLimits:
    """Caps of a walk; what lies beyond is named in a `TooLarge` failure, never dropped in silence."""

    max_files: int = 100_000
    max_depth: int = 32


DEFAULT_LIMITS = WalkLimits()


def walk(root: Path, limits: WalkLimits = DEFAULT_LIMITS) -> list[Input]:
    """All inputs under a folder, in natural order (`2` before `10`), the same on every run.

    Raises:
        Unreadable: `root` is no folder or cannot be listed, or its manifest is a link or a pipe.
        Malformed, TooLarge: its manifest cannot be trusted as a whole (exclusions among it), so nothing
            may be read. A single bad row only fails the inputs that it covers.
    """
    tree = Tree(root, max_files=limits.max_files, max_depth=limits.max_depth)
    listed = tree.files.get(MANIFEST_NAME)
    if any(i.path == MANIFEST_NAME for i in tree.settled):  # without it, what it excludes would be read
        raise Unreadable("it is no plain file", subject=MANIFEST_NAME, mend="put a plain file there, or none")
    manifest = Manifest.read(read_member(root, listed, MAX_BYTES)) if listed else Manifest()
    sorter = _Sorter(tree, manifest)
    inputs = [*tree.settled]
    for folder, files in tree.folders.items():
        inputs.extend(sorter.folder(folder, files))
    if listed:
        inputs.append(_about_manifest(listed, manifest))
    return sorted(inputs, key=lambda i: natural_key(i.path))


class _Sorter:
    """Makes inputs of the plain files of each folder."""

    def __init__(self, tree: Tree, manifest: Manifest) -> None:
        self.tree = tree
        self.manifest = manifest
        self.sidecars = {
            target: _sidecar(tree.root, member)
            for path, member in tree.files.items()
            if (target := path.removesuffix(SIDECAR_SUFFIX)) != path and self._exists(target)
        }
        self._beside_audio = {
            folder.rpartition("/")[0]
            for folder, files in tree.folders.items()
            if _name(folder) == _PIECES_FOLDER and _has_audio(files)
        }
        self._named: set[str] = set()

    def folder(self, folder: str, files: Sequence[Member]) -> Iterator[Input]:
        """The inputs made of the files lying directly in `folder`."""
        kept: dict[str, Member] = {}
        for member in files:
            if member.path == MANIFEST_NAME:
                continue
            reason = self._not_to_read(member.path, folder, files)
            if reason:
                yield Input(member.path, (member,), skipped=reason)
            else:
                kept[member.path] = member
        named = self.manifest.names(folder)
        certain = _name(folder) == _PIECES_FOLDER or (named is not None and named.kind is SourceKind.CALL)
        for call in calls_in(kept, certain=certain):
            pieces = [kept.pop(path) for path in call.pieces]
            yield self._input(self._call_path(folder, call.label), pieces, SourceKind.CALL)
        for member in kept.values():
            yield self._input(member.path, [member], _suggested(folder))

    def _not_to_read(self, path: str, folder: str, files: Sequence[Member]) -> str | None:
        excluded = self.manifest.about(path).excluded
        if excluded:
            return excluded
        if path.endswith(SIDECAR_SUFFIX):
            target = path.removesuffix(SIDECAR_SUFFIX)
            return f"sidecar of {target}" + ("" if self._exists(target) else ", which is not here")
        name = _name(path)
        if name == "ground_truth.json":
            return "an answer key"
        if name == "text.txt" and (folder in self._beside_audio or calls_in(m.path for m in files)):
            return "an answer key: the words of the call beside it"
        return None

    def _input(self, path: str, members: Sequence[Member], suggested: SourceKind | None) -> Input:
        said = self.manifest.about(path)
        parts = path.split("/")
        for depth in range(len(parts), 0, -1):
            said = said.over(self.sidecars.get("/".join(parts[:depth]), Said()))
        kind = said.kind or suggested
        hints = {
            "url": said.url,
            "source_of_date": said.source_of_date,
            "ticker": _price_ticker(path, kind),
            "synthetic": "true" if said.synthetic else None,
        }
        error = Malformed(said.problem, subject=path, mend="correct it there") if said.problem else None
        return Input(
            path,
            tuple(members),
            kind=kind,
            stated=said.kind is not None,
            issuer=said.issuer,
            published_at=said.available_at,
            date_method=DateMethod.MANIFEST if said.available_at else None,
            hints={k: v for k, v in hints.items() if v},
            error=error,
        )

    def _call_path(self, folder: str, label: str) -> str:
        """The call's folder; with its pieces' shared name where that folder holds more, or is the root."""
        parent = folder.rpartition("/")[0]
        if _name(folder) == _PIECES_FOLDER and parent and not _has_audio(self.tree.folders[parent]):
            folder = parent
        label = label or ("" if folder else "pieces")
        path = "/".join(p for p in (folder, label) if p)
        while path in self.tree.files or path in self._named:  # a file may bear this very name
            path += "*"
        self._named.add(path)
        return path

    def _exists(self, path: str) -> bool:
        return path in self.tree.files or path in self.tree.folders


def _about_manifest(member: Member, manifest: Manifest) -> Input:
    if manifest.unplaced:
        what = "rows that cannot be placed: " + "; ".join(manifest.unplaced[:20])
        error = Malformed(what, subject=MANIFEST_NAME, mend="correct these lines")
        return Input(MANIFEST_NAME, (member,), error=error)
    reasons = ["the manifest itself", *manifest.unused()[:20]]
    return Input(MANIFEST_NAME, (member,), skipped="; ".join(reasons))


def _sidecar(root: Path, member: Member) -> Said:
    try:
        return read_sidecar(read_member(root, member, MAX_SIDECAR_BYTES), member.path)
    except InputError as error:
        return Said(problem=f"its sidecar {error}")


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _has_audio(files: Sequence[Member]) -> bool:
    return any(PurePosixPath(m.path).suffix.lower() in AUDIO_SUFFIXES for m in files)


def _suggested(folder: str) -> SourceKind | None:
    """What the innermost telling folder name suggests: `filings_pdf` a filing, `call_audio` a call."""
    for name in reversed(folder.lower().split("/")):
        for word in re.findall(r"[a-z]+", name):
            kind = _FOLDER_WORDS.get(word) or _FOLDER_WORDS.get(word.removesuffix("s"))
            if kind:
                return kind
    return None


def _price_ticker(path: str, kind: SourceKind | None) -> str | None:
    file = PurePosixPath(path)
    if kind is SourceKind.PRICE and file.suffix.lower() == ".csv" and _TICKER.fullmatch(file.stem):
        return file.stem
    return None
