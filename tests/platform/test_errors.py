"""Errors say what, to which input, and what to do, and cross processes whole."""

from __future__ import annotations

import pickle

import pytest

from smalti.platform import errors
from smalti.platform.errors import InputError, Malformed, SmaltiError, input_error


def test_an_error_reads_as_subject_what_and_mend():
    assert (
        str(Malformed("cut off", subject="a.pdf", mend="fetch it again")) == "a.pdf: cut off (fetch it again)"
    )
    assert str(Malformed("cut off")) == "cut off"


def test_the_tree_in_the_docstring_names_every_class():
    drawn = errors.__doc__ or ""
    assert [name for name in errors.__all__ if name[0].isupper() and name not in drawn] == []


@pytest.mark.parametrize("name", [n for n in errors.__all__ if n[0].isupper()])
def test_every_error_is_pickled_with_all_its_parts(name):
    original = getattr(errors, name)("what", subject="s", mend="m")
    copy = pickle.loads(pickle.dumps(original))
    assert type(copy) is type(original)
    assert (copy.what, copy.subject, copy.mend) == ("what", "s", "m")
    assert isinstance(copy, SmaltiError)


def test_a_stored_code_becomes_its_class_again():
    assert isinstance(input_error("TooLarge", "x"), errors.TooLarge)
    assert isinstance(input_error("Refused", "x"), errors.Refused)
    assert isinstance(input_error("Unreachable", "x"), errors.Unreachable)
    assert type(input_error("Nonesuch", "x")) is InputError
