"""The inside of the sandbox: confine this process, then do what the parent asks, one request a line.

Started as `python -m smalti.platform.sandbox_child WORKDIR MEMORY_BYTES` with an empty environment.
Reads JSON lines from standard input, answers JSON lines on the descriptor that was standard output; what
libraries print goes nowhere. Nothing here is trusted by the parent but files of plain data in `out/`.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smalti.platform.errors import InputError, ParserFailed, SandboxKilled

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def confine(work: Path, memory_bytes: int) -> list[str]:
    """Drop what a parser does not need; returns the names of the confinements in force.

    - `memory`: writable private memory is capped, so a bomb ends in MemoryError, not in the host's swap.
    - `network`: an empty network namespace.
    - `files`: everything read-only but `work/out` (Landlock, Linux 5.13 and later).

    What the platform does not offer is left out of the answer, which `doctor` shows.
    """
    held: list[str] = []
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        held.append("memory")
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWNET) == 0:
            held.append("network")
        held += _landlock(work)
    return held


def _landlock(work: Path) -> list[str]:
    from py_landlock import AccessFs, Landlock, LandlockError

    code = {
        p
        for p in (sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc", *sys.path)
        if Path(p).is_dir()
    }
    devices = [p for p in ("/dev/null", "/dev/urandom") if Path(p).exists()]
    rules = Landlock(strict=False).allow_read(*code, work / "in").allow_execute(*code)
    rules.allow_read_write(work / "out")
    rules.add_path_rule(*devices, access=AccessFs.READ_FILE | AccessFs.WRITE_FILE)
    try:
        rules.apply()
    except LandlockError:
        return []
    return ["files"]


def _answer(request: dict[str, Any], work: Path, loaded: dict[str, Callable[..., Any]]) -> dict[str, Any]:
    name = request["function"]
    try:
        if name not in loaded:
            module, _, attribute = name.partition(":")
            loaded[name] = getattr(importlib.import_module(module), attribute)
        result = loaded[name](work / "in", work / "out", request["arguments"])
    except InputError as error:
        return {"error": {"code": error.code, "what": error.what, "mend": error.mend}}
    except MemoryError:
        return _killed("parsing it needs more memory than the sandbox gives")
    except RecursionError:
        return _killed("it is nested too deeply to parse")
    except Exception:  # a parser's bug on one input must cost that input only, with its trace kept
        return {
            "error": {
                "code": ParserFailed.__name__,
                "what": "the parser broke on it: "
                + traceback.format_exc(limit=-3).strip().replace("\n", " | "),
                "mend": "report it with the file; other inputs are not affected",
            }
        }
    return {"result": result}


def _killed(what: str) -> dict[str, Any]:
    error = SandboxKilled(what, mend="split the file, or raise sandbox_memory_mb")
    return {"error": {"code": error.code, "what": error.what, "mend": error.mend}}


class _NoPandas:
    """pyarrow loads pandas where it is installed, which takes seconds and gives a parser nothing."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("not in the sandbox", name=name)


def main() -> None:
    """Serve requests until standard input closes."""
    work, memory_bytes = Path(sys.argv[1]), int(sys.argv[2])
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    if hasattr(os, "nice"):
        os.nice(10)  # people who wait for an answer go first
    held = confine(work, memory_bytes)
    sys.meta_path.insert(0, _NoPandas())
    loaded: dict[str, Callable[..., Any]] = {}
    print(json.dumps({"ready": held}), file=replies, flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line), work, loaded)), file=replies, flush=True)


if __name__ == "__main__":
    main()
