"""Whoever may not see a thing gets it nowhere: not on the page, not over the wire, not from a cache."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.dashboards.browser.conftest import Sit
from tests.dashboards.browser.places import HERON, addresses, pieces
from tests.dashboards.browser.seat import Seat
from tests.dashboards.browser.served import Desk

from smalti.client import Client

pytestmark = pytest.mark.slow

SECRETS = ("Marble Heron", "Walnut Lighthouse", "371.4 million", "9900000001")
"""What stands in the store and nowhere else: names of issuers, a figure, a number of the SEC."""
PRIVATE = "Planted private watchlist"
CHANNEL = "plantedchannel"


@pytest.fixture(scope="module")
def planted(at: Desk) -> Iterator[None]:
    """A watchlist that ana keeps to herself, and a channel that viewers have no business with."""
    at.client("ana").make_watchlist(PRIVATE, ["ZZMH"])
    at.client("adm").add_channel(
        {"name": CHANNEL, "kind": "webhook", "address": "https://example.org/hook"}, secret="s" * 40
    )
    yield


def everything(seat: Seat, desk: Desk) -> None:
    """Look at every page."""
    for view, query in addresses(pieces(desk.client())).values():
        seat.open(view, **query)


def leaked(seat: Seat, *words: str) -> dict[str, list[str]]:
    """Which words came over the wire, and from where."""
    return {word: found for word in words if (found := seat.wire.said(word))}


def pieces_got(seat: Seat) -> list[str]:
    """Pictures, recordings and files of evidence that came, from the service or from the dashboard."""
    kept = ("/v1/evidence/", "/v1/documents/", "/v1/reports/", "/media/")
    seat.wire.gather()
    return [one for one in seat.wire.answered if any(part in one for part in kept)]


def test_what_a_viewer_may_see_does_come_over_the_wire(sit: Sit, at: Desk) -> None:
    """Else the tests below would pass for not looking."""
    seat = sit("vic")
    everything(seat, at)
    assert set(leaked(seat, *SECRETS)) == set(SECRETS)
    assert pieces_got(seat)
    # And nobody else is asked for anything.
    assert seat.wire.hosts() <= {urlsplit(address).netloc for address in (at.service, at.dashboard)}


def test_who_is_not_signed_in_gets_the_way_in_and_nothing_else(sit: Sit, at: Desk) -> None:
    seat = sit(None)
    everything(seat, at)
    assert not leaked(seat, *SECRETS)
    assert not pieces_got(seat)
    assert not any(word in seat.page.content() for word in SECRETS)


def test_a_customer_gets_nothing_of_what_was_not_published(sit: Sit, at: Desk) -> None:
    seat = sit("cus")
    everything(seat, at)
    seat.open("published")
    assert not leaked(seat, *SECRETS)
    assert not pieces_got(seat)


@pytest.mark.usefixtures("planted")
def test_a_viewer_gets_neither_the_watchlists_of_others_nor_where_alerts_go(sit: Sit, at: Desk) -> None:
    analyst, viewer = sit("ana"), sit("vic")
    for seat in (analyst, viewer):
        for view, query in (("", {}), ("alerts", {"tab": "channels"}), ("issuer", {"issuer": HERON})):
            seat.open(view, **query)
    assert set(leaked(analyst, PRIVATE, CHANNEL)) == {PRIVATE, CHANNEL}
    assert not leaked(viewer, PRIVATE, CHANNEL)


def test_a_session_that_was_ended_shows_nothing_more(sit: Sit, at: Desk) -> None:
    seat = sit("ana")
    seat.open("issuer", issuer=HERON)
    seat.says(HERON)
    seat.wire.forget()
    token = next(one["value"] for one in seat.page.context.cookies() if one["name"] == "smalti")
    Client(at.service, session=token).sign_out()
    seat.page.get_by_role("link", name="Contradictions").click()
    seat.says_not_signed_in()
    assert not leaked(seat, *SECRETS)
    assert HERON not in seat.page.content()


def test_the_next_person_at_the_same_browser_gets_nothing_of_the_last(sit: Sit, at: Desk) -> None:
    seat = sit("ana")
    for view in ("", "contradictions", "search"):
        seat.open(view, **({"q": "material weakness"} if view == "search" else {}))
    seat.page.get_by_role("button", name="Sign out").click()
    seat.says_not_signed_in()
    seat.page.context.add_cookies([{"name": "smalti", "value": at.session("cus"), "url": at.dashboard}])
    seat.wire.forget()
    for _ in range(3):  # what the last person looked at is still in the tab's history
        seat.page.go_back()
        seat.page.wait_for_timeout(1_000)
        assert not any(word in seat.page.content() for word in SECRETS)
    everything(seat, at)
    assert not leaked(seat, *SECRETS)
    assert not pieces_got(seat)
