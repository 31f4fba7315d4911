"""What recognisers make up is named; what people say is not."""

import pytest

from smalti.ingest.calls.faults import fault, is_stock_phrase, repeats
from smalti.ingest.speech_engines import Heard, Word

TOLD = "Acme earnings call. Jane Roe, John Smith, GAAP and non-GAAP results, EPS, CapEx, EBITDA."


def heard(text: str, **scores: float) -> Heard:
    words = tuple(Word(i / 3, i / 3 + 0.3, f" {w}", 0.9) for i, w in enumerate(text.split()))
    return Heard(words, "en", scores.get("log_probability", -0.2), scores.get("no_speech", 0.01))


@pytest.mark.parametrize(
    ("said", "speech_s", "why"),
    [
        ("Sales grew nine percent in the quarter.", 3.0, None),
        ("It was very, very, very good.", 3.0, None),
        ("Thank you for joining us today.", 2.0, None),
        ("we will see " * 8, 20.0, "repetition"),
        ("Thank you for watching!", 4.0, "silence"),
        ("Subtitles by the Amara.org community", 4.0, "silence"),
        ("Sales grew.", 0.1, "silence"),
        ("Jane Roe, John Smith, GAAP and non-GAAP results, EPS, CapEx", 4.0, "prompt"),
        ("a b c d e f g h i j k l m n", 1.0, "haste"),
        ("Thank you.", 25.0, "passed over"),
        ("", 20.0, "passed over"),
        ("", 1.0, None),
    ],
)
def test_each_fault_has_its_name(said: str, speech_s: float, why: str | None) -> None:
    assert fault(heard(said), speech_s, TOLD) == why


def test_scores_tell_too() -> None:
    assert fault(heard("Something here.", log_probability=-1.8), 3.0) == "unsure"
    assert fault(heard("Something here.", log_probability=-1.8, no_speech=0.9), 3.0) == "silence"


def test_one_word_of_the_issuer_is_no_echo_of_the_prompt() -> None:
    assert fault(heard("On a GAAP basis Jane Roe said results were up by nine percent."), 5.0, TOLD) is None


def test_runs_of_repeats() -> None:
    assert repeats(["a", "b", "a", "b", "a", "b", "a", "b", "c"]) == [range(8)]
    assert repeats(["no", "no", "no", "no", "we", "said"]) == []
    assert is_stock_phrase(" Thanks for watching.")
    assert not is_stock_phrase("Thanks for watching our margins.")
