"""Schedules, sizes and counts in words."""

from __future__ import annotations

import pytest

from smalti.dashboards.views import sources_words as words


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("every 15m", "every 15 minutes"),
        ("every 1h", "every hour"),
        ("EVERY 2D", "every 2 days"),
        ("30 0 * * *", "every day at 00:30 UTC"),
        ("5 * * * *", "every hour at minute 5"),
        ("0 6 * * 1-5", "Monday to Friday at 06:00 UTC"),
        ("0 6 * * 0", "every Sunday at 06:00 UTC"),
        ("0 6 1 * *", "crontab 0 6 1 * *, UTC"),
        ("*/5 9-17 * * 1,3", "crontab */5 9-17 * * 1,3, UTC"),
    ],
)
def test_a_schedule_is_told_in_words_or_as_it_is(schedule: str, told: str) -> None:
    assert words.schedule(schedule) == told


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (12_800_000, "12.8 MB"),
        (69_300_000_000, "69.3 GB"),
        (123_456, "123 kB"),
    ],
)
def test_sizes_have_three_digits_and_their_unit(size: int, told: str) -> None:
    assert words.size(size) == told


def test_counts_leave_out_what_was_nought() -> None:
    assert words.counts({"parsed": 1_200, "skipped": 0, "quarantined": 1}) == "1,200 parsed, 1 quarantined"
    assert words.counts({"parsed": 0}) == "nothing new"
