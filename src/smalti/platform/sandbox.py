"""Untrusted bytes are parsed and decoded only here: a warm pool of confined processes.

Each child has its own folder: `in/` holds the bytes to read, `out/` what it made. The parent kills a
child that takes too long, replaces one that died, and recycles each after a number of inputs, so a
parser's leak or corruption does not outlive its cause. What a child hands back is data (JSON, Arrow,
arrays), never pickled objects.
"""

from __future__ import annotations

import json
import queue
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smalti.platform.errors import InputError, SandboxKilled, Stopped, input_error


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What one child may use: memory and seconds for each input, inputs before it is replaced.

    An input whose child dies or takes too long is tried `attempts` times, each in a child of its own.
    """

    memory_mb: int = 1536
    seconds: float = 300.0
    inputs: int = 50
    attempts: int = 1


class _Child:
    """One confined process and its folder."""

    def __init__(self, root: Path, limits: SandboxLimits) -> None:
        self.work = Path(tempfile.mkdtemp(dir=root.resolve(), prefix="sandbox-"))
        (self.work / "in").mkdir()
        (self.work / "out").mkdir()
        self.served = 0
        command = [sys.executable, "-I", "-m", "smalti.platform.sandbox_child"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module, fixed arguments
            [*command, str(self.work), str(limits.memory_mb * 2**20)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # No secrets, one thread a process: the pool is the parallelism.
            env={
                "PATH": "/usr/bin:/bin",
                "LANG": "C.UTF-8",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
            cwd=self.work,
            # Ctrl-C is for whoever started us, not for an input that is being read.
            process_group=0,
        )
        self.confinement: list[str] = self._reply(60.0)["ready"]

    def ask(self, function: str, arguments: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """One request, one reply; SandboxKilled when it takes too long or dies."""
        assert self._process.stdin is not None
        self.served += 1
        line = json.dumps({"function": function, "arguments": dict(arguments)}) + "\n"
        try:
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise SandboxKilled("the parser process had died", mend="try again") from None
        return self._reply(seconds)

    def _reply(self, seconds: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            raise SandboxKilled(
                f"parsing took longer than {seconds:.0f} s", mend="split the file, or raise sandbox_seconds"
            )
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            raise SandboxKilled(f"the parser process died (exit {code})", mend="split or repair the file")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def kill(self) -> None:
        """End it in whatever it does; whoever waits for its reply sees it die."""
        self._process.kill()

    def clear(self) -> None:
        """Empty both folders between inputs."""
        for folder in ("in", "out"):
            for entry in (self.work / folder).iterdir():
                entry.unlink() if entry.is_file() or entry.is_symlink() else shutil.rmtree(entry)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(self.work, ignore_errors=True)


class Sandbox:
    """A pool of `size` children, started as they are needed. Thread-safe."""

    def __init__(self, spool: Path, size: int, limits: SandboxLimits | None = None) -> None:
        spool.mkdir(parents=True, exist_ok=True)
        for stale in spool.glob("sandbox-*"):  # left by a process that was killed
            shutil.rmtree(stale, ignore_errors=True)
        self.limits = limits or SandboxLimits()
        self._spool = spool
        self._free: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        for _ in range(size):
            self._free.put(None)
        self._size = size
        self._busy: set[_Child] = set()
        self._stopped = ""

    @contextmanager
    def call(
        self, function: str, inputs: Mapping[str, Path | bytes], arguments: Mapping[str, Any]
    ) -> Iterator[tuple[Any, Path]]:
        """Run `module:function(in_dir, out_dir, arguments)` in a child on copies of `inputs`.

        Yields what it returned (JSON values) and its `out/` folder, which is emptied afterwards.

        Raises:
            InputError: what the function raised, or SandboxKilled.
            Stopped: the sandbox is being stopped.
        """
        child = self._free.get()
        try:
            for attempt in range(1, self.limits.attempts + 1):
                self._go_on()
                child = child or _Child(self._spool, self.limits)
                self._busy.add(child)
                self._go_on()  # halted while it began, it was not among those that were killed
                try:
                    reply = self._asked(child, function, inputs, arguments)
                    break
                except SandboxKilled:
                    self._busy.discard(child)
                    child.close()
                    child = None
                    self._go_on()
                    if attempt == self.limits.attempts:
                        raise
            assert child is not None
            if "error" in reply:
                error = reply["error"]
                raise input_error(error["code"], error["what"], mend=error["mend"])
            yield reply["result"], child.work / "out"
        finally:
            self._busy.discard(child)
            self._free.put(self._again(child))

    def _asked(
        self,
        child: _Child,
        function: str,
        inputs: Mapping[str, Path | bytes],
        arguments: Mapping[str, Any],
    ) -> dict[str, Any]:
        for name, given in inputs.items():
            target = child.work / "in" / name
            if isinstance(given, Path):
                shutil.copyfile(given, target)
            else:
                target.write_bytes(given)
        return child.ask(function, arguments, self.limits.seconds)

    def _go_on(self) -> None:
        if self._stopped:
            raise Stopped(self._stopped, mend="the next start goes on from there")

    def _again(self, child: _Child | None) -> _Child | None:
        if child is None:
            return None
        if child.served >= self.limits.inputs:
            child.close()
            return None
        child.clear()
        return child

    def confinement(self) -> list[str]:
        """What the operating system lets us confine: of `memory`, `network`, `files`."""
        child = self._free.get()
        try:
            child = child or _Child(self._spool, self.limits)
            return child.confinement
        finally:
            self._free.put(child)

    def halt(self, why: str) -> None:
        """End what runs, at once: it and all that is asked later raises `Stopped`."""
        self._stopped = why
        for child in list(self._busy):
            child.kill()

    def close(self) -> None:
        """Stop all children. Call when no `call` is running."""
        for _ in range(self._size):
            child = self._free.get()
            if child is not None:
                child.close()


__all__ = ["InputError", "Sandbox", "SandboxKilled", "SandboxLimits"]
