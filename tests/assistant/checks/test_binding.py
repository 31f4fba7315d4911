"""Numerals of bare text are bound to what tools gave, or the text is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.assistant.checks.ledger import Books, books, figure, growth, told

from smalti.assistant.checks.binding import bind
from smalti.assistant.checks.failures import Failure
from smalti.assistant.draft import Draft
from smalti.assistant.records import Answer, Sentence


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books(tmp_path_factory.mktemp("books")) as opened:
        yield opened


@pytest.fixture(scope="module")
def given(own: Books) -> Answer:
    draft = Draft()
    for line, year in (("Revenues", 2022), ("Revenues", 2023), ("NetIncomeLoss", 2023)):
        text, bound = told("marble", line, year)
        draft.say(text, figures=[bound])
    text, result, made = growth("marble", "Revenues", 2023)
    draft.compute(made)
    draft.say(text, figures=[result])
    return own.answer(draft, ["marble"], [2022, 2023])


REVENUE = figure("marble", "Revenues", 2023, "").value / 1e6


def test_what_tools_gave_may_be_said_in_other_words(own: Books, given: Answer) -> None:
    made = bind(
        f"In 2023 Marble Heron had revenue of ${REVENUE:,.0f} million.", given, own.grounds, "revenue?"
    )
    assert isinstance(made, Sentence)
    assert [one.concept for one in made.figures if not one.said] == ["Revenues"]
    assert made.cites
    rise = bind(
        f"Its revenue grew by {given.sentences[3].figures[0].text} from 2022 to 2023.", given, own.grounds, ""
    )
    assert isinstance(rise, Sentence) and rise.figures[0].computation == "a"


@pytest.mark.parametrize(
    "text",
    [
        f"In 2022 Marble Heron had revenue of ${REVENUE:,.0f} million.",
        f"In 2023 Velvet Comet had revenue of ${REVENUE:,.0f} million.",
        f"In 2023 Marble Heron had net income of ${REVENUE:,.0f} million.",
        f"In 2023 Marble Heron had revenue of ${REVENUE:,.0f} billion.",
        f"In 2023 Marble Heron had revenue of -${REVENUE:,.0f} million.",
        f"In 2023 Marble Heron had revenue of {REVENUE:,.0f}%.",
        "In 2023 Marble Heron had revenue of $999 billion.",
        "Its revenue doubled in 2023.",
    ],
)
def test_what_tools_did_not_give_is_refused(own: Books, given: Answer, text: str) -> None:
    assert isinstance(bind(text, given, own.grounds, "What was its revenue?"), Failure)
