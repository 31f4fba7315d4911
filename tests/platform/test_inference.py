"""Batches keep their budget and order, shrink when memory runs out, and nothing known is run again."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="running models needs the extra `models`")

from smalti.platform.errors import SettingsError
from smalti.platform.inference import Batcher, choose_device, embed_new, limit_threads


def _own_number(positions: list[int]) -> NDArray[np.float32]:
    return np.array([[float(i)] for i in positions], dtype=np.float32)


def test_batches_keep_the_budget_and_go_from_short_to_long() -> None:
    lengths = [5, 1, 3, 3, 9, 2]
    batches = list(Batcher(budget=6).plan(lengths))
    assert batches == [[1, 5, 2], [3], [0], [4]]  # 9 is over the budget and goes alone


def test_rows_come_back_in_the_items_order() -> None:
    out = Batcher(budget=6).run([5, 1, 3, 3, 9, 2], 1, _own_number)
    assert out[:, 0].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    ],
)
def test_out_of_memory_splits_the_batch_and_the_next_ones_are_smaller(error: Exception) -> None:
    sizes: list[int] = []

    def call(positions: list[int]) -> NDArray[np.float32]:
        sizes.append(len(positions))
        if len(positions) > 2:
            raise error
        return _own_number(positions)

    batcher = Batcher(budget=4)
    assert batcher.run([1] * 4, 1, call)[:, 0].tolist() == [0, 1, 2, 3]
    assert sizes == [4, 2, 2]
    batcher.run([1] * 4, 1, call)
    assert sizes[3:] == [2, 2]


def test_one_item_too_big_for_memory_is_an_error_not_a_loop() -> None:
    def call(positions: list[int]) -> NDArray[np.float32]:
        raise MemoryError

    with pytest.raises(MemoryError, match="one item alone"):
        Batcher(budget=4).run([1, 1], 1, call)


def test_other_errors_of_a_model_pass_through() -> None:
    def call(positions: list[int]) -> NDArray[np.float32]:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes do not match"):
        Batcher(budget=4).run([1, 1], 1, call)


def test_only_what_is_not_cached_is_encoded_once_in_order() -> None:
    seen: list[str] = []

    def encode(texts: list[str]) -> NDArray[np.float32]:
        seen.extend(texts)
        return np.array([[float(len(t))] for t in texts], dtype=np.float32).reshape(-1, 1)

    ids, rows = embed_new({"a": "x", "b": "xx", "c": "xxx"}, {"b"}, encode)
    assert (ids, rows[:, 0].tolist(), seen) == (["a", "c"], [1.0, 3.0], ["x", "xxx"])


def test_devices_and_threads_out_of_range_say_what_to_do() -> None:
    assert choose_device("cpu").description.startswith("CPU")
    with pytest.raises(SettingsError, match="auto, cpu or cuda"):
        choose_device("tpu")
    with pytest.raises(SettingsError, match="1 or more"):
        limit_threads(0)
