"""What happened around an issuer, what a moment does not know, and whom to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.service.api.conftest import HERE, LOCAL_KEY, made
from tests.service.api.furnished import ANVIL, BRASS, CALL, DAY, HEADLINE, PARAGRAPH, PDF, furnish

from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service


def post(number: int, day: int, **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    name = f"p{number}"
    document = {"document_id": name, "artifact_id": "f" * 64, "part": f"line {number}", "parser": "posts"}
    document |= {"parser_version": "1", "kind": "social", "title": f"Post {number}", "language": "en"}
    document |= {"available_at": DAY + timedelta(days=day, minutes=number), "hints": "{}"}
    link = {"document_id": name, "issuer_id": ANVIL, "score": 1.0, "method": "ticker", "quote": ""}
    return document | {"available_method": "feed"} | given, link


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_engine(Settings(home=tmp_path_factory.mktemp("home"), workers=1, ocr=False)) as engine:
        furnish(engine)
        batch = Batch()
        # One a day is usual; four on the fifth day stand out; of four on the tenth two are copies.
        days = [0, 1, 2, 3, 4, *[5] * 4, 6, 7, 8, 9, *[10] * 4]
        for number, day in enumerate(days):
            document, link = post(number, day)
            batch.add("documents", document)
            batch.add("links", link)
        copies = [
            {"document_id": f"p{n}", "of_document": "p13", "method": "near", "score": 1.0} for n in (14, 15)
        ]
        batch.add("duplicates", *copies)
        undated = [post(100 + n, 12, available_method="recorded") for n in range(9)]
        batch.add("documents", *(document for document, _ in undated))
        batch.add("links", *(link for _, link in undated))
        engine.store.commit(batch)
        yield Service(engine, LocalGateway(engine), LOCAL_KEY)


@pytest.fixture(scope="module")
def ask(service: Service) -> Iterator[TestClient]:
    with TestClient(made(service), HERE, headers={"Authorization": f"Bearer {LOCAL_KEY}"}) as client:
        yield client


def events(ask: TestClient, **asked: str) -> list[dict[str, Any]]:
    found = ask.get("/v1/issuers/QRTZ/events", params={"from": "2024-04-01", **asked})
    assert found.status_code == 200, found.text
    items: list[dict[str, Any]] = found.json()["items"]
    return items


def test_filings_and_calls_are_events_and_lead_to_their_first_piece(ask: TestClient) -> None:
    told = {(one["kind"], one["document_id"]): one["evidence_id"] for one in events(ask)}
    assert told["filing", PDF] == PARAGRAPH
    assert told["call", CALL] == "e3"
    assert ("news", "d3") not in told  # one story is no burst


def test_only_days_far_beyond_the_usual_are_bursts_and_copies_do_not_count(ask: TestClient) -> None:
    bursts = [one for one in events(ask) if one["kind"] == "social"]
    assert [(one["at"][:10], one["documents"]) for one in bursts] == [("2024-05-06", 4)]
    assert bursts[0]["usual"] == pytest.approx(5 / 28)


def test_events_know_nothing_of_what_came_after_the_moment(ask: TestClient) -> None:
    assert not [one for one in events(ask, as_of="2024-05-05") if one["kind"] == "social"]
    early = events(ask, as_of=(DAY + timedelta(hours=1)).isoformat())
    assert [one["document_id"] for one in early] == [PDF]


def test_what_came_later_is_counted_and_not_told(ask: TestClient) -> None:
    found = ask.get("/v1/issuers/QRTZ/later", params={"as_of": (DAY + timedelta(hours=1)).isoformat()}).json()
    assert {one["kind"]: one["documents"] for one in found["documents"]} == {"call": 1, "social": 23}
    assert (found["scorings"], found["newest"]) == (2, "2024-05-03T12:00:00Z")
    assert HEADLINE not in str(found)


def test_peers_are_all_scored_issuers_where_no_list_has_it(ask: TestClient) -> None:
    found = ask.get("/v1/issuers/QRTZ/peers").json()
    assert (found["rule"], found["name"], found["of"]) == ("followed", None, 1)
    assert [one["issuer_id"] for one in found["items"]] == [ANVIL, BRASS]
    assert [(s["kind"], s["value"]) for s in found["items"][1]["scores"]] == [("risk", 0.5)]


def test_peers_of_a_moment_have_the_scores_of_that_moment(ask: TestClient) -> None:
    found = ask.get("/v1/issuers/QRTZ/peers", params={"as_of": "2024-05-02"}).json()
    assert {s["as_of"] for s in found["items"][0]["scores"]} == {"2024-05-02T12:00:00Z"}
    before = ask.get("/v1/issuers/QRTZ/peers", params={"as_of": "2020-01-01"}).json()
    assert (before["of"], before["items"][0]["scores"]) == (0, [])


def test_a_watchlist_that_has_it_names_the_peers(ask: TestClient) -> None:
    made = ask.post("/v1/watchlists", json={"name": "Metals", "issuers": ["QRTZ", "Brass Heron plc"]}).json()
    found = ask.get("/v1/issuers/QRTZ/peers").json()
    assert (found["rule"], found["name"]) == ("watchlist", "Metals")
    assert ask.get("/v1/issuers/QRTZ/peers", params={"watchlist": "nowhere"}).status_code == 404
    ask.delete(f"/v1/watchlists/{made['watchlist_id']}")
