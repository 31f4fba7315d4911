"""The issuer page in each of its states."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import ANVIL, DAY, HEADLINE, PARAGRAPH, SPOKEN, signals

from smalti.client import Client
from smalti.platform.auth import Role
from smalti.platform.store import Batch

LATER = DAY + timedelta(days=8)
"""When the scores below were made: after those of the furnished store."""

GAIN = {"pair": "voice@call", "interval_shrinks_by": 0.1, "error_shrinks_by": 0.2} | {
    "error_low": 0.1,
    "error_high": 0.3,
    "verdict": "helps",
}


@pytest.fixture(scope="module", autouse=True)
def _scored(served: Served) -> None:
    """A risk score with its attributions, a withheld sentiment, a ratio, and an issuer nobody scored."""
    risk, fraud, ratio = signals(ANVIL, LATER, value=0.4, kinds=("risk", "fraud", "fraud.beneish_m"))
    risk |= {"low": 0.2, "high": 0.7, "percentile": 81.4, "used": ["price@price", "text@call"]}
    risk |= {"missing": ["voice@call"], "not_trained": ["text@filing"], "in_sample": True}
    told = {"baseline_value": 0.25, "completeness_error": 0.0, "doubt": {"gains": [GAIN]}}
    told["contributions"] = {
        "by_document": {"d1": 0.2, "d2": -0.05},
        "by_modality": {"text": 0.15},
        "past_kept": 0.0,
    }
    risk["details"] = json.dumps(told)
    ratio |= {"value": -1.37, "details": json.dumps({"threshold": -1.78, "suspect": True})}
    mood = signals(ANVIL, LATER, kinds=("sentiment",))[0]
    mood |= {"value": None, "reason": "nothing fresh: text@news", "stale": ["text@news"], "used": []}
    batch = Batch()
    batch.add("signals", risk, fraud, ratio, mood)
    batch.add("issuers", {"issuer_id": "c" * 32, "name": "Clay <b>Kiln</b> [Ltd](http://x)"})
    share = {"signal_id": risk["signal_id"], "modality": "text", "method": "integrated-gradients"}
    batch.add(
        "attributions",
        share | {"evidence_id": PARAGRAPH, "effect": 0.2, "rank": 1},
        share | {"evidence_id": PARAGRAPH, "effect": 0.3, "rank": 1, "method": "leave-one-out"},
        share | {"evidence_id": SPOKEN, "effect": -0.05, "rank": 2},
    )
    served.service.engine.store.commit(batch)


RISK = f"a-risk-{LATER:%Y%m%d%H}-0.4"
THEN: dict[str, Any] = {"as_of": "2024-05-20"}


def test_without_an_issuer_one_is_found(look: Open) -> None:
    page = look("issuer", Role.VIEWER)
    assert "All 3 issuers" in words(page)
    page.text_input[0].set_value("brass").run()
    assert "All 1 issuer," in words(page)
    page.text_input[0].set_value("nobody").run()
    assert "No issuer is called so" in words(page)


def test_an_unknown_issuer_or_signal_is_told_with_the_way_to_others(look: Open) -> None:
    for asked in ({"issuer": "Nobody Inc"}, {"signal": "no-such"}):
        page = look("issuer", Role.VIEWER, **asked)
        assert not page.exception
        assert page.title[0].value == "Issuer"
        assert page.warning
        assert page.text_input


def test_scores_stand_with_interval_rank_moment_and_marks(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer="ZZQA", **THEN)
    told = words(page)
    assert not page.exception
    assert page.title[0].value == "Quartz Anvil Corporation"
    assert {m.label: m.value for m in page.metric} == {
        "Risk, 30 days": "40.0%", "Fraud probability": "40.00%", "Sentiment": "withheld",
        "Contradiction index": "not scored",
    }  # fmt: skip
    for said in (
        "20.0% to 70.0% (90% interval)",
        "81st percentile",
        "9 May 2024, 12:00 UTC",
        "**In-sample**",
    ):
        assert said in told
    assert "11 days before the moment shown" in told
    assert "Nothing fresh: news" in told.replace("\\", "")


def test_the_waterfall_sums_to_the_score_and_its_steps_lead_to_evidence(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer="ZZQA", **THEN)
    told = words(page).replace("\\", "")
    assert "Sum check: 25.00% knowing nothing, +15.00 pp in all steps, makes 40.00%." in told
    links = {link.label.replace("\\", ""): link.query_string for link in page.get("page_link")}
    step = next(query for label, query in links.items() if label.startswith("+20.0 pp"))
    assert f"id={PARAGRAPH}" in step
    evidence = next(d.value for d in page.dataframe if "says" in d.value.columns)
    assert evidence["says"].to_list()[0].startswith("Revenue was 7")
    assert evidence["pull"].to_list() == ["+20.00", "−5.00"]
    assert evidence["without"].to_list()[0] == pytest.approx(30.0)


def test_what_is_missing_says_how_much_it_would_matter_and_what_brings_it(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer="ZZQA", **THEN)
    table = next(d.value for d in page.dataframe if "worth" in d.value.columns)
    row = table[table["input"] == "call voice"].iloc[0]
    assert row["state"] == "missing"
    assert row["worth"] == "helps: 20% less error (95% interval 10% to 30%), an interval 10% narrower"
    assert "calls" in row["brings"]
    assert "made from 2 of the 3 inputs" in words(page)
    assert "takes the role *analyst*" in words(page)


def test_a_withheld_score_says_why_and_has_no_waterfall(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer="ZZQA", kind="sentiment", **THEN)
    assert "This score is withheld: Nothing fresh: news" in words(page).replace("\\", "")
    assert "Sum check" not in words(page)


def test_a_signal_in_the_address_is_the_one_that_is_shown(look: Open) -> None:
    page = look("issuer", Role.VIEWER, signal="a-fraud.check-2024050312-0.5", **THEN)
    told = words(page).replace("\\", "")
    assert page.title[0].value == "Quartz Anvil Corporation"
    assert "Check: 0.50" in told
    later = look("issuer", Role.VIEWER, signal=RISK, as_of="2024-05-04")
    assert "later moment than the one shown" in words(later)


def test_an_earlier_moment_knows_nothing_of_later_scores_and_counts_them(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer=ANVIL, as_of=DAY.isoformat())
    told = words(page)
    assert "Come since, and not shown: 1 call and 3 scorings" in told
    assert "81st percentile" not in told
    slider = next(iter(page.select_slider))
    assert len(slider.options) == 4
    slider.set_value(DAY + timedelta(days=2)).run()
    assert page.query_params["as_of"] in ("2024-05-03T12:00:00Z", ["2024-05-03T12:00:00Z"])


def test_an_analyst_has_a_score_made_again_and_a_viewer_does_not(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer="ZZQA", **THEN)
    assert not [one for one in page.button if one.key == "again"]
    told = {
        "verdict": "within 1e-5",
        "reason": "off by 1e-7; numpy 1, now 2",
        "value": 0.4,
        "again": 0.4000001,
    }
    page = look("issuer", Role.ANALYST, issuer="ZZQA", **THEN)
    with patch.object(Client, "replay", return_value=told) as replayed:
        page.button(key="again").click().run()
    replayed.assert_called_once_with(RISK)
    assert "**Within 1e-5**: 40.0% then, 40.0% now; off by 1e-7; numpy 1, now 2" in words(page).replace(
        "\\", ""
    )


def test_who_was_not_scored_can_be_scored_by_an_analyst(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer="c" * 32)
    assert page.title[0].value.replace("\\", "").replace("\u2060", "") == "Clay <b>Kiln</b> [Ltd](http://x)"
    assert "It was not scored yet" in words(page)
    assert "takes the role *analyst*" in words(page)
    early = look("issuer", Role.VIEWER, issuer=ANVIL, as_of="2024-03-01")
    assert "No score of it is known by this moment" in words(early)
    page = look("issuer", Role.ANALYST, issuer="c" * 32)
    with patch.object(Client, "score") as scored:
        page.button(key="score-now").click().run()
    assert not page.exception
    assert scored.call_args.args[0] == "c" * 32


def test_findings_and_ratios_lead_to_both_sides(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer=ANVIL, as_of="2024-05-04")
    told = words(page)
    assert "it does not fit" in told
    assert "strength 0.80" in told
    links = [link.query_string for link in page.get("page_link") if "Said" in link.label]
    assert len(links) == 1
    assert f"id={HEADLINE}" in links[0]


def test_a_score_stored_without_shares_says_so(look: Open) -> None:
    told = words(look("issuer", Role.VIEWER, issuer="ZZQA", kind="fraud", **THEN))
    assert "stored before shares were" in told
    assert "computed by rule" not in told


def test_time_shown_ends_at_the_newest_score_known(look: Open) -> None:
    page = look("issuer", Role.VIEWER, issuer="ZZQA", as_of="2031-01-01")
    assert not page.exception
    assert page.get("vega_lite_chart")
    assert "has no score in this time" not in words(page)
