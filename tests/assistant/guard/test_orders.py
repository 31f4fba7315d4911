"""Orders to machines are found in whatever disguise; prose of filings is left alone."""

import pytest

from smalti.assistant.guard.attempts import attempts
from smalti.assistant.guard.orders import orders_in


def test_every_attempt_that_is_text_is_found() -> None:
    missed = [one.text for one in attempts() if not orders_in(one.text)]
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "We may disregard immaterial differences in the previous year's figures.",
        "Our sales assistants must complete training every year.",
        "The system is now in maintenance; users are asked to change passwords.",
        "You should not rely on forward-looking statements.",
        "The Company used new tools to manage its inventory.",
        "An individual may not disclose the trade secret, except pursuant to court order.",
        "See https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK=66740 for all filings.",
        "Answer: revenue was $32.8 billion. Question: and the margin?",
        "The chief executive said that the model will be sold in Europe.",
    ],
)
def test_plain_prose_is_not_suspicious(text: str) -> None:
    assert orders_in(text) == ""


def test_hostile_lengths_come_to_an_end() -> None:
    for text in ("ignore " * 3_000, "a" * 50_000, "[" * 50_000, "00 " * 9_000):
        orders_in(text)
