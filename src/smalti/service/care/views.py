"""What the commands of care answer with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """A published copy of the public tables, for notebooks.

    Attributes:
        path: of the DuckDB file; `latest` beside it always names the newest.
        snapshot_of: the moment it shows.
        tables: rows in each.
    """

    path: str
    latest: str
    snapshot_of: datetime
    schema_version: int
    tables: Mapping[str, int]
    size: int


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that does not hold.

    Attributes:
        rule: which rule, in plain words.
        subject: the id of what breaks it.
        mend: what to do about it.
    """

    rule: str
    subject: str
    mend: str


@dataclass(frozen=True, slots=True)
class VerifyView:
    """What checking a store, or a backup of one, found.

    Attributes:
        is_sound: nothing is broken.
        objects: checked, each by its hash; `object_bytes` in all.
        unreferenced: objects that no row names: crops of a run that was cut short, files of reports.
        broken: breaches by rule, all counted.
        breaches: of each rule the first few.
    """

    subject: str
    is_sound: bool
    rows: int
    objects: int
    object_bytes: int
    unreferenced: int
    rules: int
    broken: Mapping[str, int]
    breaches: Sequence[Breach]


@dataclass(frozen=True, slots=True)
class BackupView:
    """A backup that was made.

    Attributes:
        manifest: the file that says what belongs to it, with hashes.
        new_objects: copied now; the others were there from earlier backups.
        secrets: what in it nobody else may read.
        left_out: what is not in it, and why.
        breaches: objects that are missing or damaged, and so not in it.
    """

    folder: str
    manifest: str
    made_at: datetime
    rows: int
    objects: int
    new_objects: int
    new_bytes: int
    secrets: Sequence[str]
    left_out: Sequence[str]
    breaches: Sequence[Breach]


@dataclass(frozen=True, slots=True)
class RestoreView:
    """A backup that was brought back.

    Attributes:
        replaced: where what was in the home folder before lies now; None if it was empty.
        erased_again: erasures made after the backup, which were made again.
        to_do: what a person should look at now.
    """

    home: str
    made_at: datetime
    rows: int
    objects: int
    replaced: str | None
    erased_again: int
    to_do: Sequence[str]


@dataclass(frozen=True, slots=True)
class ErasureView:
    """What was erased on request.

    Attributes:
        kind: `document` (one record, with the bytes of every file that holds it) or `artifact`.
        documents, pieces, objects: taken out.
        signals: marked as resting on what is erased, or made when it was known.
        kept: bytes that stay because other documents hold the same ones.
        copies: documents of others that say the same, and are still there.
        still_in: files that may still hold it: backups; the store itself if it could not be written anew yet.
    """

    erasure_id: str
    kind: str
    subject: str
    reason: str
    by_whom: str
    erased_at: datetime
    documents: int
    pieces: int
    objects: int
    signals: int
    kept: Sequence[str]
    copies: Sequence[str]
    still_in: Sequence[str]


@dataclass(frozen=True, slots=True)
class ErasureRecord:
    """An erasure as it is remembered."""

    erasure_id: str
    kind: str
    subject: str
    reason: str
    by_whom: str
    erased_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RetentionView:
    """What retention took away: bytes only; what was read from them stays."""

    objects: int
    bytes: int
    kept_cited: int
