"""The sandbox keeps a parser from the network, from other files, and from eating the machine."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path

import pytest

from smalti.platform.errors import Malformed, ParserFailed, SandboxKilled
from smalti.platform.sandbox import Sandbox, SandboxLimits

linux = pytest.mark.skipif(sys.platform != "linux", reason="confinement is a Linux facility")

HOSTILE = textwrap.dedent(
    """
    import os, socket, time
    from pathlib import Path
    from smalti.platform.errors import Malformed

    def size(inside, outside, arguments):
        raw = (inside / "a").read_bytes()
        (outside / "copy").write_bytes(raw)
        return len(raw)

    def refuse(inside, outside, arguments):
        raise Malformed("not a thing", mend="send a thing")

    def environment(inside, outside, arguments):
        return sorted(os.environ)

    def connect(inside, outside, arguments):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            try:
                s.sendto(b"x", ("127.0.0.1", arguments["port"]))
            except OSError as error:
                return type(error).__name__
        return "sent"

    def read(inside, outside, arguments):
        try:
            return Path(arguments["path"]).read_text()
        except PermissionError:
            return "denied"

    def write(inside, outside, arguments):
        try:
            Path(arguments["path"]).write_text("x")
        except PermissionError:
            return "denied"
        return "written"

    def hog(inside, outside, arguments):
        return len(bytearray(arguments["bytes"]))

    def sleep(inside, outside, arguments):
        time.sleep(60)

    def die(inside, outside, arguments):
        os._exit(7)

    def bug(inside, outside, arguments):
        return {}["nothing"]
    """
)


@pytest.fixture
def sandbox(tmp_path, monkeypatch):
    # A child sees installed packages only, so the hostile module is made one for the test.
    site = Path(next(p for p in sys.path if p.endswith("site-packages")))
    module = site / "smalti_hostile_for_tests.py"
    module.write_text(HOSTILE)
    box = Sandbox(tmp_path / "spool", 1, SandboxLimits(memory_mb=512, seconds=5, inputs=3))
    yield box
    box.close()
    module.unlink()


def ask(sandbox: Sandbox, name: str, inputs=None, **arguments):
    with sandbox.call(f"smalti_hostile_for_tests:{name}", inputs or {}, arguments) as (result, out):
        return result, {p.name: p.read_bytes() for p in out.iterdir()}


def test_a_function_reads_its_input_and_hands_back_values_and_files(sandbox):
    assert ask(sandbox, "size", {"a": b"12345"}) == (5, {"copy": b"12345"})
    assert ask(sandbox, "size", {"a": b"1"}) == (1, {"copy": b"1"})  # nothing is left of the first


def test_an_input_error_crosses_with_its_class_and_mend(sandbox):
    with pytest.raises(Malformed, match=r"not a thing \(send a thing\)"):
        ask(sandbox, "refuse")


def test_a_parsers_bug_costs_one_input_and_keeps_its_trace(sandbox):
    with pytest.raises(ParserFailed, match="KeyError: 'nothing'"):
        ask(sandbox, "bug")
    assert ask(sandbox, "size", {"a": b"12"})[0] == 2


def test_no_secret_of_the_environment_gets_in(sandbox, monkeypatch):
    monkeypatch.setenv("SMALTI_SECRET", "hunter2")
    names = ask(sandbox, "environment")[0]
    assert "SMALTI_SECRET" not in names
    assert set(names) <= {"PATH", "LANG", "LC_CTYPE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}


@linux
def test_there_is_no_network(sandbox):
    if "network" not in sandbox.confinement():
        pytest.skip("this kernel does not let us make a network namespace")
    assert ask(sandbox, "connect", port=9)[0] == "OSError"


@linux
def test_other_files_can_neither_be_read_nor_written(sandbox, tmp_path):
    if "files" not in sandbox.confinement():
        pytest.skip("this kernel has no Landlock")
    secret = tmp_path / "secret.txt"
    secret.write_text(json.dumps("s"))
    assert ask(sandbox, "read", path=str(secret))[0] == "denied"
    assert ask(sandbox, "write", path=str(tmp_path / "new.txt"))[0] == "denied"
    assert ask(sandbox, "write", path=str(secret))[0] == "denied"


@linux
def test_memory_is_capped(sandbox):
    with pytest.raises(SandboxKilled, match="memory"):
        ask(sandbox, "hog", bytes=2**31)
    assert ask(sandbox, "size", {"a": b"12"})[0] == 2


def test_time_is_capped_and_a_dead_child_is_replaced(tmp_path, sandbox):
    sandbox.limits = SandboxLimits(memory_mb=512, seconds=0.5, inputs=3)
    with pytest.raises(SandboxKilled, match="longer than"):
        ask(sandbox, "sleep")
    sandbox.limits = SandboxLimits(memory_mb=512, seconds=20, inputs=3)
    with pytest.raises(SandboxKilled, match="died"):
        ask(sandbox, "die")
    assert ask(sandbox, "size", {"a": b"12"})[0] == 2


def test_a_child_is_recycled_after_its_share_of_inputs(sandbox):
    works = set()
    for _ in range(4):
        with sandbox.call("smalti_hostile_for_tests:size", {"a": b""}, {}) as (_, out):
            works.add(out.parent)
    assert len(works) == 2


def test_a_spool_given_by_a_relative_path_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    box = Sandbox(Path("spool"), 1)
    try:
        assert isinstance(box.confinement(), list)
    finally:
        box.close()
