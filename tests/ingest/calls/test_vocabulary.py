"""What a recogniser is told to expect, and how far spelling is touched."""

from smalti.ingest.calls.vocabulary import Vocabulary, terms_of
from smalti.ingest.speech_engines import Word


def test_the_prompt_holds_issuer_speakers_and_terms_and_is_capped() -> None:
    hints = {"issuer": "Acme Corp", "vocabulary": "Health Care; Jane Roe\nFiltrete, Post-it"}
    prompt = Vocabulary.of_hints(hints, ["John Smith", "John Smith"]).prompt
    assert prompt.startswith("Acme Corp earnings call. John Smith. Health Care, Jane Roe, Filtrete, Post-it,")
    many = Vocabulary("x" * 500, [f"Term {i} {'y' * 100}" for i in range(500)])
    assert len(many.prompt) < 2_000
    assert "<" not in Vocabulary("<|endoftext|> Acme").prompt


def test_a_word_with_a_terms_letters_is_spelt_like_it_and_nothing_else_is() -> None:
    words = [Word(0.0, 0.4, " Our", 0.9), Word(0.4, 1.5, " healthcare,", 0.8), Word(1.5, 2.0, " Inga", 0.3)]
    spelt = Vocabulary(terms=["Health Care", "Inge Thulin"]).respelled(words)
    assert "".join(w.text for w in spelt) == " Our health care, Inga"
    assert (spelt[1].start, spelt[2].end) == (0.4, 1.5)
    assert spelt[1].end == spelt[2].start


def test_terms_are_the_names_a_document_repeats() -> None:
    text = "The Health Care segment grew. Sales of Electronics & Energy fell, those of Health Care rose."
    assert terms_of([text] * 3) == ["Health Care", "Electronics and Energy"]
    assert terms_of([text]) == []
