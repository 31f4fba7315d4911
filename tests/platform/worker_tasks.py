"""Tasks that tests have workers do, and a GPU of so many tokens that is none."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from smalti.platform.errors import WeightsError
from smalti.platform.inference import Batcher


class ForeignError(Exception):
    """What a library may raise that the caller does not have: it cannot even be made from its text."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)


def pid() -> int:
    return os.getpid()


def add(a: int, b: int) -> int:
    return a + b


def die() -> None:
    os._exit(9)


def die_the_first_time(mark: str) -> str:
    if not os.path.exists(mark):  # noqa: PTH110
        with open(mark, "w", encoding="utf-8"):  # noqa: PTH123
            os._exit(9)
    return "done"


def sleep(seconds: float) -> tuple[float, float]:
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


def compute(seconds: float) -> float:
    while time.process_time() < seconds:
        pass
    return time.process_time()


def miss_weights() -> None:
    raise WeightsError("no such weights", subject="minilm", mend="install it")


def break_foreign() -> None:
    raise ForeignError(7, "its own words")


def break_built_in() -> None:
    raise ValueError("a value")


def lengths(texts: Sequence[str], device: str, memory: int) -> tuple[str, NDArray[np.float32]]:
    """The lengths of texts, made on a device; `cuda` holds only so many characters at once."""

    def call(positions: list[int]) -> NDArray[np.float32]:
        if device == "cuda" and sum(len(texts[i]) for i in positions) > memory:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return np.array([[len(texts[i])] for i in positions], dtype=np.float32)

    return device, Batcher(1_000).run([len(text) for text in texts], 1, call)
