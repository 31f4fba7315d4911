"""Which audio files of a folder are the numbered pieces of one call, and in what order they are heard."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = ["AUDIO_SUFFIXES", "Call", "calls_in", "natural_key"]

AUDIO_SUFFIXES = frozenset({".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac"})
_NUMBERED = re.compile(r"(?P<who>.*?)[_ .-]*(?P<numbers>\d{1,6}(?:[_.-]\d{1,6})?)", re.DOTALL)
_MOST_BLOCKS = 1_000  # above this a first number is a year, not a block of speech

NaturalKey = tuple[tuple[tuple[str | int, ...], ...], str]


def natural_key(path: str) -> NaturalKey:
    """Sorts names as people count: `2` before `10`, ignoring case, folder by folder; ties by the raw name."""
    parts = path.casefold().split("/")
    return tuple(
        tuple(int(t) if i % 2 else t for i, t in enumerate(re.split(r"(\d+)", p))) for p in parts
    ), path


@dataclass(frozen=True, slots=True)
class Call:
    """The pieces of one call.

    Attributes:
        label: what their names share (empty when the whole folder is the call).
        pieces: paths in the order they are heard.
    """

    label: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    path: str
    who: str
    suffix: str
    numbers: tuple[int, ...]


def calls_in(paths: Iterable[str], *, certain: bool = False) -> list[Call]:
    """The calls among the files of one folder.

    Names end in a number (`part 2.mp3`) or in block and sentence (`Name_3_12.mp3`: block 3, sentence 12).

    Args:
        paths: the folder's files; others than numbered audio are passed over.
        certain: the folder is known to hold one call (it is named `Audio`, or the manifest says so): then
            all numbered audio in it is that call, with gaps too. Otherwise the numbering must count from
            its beginning, so that `call_2016.mp3` and `call_2017.mp3` stay two calls.
    """
    pieces = [p for path in paths if (p := _piece(path)) is not None]
    if certain:
        return [_call("", pieces)] if pieces else []
    calls: list[Call] = []
    by_depth: defaultdict[tuple[int, str], list[_Piece]] = defaultdict(list)
    for piece in pieces:
        by_depth[len(piece.numbers), piece.suffix].append(piece)
    for (depth, _), group in sorted(by_depth.items()):
        # Blocks count over all speakers of a call, so differing names are one call unless numbers clash.
        if depth == 2 and len({p.numbers for p in group}) == len(group) and _counts_up(group):
            calls.append(_call("", group))
        else:
            calls.extend(_by_name(group))
    return calls if len(calls) == 1 else [Call(c.label or "pieces", c.pieces) for c in calls]


def _by_name(group: Sequence[_Piece]) -> list[Call]:
    names = sorted({p.who for p in group})
    sets = [[p for p in group if p.who == name] for name in names]
    found = [_call(same[0].who, same) for same in sets if _counts_up(same)]
    alone = len(found) == 1 and len(found[0].pieces) == len(group)
    return [Call("", found[0].pieces)] if alone else found


def _piece(path: str) -> _Piece | None:
    name = PurePosixPath(path)
    match = _NUMBERED.fullmatch(name.stem)
    if name.suffix.lower() not in AUDIO_SUFFIXES or match is None:
        return None
    numbers = tuple(int(n) for n in re.split(r"[_.-]", match["numbers"]))
    return _Piece(path, match["who"], name.suffix.lower(), numbers)


def _counts_up(group: Sequence[_Piece]) -> bool:
    if len(group) < 2:
        return False
    if len(group[0].numbers) == 1:
        numbers = sorted(p.numbers[0] for p in group)
        return numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    first: dict[int, int] = {}
    for block, sentence in (p.numbers for p in group):
        first[block] = min(sentence, first.get(block, sentence))
    return max(first) < _MOST_BLOCKS and set(first.values()) <= {0, 1}


def _call(label: str, pieces: Iterable[_Piece]) -> Call:
    heard = sorted(pieces, key=lambda p: (p.numbers, natural_key(p.path)))
    return Call(label, tuple(p.path for p in heard))
