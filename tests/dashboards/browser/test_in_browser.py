"""What holds for every page in a real browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from tests.dashboards.browser.conftest import Sit

pytestmark = pytest.mark.slow


def test_no_page_asks_anybody_but_the_dashboard_and_the_service(sit: Sit) -> None:
    seat = sit("ana")
    seat.open()
    seat.headed("overview")
    own = {urlsplit(address).netloc for address in (seat.desk.service, seat.desk.dashboard)}
    assert seat.wire.hosts() <= own
    assert seat.wire.said("Overview")
