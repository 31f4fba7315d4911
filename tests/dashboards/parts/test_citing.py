"""Places in documents are told as people read them."""

from __future__ import annotations

import pytest

from smalti.dashboards.parts.cite import spot


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("00:25.5-00:30.6, Chief Executive Officer, Marble Heron_20260212.mp3 from 25.5 s",
         "00:25.5-00:30.6, Chief Executive Officer"),
        ("line 19, chars 0-99", "line 19, characters 0 to 99"),
        ("line 21, region 0,0,728,377", "line 21"),
        ("region 0,0,728,377", "all of it"),
        ("table 1 row 5 col 2, p. 4", "table 1 row 5 col 2, p. 4"),
    ],
)  # fmt: skip
def test_what_only_programs_need_is_left_out(where: str, told: str) -> None:
    assert spot(where) == told
