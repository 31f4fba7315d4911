"""Lists a folder tree once, entering no link, and says of everything that is not a plain file why."""

from __future__ import annotations

import os
import re
import stat
from itertools import islice
from pathlib import Path

from smalti.ingest.feeds.inputs import Input, Member
from smalti.ingest.feeds.pieces import natural_key
from smalti.platform.errors import InputError, Malformed, TooLarge, Unreadable

__all__ = ["Tree"]

_CLIMBS = re.compile(r"\.\.(\\|%2f|%5c)", re.IGNORECASE)
_LITTER = {"thumbs.db", "desktop.ini", "__macosx"}


class Tree:
    """A listed folder.

    Attributes:
        folders: the plain files lying directly in each folder, in natural order; the root is the empty path.
        files: the plain files by path.
        settled: inputs that end here: hidden, links, pipes, unreadable or over a limit.
    """

    def __init__(self, root: Path, *, max_files: int, max_depth: int) -> None:
        """List `root`.

        Raises:
            Unreadable: `root` is no folder, or cannot be listed.
        """
        self.root = root
        self.max_files = max_files
        self.max_depth = max_depth
        self.folders: dict[str, list[Member]] = {}
        self.files: dict[str, Member] = {}
        self.settled: list[Input] = []
        self._real_root = Path(os.path.realpath(root))
        self._seen = 0
        if not root.is_dir():
            raise Unreadable("it is not a folder", subject=str(root), mend="name an existing folder")
        self._list("", root)

    def _list(self, path: str, where: Path) -> None:
        room = self.max_files - self._seen
        try:
            with os.scandir(where) as listing:
                entries = list(islice(listing, room + 1))
        except OSError as error:
            subject = path or str(self.root)
            unlisted = Unreadable(
                f"the folder cannot be listed: {error.strerror}", subject=subject, mend=_ALLOW
            )
            if not path:
                raise unlisted from error
            self._failed(path, unlisted)
            return
        if len(entries) > room:
            what = f"with this folder there are more than {self.max_files} files; nothing in it was read"
            self._failed(
                path or ".", TooLarge(what, subject=path or ".", mend="split it, or raise the limit")
            )
            return
        self._seen += len(entries)
        entries.sort(key=lambda e: natural_key(e.name))
        members = [m for entry in entries if (m := self._plain_file(path, entry)) is not None]
        self.folders[path] = members
        self.files.update((m.path, m) for m in members)

    def _plain_file(self, folder: str, entry: os.DirEntry[str]) -> Member | None:
        """The entry if it is a plain file to look into; otherwise it is settled, or entered if a folder."""
        raw_path = f"{folder}/{entry.name}" if folder else entry.name
        # Undecodable bytes in a name arrive as lone surrogates, which no database or terminal takes.
        path = os.fsencode(raw_path).decode("utf-8", "backslashreplace")
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            what = f"it cannot be looked at: {error.strerror}"
            self._failed(path, Unreadable(what, subject=path, mend=_ALLOW))
            return None
        member = Member(path, status.st_size, status.st_mtime_ns)
        if path != raw_path:
            self._failed(path, Malformed("its name is not UTF-8", subject=path, mend="rename it"), member)
        elif _CLIMBS.search(entry.name):
            self._failed(
                path, Malformed("its name pretends to be a path", subject=path, mend="rename it"), member
            )
        elif entry.name.startswith((".", "~$")) or entry.name.lower() in _LITTER:
            self._skipped(member, "hidden")
        elif stat.S_ISLNK(status.st_mode):
            self._link(member)
        elif stat.S_ISDIR(status.st_mode):
            self._enter(path, Path(entry.path))
        elif not stat.S_ISREG(status.st_mode):
            self._skipped(member, "not a plain file (a pipe, socket or device)")
        else:
            return member
        return None

    def _enter(self, path: str, where: Path) -> None:
        if path.count("/") + 1 >= self.max_depth:
            what = f"folders nest deeper than {self.max_depth}; nothing in it was read"
            self._failed(path, TooLarge(what, subject=path, mend="flatten the folders"))
        else:
            self._list(path, where)

    def _link(self, member: Member) -> None:
        target = Path(os.path.realpath(self.root / member.path))
        if target.is_relative_to(self._real_root) and target.exists():
            self._skipped(member, "a link within this folder; what it names is read under its own name")
        else:
            what = "a link that leads out of the folder or nowhere"
            self._failed(
                member.path, Unreadable(what, subject=member.path, mend="copy the file here"), member
            )

    def _skipped(self, member: Member, reason: str) -> None:
        self.settled.append(Input(member.path, (member,), skipped=reason))

    def _failed(self, path: str, error: InputError, *members: Member) -> None:
        self.settled.append(Input(path, members, error=error))


_ALLOW = "allow reading it, or take it out"
