"""What runs in a worker: tasks by their names. It loads nothing but what they need."""

from __future__ import annotations

import importlib
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from smalti.platform.errors import SmaltiError
from smalti.platform.inference import is_out_of_memory, notes


def run_task(function: str, arguments: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """Run a task where it is; what every implementation does in its worker.

    Returns its result, and what it noted.

    Raises:
        MemoryError: torch's many ways of saying so, in one.
        SmaltiError: as the task raised it; anything else that is not built in, as a `RuntimeError` naming it.
    """
    module, _, name = function.partition(":")
    with notes() as noted:
        try:
            return getattr(importlib.import_module(module), name)(**arguments), noted
        except SmaltiError:
            raise
        except Exception as error:  # whoever asked may not have (and should not load) the class it has
            if is_out_of_memory(error):
                raise MemoryError(str(error)) from None
            if type(error).__module__ == "builtins":
                raise
            raise RuntimeError(f"{type(error).__name__}: {error}") from error


_NICE = 10


def serve(pipe: Connection, threads: int) -> None:
    """The child's whole life: tasks as they come, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started it, who then ends it
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _give_way()
    # Read by OpenMP, BLAS and torch when they load; several workers share the cores.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    while True:
        try:
            function, arguments = pipe.recv()
        except EOFError:
            return
        answer: Any
        try:
            answer = run_task(function, arguments)
        except Exception as error:
            if isinstance(error, RuntimeError):
                error.add_note("".join(traceback.format_exception(error)))
            answer = error, []
        pipe.send_bytes(_whole(answer))


def _give_way() -> None:
    """Let the process that answers people go first where cores are short."""
    if hasattr(os, "nice"):
        os.nice(_NICE)


def _whole(answer: Any) -> bytes:
    """An answer pickled, such that it can be read again."""
    try:
        packed = pickle.dumps(answer)
        if isinstance(answer[0], BaseException):
            pickle.loads(packed)  # noqa: S301 - our own bytes; some errors can be written and not read
    except Exception as error:
        return pickle.dumps((RuntimeError(f"{type(error).__name__}: {error}"), []))
    return packed


def _die_with_parent() -> None:
    """End this process when its parent is gone, even killed: a model left in memory serves nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)
