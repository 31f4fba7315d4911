"""Which moment a page shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import ANVIL, DAY, signals

from smalti.platform.store import Batch


def test_a_store_that_stood_still_is_shown_as_of_its_last_score_and_says_so(look: Open) -> None:
    page = look()
    assert "Shown as of" in words(page)
    assert page.datetime_input[0].value.year == DAY.year


def test_now_is_shown_where_it_is_asked_for(look: Open, served: Served) -> None:
    page = look(as_of="now")
    assert "Shown as of" not in words(page)
    assert page.datetime_input[0].value.year == served.service.engine.store.now().year


@pytest.mark.parametrize("nonsense", ["", "yesterday", "2024-13-01", "9" * 400])
def test_a_moment_that_is_none_is_as_good_as_not_said(look: Open, nonsense: str) -> None:
    page = look(as_of=nonsense)
    assert not page.exception
    assert "Shown as of" in words(page)


def test_a_store_that_lives_is_shown_as_of_now(look: Open, served: Served) -> None:
    store = served.service.engine.store
    lately = store.now() - timedelta(days=2)
    batch = Batch()
    batch.add("signals", *signals(ANVIL, lately))
    store.commit(batch)
    assert "Shown as of" not in words(look())
