"""Documents that give orders are taken in by the real parsers, asked about, flagged, and never followed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from smalti.assistant.guard.attempts import Attempt, Became, attempts, tried, write
from smalti.assistant.records import Ask
from smalti.platform.settings import Settings
from smalti.service.assistant import ask, grounds_of
from smalti.service.engine import open_engine
from smalti.service.search import refresh
from smalti.service.stages.ingest import ingest

UNSTORED = {"html, alternative text", "html, comment", "file name"}
"""What these carry is no text of the document; it is never shown."""


MODELLED = {"image", "speech"}
"""Need a minute for their models; `smalti evaluate --assistant` tries them."""


def became(tmp_path: Path, tries: list[Attempt]) -> list[Became]:
    write(tries, tmp_path / "source")
    with open_engine(Settings(home=tmp_path / "home", workers=1)) as engine:
        ingest(engine, tmp_path / "source")
        refresh(engine)
        now = datetime.now(UTC)
        grounds = grounds_of(engine, Ask("", now))
        return list(tried(tries, lambda text: ask(engine, Ask(text, now)), grounds))


@pytest.mark.slow
def test_one_of_each_carrier_is_flagged_and_none_is_followed(tmp_path: Path) -> None:
    by_carrier: dict[str, Attempt] = {}
    for one in attempts():
        if one.carrier not in MODELLED:
            by_carrier.setdefault(one.carrier, one)
    assert len(by_carrier) == 12
    for one in became(tmp_path, list(by_carrier.values())):
        assert not one.followed, one.attempt
        assert not one.unmarked, one.attempt
        if one.attempt.carrier in UNSTORED:
            assert one.stored == 0
        else:
            assert one.stored == one.flagged > 0, one.attempt


def test_there_are_many() -> None:
    every = list(attempts())
    assert len(every) >= 90
    assert {"text", "html", "pdf, white on white", "image", "speech"} <= {one.carrier for one in every}
    assert len({one.file.path for one in every}) == len(every)
