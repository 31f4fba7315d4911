"""Search over HTTP: evidence for words, and no hostile text that breaks it."""

from __future__ import annotations

import json
import time

import pytest

from smalti.platform.store import Batch

HOSTILE = (
    '"', "'", "*", "?", "a*", "(((", "title:x", "AND OR NOT", "a AND", "^", "~", "\\", "{!lucene}", "[1 TO",
    "/re.*/", "%00", "&&", "||", "+-", "'; DROP TABLE evidence; --", "<script>alert(1)</script>", "🙂" * 100,
    "\u202e", "a" * 500,
)  # fmt: skip


@pytest.fixture
def filled(service):
    batch = Batch()
    batch.add("issuers", {"issuer_id": "i", "name": "Quartz Anvil Corporation", "cik": "0009900001"})
    for name, day in (("early", "2025-05-01T00:00:00Z"), ("late", "2025-06-01T00:00:00Z")):
        batch.add(
            "documents",
            {"document_id": name, "artifact_id": name, "part": "", "parser": "p", "parser_version": "1",
             "kind": "news", "title": f"{name} news", "language": "en", "available_at": day,
             "available_method": "feed", "hints": json.dumps({"synthetic": "yes"})},
        )  # fmt: skip
        batch.add(
            "evidence",
            {"evidence_id": f"{name} e", "document_id": name, "kind": "paragraph", "ordinal": 0,
             "locator": "{}", "text": f"<b>The covenant</b> was breached, {name}.", "payload": "{}",
             "content_id": name},
        )  # fmt: skip
    batch.add("links", {"document_id": "late", "issuer_id": "i", "score": 1.0, "method": "name"})
    service.engine.store.commit(batch)
    return service


def test_it_answers_with_quotes_and_places(filled, admin):
    found = admin.get("/v1/search", params={"q": "covenant"}).json()
    assert [hit["evidence_id"] for hit in found["hits"]] == ["early e", "late e"]
    hit = found["hits"][0]
    assert hit["quote"] == "<b>The covenant</b> was breached, early."
    assert [hit["quote"][a:b] for a, b in hit["highlights"]] == ["covenant"]
    assert hit["synthetic"] is True
    assert found["semantic"] is False
    assert any("meaning was not" in note for note in found["notes"])


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({"as_of": "2025-05-20"}, ["early e"]),
        ({"issuer": "Quartz Anvil"}, ["late e"]),
        ({"from": "2025-05-20"}, ["late e"]),
        ({"to": "2025-05-20"}, ["early e"]),
        ({"told_to": "2025-05-20"}, ["early e"]),
        ({"told_to": "2025-04-30"}, []),
        ({"told_from": "2025-06-01"}, ["late e"]),
        ({"kind": "table"}, []),
        ({"source": ["call", "news"], "kind": ["paragraph"], "language": "en"}, ["early e", "late e"]),
        ({"limit": 1}, ["early e"]),
    ],
)
def test_it_is_narrowed(filled, admin, params, ids):
    answer = admin.get("/v1/search", params={"q": "covenant"} | params)
    assert answer.status_code == 200, answer.text
    assert [hit["evidence_id"] for hit in answer.json()["hits"]] == ids


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_words_and_nothing_else(filled, admin, text):
    assert admin.get("/v1/search", params={"q": f"{text} covenant"[:500]}).status_code == 200


@pytest.mark.parametrize(
    "params",
    [{}, {"q": "x" * 10_000}, {"q": "a\x00b"}, {"q": "a", "limit": 101}, {"q": "a", "limit": 10**30},
     {"q": "a", "kind": "poem"}, {"q": "a", "language": "english"}, {"q": "a", "as_of": "0000-01-01"},
     {"q": "a", "as_of": "9999-12-31"}, {"q": "a", "source": ["news"] * 11}, {"q": "a", "colour": "red"}],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(admin, params):
    answer = admin.get("/v1/search", params=params)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "Invalid"


def test_an_unknown_issuer_is_not_found(filled, admin):
    assert admin.get("/v1/search", params={"q": "a", "issuer": "Nobody"}).status_code == 404


def test_nobody_searches_without_a_key(nobody):
    assert nobody.get("/v1/search", params={"q": "a"}).status_code == 401


def test_text_without_words_finds_nothing(filled, admin):
    found = admin.get("/v1/search", params={"q": " ... !!! "}).json()
    assert (found["hits"], found["words"]) == ([], [])


def test_what_comes_later_is_found_soon(filled, admin, monkeypatch):
    monkeypatch.setattr("smalti.service.search._LOOK_EVERY_S", 0.0)
    assert len(admin.get("/v1/search", params={"q": "covenant"}).json()["hits"]) == 2
    batch = Batch()
    batch.add(
        "documents",
        {"document_id": "third", "artifact_id": "third", "part": "", "parser": "p", "parser_version": "1",
         "kind": "news", "title": "", "available_at": "2025-06-02T00:00:00Z", "available_method": "feed",
         "hints": "{}"},
    )  # fmt: skip
    batch.add(
        "evidence",
        {"evidence_id": "third e", "document_id": "third", "kind": "paragraph", "ordinal": 0, "locator": "{}",
         "text": "another covenant", "payload": "{}", "content_id": "third"},
    )  # fmt: skip
    filled.engine.store.commit(batch)
    for _ in range(200):
        found = admin.get("/v1/search", params={"q": "covenant"}).json()["hits"]
        if len(found) == 3:
            return
        time.sleep(0.05)
    pytest.fail("the new document was not found")
