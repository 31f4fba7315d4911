"""Sources and runs: every state, and handing in a real file."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words

from smalti.ingest.feeds.source import Source
from smalti.platform.auth import Role
from smalti.platform.store import Batch
from smalti.service import sources


@pytest.fixture
def overdue(served: Served) -> Iterator[None]:
    store = served.service.engine.store
    sources.add(store, Source("wire", "news", "https://wire.example/feed?token=topsecret", "every 1m", {}))
    yield
    sources.remove(store, "wire")


def frame(page: AppTest, key: str) -> list[dict[str, object]]:
    (found,) = [one.value for one in page.dataframe if one.proto.id.endswith(f"-{key}")]
    return list(found.to_dict("records"))


def test_health_says_what_can_be_used_and_what_is_overdue(look: Open) -> None:
    page = look("sources", Role.VIEWER)
    assert not page.exception
    labels = {one.label: one.value for one in page.metric}
    assert {"Free disk", "Workers busy", "Set aside"} <= set(labels)
    assert labels["Set aside"] == "1"
    assert "Nothing runs at this moment" in words(page)
