"""How good the model is, over HTTP."""

from __future__ import annotations

from fastapi.testclient import TestClient

from smalti.models.evaluation.stored import keep
from smalti.models.versions import SHIPPED, weights_version
from smalti.service.service import Service


def test_a_fresh_installation_tells_the_shipped_figures(admin: TestClient, service: Service) -> None:
    told = admin.get("/v1/evaluation").json()
    assert told["model_version"] == weights_version(service.engine.settings.model)
    assert {part["state"] for part in told["parts"]} == {"measured"}
    tables = {table["key"]: table for table in told["tables"]}
    ours = next(row for row in tables["risk.labels"]["rows"] if row["name"] == "smalti")
    mse = ours["figures"]["mse"]
    assert (mse["text"], mse["value"]) == ("0.302 [0.263, 0.343]", 0.302)
    assert mse["low"] < mse["value"] < mse["high"]
    assert [one["name"] for one in tables["published.maec16"]["published"]] == ["MDRM", "HTML", "KeFVP"]
    assert {head["kind"] for head in told["heads"]} == {"risk", "fraud", "sentiment"}
    assert admin.get("/v1/evaluation/card").text == (SHIPPED / "MODEL_CARD.md").read_text()


def test_a_damaged_file_of_figures_is_named_not_swallowed(admin: TestClient, service: Service) -> None:
    home = service.engine.settings.home
    (file,) = keep(home, {"version": "core-1", "ratios": {"rows": {}}})
    file.write_text("{")
    try:
        answer = admin.get("/v1/evaluation")
    finally:
        file.unlink()
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "Malformed")
    assert answer.json()["error"]["subject"] == "ratios.json"
