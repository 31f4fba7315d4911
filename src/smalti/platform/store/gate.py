"""Many readers, or one who needs the file to himself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets readers in together; who wants to be alone keeps new ones waiting until those inside are out."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Be one of many while the block runs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, patience: float) -> Iterator[None]:
        """Be the only one while the block runs. One at a time may ask for it.

        Raises:
            TimeoutError: those inside were not out within `patience` seconds; the gate is open again.
        """
        with self._changed:
            self._closed = True
            is_empty = self._changed.wait_for(lambda: not self._readers, patience)
        try:
            if not is_empty:
                raise TimeoutError(f"others went on reading for {patience:g} seconds")
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()
