from datetime import UTC, datetime

import pytest

from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.moments import dated, from_epoch, last_stated, moment
from smalti.platform.records import DateMethod


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Wed Dec 09 22:17:57 +0000 2015", datetime(2015, 12, 9, 22, 17, 57, tzinfo=UTC)),
        ("Mon, 29 Jul 2019 13:55 GMT", datetime(2019, 7, 29, 13, 55, tzinfo=UTC)),
        ("Sun, 08 Mar 2026 07:23:46 -0400", datetime(2026, 3, 8, 11, 23, 46, tzinfo=UTC)),
        ("2019-11-20T11:06:01+05:30", datetime(2019, 11, 20, 5, 36, 1, tzinfo=UTC)),
        ("2019-11-20T09:29:08+0000", datetime(2019, 11, 20, 9, 29, 8, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_zone_is_that_moment(written: str, meant: datetime) -> None:
    assert moment(written) == meant


@pytest.mark.parametrize("written", ["2019-11-20", "Nov 20, 2019", "20 November 2019", "Wed, 20 Nov 2019"])
def test_a_bare_date_is_known_at_the_end_of_its_day(written: str) -> None:
    assert moment(written) == datetime(2019, 11, 20, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2019-11-20T09:00:00", "Wed, 20 Nov 2019 09:00:00", "2019-11-20 09:00"])
def test_a_time_without_a_zone_is_read_as_late_as_it_can_be(written: str) -> None:
    assert moment(written) == datetime(2019, 11, 20, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "2019-13-45",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-11:00",
        "1" * 5000,
        "31 Feb 2019",
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert moment(written) is None


def test_epochs_are_seconds_or_milliseconds() -> None:
    assert from_epoch(1710000000) == from_epoch(1710000000000) == datetime(2024, 3, 9, 16, tzinfo=UTC)
    assert from_epoch(float("nan")) is None
    assert from_epoch(1e300) is None


def test_the_last_revision_dates_a_page() -> None:
    stated = ["2019-11-19T07:03:25+00:00", "2019-11-19T16:43:09+00:00"]
    assert last_stated(stated) == datetime(2019, 11, 19, 16, 43, 9, tzinfo=UTC)


def test_the_same_day_said_less_exactly_changes_nothing() -> None:
    stated = ["2019-11-18T17:02:02+00:00", "2019-11-18T12:02:02", "2019-11-18", "rubbish"]
    assert last_stated(stated) == datetime(2019, 11, 18, 17, 2, 2, tzinfo=UTC)


def test_a_later_day_counts_however_it_is_said() -> None:
    stated = ["2019-11-18T17:02:02+00:00", "2019-11-20"]
    assert last_stated(stated) == datetime(2019, 11, 20, 23, 59, 59, tzinfo=UTC)


def test_the_manifest_outranks_what_a_document_says_of_itself() -> None:
    told, own = datetime(2020, 1, 2, tzinfo=UTC), datetime(2010, 1, 1, tzinfo=UTC)
    assert dated(Request("a", published_at=told), own, DateMethod.FEED) == (told, DateMethod.MANIFEST)
    assert dated(Request("a"), own, DateMethod.FEED) == (own, DateMethod.FEED)
    assert dated(Request("a"), None, DateMethod.FEED) == (None, None)
