"""Files that came over HTTP: kept on the disk until they are taken in, also across a crash.

Each upload has a folder of its own in the spool: the files, and beside them what its sender said of them.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from smalti.platform.errors import Malformed
from smalti.platform.records import SourceKind
from smalti.platform.settings import Settings
from smalti.platform.store.faults import disk_error
from smalti.service.service import Service
from smalti.service.tasks import TaskView

MOST_FILES = 100
"""Files of one upload."""

_SAID = "said.json"


@dataclass(frozen=True, slots=True)
class Said:
    """What the sender says of the files of an upload; as in `Gateway.push`."""

    who: str
    kind: SourceKind | None = None
    published_at: datetime | None = None
    hints: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def received(settings: Settings) -> Iterator[Path]:
    """A folder for the files of one upload; taken away again if the block does not end well.

    Raises:
        StoreError: the disk is full or cannot be written.
    """
    folder = _root(settings) / uuid.uuid4().hex
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise disk_error(error, folder, "write to") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def place(folder: Path, number: int, name: str) -> Path:
    """Where the file of that number goes; two files may have one name.

    Raises:
        Malformed: the name is none that a file can have.
    """
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if plain in {"", ".", ".."} or len(plain.encode(errors="replace")) > 200 or not plain.isprintable():
        raise Malformed("it is no name of a file", subject=name[:60], mend="name the file, with its ending")
    own = folder / f"{number:03d}"
    own.mkdir()
    return own / plain


def keep(source: BinaryIO, target: Path) -> None:
    """Copy a received file to its place."""
    with target.open("xb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def begin(service: Service, folder: Path, said: Said) -> TaskView:
    """Take the files of an upload in, in the background.

    Raises:
        TooMany: too much is under way or waiting.
    """
    told = asdict(said) | {"published_at": said.published_at.isoformat() if said.published_at else None}
    (folder / _SAID).write_text(json.dumps(told), encoding="utf-8")
    return _start(service, folder, said)


def take_up(service: Service) -> list[TaskView]:
    """Begin anew what a crash left lying; call once when the service starts."""
    begun = []
    for folder in sorted(_root(service.engine.settings).glob("*")):
        if (folder / _SAID).is_file():
            begun.append(_start(service, folder, _read(folder)))
        else:  # its sender was never told that it came
            shutil.rmtree(folder, ignore_errors=True)
    return begun


def _start(service: Service, folder: Path, said: Said) -> TaskView:
    files = sorted(path for path in folder.glob("*/*") if path.is_file())

    def work(own: Service) -> object:
        reports = own.gateway.push(files, said.kind, said.published_at, said.hints)
        shutil.rmtree(folder, ignore_errors=True)
        return reports

    # Called off, it must not be taken up at the next start; what a crash leaves must.
    return service.start_task(
        "upload", said.who, work, given_up=lambda: shutil.rmtree(folder, ignore_errors=True)
    )


def _read(folder: Path) -> Said:
    told = json.loads((folder / _SAID).read_text(encoding="utf-8"))
    return Said(
        told["who"],
        SourceKind(told["kind"]) if told["kind"] else None,
        datetime.fromisoformat(told["published_at"]) if told["published_at"] else None,
        told["hints"],
    )


def _root(settings: Settings) -> Path:
    return settings.spool / "uploads"
