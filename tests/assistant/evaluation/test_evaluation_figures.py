"""Shares with intervals, and questions made of facts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from smalti.assistant.evaluation.figures import shares
from smalti.assistant.evaluation.generated import FOLLOW, VALUE, generated
from smalti.assistant.evaluation.questions import FILE, Place, posed
from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval import Found, Question
from smalti.platform.errors import Malformed, NotFound
from smalti.platform.store import Batch, Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def nothing(question: Question) -> Found:
    raise AssertionError(question)


def test_shares_are_of_all_and_of_each_group_and_what_is_unknown_does_not_count():
    rows = [{"type": "a", "file": f"f{i % 5}", "right": i % 4 == 0} for i in range(40)]
    rows += [{"type": "b", "file": "g", "right": None}]
    found = shares(rows, ("right",), "type", "file")
    assert list(found) == ["all", "a", "b"]
    assert found["all"]["n"] == 41
    assert found["a"]["right"] == 0.25
    low, high = found["a"]["right_interval"]
    assert low <= 0.25 <= high
    assert (found["b"]["right"], found["b"]["right_interval"]) == (None, None)
    assert shares(rows, ("right",), "type", "file") == found, "the same draws every time"


def test_the_interval_is_wider_where_questions_share_a_filing():
    apart = [{"type": "a", "file": f"f{i}", "right": i < 10} for i in range(20)]
    together = [{"type": "a", "file": f"f{i // 10}", "right": i < 10} for i in range(20)]
    widths = []
    for rows in (apart, together):
        low, high = shares(rows, ("right",), "type", "file")["a"]["right_interval"]
        widths.append(high - low)
    assert widths[1] > widths[0] + 0.3


def test_questions_are_read_with_their_pages(tmp_path: Path):
    row = {
        "financebench_id": "q1", "question_type": "novel-generated", "question": "What?", "answer": "That.",
        "evidence": [{"doc_name": "A", "evidence_page_num": 3}, {"doc_name": "A", "evidence_page_num": 3}],
    }  # fmt: skip
    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(row) + "\n")
    [one] = posed(tmp_path)
    assert (one.question_id, one.places) == ("q1", [Place("A", 3)])
    file.write_text("{}\n")
    with pytest.raises(Malformed):
        posed(tmp_path)
    with pytest.raises(NotFound, match="SMALTI_DATA"):
        posed(tmp_path / "nowhere")


@pytest.fixture
def grounds(tmp_path: Path) -> Iterator[Grounds]:
    with Store(tmp_path / "s.duckdb") as store:
        batch = Batch()
        batch.add("issuers", {"issuer_id": "i", "name": "Quartz Anvil"})
        batch.add(
            "documents",
            {"document_id": "d", "artifact_id": "a", "part": "", "kind": "filing", "hints": "{}"}
            | {"available_at": datetime(2025, 2, 1, tzinfo=UTC), "title": "10-K"},
        )
        batch.add("links", {"document_id": "d", "issuer_id": "i", "score": 1.0, "method": "cik"})
        values = {2022: (7.0,), 2023: (8.0,), 2024: (9.0, 9.5)}
        for year, held in values.items():
            for value in held:
                batch.add(
                    "facts",
                    {"evidence_id": f"{year}-{value}", "document_id": "d", "concept": "Revenues"}
                    | {"label": "Revenue", "value": value, "unit": "USD"}
                    | {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)},
                )
        store.commit(batch)
        yield Grounds(store, nothing, NOW)


def test_questions_are_made_of_facts_that_are_told_one_way_only(grounds: Grounds):
    made = generated(grounds, 50)
    values = {one.turns[0]: list(one.values) for one in made if one.kind == VALUE}
    assert values == {
        "What was Quartz Anvil's revenue in fiscal year 2022?": [7.0],
        "What was Quartz Anvil's revenue in fiscal year 2023?": [8.0],
    }
    [follow] = [one for one in made if one.kind == FOLLOW]
    assert list(follow.turns) == [
        "What was Quartz Anvil's revenue in fiscal year 2023?", "And in fiscal year 2022?"
    ]  # fmt: skip
    assert list(follow.values) == [7.0]
    assert generated(grounds, 50) == made
    assert generated(Grounds(grounds.store, nothing, datetime(2024, 1, 1, tzinfo=UTC)), 50) == []
