"""What running any loaded model shares: threads, device, batches that fit, and what is new to run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from smalti.platform.errors import SettingsError

__all__ = [
    "Batcher",
    "Device",
    "choose_device",
    "embed_new",
    "is_out_of_memory",
    "limit_threads",
    "note",
    "notes",
]

SMALLER = "batches made smaller for want of memory"
"""What a task notes when memory ran out under one of its batches."""

_noted: ContextVar[list[str] | None] = ContextVar("noted", default=None)

Vectors = NDArray[np.float32]
Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model runs, and in words for `smalti doctor`."""

    name: str  # "cpu" or "cuda", as torch says it
    description: str


def choose_device(wanted: str = "auto") -> Device:
    """`auto` takes a CUDA device where torch can use one, else the CPU.

    Raises:
        SettingsError: `wanted` is not auto, cpu or cuda, or cuda is asked for and cannot be used.
    """
    import torch

    if wanted not in ("auto", "cpu", "cuda"):
        raise SettingsError("no such device", subject=wanted, mend="auto, cpu or cuda")
    if wanted != "cpu" and torch.cuda.is_available():
        return Device("cuda", f"{torch.cuda.get_device_name()} (CUDA {torch.version.cuda})")
    if wanted == "cuda":
        raise SettingsError(
            "this torch build cannot use a CUDA device here",
            subject="cuda",
            mend="use device cpu, or install a CUDA build of torch",
        )
    threads = torch.get_num_threads()
    return Device("cpu", f"CPU, {torch.backends.cpu.get_cpu_capability()}, {threads} threads")


def limit_threads(threads: int) -> None:
    """Let torch use at most `threads` cores in this process; several workers share one machine.

    Raises:
        SettingsError: fewer than one thread.
    """
    import torch

    if threads < 1:
        raise SettingsError("at least one thread is needed", subject=f"threads={threads}", mend="1 or more")
    torch.set_num_threads(threads)


@contextmanager
def notes() -> Iterator[list[str]]:
    """What is noted while the block runs, in order."""
    found: list[str] = []
    before = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(before)


def note(what: str) -> None:
    """Tell whoever wanted this task how it ran, beside its result: it is logged and counted in their run."""
    found = _noted.get()
    if found is not None:
        found.append(what)


class Batcher:
    """Runs items through a model in batches of at most `budget` units, smaller ones when memory runs out.

    Args:
        budget: units (tokens, images) in one batch; an item larger than this goes alone.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget

    def plan(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Positions of the items, batch by batch, from short to long; equal lengths lie side by side."""
        batch: list[int] = []
        units = 0
        for i in sorted(range(len(lengths)), key=lengths.__getitem__):
            if batch and units + lengths[i] > self.budget:
                yield batch
                batch, units = [], 0
            batch.append(i)
            units += lengths[i]
        if batch:
            yield batch

    def run(self, lengths: Sequence[int], width: int, call: Callable[[list[int]], Vectors]) -> Vectors:
        """One vector an item, in the items' order.

        Args:
            lengths: units each item takes.
            width: length of a vector.
            call: takes positions of equal or growing length, gives a (positions, width) array.

        Raises:
            MemoryError: not even one item fits.
        """
        out = np.empty((len(lengths), width), dtype=np.float32)
        for batch in self.plan(lengths):
            self._fill(batch, call, out)
        return out

    def _fill(self, batch: list[int], call: Callable[[list[int]], Vectors], out: Vectors) -> None:
        try:
            out[batch] = call(batch)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if len(batch) == 1:
                raise MemoryError("one item alone does not fit in memory") from error
            note(SMALLER)
            _release()
            self.budget = max(1, self.budget // 2)
            half = len(batch) // 2
            self._fill(batch[:half], call, out)
            self._fill(batch[half:], call, out)


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out: torch says so in words on the CPU, and with such words on CUDA too."""
    words = str(error)
    return isinstance(error, MemoryError) or "not enough memory" in words or "out of memory" in words


def _release() -> None:
    """Give back what torch keeps of a GPU's memory for later, since pieces of another size come next."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def embed_new(
    contents: Mapping[str, Content], cached: Collection[str], encode: Callable[[list[Content]], Vectors]
) -> tuple[list[str], Vectors]:
    """Vectors of the contents whose id is not `cached` yet; the ids and rows are in the order of `contents`.

    Args:
        contents: content id (a hash of the content alone) to content.
        cached: ids already embedded by this very model version.
        encode: gives one row a content, independent of the other rows.
    """
    new = [key for key in contents if key not in cached]
    return new, encode([contents[key] for key in new])
