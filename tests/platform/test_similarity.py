import numpy as np
import pytest
from PIL import Image

from smalti.platform.similarity import (
    NEAR_IMAGE,
    NEAR_TEXT,
    bands,
    distance,
    image_hash,
    minhash,
    shingles,
    text_hash,
)

POST = (
    "Huge news coming for $QZX this week, insiders are loading up before the contract is announced, buy now"
)


def hashed(text: str) -> int:
    found = text_hash(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "copy",
    [
        "RT @pumper: " + POST + " https://t.co/abc",
        POST.upper(),
        POST.replace("this week", "this month"),
        POST + " !!! 🚀🚀",
        POST.replace("buy now", "get in now"),
    ],
)
def test_a_post_reworded_lightly_is_near(copy: str) -> None:
    assert distance(hashed(POST), hashed(copy)) <= NEAR_TEXT


@pytest.mark.parametrize(
    "other",
    [
        "3M raised its full year guidance after organic growth of 4.6 percent in the first quarter",
        "Amazon insiders are not the only ones loading up before the holiday quarter is told on Thursday",
    ],
)
def test_another_post_is_far(other: str) -> None:
    assert distance(hashed(POST), hashed(other)) > NEAR_TEXT


def test_too_few_words_have_no_hash() -> None:
    assert text_hash("RT @someone $MMM up https://t.co/x") is None
    assert text_hash("") is None


def test_hashes_are_the_same_in_every_process() -> None:
    assert text_hash("one two three four") == 0x36E2D5AAF910474D


def picture(seed: int) -> np.ndarray:
    small = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((640, 480), Image.Resampling.BICUBIC))


def test_a_picture_rescaled_brightened_or_recompressed_is_near() -> None:
    original = picture(1)
    small = np.asarray(Image.fromarray(original).resize((213, 160)))
    bright = np.clip(original.astype(int) + 20, 0, 255).astype(np.uint8)
    assert distance(image_hash(original), image_hash(small)) <= 4
    assert distance(image_hash(original), image_hash(bright)) <= NEAR_IMAGE


def test_another_picture_is_far() -> None:
    apart = [distance(image_hash(picture(1)), image_hash(picture(seed))) for seed in range(2, 12)]
    assert min(apart) > NEAR_IMAGE


def test_a_picture_smaller_than_the_patch_has_a_hash() -> None:
    assert distance(image_hash(picture(1)[:5, :7]), image_hash(picture(1)[:5, :7])) == 0
    assert 0 <= image_hash(np.zeros((1, 1, 3), np.uint8)) < 2**64


def test_minhash_estimates_what_share_of_the_shingles_two_texts_have_in_common() -> None:
    words = [f"w{i}" for i in range(600)]
    for cut in (600, 450, 300, 60):
        one, other = shingles(words), shingles(words[:cut])
        jaccard = len(np.intersect1d(one, other)) / len(np.union1d(one, other))
        assert abs(float((minhash(one) == minhash(other)).mean()) - jaccard) < 0.16
    assert not set(bands(minhash(shingles(words)))) & set(bands(minhash(shingles(words[::-1]))))
    assert set(bands(minhash(shingles(words)))) & set(bands(minhash(shingles(words[:500]))))


def test_shingles_are_runs_of_three_words_each_once() -> None:
    assert len(shingles(["a", "b", "c", "a", "b", "c", "a", "b", "c"])) == 3
    assert len(shingles(["a", "b"])) == len(shingles(["a"])) == 1 and len(shingles([])) == 0
    assert shingles(["a", "b", "c"]) != shingles(["c", "b", "a"])
