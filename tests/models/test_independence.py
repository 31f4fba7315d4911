"""Twenty copies are one voice, and what anybody could forge is told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.models.checks.dossiers import document

from smalti.models.independence import MARKET, independence, origin
from smalti.platform.records import DateMethod, Document, SourceKind


def news(name: str, url: str | None = None, author: str | None = None) -> Document:
    return replace(document(SourceKind.NEWS, "2026-01-02", name, author), url=url)


def of(*documents: Document) -> dict[str, Document]:
    return {one.document_id: one for one in documents}


def test_who_speaks_in_each_kind_of_document() -> None:
    assert origin(news("n", "https://www.paper.example/a/b")) == "paper.example"
    assert origin(news("n", "http://[", "desk")) == "desk"
    assert origin(document(SourceKind.SOCIAL, "2026-01-02", author="retail 7")) == "account retail 7"
    assert origin(document(SourceKind.PRICE, "2026-01-02")) == MARKET
    same = {origin(document(kind, "2026-01-02")) for kind in (SourceKind.CALL, SourceKind.FILING)}
    assert same == {"the issuer"}


def test_twenty_copies_on_twenty_sites_are_one_origin() -> None:
    first = news("first", "https://one.example/")
    copies = [news(f"copy{n}", f"https://site{n}.example/") for n in range(20)]
    found = independence(
        [(one.document_id, 0.1) for one in (first, *copies)],
        of(first, *copies),
        {one.document_id: "first" for one in copies},
    )
    assert [(o.name, o.pieces) for o in found.origins] == [("one.example", 21)]
    assert found.effective == pytest.approx(1)
    assert found.copied == pytest.approx(20 / 21)


def test_shares_of_posts_and_of_the_anonymous_are_told() -> None:
    named = document(SourceKind.SOCIAL, "2026-01-02", "named", author="retail account 1")
    nobody = document(SourceKind.SOCIAL, "2026-01-02", "nobody")
    page = news("page", "https://paper.example/")
    undated = replace(news("undated", "https://paper.example/"), available_method=DateMethod.RECORDED)
    found = independence(
        [("named", 0.2), ("nobody", -0.1), ("page", 0.6), ("undated", 0.1)],
        of(named, nobody, page, undated),
        {},
    )
    assert found.untrusted == pytest.approx(0.4)
    assert found.anonymous == pytest.approx(0.1)
    assert found.copied == 0
    assert found.origins[0].name == "paper.example"
    assert found.origins[0].share == pytest.approx(0.7)
    assert found.effective == pytest.approx(1 / (0.49 + 0.04 + 0.01))


def test_what_nothing_moved_rests_on_nobody() -> None:
    page = news("page")
    assert independence([("page", 0.0)], of(page), {}).effective == 0
