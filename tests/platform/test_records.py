"""Locators survive storage and read well; ids never collide by joining."""

from __future__ import annotations

import pytest

from smalti.platform.records import Locator, artifact_id, content_id


@pytest.mark.parametrize(
    ("locator", "shown"),
    [
        (Locator(page=41, box=(1.0, 2.0, 3.0, 4.0)), "p. 42"),
        (Locator(page=0, cell=(0, 2, 1)), "table 1 row 3 col 2, p. 1"),
        (Locator(seconds=(751.04, 756.5), speaker="Operator"), "12:31.0-12:36.5, Operator"),
        (Locator(record="line 3"), "line 3"),
        (Locator(chars=(5, 9)), "chars 5-9"),
        (Locator(box=(0.0, 0.0, 64.0, 32.0)), "region 0,0,64,32"),
        (Locator(), "whole document"),
    ],
)
def test_a_locator_is_stored_whole_and_told_to_people(locator, shown):
    assert Locator.from_json(locator.to_json()) == locator
    assert locator.describe() == shown


def test_ids_tell_tuples_apart_that_join_alike():
    assert content_id("ab", "c") != content_id("a", "bc")
    assert content_id("a") != content_id("a", "")
    assert len(content_id("a")) == 32


def test_an_artifact_is_named_by_the_sha256_of_its_bytes():
    assert artifact_id(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
