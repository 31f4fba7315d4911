"""The overview in each of its states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import ANVIL, DAY, signals

from smalti.platform.auth import Principal, Role
from smalti.platform.store import Batch
from smalti.service import sources, watchlists
from smalti.service.watchlists import Watchlist

ANA = Principal("analyst", Role.ANALYST, "session")


@pytest.fixture(scope="module", autouse=True)
def _moved(served: Served) -> None:
    """On the fourth day risk rises by 20 points, by a filing's paragraph, and fraud is withheld."""
    risk, fraud = signals(ANVIL, DAY + timedelta(days=3), value=0.7, kinds=("risk", "fraud"))
    risk["details"] = json.dumps({"contributions": {"by_document": {"d1": 0.2}}})
    batch = Batch()
    batch.add(
        "signals", risk | {"low": 0.5, "high": 0.9}, fraud | {"value": None, "reason": "too little known"}
    )
    moved = {"signal_id": risk["signal_id"], "evidence_id": "e1", "modality": "text", "effect": 0.2}
    batch.add("attributions", moved | {"rank": 1, "method": "integrated-gradients"})
    batch.add(
        "alerts",
        *(
            {"alert_id": f"x{n}", "rule_id": "r", "version": 1, "issuer_id": ANVIL, "severity": severity}
            | {
                "kind": "risk",
                "horizon_days": 30,
                "as_of": DAY + timedelta(days=90),
                "raised_at": DAY,
                "reason": "risk rose",
            }
            for n, severity in enumerate(("high", "low", "low"))
        ),
    )
    served.service.engine.store.commit(batch)


@pytest.fixture
def watchlist(served: Served) -> Iterator[Watchlist]:
    store = served.service.engine.store
    made = watchlists.make(store, ANA, "*Metals*", ["QRTZ"], shared=True)
    yield made
    watchlists.remove(store, ANA, made.watchlist_id)


def shown(page: AppTest, name: str) -> dict[str, Any]:
    """What one of the page's own components was given."""
    (found,) = [one for one in page.get("bidi_component") if one.proto.component_name == f"smalti-{name}"]
    told: dict[str, Any] = json.loads(found.proto.json)
    return told


def cells(page: AppTest) -> dict[str, list[str]]:
    rows = shown(page, "heat")["rows"]
    return {row["name"]: [cell["value"] for cell in row["cells"]] for row in rows}


def lines(page: AppTest) -> list[list[dict[str, Any]]]:
    lists = [json.loads(one.proto.json) for one in page.get("bidi_component") if one.key == "overview-moves"]
    return [item for one in lists for item in one["items"]]


def test_scores_stand_beside_each_other_with_their_change_in_text(look: Open) -> None:
    page = look(role=Role.VIEWER)
    assert not page.exception
    assert cells(page) == {
        "Quartz Anvil Corporation": ["70.0%", "withheld", "not scored", "not scored"],
        "Brass Heron plc": ["50.0%", "not scored", "not scored", "not scored"],
    }
    risk, fraud, *_ = shown(page, "heat")["rows"][0]["cells"]
    assert (risk["change"], risk["worse"]) == ("▲▲▲ +20.0 pp", True)
    assert "50.0% to 90.0%" in risk["notes"]
    assert (fraud["change"], fraud["reason"]) == ("withheld since", "Too little known")
    assert f"signal={risk['id']}" in risk["href"]


def test_what_moved_leads_to_the_score_and_to_the_evidence_that_moved_it(look: Open) -> None:
    ((head, because),) = lines(look())
    assert (head["strong"], head["text"]) == ("Quartz Anvil Corporation", "Risk 50.0% → 70.0% (+20.0 pp)")
    assert because["text"] == "Filing of 1 May 2024, p. 2 is new: +20.0 pp"
    assert because["href"].startswith("evidence?")
    assert "id=e1" in because["href"]


def test_where_nothing_moved_it_says_so(look: Open) -> None:
    page = look(as_of="2024-05-02")
    assert lines(page) == []
    assert "Nothing moved since yesterday" in words(page)


def test_open_alerts_are_counted_and_late_sources_named(look: Open, served: Served) -> None:
    store = served.service.engine.store
    batch = Batch()
    row = {"source_id": "late", "name": "*wire*", "kind": "news", "address": "https://wire.example/feed"}
    batch.add("sources", row | {"schedule": "every 1m", "options": "{}", "paused": False})
    store.commit(batch, recorded_at=DAY)
    page = look()
    sources.remove(store, "*wire*")
    links = "\n".join(one.proto.label for one in page.get("page_link"))
    assert "3 open: 1 high, 2 low" in links
    first = json.loads(next(o for o in page.get("bidi_component") if o.key == "overview-alerts").proto.json)
    assert first["items"][0][0]["strong"] == "Quartz Anvil Corporation"
    assert first["items"][0][0]["href"] == "alerts?alert=x0"
    assert "\\*wire\\*" in links  # somebody else's words: shown as they are
    assert "is overdue: never pulled well" in links


def test_a_list_is_chosen_by_the_address_and_its_name_is_only_text(look: Open, watchlist: Watchlist) -> None:
    page = look(watchlist=watchlist.watchlist_id)
    assert list(cells(page)) == ["Quartz Anvil Corporation"]
    assert page.selectbox(key="overview-list").value == watchlist.watchlist_id
    page.selectbox(key="overview-list").select("").run()
    assert len(cells(page)) == 2
    assert "watchlist" not in page.query_params


def test_a_list_that_is_gone_is_told_and_all_are_one_click_away(look: Open) -> None:
    page = look(watchlist="nobody's")
    assert not page.exception
    assert "No such watchlist" in words(page)
    page.button(key="here-all").click().run()
    assert len(cells(page)) == 2


def test_an_analyst_makes_and_removes_a_list_and_a_viewer_is_told_what_it_takes(
    look: Open, served: Served
) -> None:
    viewer = look(role=Role.VIEWER)
    (button,) = [one for one in viewer.button if one.label == "Edit lists"]
    assert button.disabled
    page = look()
    next(one for one in page.button if one.label == "Edit lists").click().run()
    page.text_input(key="list-name-").input("Banks")
    page.multiselect(key="list-issuers-").select(ANVIL).run()
    next(one for one in page.button if one.label == "Save").click().run()
    assert not page.exception
    (made,) = watchlists.watchlists(served.service.engine.store, ANA)
    assert (made.name, list(made.issuers), made.shared) == ("Banks", [ANVIL], False)
    assert list(cells(page)) == ["Quartz Anvil Corporation"]
    watchlists.remove(served.service.engine.store, ANA, made.watchlist_id)


def test_names_are_found_and_a_search_without_result_says_so(look: Open) -> None:
    assert list(cells(look(q="brass"))) == ["Brass Heron plc"]
    page = look(q="nothing like it")
    assert "No issuer is called so" in words(page)


def test_before_anything_was_scored_it_says_what_would_change_that(look: Open) -> None:
    page = look(as_of="2020-01-01")
    assert "No issuer has a score as of 1 Jan 2020" in words(page)
    assert "smalti score" in words(page)


def test_where_all_is_withheld_the_last_scores_are_one_click_away(look: Open, served: Served) -> None:
    batch = Batch()
    late = DAY + timedelta(days=300)
    for issuer in (ANVIL, "b" * 32):
        for one in signals(issuer, late, kinds=("risk", "fraud", "sentiment")):
            batch.add("signals", one | {"value": None, "reason": "nothing newer than 10 days"})
    served.service.engine.store.commit(batch)
    page = look(as_of=f"{late:%Y-%m-%d}")
    assert "withheld for all of these" in words(page)
    assert lines(page)[0][0]["text"] == "Risk 70.0% → withheld since 4 May 2024"
    page.button(key="here-last").click().run()
    assert cells(page)["Quartz Anvil Corporation"][0] == "70.0%"


def test_what_was_chosen_stays_for_who_comes_back_and_the_default_can_be_chosen_again(look: Open) -> None:
    page = look(days="7", order="name")
    assert shown(page, "heat")["caption"].endswith("since 27 Apr 2024")
    page.query_params.clear()  # as a link of the menu does
    page.run()
    assert ("".join(page.query_params["days"]), "".join(page.query_params["order"])) == ("7", "name")
    page.selectbox(key="overview-order").select("moved").run()
    assert "order" not in page.query_params
    assert "".join(page.query_params["days"]) == "7"
