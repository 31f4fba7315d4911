"""`smalti score --since` and the task that does it in a running service."""

from __future__ import annotations

import pytest

from smalti.platform.errors import SettingsError
from smalti.service.cli.common import read_days


@pytest.mark.parametrize(("told", "days"), [("1d", 1), ("7d", 7), ("2w", 14), ("366d", 366)])
def test_a_span_is_told_in_days_or_weeks(told: str, days: int):
    assert read_days(told, "--every") == days


@pytest.mark.parametrize("told", ["0d", "7", "d", "-1d", "367d", "53w", "1.5d", "٧d", "7d "])
def test_what_is_no_span_is_refused_with_an_example(told: str):
    with pytest.raises(SettingsError, match="7d"):
        read_days(told, "--every")
