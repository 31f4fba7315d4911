"""What stands around a piece, the pages of a document, and a call as one recording."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient
from PIL import Image
from tests.service.api.conftest import HERE, LOCAL_KEY, made
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

from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import Engine, open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

Told = dict[str, Any]
PIECED, PAIRED = "d20", "d21"
NUMBER = {"raw": "12 million", "value": 12e6, "unit": "USD", "unverified": True}
VOICE = {"pitch_mean": 120.5, "hnr": None, "not_a_measure": 1.0}


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with open_engine(Settings(home=tmp_path_factory.mktemp("home"), workers=1, ocr=False)) as engine:
        furnish(engine)
        _more(engine)
        service = Service(engine, LocalGateway(engine), LOCAL_KEY, tasks=Idle())
        headers = {"Authorization": f"Bearer {LOCAL_KEY}"}
        with TestClient(made(service), HERE, headers=headers) as client:
            yield client


def _more(engine: Engine) -> None:
    """A call in three files of which one is broken, a later copy of the news, and a table around a fact."""
    batch = Batch()
    files = [_tone(0.5, 8_000), b"no sound at all", _tone(1.0, 4_000)]
    names = [{"name": f"p{i}.flac", "artifact": engine.objects.put(raw)} for i, raw in enumerate(files)]
    raw = json.dumps({"pieces": names}, indent=0).encode()
    _document(batch, engine, PIECED, "call", "audio", raw)
    told = {"voice": VOICE, "role": "management", "part": "prepared", "speaker": "CFO"}
    told["numbers"] = [{"raw": "12 million", "value": 12e6, "unit": "USD", "unverified": True}]  # type: ignore[assignment]
    _piece(
        batch, "e20", PIECED, "audio", {"seconds": [0.9, 1.9], "speaker": "CFO"}, "It is 12 million.", told
    )
    _document(batch, engine, PAIRED, "news", "news", b"<p>Profit falls!</p>")
    _piece(batch, "e21", PAIRED, "paragraph", {"chars": [0, 13]}, "Profit falls!", {})
    batch.add("duplicates", {"document_id": PAIRED, "of_document": NEWS, "method": "same text", "score": 0.9})
    _piece(batch, "e22", PDF, "table", {"page": 9, "box": [0, 0, 50, 50]}, "Revenue | 7", {})
    _piece(batch, "e23", PDF, "fact", {"page": 9, "box": [1, 1, 2, 2], "cell": [0, 0, 1]}, "Revenue 7", {})
    engine.store.commit(batch)


def _document(batch: Batch, engine: Engine, name: str, kind: str, parser: str, raw: bytes) -> None:
    row = {"document_id": name, "artifact_id": engine.objects.put(raw), "part": "", "parser": parser}
    row |= {"parser_version": "1", "kind": kind, "title": name, "hints": "{}", "available_method": "feed"}
    batch.add("documents", row | {"available_at": DAY + timedelta(days=1)})


def _piece(
    batch: Batch,
    name: str,
    document: str,
    kind: str,
    locator: dict[str, Any],
    text: str,
    told: dict[str, Any],
) -> None:
    row = {"evidence_id": name, "document_id": document, "kind": kind, "ordinal": int(name[1:]), "text": text}
    batch.add(
        "evidence", row | {"locator": json.dumps(locator), "payload": json.dumps(told), "content_id": name}
    )


def _tone(seconds: float, height: int) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.full(round(seconds * 16_000), height, np.int16), 16_000, format="FLAC")
    return out.getvalue()


def around(admin: TestClient, evidence_id: str, **asked: str) -> dict[str, Any]:
    answer = admin.get(f"/v1/evidence/{evidence_id}/around", params=asked)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_what_a_piece_moved_is_that_of_the_moment(admin: TestClient) -> None:
    after = (DAY + timedelta(days=3)).isoformat()
    (moved,) = around(admin, PARAGRAPH, as_of=after)["moved"]
    assert (moved["kind"], moved["effect"], moved["issuer"]) == ("fraud", -0.25, "Quartz Anvil Corporation")
    assert moved["is_newest"]
    before = (DAY + timedelta(days=1)).isoformat()
    assert around(admin, PARAGRAPH, as_of=before)["moved"] == []


def test_a_newer_score_that_it_did_not_move_is_told(admin: TestClient) -> None:
    store = admin.app.state.service.engine.store  # type: ignore[attr-defined]
    batch = Batch()
    late = DAY + timedelta(days=30)
    batch.add("signals", *signals(ANVIL, late, kinds=("fraud",)))
    store.commit(batch)
    told = around(admin, PARAGRAPH, as_of=(late + timedelta(days=1)).isoformat())
    assert [one["is_newest"] for one in told["moved"]] == [False]


def test_findings_that_cite_a_piece_are_told_from_when_they_were_made(admin: TestClient) -> None:
    found = around(admin, HEADLINE)["findings"]
    assert [(one["reason"], one["said"][0]["evidence_id"]) for one in found] == [
        ("it does not fit", HEADLINE)
    ]
    assert around(admin, HEADLINE, as_of=DAY.isoformat())["findings"] == []


def test_a_number_told_twice_is_seen_from_both_sides(admin: TestClient) -> None:
    (ours,), (theirs,) = around(admin, FACT)["told"], around(admin, HEADLINE)["told"]
    assert (ours["evidence_id"], ours["here"], ours["there"], ours["verdict"]) == (
        HEADLINE,
        7.0,
        8.0,
        "differs",
    )
    assert (theirs["evidence_id"], theirs["here"], theirs["there"]) == (FACT, 8.0, 7.0)


def test_copies_are_told_once_they_are_public(admin: TestClient) -> None:
    (copy,) = around(admin, HEADLINE)["alike"]
    assert (copy["document_id"], copy["evidence_id"], copy["how"]) == (PAIRED, "e21", "same text")
    assert around(admin, HEADLINE, as_of=DAY.isoformat())["alike"] == []
    (first,) = around(admin, "e21")["alike"]
    assert first["document_id"] == NEWS


def test_a_number_names_its_table_and_the_text_its_neighbours(admin: TestClient) -> None:
    told = around(admin, "e23")
    assert told["table"]["evidence_id"] == "e22"
    assert told["kinds"] == {"fact": 2, "paragraph": 1, "table": 1}
    assert [one["evidence_id"] for one in told["before"]] == [FACT]  # of a number, numbers
    assert [one["evidence_id"] for one in around(admin, PARAGRAPH)["after"]] == ["e22"]
    assert around(admin, FACT)["table"] is None  # it is in no cell


def test_what_is_not_there_is_not_found(admin: TestClient) -> None:
    assert admin.get("/v1/evidence/none/around").status_code == 404


def test_pages_of_a_pdf_are_pictures(admin: TestClient) -> None:
    assert admin.get(f"/v1/documents/{PDF}/pages").json()["pages"] == 2
    answer = admin.get(f"/v1/documents/{PDF}/pages/1")
    page = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"))
    assert page.shape == (1684, 1191, 3)
    assert page.min() < 50  # something is written on it, and nothing marked
    assert bool((page[..., 0] == page[..., 2]).all())
    assert (
        answer.headers["cross-origin-resource-policy"] == "cross-origin"
    )  # asked at an address without a name
    gone = admin.get(f"/v1/documents/{PDF}/pages/2")
    assert (gone.status_code, gone.json()["error"]["what"]) == (404, "it has no page 3")
    assert admin.get(f"/v1/documents/{NEWS}/pages/0").status_code == 404
    assert admin.get(f"/v1/documents/{PDF}/pages/-1").status_code == 422


def test_a_call_is_one_recording_in_ranges(admin: TestClient) -> None:
    path = f"/v1/documents/{CALL}/sound"
    answer = admin.get(path)
    assert answer.headers["content-type"] == "audio/flac"
    samples, rate = soundfile.read(io.BytesIO(answer.content), dtype="int16")
    assert (rate, samples.size) == (16_000, 32_000)
    assert abs(int(samples[-1]) - 15_999) <= 1
    part = admin.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, answer.content[10:20])
    assert admin.get(f"/v1/documents/{PDF}/sound").status_code == 404


def test_a_call_in_pieces_keeps_the_seconds_of_its_evidence(admin: TestClient) -> None:
    answer = admin.get(f"/v1/documents/{PIECED}/sound")
    samples, rate = soundfile.read(io.BytesIO(answer.content), dtype="int16")
    # Half a second, a short silence, and the third file: the second cannot be decoded and was never heard.
    assert samples.size == round(1.9 * rate)
    (said,) = admin.get(f"/v1/documents/{PIECED}/transcript").json()["items"]
    begin = round(said["start"] * rate)
    assert abs(int(samples[begin + 1_000]) - 4_000) <= 2
    assert abs(int(samples[begin - 1_000])) <= 2


def test_a_transcript_names_speakers_numbers_and_measures(admin: TestClient) -> None:
    (said,) = admin.get(f"/v1/documents/{PIECED}/transcript").json()["items"]
    assert (said["speaker"], said["role"], said["start"], said["end"]) == ("CFO", "management", 0.9, 1.9)
    assert said["numbers"] == [NUMBER]
    assert said["voice"] == {"pitch_mean": 120.5, "hnr": None}
    (plain,) = admin.get(f"/v1/documents/{CALL}/transcript").json()["items"]
    assert (plain["evidence_id"], plain["voice"], plain["numbers"]) == (SPOKEN, {}, [])
    assert admin.get(f"/v1/documents/{PDF}/transcript").json()["items"] == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [("kind=fact", [FACT, "e23"]), ("page=9", [FACT, "e22", "e23"]), ("page=9&kind=table", ["e22"])],
)
def test_pieces_of_a_kind_or_page(admin: TestClient, asked: str, found: list[str]) -> None:
    told = admin.get(f"/v1/documents/{PDF}/evidence?{asked}").json()["items"]
    assert [one["evidence_id"] for one in told] == found


def test_what_was_erased_says_so_and_when(admin: TestClient) -> None:
    store = admin.app.state.service.engine.store  # type: ignore[attr-defined]
    batch = Batch()
    row = {"erasure_id": "x1", "subject": "d9", "kind": "document", "reason": "a person asked"}
    batch.add("erasures", row | {"by_whom": "adm", "erased_at": DAY, "counts": "{}"})
    for kind, name in (("evidence", "e9"), ("document", "d9")):
        batch.add("tombstones", {"hash": name, "kind": kind, "erasure_id": "x1"})
    store.commit(batch)
    for path in ("/v1/evidence/e9", "/v1/evidence/e9/around", "/v1/documents/d9", "/v1/documents/d9/sound"):
        answer = admin.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["what"] == "it was erased on request on 2024-05-01 12:00 UTC"
        assert "a person asked" not in answer.text
