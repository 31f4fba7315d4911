"""A score's change is split into parts that sum to it, and a document can be thought away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smalti.models.checkpoint import RESEARCH, read, write
from smalti.platform.errors import NotFound
from smalti.service.changes import PARTS, change, what_if
from smalti.service.engine import Engine
from smalti.service.stages.score import score_all
from smalti.service.views import ScoreChangeView, SignalChange
from tests.service.newsroom import ISSUER, moment, newsroom, publish


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Engine]:
    with newsroom(tmp_path) as engine:
        publish(engine, "old", "2025-01-02")
        publish(engine, "kept", "2025-01-20")
        yield engine


def between(engine: Engine, before: str, after: str) -> ScoreChangeView:
    return change(engine, ISSUER, moment(before), moment(after))


def sentiment(found: ScoreChangeView) -> SignalChange:
    return next(s for s in found.signals if s.kind == "sentiment")


def parts(one: SignalChange) -> dict[str, float]:
    return {part.name: part.amount for part in one.parts if part.amount}


def test_the_parts_sum_to_the_difference_exactly(here: Engine) -> None:
    publish(here, "new", "2025-02-05")
    score_all(here, ISSUER, moment("2025-01-21"))
    score_all(here, ISSUER, moment("2025-02-06"))
    found = sentiment(between(here, "2025-01-21", "2025-02-06"))
    assert [part.name for part in found.parts] == list(PARTS)
    assert found.before is not None
    assert found.after is not None
    total = sum(part.amount for part in found.parts)
    assert total == pytest.approx(found.after - found.before, abs=1e-15)
    assert set(parts(found)) == {"aged-out evidence", "new evidence"}


def test_with_nothing_new_only_time_moves_a_score(here: Engine) -> None:
    found = between(here, "2025-01-21", "2025-02-06")
    assert set(parts(sentiment(found))) == {"aged-out evidence"}
    assert [one.document_id for one in found.aged_out] == ["old"]  # news counts for 30 days
    assert found.arrived == []


def test_what_is_recorded_later_about_the_past_is_revised_data(here: Engine) -> None:
    score_all(here, ISSUER, moment("2025-01-21"))
    publish(here, "late", "2025-01-15", recorded="2999-01-01")
    found = between(here, "2025-01-21", "2025-01-22")
    assert "revised data" in parts(sentiment(found))
    assert "new evidence" not in parts(sentiment(found))


def test_what_was_stored_after_a_moment_can_be_left_out(here: Engine) -> None:
    score_all(here, ISSUER, moment("2025-01-21"))
    then = here.store.now()
    told = change(here, ISSUER, moment("2025-01-21"), moment("2025-01-22"), then)
    publish(here, "late", "2025-01-15", recorded="2999-01-01")
    publish(here, "new", "2025-01-22", recorded="2999-01-01")
    assert change(here, ISSUER, moment("2025-01-21"), moment("2025-01-22"), then) == told
    assert between(here, "2025-01-21", "2025-01-22") != told


def test_an_edition_that_takes_anothers_place_is_a_correction(here: Engine) -> None:
    publish(here, "edited", "2025-01-25", path="kept.html")
    found = between(here, "2025-01-24", "2025-01-26")
    assert "corrected documents" in parts(sentiment(found))
    assert "new evidence" not in parts(sentiment(found))
    assert [(one.document_id, one.corrects) for one in found.arrived] == [("edited", True)]


def test_another_model_has_its_own_part(here: Engine) -> None:
    score_all(here, ISSUER, moment("2025-01-21"))
    (path,) = here.settings.model.glob("research*") if here.settings.model else ()
    other = here.settings.model_copy(update={"model": path.parent.parent / "other"})
    assert other.model is not None
    other.model.mkdir()
    models, _ = read(path)
    for parameter in models[0].networks[0].parameters():
        parameter.data.mul_(1.5)
    write(models, other.model / RESEARCH)
    found = between(replace(here, settings=other), "2025-01-21", "2025-01-22")
    assert abs(parts(sentiment(found))["model version"]) > 1e-6


def test_when_all_grew_old_before_something_new_came_both_are_one_part(here: Engine) -> None:
    publish(here, "new", "2025-06-01")
    found = sentiment(between(here, "2025-01-21", "2025-06-02"))
    assert [part.name for part in found.parts][2] == "aged-out evidence + new evidence"


def test_a_signal_without_a_value_says_so_and_gives_no_parts(here: Engine) -> None:
    found = between(here, "2025-01-21", "2025-09-01")
    assert sentiment(found).parts == ()
    assert "no value after" in (sentiment(found).reason or "")


def test_moments_out_of_order_are_refused(here: Engine) -> None:
    with pytest.raises(NotFound, match="nothing lies between"):
        between(here, "2025-02-01", "2025-01-01")


def test_without_a_document_the_score_is_that_of_the_others(here: Engine) -> None:
    as_of = moment("2025-01-21")
    found = what_if(here, ISSUER, "old", as_of)
    (row,) = (s for s in found.signals if s.kind == "sentiment")
    assert row.value != row.without
    alone = what_if(here, ISSUER, "kept.html", as_of)  # a file's name will do
    assert [one.document_id for one in alone.documents] == ["kept"]
    nothing = next(s for s in alone.signals if s.kind == "risk")
    assert (nothing.value, nothing.without) == (None, None)


def test_without_an_edited_page_its_earlier_edition_speaks(here: Engine) -> None:
    as_of = moment("2025-01-26")
    before = next(s for s in what_if(here, ISSUER, "old", as_of).signals if s.kind == "sentiment").value
    publish(here, "edited", "2025-01-25", path="kept.html")
    found = what_if(here, ISSUER, "edited", as_of)
    assert next(s for s in found.signals if s.kind == "sentiment").without == before


def test_a_document_of_the_future_cannot_be_thought_away(here: Engine) -> None:
    publish(here, "new", "2025-02-05")
    with pytest.raises(NotFound, match="no such document of this issuer by then"):
        what_if(here, ISSUER, "new", moment("2025-02-01"))
