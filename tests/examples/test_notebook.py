"""The notebook-like script runs from its first cell to its last against a real service and its snapshot."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from tests.service.newsroom import newsroom
from tests.service.running import running
from tests.service.test_remote_gateway import AS_OF, fill

from smalti.service.care import snapshot
from smalti.service.local import LocalGateway
from smalti.service.service import Service

SCRIPT = Path(__file__).parents[2] / "examples" / "notebook.py"


@pytest.mark.slow
def test_the_notebook_runs_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with newsroom(tmp_path) as engine:
        fill(engine)
        published = snapshot.publish(engine, engine.store.now())
        service = Service(engine, LocalGateway(engine), "local-key-of-the-tests")
        with running(service) as address:
            monkeypatch.setenv("SMALTI_SERVICE", address)
            monkeypatch.setenv("SMALTI_KEY", service.local_key)
            monkeypatch.setenv("SMALTI_SNAPSHOT", published.latest)
            told = runpy.run_path(str(SCRIPT))
    assert told["last"] == AS_OF
    assert told["strongest"].row(0, named=True)["check"] == "fraud.claim_against_fact"
    shares = told["shares"].filter(kind="fraud")
    assert shares.select("source", "share").rows() == [("news", 1.0)]
    assert told["known"].row(0) == ("Anvil Corporation", 0, 4)
    assert "Anvil Corporation" in capsys.readouterr().out
