"""Objects are named by their bytes."""

from __future__ import annotations

import hashlib

import pytest

from smalti.platform.errors import NotFound
from smalti.platform.objects import Objects


def test_the_same_bytes_are_stored_once_under_their_hash(tmp_path):
    objects = Objects(tmp_path)
    first, second = objects.put(b"abc"), objects.put(b"abc")
    assert first == second == hashlib.sha256(b"abc").hexdigest()
    assert objects.get(first) == b"abc"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [objects.path(first)]


def test_an_unknown_object_is_named(tmp_path):
    with pytest.raises(NotFound, match="f00"):
        Objects(tmp_path).get("f00")
