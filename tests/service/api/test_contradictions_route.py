"""The board of contradictions over all issuers, as of any moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.service.api.conftest import HERE, LOCAL_KEY
from tests.service.api.furnished import ANVIL, BRASS, DAY, HEADLINE, PARAGRAPH, furnish, signals

from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.store.store import as_json
from smalti.service.api import create_app
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

CLAIMS, CROWD, INDEX = "fraud.claim_against_fact", "fraud.crowd", "fraud.contradiction"
FIRST, LATER = DAY + timedelta(days=3), DAY + timedelta(days=9)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Two issuers scored on two days, with findings and silences of both days."""
    with open_engine(Settings(home=tmp_path_factory.mktemp("home"), workers=1)) as engine:
        furnish(engine)
        batch = Batch()
        for issuer in (ANVIL, BRASS):
            for at in (FIRST, LATER):
                batch.add("signals", *signals(issuer, at, kinds=(CLAIMS, CROWD, INDEX)))
        found = [
            (ANVIL, CLAIMS, FIRST, 0.95),
            (ANVIL, INDEX, FIRST, 0.95),
            (BRASS, CROWD, FIRST, 0.5),
            (BRASS, CLAIMS, FIRST, 0.7),
            (ANVIL, CROWD, LATER, 0.9),
        ]
        for number, (issuer, kind, at, strength) in enumerate(found):
            batch.add("findings", _finding(f"n{number}", issuer, kind, at, strength, "it does not fit"))
        for number, reason in enumerate(["('bookings') not plain", "('adjusted') not plain", "a range"]):
            batch.add("findings", _finding(f"s{number}", ANVIL, CLAIMS, FIRST, None, f"quiet {reason}"))
        engine.store.commit(batch)
        service = Service(engine, LocalGateway(engine), LOCAL_KEY)
        headers = {"Authorization": f"Bearer {LOCAL_KEY}"}
        with TestClient(create_app(service), HERE, headers=headers) as client:
            made = {"name": "mine", "issuers": [BRASS], "shared": False}
            assert client.post("/v1/watchlists", json=made).status_code == 201
            yield client


def _finding(
    name: str, issuer: str, kind: str, at: datetime, strength: float | None, reason: str
) -> dict[str, Any]:
    return {
        "finding_id": name,
        "signal_id": signals(issuer, at, kinds=(kind,))[0]["signal_id"],
        "verdict": "finding" if strength else "cannot compare",
        "rank": 0,
        "strength": strength,
        "reason": reason,
        "said": as_json([{"evidence_id": HEADLINE, "quote": "Profit falls"}]),
        "against": as_json([{"evidence_id": PARAGRAPH, "quote": ""}]),
        "details": "{}",
    }


def _ids(client: TestClient, **asked: Any) -> list[str]:
    answer = client.get("/v1/contradictions", params={"as_of": FIRST.isoformat()} | asked)
    assert answer.status_code == 200, answer.text
    return [one["finding"]["finding_id"] for one in answer.json()["items"]]


def test_the_strongest_of_all_issuers_comes_first_with_both_sides(board: TestClient) -> None:
    items = board.get("/v1/contradictions", params={"as_of": FIRST.isoformat()}).json()["items"]
    assert [(i["issuer"], i["finding"]["check"], i["finding"]["strength"]) for i in items] == [
        ("Quartz Anvil Corporation", CLAIMS, 0.95),
        ("Brass Heron plc", CLAIMS, 0.7),
        ("Brass Heron plc", CROWD, 0.5),
    ]
    (said,), (against,) = items[0]["finding"]["said"], items[0]["finding"]["against"]
    assert (said["quote"], said["kind"], said["source"]) == ("Profit falls", "paragraph", "news")
    assert (against["quote"], against["where"]) == ("Revenue was 7.", "p. 2")


def test_what_was_found_later_is_not_told_of_an_earlier_moment(board: TestClient) -> None:
    assert "n4" not in _ids(board)
    assert _ids(board, as_of=(LATER - timedelta(microseconds=1)).isoformat()) == ["n0", "n3", "n2"]
    assert _ids(board, as_of=(DAY - timedelta(days=1)).isoformat()) == []


def test_what_the_newest_scoring_no_longer_finds_is_gone(board: TestClient) -> None:
    assert _ids(board, as_of=LATER.isoformat()) == ["n4"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"check": CLAIMS}, ["n0", "n3"]),
        ({"least": 0.6}, ["n0", "n3"]),
        ({"issuer": "Brass Heron"}, ["n3", "n2"]),
        ({"watchlist": "mine"}, ["n3", "n2"]),
        ({"watchlist": "mine", "issuer": "QRTZ"}, []),
        ({"check": INDEX}, []),
    ],
)
def test_the_board_is_narrowed(board: TestClient, asked: dict[str, Any], told: list[str]) -> None:
    assert _ids(board, **asked) == told


def test_pages_join_to_the_whole(board: TestClient) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        asked = {"as_of": FIRST.isoformat(), "limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = board.get("/v1/contradictions", params=asked).json()
        seen += [one["finding"]["finding_id"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == _ids(board)


def test_silences_are_counted_by_reason_and_not_by_what_it_names(board: TestClient) -> None:
    told = board.get("/v1/contradictions/tally", params={"as_of": FIRST.isoformat()}).json()
    assert [(one["check"], one["findings"], one["issuers"], one["silences"]) for one in told["checks"]] == [
        (CLAIMS, 2, 2, 3),
        (CROWD, 1, 1, 0),
    ]
    assert [(one["reason"], one["times"]) for one in told["silences"]] == [
        ("quiet not plain", 2),
        ("quiet a range", 1),
    ]


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"least": 2}, 422), ({"check": "<b>"}, 422), ({"issuer": "nobody"}, 404), ({"watchlist": "none"}, 404)],
)
def test_what_cannot_be_asked_is_refused(board: TestClient, asked: dict[str, Any], status: int) -> None:
    assert board.get("/v1/contradictions", params=asked).status_code == status
