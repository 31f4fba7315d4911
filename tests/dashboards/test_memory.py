"""What is kept of answers, for whom and for how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from smalti.dashboards import page as pages
from smalti.dashboards.session import Who

NOW = datetime(2026, 5, 15, tzinfo=UTC)
ANA, BOB = Who("ana", "analyst", "a" * 16), Who("bob", "viewer", "b" * 16)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """All test runs of Streamlit count as one session."""
    st.cache_data.clear()


class Counting:
    """A client that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def answer(self, *key: object) -> list[object]:
        self.asked.append(key)
        return list(key)


def edition(signals: str = "1", documents: str = "1", model: str = "m") -> dict[str, str]:
    return {"signals": signals, "documents": documents, "model_version": model}


def asked(client: Counting, *runs: tuple[Who, dict[str, str], datetime | None]) -> int:
    """How often the client was asked when these pages were looked at in one Streamlit session."""

    def script() -> None:
        import streamlit as st

        from smalti.dashboards.memory import remembered

        @remembered("signals")
        def newest(smalti: object, as_of: object) -> object:
            return smalti.answer(as_of)  # type: ignore[attr-defined]  # a `Counting`

        @remembered("signals")
        def other(smalti: object, as_of: object) -> object:
            return ["other", *smalti.answer(as_of)]  # type: ignore[attr-defined]  # a `Counting`

        looked = st.session_state["page"]
        assert newest(looked, looked.as_of) == [looked.as_of]
        assert other(looked, looked.as_of) == ["other", looked.as_of]

    test = AppTest.from_function(script)
    for who, told, as_of in runs:
        test.session_state["page"] = pages.Page(client, who, told, as_of, NOW, chosen=False)  # type: ignore[arg-type]  # no client
        test.run()
        assert not test.exception
    return len(client.asked)


def test_the_same_question_is_asked_once_and_each_function_has_its_own_answers() -> None:
    assert asked(Counting(), (ANA, edition(), None), (ANA, edition(), None)) == 2


@pytest.mark.parametrize(
    "other",
    [
        (ANA, edition(), NOW),
        (ANA, edition(signals="2"), None),
        (ANA, edition(model="n"), None),
        (BOB, edition(), None),
    ],
)
def test_another_moment_edition_model_or_person_is_another_question(
    other: tuple[Who, dict[str, str], datetime | None],
) -> None:
    assert asked(Counting(), (ANA, edition(), None), other) == 4


def test_what_an_answer_does_not_rest_on_does_not_matter() -> None:
    assert asked(Counting(), (ANA, edition(), None), (ANA, edition(documents="2"), None)) == 2
