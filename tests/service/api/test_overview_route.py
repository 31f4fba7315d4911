"""The overview over HTTP: what is asked for, by whom, and that nothing of later is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.service.api.furnished import ANVIL, BRASS, DAY, furnish

from smalti.service.service import Service


@pytest.fixture(autouse=True)
def _furnished(service: Service) -> None:
    furnish(service.engine)


def told(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/v1/overview", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_scores_of_all_issuers_stand_beside_what_they_were(viewer: TestClient):
    found = told(viewer, as_of=(DAY + timedelta(days=1)).isoformat())
    rows = {row["issuer_id"]: row for row in found["rows"]}
    assert set(rows) == {ANVIL, BRASS}
    risk, fraud = rows[ANVIL]["cells"]
    assert (risk["kind"], fraud["kind"]) == ("risk", "fraud")
    assert risk["as_of"] == "2024-05-02T12:00:00Z"
    assert risk["before_as_of"] == "2024-05-01T12:00:00Z"
    assert (risk["compared"], risk["change"]) == ("moved", 0.0)
    assert rows[BRASS]["cells"][0]["compared"] == "not scored since"
    assert rows[ANVIL]["tickers"] == ["ZZQA"]
    assert found["stored"] == 2


def test_nothing_of_later_is_read(viewer: TestClient):
    assert told(viewer, as_of="2024-04-30")["rows"] == []
    assert [row["issuer_id"] for row in told(viewer, as_of=DAY.isoformat(), search="qrtz")["rows"]] == [ANVIL]
    later = told(viewer, as_of=DAY.isoformat())
    assert {cell["as_of"] for row in later["rows"] for cell in row["cells"]} == {"2024-05-01T12:00:00Z"}


def test_a_list_somebody_else_keeps_for_themselves_is_no_list(viewer: TestClient, analyst: TestClient):
    for name, shared in (("Mine", False), ("Ours", True)):
        made = analyst.post("/v1/watchlists", json={"name": name, "issuers": ["ZZQA"], "shared": shared})
        assert made.status_code == 201
    assert told(viewer, watchlist="Ours")["watchlist"] == "Ours"
    assert [row["issuer_id"] for row in told(viewer, watchlist="ours")["rows"]] == [ANVIL]
    assert viewer.get("/v1/overview", params={"watchlist": "Mine"}).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [{"limit": 0}, {"limit": 201}, {"first": -1}, {"moves": 21}, {"order": "size"}, {"since": "yesterday"}],
)
def test_what_cannot_be_meant_is_refused(viewer: TestClient, asked: dict[str, Any]):
    assert viewer.get("/v1/overview", params=asked).status_code == 422


def test_the_moment_before_lies_before(viewer: TestClient):
    answer = viewer.get("/v1/overview", params={"as_of": "2024-05-01", "since": "2024-05-02"})
    assert answer.status_code == 422
    assert "earlier" in answer.text


def test_customers_do_not_see_it(customer: TestClient):
    assert customer.get("/v1/overview").status_code == 403
