"""Care over HTTP: who may ask for it, and what comes of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from smalti.platform.store import Batch
from smalti.service.service import Service


def done(admin: TestClient, path: str, **body: Any) -> dict[str, Any]:
    begun = admin.post(f"/v1/care/{path}", json=body) if body else admin.post(f"/v1/care/{path}")
    assert begun.status_code == 202, begun.text
    give_up = time.monotonic() + 60
    while (task := admin.get(f"/v1/tasks/{begun.json()['task_id']}").json())["state"] in (
        "queued",
        "running",
    ):
        assert time.monotonic() < give_up
        time.sleep(0.02)
    return task


def test_a_snapshot_is_published_and_then_found(admin: TestClient, viewer: TestClient) -> None:
    assert viewer.get("/v1/care/snapshot").status_code == 404
    made = done(admin, "snapshot")
    assert made["state"] == "done", made
    assert viewer.get("/v1/care/snapshot").json() == made["result"]
    assert Path(made["result"]["path"]).exists()


def test_a_backup_goes_only_into_a_folder_that_is_there(admin: TestClient, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert admin.post("/v1/care/backup", json={"folder": str(missing)}).status_code == 404
    assert admin.post("/v1/care/backup", json={"folder": "relative"}).status_code == 422
    assert admin.post("/v1/care/backup", json={"folder": "/" + "x" * 3_000}).status_code == 404
    assert not missing.exists()
    missing.mkdir()
    assert done(admin, "backup", folder=str(missing))["state"] == "done"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear")
    refused = done(admin, "backup", folder=str(tmp_path / "full"))
    assert (refused["state"], refused["error"]["code"]) == ("failed", "Conflict")


def test_the_store_is_checked(admin: TestClient, service: Service) -> None:
    assert done(admin, "verify")["result"]["is_sound"] is True
    broken = Batch()
    broken.add("links", {"document_id": "none", "issuer_id": "nobody"})
    service.engine.store.commit(broken)
    assert done(admin, "verify")["result"]["broken"] == {
        "every links.document_id is a known documents.document_id": 1,
        "every links.issuer_id is a known issuers.issuer_id": 1,
    }


def test_an_erasure_names_who_asked_for_it(admin: TestClient, service: Service) -> None:
    made = Batch()
    made.add("artifacts", {"artifact_id": service.engine.objects.put(b"bytes"), "size": 5})
    service.engine.store.commit(made)
    artifact = service.engine.objects.put(b"bytes")
    assert admin.post("/v1/care/erasures", json={"subject": "0" * 64, "reason": "x"}).status_code == 404
    assert admin.post("/v1/care/erasures", json={"subject": artifact}).status_code == 422
    assert done(admin, "erasures", subject=artifact[:16], reason="asked")["state"] == "done"
    [record] = admin.get("/v1/care/erasures").json()["items"]
    assert (record["subject"], record["reason"], record["by_whom"]) == (artifact, "asked", "local")
    assert not service.engine.objects.path(artifact).exists()


def test_only_an_admin_cares(viewer: TestClient, analyst: TestClient, customer: TestClient) -> None:
    for client in (viewer, analyst, customer):
        for path in ("snapshot", "verify"):
            assert client.post(f"/v1/care/{path}").status_code == 403
        assert client.post("/v1/care/backup", json={"folder": "/tmp"}).status_code == 403
        assert client.get("/v1/care/erasures").status_code == 403
    assert customer.get("/v1/care/snapshot").status_code == 403
