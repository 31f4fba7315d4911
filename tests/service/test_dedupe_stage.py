"""Copies of news in the store: the same rows in any order of arrival, no more weight than their original."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from smalti.models.cases import Known
from smalti.models.scoring import Scored
from smalti.models.versions import CHECKS_VERSION
from smalti.platform.records import Signal
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import Engine, open_engine
from smalti.service.stages.dedupe import dedupe_all
from smalti.service.stages.score import score_all

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
TITLE = "Quartz Anvil profit falls"
STORY = (
    "Quartz Anvil said on Monday that its profit fell by 34 percent as orders from builders dried up and the"
    " price of quartz rose. The company employs 900 people and had warned in January that weak demand would"
    " hurt it. Its shares lost a tenth of their value in early trade, more than those of any rival, and"
    " brokers cut their forecasts."
)


def add(engine: Engine, name: str, hours: float, text: str = STORY, **more: Any) -> None:
    """One news document of one paragraph, linked to `issuer`."""
    batch = Batch()
    batch.add(
        "documents",
        {"document_id": name, "artifact_id": more.get("artifact", name), "part": "", "hints": "{}"}
        | {"kind": more.get("kind", "news"), "title": TITLE, "url": f"https://{name}.test/story"}
        | {"available_at": NOON + timedelta(hours=hours), "available_method": "feed"},
    )
    batch.add(
        "evidence",
        {
            "evidence_id": f"e-{name}",
            "document_id": name,
            "kind": "paragraph",
            "ordinal": 0,
            "text": text,
            "locator": "{}",
        }
        | {"content_id": f"c-{text}"},
    )
    if "path" in more:
        seen = {"sighting_id": name, "artifact_id": name, "source_id": "s", "path": more["path"]}
        batch.add("sightings", seen | {"fetched_at": NOON + timedelta(hours=hours)})
    batch.add("links", {"document_id": name, "issuer_id": "i1", "score": 1.0})
    engine.store.commit(batch)


def rows(engine: Engine) -> list[tuple[Any, ...]]:
    return engine.store.read("SELECT document_id, of_document, method FROM duplicates ORDER BY ALL").rows()


def test_copies_point_to_the_first_and_a_second_run_changes_nothing(engine: Engine) -> None:
    add(engine, "wire", 0)
    add(engine, "copy", 2, f"NEW YORK (Reuters) - {STORY} Sign up for our newsletter.")
    add(engine, "cut", 3, STORY[:200])
    add(engine, "corrected", 4, STORY.replace("34", "43"))
    add(engine, "next year", 24 * 365)
    add(engine, "post", 1, kind="social")
    assert dedupe_all(engine).counts["duplicates"] == 2
    assert rows(engine) == [("copy", "wire", "same text"), ("cut", "wire", "near text")]
    again = dedupe_all(engine).counts
    assert again["duplicates"] == 2 and again["documents"] == 0


def test_the_rows_end_the_same_in_whatever_order_documents_arrive(tmp_path: Path) -> None:
    arriving = {"first": 0.0, "second": 2.0, "third": 6 * 24.0, "fourth": 8 * 24.0}
    orders: Sequence[Sequence[str]] = [*list(permutations(arriving))[::7]]
    for at, order in enumerate(orders):
        with open_engine(Settings(home=tmp_path / str(at), workers=1, ocr=False)) as engine:
            for name in order:
                add(engine, name, arriving[name])
                dedupe_all(engine)
            assert rows(engine) == [
                ("fourth", "third", "same text"),  # more than a week after the first two
                ("second", "first", "same text"),
                ("third", "first", "same text"),
            ], order


def test_a_newer_reading_of_a_page_is_no_copy_of_the_older(engine: Engine) -> None:
    add(engine, "read", 0, artifact="page")
    dedupe_all(engine)
    add(engine, "read again", 0, artifact="page")
    dedupe_all(engine)
    assert rows(engine) == []
    add(engine, "copy", 1)
    dedupe_all(engine)
    assert rows(engine) == [("copy", "read again", "same text")]


def test_a_page_edited_in_place_is_no_copy_of_its_earlier_state(engine: Engine) -> None:
    add(engine, "before", 0, path="page.html")
    add(engine, "after", 1, STORY.replace("Monday", "Tuesday"), path="page.html")
    add(engine, "elsewhere", 2, path="other.html")
    dedupe_all(engine)
    assert rows(engine) == [("elsewhere", "before", "same text")]


class Scorer:
    """Workers that note what is known and give one signal a case."""

    size = 1

    def __init__(self) -> None:
        self.seen: list[Known] = []

    def call(self, function: str, *, timeout: float | None = None, **given: Any) -> Scored:
        known, case_id = given["known"], given["case_id"]
        self.seen.append(known)
        signal = Signal(
            f"signal of {case_id}", known.issuer_id, "sentiment", known.as_of, 0, 0.5, None, None, None,
            CHECKS_VERSION,
        )  # fmt: skip
        return Scored(case_id, [signal], [])

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def scorer(engine: Engine) -> Iterator[tuple[Engine, Scorer]]:
    workers = Scorer()
    yield replace(engine, workers=workers), workers


def test_a_story_copied_twenty_times_moves_a_signal_no_more_than_once(scorer: tuple[Engine, Scorer]) -> None:
    engine, asked = scorer
    add(engine, "wire", 0)
    moment = NOON + timedelta(days=2)
    dedupe_all(engine)
    assert score_all(engine, "i1", moment).counts["cases"] == 1
    for n in range(20):
        add(engine, f"copy {n}", 1 + n, f"(Reuters) - {STORY} © 2025 Publisher {'x' * n}.")
    assert dedupe_all(engine).counts["duplicates"] == 20
    # The same case, and so the same signal to the last bit.
    assert score_all(engine, "i1", moment).counts["unchanged"] == 1
    assert [sorted(known.evidence["document_id"]) for known in asked.seen] == [["wire"]]


def test_as_of_any_moment_the_first_to_say_it_speaks_alone(scorer: tuple[Engine, Scorer]) -> None:
    engine, asked = scorer
    add(engine, "wire", 0)
    add(engine, "copy", 2)
    dedupe_all(engine)
    score_all(engine, "i1", NOON + timedelta(hours=1))
    score_all(engine, "i1", NOON + timedelta(hours=3))
    assert [sorted(known.evidence["document_id"]) for known in asked.seen] == [["wire"], ["wire"]]
