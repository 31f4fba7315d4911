"""The widget's routes: pages of its own sites may ask as a customer, in their own conversation only."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from tests.service.chat.conftest import Front

from smalti.platform.errors import SettingsError
from smalti.service.alerts.channels import add_channel, read_channel
from smalti.service.chat.integrations import IntegrationView, read_integration

SITE = "https://www.example.org"


def widget(front: Front, **more: Any) -> IntegrationView:
    return front.add({"kind": "widget", "origins": [SITE], "title": "Ask the bank", **more}, "site")


def post(
    front: Front, view: IntegrationView, what: str, origin: str | None = SITE, **body: Any
) -> httpx2.Response:
    headers = {} if origin is None else {"origin": origin}
    return httpx2.post(
        f"{front.address}/v1/widget/{view.integration_id}/{what}", json=body, headers=headers, timeout=30
    )


def begun(front: Front, view: IntegrationView) -> str:
    token: str = post(front, view, "conversations").json()["token"]
    return token


def asked(front: Front, view: IntegrationView, token: str, text: str) -> list[tuple[str, Any]]:
    answer = post(front, view, "questions", conversation=token, text=text)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.replace("\r\n", "\n").split("\n\n"):
        told = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "data" in told:
            found.append((told["event"], json.loads(told["data"])))
    return found


def test_a_page_of_the_site_may_ask_and_reads_the_answer(front: Front) -> None:
    view = widget(front)
    greeting = post(front, view, "greeting")
    assert greeting.json() == {"title": "Ask the bank", "person": False}
    assert greeting.headers["access-control-allow-origin"] == SITE
    assert greeting.headers["vary"] == "origin"
    told = asked(front, view, begun(front, view), "profit falls")
    kind, last = told[-1]
    assert kind == "answer"
    assert [one["text"] for event, one in told if event == "sentence"]
    assert set(last) == {"turn", "status", "sources", "computations", "notes", "offers", "person"}
    kept = front.service.engine.store.read("SELECT audience, asked_by FROM turns").rows()
    assert kept == [("customer", f"widget:{view.integration_id}")]


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "https://www.example.org.evil.example", "http://www.example.org"],
)
def test_pages_of_other_sites_may_not(front: Front, origin: str | None) -> None:
    view = widget(front)
    for what, body in (
        ("greeting", {}),
        ("conversations", {}),
        ("questions", {"text": "x", "conversation": "y"}),
    ):
        refused = post(front, view, what, origin, **body)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers


def test_browsers_are_told_before_they_ask(front: Front) -> None:
    view = widget(front)
    address = f"{front.address}/v1/widget/{view.integration_id}/questions"
    ask = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    yes = httpx2.options(address, headers={"origin": SITE, **ask})
    assert yes.status_code == 204
    assert yes.headers["access-control-allow-origin"] == SITE
    assert yes.headers["access-control-allow-headers"] == "content-type"
    assert "access-control-allow-credentials" not in yes.headers
    no = httpx2.options(address, headers={"origin": "https://evil.example", **ask})
    assert "access-control-allow-origin" not in no.headers


def test_a_token_opens_its_own_conversation_for_a_day(front: Front) -> None:
    view = widget(front)
    one, other = begun(front, view), begun(front, view)
    asked(front, view, one, "profit falls")
    asked(front, view, one, "and revenue")
    asked(front, view, other, "profit falls")
    rows = front.service.engine.store.read(
        "SELECT count(*) AS n FROM turns GROUP BY conversation_id ORDER BY n"
    )
    assert list(rows["n"]) == [1, 2]
    for forged in (one[:-1] + ("0" if one[-1] != "0" else "1"), "x", "1.2.3", f"9999999999{one[10:]}"):
        assert post(front, view, "questions", conversation=forged, text="x").status_code == 401
    front.clock.later(hours=25)
    ended = post(front, view, "questions", conversation=one, text="x")
    assert ended.status_code == 401
    assert ended.headers["access-control-allow-origin"] == SITE  # so that the page begins another


def test_a_visitor_rates_an_answer_of_their_own_conversation_only(front: Front) -> None:
    view = widget(front)
    one, other = begun(front, view), begun(front, view)
    turn = asked(front, view, one, "profit falls")[-1][1]["turn"]
    assert post(front, view, "feedback", conversation=other, turn=turn, thumb="up").status_code == 404
    assert post(front, view, "feedback", conversation=one, turn=turn, thumb="down").status_code == 200
    assert front.service.engine.store.read("SELECT thumb FROM turn_feedback").rows() == [("down",)]
    front.service.engine.store._con.execute("DELETE FROM turn_feedback")


def test_who_asks_for_a_person_is_told_how_and_staff_is_told_once(front: Front) -> None:
    engine = front.service.engine
    told = {"name": "staff", "kind": "webhook", "address": "https://hooks.example.org/x"}
    channel = add_channel(engine.store, engine.settings, read_channel(told), "a-secret-of-sixteen", "ann")
    view = widget(front, contact="call 555 0100", channel="staff")
    token = begun(front, view)
    asked(front, view, token, "profit falls, my e-mail is jane@example.org")
    for _ in range(2):
        said = post(front, view, "person", conversation=token).json()["told"]
    assert said.startswith("A person was told. You reach one here: call 555 0100. Your reference is ")
    [row] = engine.store.read("SELECT * FROM deliveries").iter_rows(named=True)
    assert row["channel_id"] == channel.channel_id
    assert "profit falls" in row["message"]
    assert "jane@" not in row["message"]
    for table in ("deliveries", "alert_channels"):
        engine.store._con.execute(f"DELETE FROM {table}")


def test_a_complaint_calls_a_person_and_says_how_to_reach_one(front: Front) -> None:
    view = widget(front, contact="call 555 0100")
    told = asked(front, view, begun(front, view), "I want to complain about the fee you charged me")
    assert told[-1][1]["status"] == "handed over"
    assert told[-1][1]["person"].startswith("You reach one here: call 555 0100. Your reference is ")


def test_a_flood_from_one_address_waits(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    from smalti.platform.auth.limits import Budgets
    from smalti.service.api.routes import widget as routes

    few = Budgets(0.01, 3)
    monkeypatch.setattr(routes, "_visits", lambda _: few)
    view = widget(front)
    answers = [post(front, view, "greeting") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 1


def test_the_script_is_one_file_that_any_site_may_load(front: Front) -> None:
    got = httpx2.get(f"{front.address}/widget.js")
    assert got.headers["content-type"].startswith("text/javascript")
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "__STYLES__" not in got.text
    assert "innerHTML" not in got.text
    assert len(got.content) < 20_000


def test_the_page_to_try_it_on_is_for_this_machine(front: Front) -> None:
    view = widget(front)
    page = f"{front.address}/widget?key={view.integration_id}"
    assert view.integration_id in httpx2.get(page).text
    assert httpx2.get(page, headers={"x-forwarded-for": "192.0.2.1"}).status_code == 403
    assert post(front, view, "greeting", front.address).status_code == 200  # which may ask
    elsewhere = {"origin": front.address, "x-forwarded-for": "192.0.2.1"}
    address = f"{front.address}/v1/widget/{view.integration_id}/greeting"
    assert httpx2.post(address, json={}, headers=elsewhere).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://www.example.org", "https://x.example/path", "*", "https://x.example:443"]
)
def test_no_widget_is_for_every_page(origin: str) -> None:
    with pytest.raises(SettingsError):
        read_integration({"name": "x", "setup": {"kind": "widget", "origins": [origin]}})
