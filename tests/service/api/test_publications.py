"""Customers see what was published to them, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from smalti.platform.store import Batch
from smalti.service.service import Service

AS_OF = datetime(2025, 2, 1, tzinfo=UTC)
ANVIL, BASALT = "a" * 64, "b" * 64
REPORT, UNPUBLISHED = "c" * 64, "d" * 64
PDF = b"%PDF-1.7 of a report"


@pytest.fixture(autouse=True)
def two_companies(service: Service) -> None:
    """One is synthetic, the other not; both have signals of two days, and a report each."""
    batch = Batch()
    store, pdf = service.engine.store, service.engine.objects.put(PDF)
    for issuer, name in ((ANVIL, "Quartz Anvil Corporation"), (BASALT, "Basalt Bakers Inc")):
        batch.add("issuers", {"issuer_id": issuer, "name": name})
        for day in (0, 1):
            batch.add(
                "signals",
                {
                    "signal_id": f"{day}{issuer[1:]}",
                    "case_id": f"case {day}",
                    "issuer_id": issuer,
                    "kind": "risk",
                    "as_of": AS_OF + timedelta(days=day),
                    "horizon_days": 30,
                    "value": 0.2 + day / 10,
                    "low": 0.1,
                    "high": 0.5,
                    "model_version": "m1",
                    "used": ["news"],
                    "missing": ["call"],
                    "not_trained": [],
                    "stale": [],
                    "in_sample": False,
                    "details": "{}",
                },
            )
    for report, title in ((REPORT, "Quartz Anvil, weekly"), (UNPUBLISHED, "Basalt Bakers, secret")):
        batch.add(
            "reports",
            {
                "report_id": report,
                "title": title,
                "headline": "Calm",
                "since": AS_OF,
                "as_of": AS_OF,
                "synthetic": True,
                "pdf_id": pdf,
            },
        )
    batch.add("documents", {"document_id": "e" * 64, "hints": '{"synthetic": "true"}', "kind": "news"})
    batch.add("links", {"document_id": "e" * 64, "issuer_id": ANVIL, "score": 1.0})
    store.commit(batch)


def test_nothing_is_seen_before_it_is_published(customer: TestClient) -> None:
    assert customer.get("/v1/published/issuers").json() == {"items": [], "next": None}
    assert customer.get("/v1/published/reports").json() == {"items": [], "next": None}
    unknown = customer.get(f"/v1/published/issuers/{'0' * 64}/signals")
    hidden = customer.get(f"/v1/published/issuers/{ANVIL}/signals")
    assert unknown.status_code == hidden.status_code == 404
    assert unknown.json()["error"]["what"] == hidden.json()["error"]["what"]
    assert customer.get(f"/v1/published/reports/{REPORT}/pdf").status_code == 404


def test_a_published_issuer_shows_its_newest_signals_with_their_doubts(
    analyst: TestClient, customer: TestClient
) -> None:
    assert analyst.put(f"/v1/publications/issuer/{ANVIL}").json()["title"] == "Quartz Anvil Corporation"
    [issuer] = customer.get("/v1/published/issuers").json()["items"]
    assert (issuer["name"], issuer["synthetic"]) == ("Quartz Anvil Corporation", True)
    [signal] = customer.get(f"/v1/published/issuers/{ANVIL}/signals").json()["items"]
    assert signal["value"] == pytest.approx(0.3)
    assert (signal["low"], signal["high"], signal["missing"]) == (0.1, 0.5, ["call"])
    assert signal["synthetic"] is True
    assert customer.get(f"/v1/published/issuers/{BASALT}/signals").status_code == 404
    assert "Basalt" not in customer.get("/v1/published/issuers").text


def test_a_published_report_is_had_as_pdf(analyst: TestClient, customer: TestClient) -> None:
    analyst.put(f"/v1/publications/report/{REPORT}")
    [report] = customer.get("/v1/published/reports").json()["items"]
    assert (report["title"], report["synthetic"]) == ("Quartz Anvil, weekly", True)
    pdf = customer.get(f"/v1/published/reports/{REPORT}/pdf")
    assert (pdf.content, pdf.headers["content-type"]) == (PDF, "application/pdf")
    assert customer.get(f"/v1/published/reports/{REPORT[:8]}/pdf").status_code == 404
    assert customer.get(f"/v1/published/reports/{UNPUBLISHED}/pdf").status_code == 404


def test_what_is_withdrawn_is_gone_at_once(analyst: TestClient, customer: TestClient) -> None:
    analyst.put(f"/v1/publications/issuer/{ANVIL}")
    assert analyst.delete(f"/v1/publications/issuer/{ANVIL}").status_code == 204
    assert customer.get(f"/v1/published/issuers/{ANVIL}/signals").status_code == 404
    assert analyst.delete(f"/v1/publications/issuer/{ANVIL}").status_code == 404


def test_publishing_twice_keeps_who_did_it_first_and_unknown_things_are_not_published(
    analyst: TestClient, admin: TestClient
) -> None:
    first = analyst.put(f"/v1/publications/issuer/{ANVIL}").json()
    assert admin.put(f"/v1/publications/issuer/{ANVIL}").json() == first
    assert first["published_by"] == "analyst"
    assert analyst.put(f"/v1/publications/issuer/{'0' * 64}").status_code == 404
    assert analyst.put(f"/v1/publications/signal/{ANVIL}").status_code == 422
    listed = admin.get("/v1/publications").json()["items"]
    assert [one["subject_id"] for one in listed] == [ANVIL]
