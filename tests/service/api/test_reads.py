"""What is read over HTTP, from a store with a little of everything."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from tests.service.api.conftest import HERE, LOCAL_KEY
from tests.service.api.furnished import (
    ANVIL,
    CALL,
    DAY,
    FACT,
    HEADLINE,
    NEWS,
    PARAGRAPH,
    PDF,
    SPOKEN,
    Idle,
    furnish,
    signals,
)

from smalti.platform.auth import Role
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.api import create_app
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

ARROW = {"Accept": "application/vnd.apache.arrow.stream"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_engine(Settings(home=tmp_path_factory.mktemp("home"), workers=1, ocr=False)) as engine:
        furnish(engine)
        yield Service(engine, LocalGateway(engine), LOCAL_KEY, tasks=Idle())


@pytest.fixture(scope="module")
def admin(service: Service) -> Iterator[TestClient]:
    headers = {"Authorization": f"Bearer {LOCAL_KEY}"}
    with TestClient(create_app(service), HERE, headers=headers) as client:
        yield client


def test_an_issuer_is_found_by_the_ticker_it_had_on_the_day(admin: TestClient) -> None:
    old = admin.get("/v1/issuers", params={"search": "qrtz", "as_of": "2024-05-01"}).json()["items"]
    assert [(one["name"], one["tickers"]) for one in old] == [("Quartz Anvil Corporation", ["QRTZ"])]
    assert not admin.get("/v1/issuers", params={"search": "qrtz", "as_of": "2024-05-03"}).json()["items"]
    new = admin.get("/v1/issuers", params={"search": "ZZ"}).json()["items"][0]
    assert (new["tickers"], new["documents"], new["newest"]) == (["ZZQA"], 3, "2024-05-02T12:00:00Z")
    by_cik = admin.get("/v1/issuers/0000000123").json()
    assert [(k["kind"], k["documents"]) for k in by_cik["kinds"]] == [("call", 1), ("filing", 1), ("news", 1)]
    assert by_cik["scored_as_of"] == "2024-05-03T12:00:00Z"
    assert admin.get("/v1/issuers/nobody").status_code == 404


def test_pages_of_a_list_join_to_the_whole(admin: TestClient) -> None:
    whole = [one["signal_id"] for one in admin.get("/v1/signals").json()["items"]]
    found, cursor = [], None
    for _ in range(20):
        page = admin.get("/v1/signals", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        found += [one["signal_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole
    assert len(found) == len(set(found)) == 10
    assert admin.get("/v1/runs", params={"cursor": "AAAA"}).status_code == 422


def test_the_newest_signals_are_told_once_until_there_are_newer_ones(
    admin: TestClient, service: Service
) -> None:
    first = admin.get("/v1/signals/newest", params={"issuer": "ZZQA"})
    assert {one["as_of"] for one in first.json()["items"]} == {"2024-05-03T12:00:00Z"}
    known = {"If-None-Match": first.headers["etag"]}
    again = admin.get("/v1/signals/newest", params={"issuer": "ZZQA"}, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    before = service.engine.store.now()
    batch = Batch()
    batch.add("signals", *signals(ANVIL, DAY + timedelta(days=2), value=0.75))
    service.engine.store.commit(batch)
    newer = admin.get("/v1/signals/newest", params={"issuer": "ZZQA"}, headers=known)
    assert [one["value"] for one in newer.json()["items"]] == [0.75, 0.75, 0.75]
    then = admin.get("/v1/signals/newest", params={"issuer": "ZZQA", "recorded_by": before.isoformat()})
    assert then.json() == first.json()
    every = admin.get("/v1/signals/newest").json()["items"]
    assert [one for one in every if one["issuer_id"] == ANVIL] == newer.json()["items"]


def test_as_of_a_day_nothing_later_is_told(admin: TestClient) -> None:
    asked = {"issuer": "ZZQA", "as_of": "2024-05-02", "kind": "fraud"}
    found = admin.get("/v1/signals/newest", params=asked).json()["items"]
    told = [(one["kind"], one["as_of"]) for one in found]
    assert told == [("fraud", "2024-05-02T12:00:00Z"), ("fraud.check", "2024-05-02T12:00:00Z")]
    documents = admin.get("/v1/documents", params={"as_of": "2024-05-01", "issuer": "ZZQA"}).json()["items"]
    assert {one["document_id"] for one in documents} == {PDF, NEWS}


def test_a_series_is_cut_where_it_is_asked_to_be(admin: TestClient) -> None:
    asked = {"issuer": "ZZQA", "kind": "risk", "horizon": 30, "from": "2024-05-02T00:00:00Z", "limit": 1}
    first = admin.get("/v1/signals/series", params=asked).json()
    second = admin.get("/v1/signals/series", params=asked | {"cursor": first["next"]}).json()
    assert [one["as_of"] for one in (*first["items"], *second["items"])] == [
        "2024-05-02T12:00:00Z",
        "2024-05-03T12:00:00Z",
    ]
    assert second["next"] is None


@pytest.mark.parametrize(
    "path", ["/v1/signals", "/v1/signals/newest", "/v1/signals/series?issuer=ZZQA&kind=risk&horizon=30"]
)
def test_an_arrow_stream_holds_what_the_json_does(admin: TestClient, path: str) -> None:
    answer = admin.get(path, headers=ARROW)
    assert answer.headers["content-type"] == ARROW["Accept"]
    frame = pl.read_ipc_stream(answer.content)
    told = admin.get(path).json()["items"]
    assert sorted(frame["signal_id"]) == sorted(one["signal_id"] for one in told)
    assert frame.schema["as_of"] == pl.Datetime("us", "UTC")
    nothing = pl.read_ipc_stream(admin.get("/v1/signals?kind=none", headers=ARROW).content)
    assert (nothing.height, nothing.columns[0]) == (0, "signal_id")


def test_the_details_of_a_frame_are_given_when_asked_for(admin: TestClient) -> None:
    frame = pl.read_ipc_stream(admin.get("/v1/signals?details=true&kind=risk", headers=ARROW).content)
    assert frame["details"].str.json_path_match("$.ages_days['text@filing']").unique().to_list() == ["1.5"]


def test_why_and_findings_name_their_evidence(admin: TestClient) -> None:
    why = admin.get("/v1/signals/a-fraud-2024050312-0.5/why").json()
    assert [(e["evidence_id"], e["effect"]) for e in why["evidence"]] == [(PARAGRAPH, -0.25)]
    assert why["findings"][0]["said"][0]["quote"] == "Profit falls"
    told = admin.get("/v1/comparisons", params={"issuer": "ZZQA"}).json()["items"]
    assert [(one["ours"], one["theirs"]) for one in told] == [(7.0, 8.0)]


def test_a_cited_piece_is_shown_on_its_page_with_a_mark(admin: TestClient) -> None:
    answer = admin.get(f"/v1/evidence/{PARAGRAPH}/media")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    crop = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB")).astype(int)
    whole = Image.open(io.BytesIO(admin.get(f"/v1/evidence/{PARAGRAPH}/media?whole=true").content))
    assert whole.size == (1191, 1684)
    assert crop.shape[0] < 400
    marked = (crop[..., 0] > 180) & (crop[..., 2] < 60)
    rows, columns = np.nonzero(marked)
    # The box from (72, 80) to (300, 100) points, at two pixels a point, with a rim of two points.
    assert (columns.max() - columns.min(), rows.max() - rows.min()) == (464, 48)
    known = {"If-None-Match": answer.headers["etag"]}
    assert admin.get(f"/v1/evidence/{PARAGRAPH}/media", headers=known).status_code == 304


def test_what_was_said_is_heard_in_ranges(admin: TestClient) -> None:
    path = f"/v1/evidence/{SPOKEN}/media"
    answer = admin.get(path)
    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert (file.getframerate(), samples.size) == (16_000, 16_000)
    assert abs(int(samples[0]) - 4_000) <= 1
    assert abs(int(samples[-1]) - 11_999) <= 1
    size = len(answer.content)
    part = admin.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, answer.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    tag = answer.headers["etag"]
    assert admin.get(path, headers={"Range": "bytes=-5", "If-Range": tag}).content == answer.content[-5:]
    assert admin.get(path, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=99999999-", 416),
        ("bytes=-0", 416),
        ("bytes=9-1", 200),
        ("bytes=a-b", 200),
        ("lines=1-2", 200),
        ("bytes=" + "0-," * 3_000 + "0-1", 200),
        ("bytes=0-1,1-2,2-3", 200),
        ("bytes=" + "9" * 4_000 + "-", 200),
    ],
)
def test_ranges_are_not_abused(admin: TestClient, asked: str, status: int) -> None:
    answer = admin.get(f"/v1/evidence/{SPOKEN}/media", headers={"Range": asked})
    assert answer.status_code == status
    if status == 416:
        assert answer.json()["error"]["code"] == "OutOfRange"


def test_text_has_no_picture_and_a_page_that_is_not_there_is_told(admin: TestClient) -> None:
    assert admin.get(f"/v1/evidence/{HEADLINE}/media").status_code == 404
    answer = admin.get(f"/v1/evidence/{FACT}/media")
    assert answer.status_code == 422
    assert answer.json()["error"]["what"] == "the PDF has no page 10"


def test_bytes_as_received_are_saved_and_never_shown(admin: TestClient) -> None:
    answer = admin.get(f"/v1/documents/{NEWS}/raw")
    assert answer.content == b"<p>Profit falls</p>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="n_ews.html.download"'
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_document_says_how_it_came_without_the_key_in_its_address(admin: TestClient) -> None:
    told = admin.get(f"/v1/documents/{CALL}").json()
    assert told["sightings"][0]["url"] == f"https://example.com/{CALL}?token=***"
    assert told["document"]["issuers"][0]["name"] == "Quartz Anvil Corporation"
    pieces = admin.get(f"/v1/documents/{CALL}/evidence").json()["items"]
    assert [(one["evidence_id"], one["media_type"]) for one in pieces] == [(SPOKEN, "audio/wav")]


def test_the_ledger_and_the_quarantine(admin: TestClient) -> None:
    assert admin.get("/v1/runs", params={"stage": "pull"}).json()["items"][0]["counts"] == {"parsed": 3}
    assert admin.get("/v1/runs/r1").json()["state"] == "done"
    assert admin.get("/v1/quarantine", params={"code": "Malformed"}).json()["items"][0]["source"] == "/files"
    assert not admin.get("/v1/quarantine", params={"code": "Empty"}).json()["items"]
    begun = admin.post("/v1/quarantine/q1/retry")
    assert (begun.status_code, begun.json()["name"]) == (202, "retry")
    assert admin.post("/v1/quarantine/q2/retry").status_code == 404


def test_a_key_in_a_source_is_never_told_nor_kept_for_another_address(
    admin: TestClient, service: Service
) -> None:
    asked = {
        "kind": "news",
        "address": "https://example.com/f.xml?api_key=topsecret&q=1",
        "schedule": "every 15m",
    }
    made = admin.put("/v1/sources/feed", json=asked)
    assert made.json()["address"] == "https://example.com/f.xml?api_key=***&q=1"
    assert "topsecret" not in admin.get("/v1/sources").text
    moved = admin.put("/v1/sources/feed", json=asked | {"address": "https://evil.example/?api_key=***"})
    assert moved.status_code == 422
    assert admin.post("/v1/sources/feed/pause").json()["paused"] is True
    assert service.gateway.sources()[0].address.endswith("topsecret&q=1")
    assert admin.delete("/v1/sources/feed").status_code == 200
    assert admin.post("/v1/sources/feed/pause").status_code == 404


def test_a_watchlist_is_its_owners(admin: TestClient, service: Service) -> None:
    access = service.gateway.access
    keys = {}
    for name in ("ann", "bob"):
        access.users.add(name, Role.ANALYST)
        keys[name] = {"Authorization": f"Bearer {access.keys.create(name)[1]}"}
    own = {"name": "Mine", "issuers": ["ZZQA", "Brass Heron plc", "123"]}
    made = admin.post("/v1/watchlists", json=own, headers=keys["ann"]).json()
    assert [one[0] for one in made["issuers"]] == ["a", "b"]
    assert admin.post("/v1/watchlists", json=own, headers=keys["ann"]).status_code == 409
    path = f"/v1/watchlists/{made['watchlist_id']}"
    assert admin.get(path, headers=keys["bob"]).status_code == 404
    assert admin.put(path, json=own | {"shared": True}, headers=keys["ann"]).json()["shared"] is True
    assert admin.get("/v1/watchlists/mine", headers=keys["bob"]).json()["owner"] == "ann"
    assert admin.put(path, json=own, headers=keys["bob"]).status_code == 403
    assert admin.delete(path, headers=keys["ann"]).status_code == 200
    unknown = admin.post("/v1/watchlists", json={"name": "x", "issuers": ["Nobody"]}, headers=keys["ann"])
    assert unknown.status_code == 404
