"""What is written one way is found when asked for in another."""

from __future__ import annotations

import pytest

from smalti.assistant.retrieval.quotes import quote
from smalti.assistant.retrieval.words import MOST_WORDS, query_words, spans, words


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("$1.2 billion", "Revenue of 1,200,000,000 USD"),
        ("1.2bn", "sales were $1,200 million"),
        ("$371.4", "a charge of 371.4 million"),
        ("3,753 million", "Purchases of treasury stock: 3,753,000,000 USD"),
        ("$3m", "cost 3,000,000 dollars"),
        ("66740", "CIK 0000066740"),
        ("0000066740", "CIK 66740"),
        ("$ZZQA", "not happy with ZZQA at all"),
        ("3M", "$3M is no ticker, but 3M's name is"),
        ("US", "under U.S. GAAP"),
        ("R&D", "spending on R&D rose"),
        ("2018", "in FY2018"),
        ("restructuring charges", "a charge for restructuring"),
        ("zurich", "Zürich"),
        ("利益", "純利益は減少した"),
    ],
)
def test_asked_one_way_written_another(asked, written):
    assert set(query_words(asked)[0]) & set(words(written))


def test_numbers_that_differ_share_no_word():
    assert not set(query_words("$1.2 billion")[0]) & set(words("1,200 thousand in 2012, 12 of them"))


def test_nothing_in_a_query_is_syntax():
    assert query_words('title:(profit^4 OR "loss*") AND NOT [a TO z] \\ ~2')[0] == [
        "titl", "profit", "4", "loss", "not", "z", "2",
    ]  # fmt: skip


def test_words_that_say_nothing_count_only_where_there_are_no_others():
    assert query_words("what is the profit")[0] == ["profit"]
    assert query_words("what is the")[0] == ["what", "is", "the"]


def test_a_long_query_is_cut_and_says_so():
    looked_for, too_many = query_words(" ".join(f"word{i}" for i in range(5_000)))
    assert too_many
    assert len(looked_for) == MOST_WORDS


def test_spans_are_where_the_words_stand():
    text = "Revenue was $1.2 billion in 2018, or 1,200,000,000 dollars at 3M (U.S.)."
    found = [text[a:b] for a, b, _ in spans(text, query_words("1200000000 3m us revenues")[0])]
    assert found == ["Revenue", "1.2 billion", "1,200,000,000", "3M", "U.S."]


def test_a_quote_is_the_stretch_that_answers():
    text = (
        "Nothing here. " * 200
        + "The covenant was breached in March, said the lenders. "
        + "And so on. " * 200
    )
    found = quote(text, {"coven": 3.0, "breach": 3.0})
    assert found.text == text[found.start : found.start + len(found.text)]
    assert [found.text[a:b] for a, b in found.highlights] == ["covenant", "breached"]
    assert len(found.text) <= 330


def test_a_quote_without_any_word_is_the_beginning():
    assert quote("A short text.", {"other": 1.0}).text == "A short text."
