"""The contradictions board in each of its states."""

from __future__ import annotations

import pytest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import ANVIL, BRASS, DAY, HEADLINE, PARAGRAPH, SPOKEN, signals

from smalti.platform.auth import Role
from smalti.platform.store import Batch
from smalti.platform.store.store import as_json

CLAIMS, CROWD = "fraud.claim_against_fact", "fraud.crowd"
HOSTILE = "![x](http://evil.example/p.png) said *so*"


@pytest.fixture(scope="module", autouse=True)
def findings(served: Served) -> None:
    """A claim of one issuer, a crowd of the other, and a silence, of the day after the furnished scores."""
    batch = Batch()
    for issuer in (ANVIL, BRASS):
        batch.add("signals", *signals(issuer, DAY.replace(day=6), kinds=(CLAIMS, CROWD)))
    said = as_json(
        [{"evidence_id": SPOKEN, "quote": "We did well."}, {"evidence_id": HEADLINE, "quote": HOSTILE}]
    )
    against = as_json([{"evidence_id": PARAGRAPH, "quote": "Revenue was 7."}])
    rows = [
        (ANVIL, CLAIMS, "finding", 0.95, f"it does not fit {HOSTILE}", said, against),
        (BRASS, CROWD, "finding", 0.4, "many posted", said, "[]"),
        (ANVIL, CLAIMS, "cannot compare", None, "cannot compare: it looks ahead ('expects')", "[]", "[]"),
    ]
    for number, (issuer, kind, verdict, strength, reason, one, other) in enumerate(rows):
        batch.add(
            "findings",
            {"finding_id": f"b{number}", "verdict": verdict, "rank": 0, "strength": strength}
            | {"signal_id": signals(issuer, DAY.replace(day=6), kinds=(kind,))[0]["signal_id"]}
            | {"reason": reason, "said": one, "against": other, "details": "{}"},
        )
    served.service.engine.store.commit(batch)


def test_both_sides_stand_next_to_each_other_strongest_first(look: Open) -> None:
    page = look("contradictions", Role.VIEWER, as_of="2024-05-08")
    assert not page.exception
    found = [one.value for one in page.subheader]
    assert found == [
        "Quartz Anvil Corporation: Claims against filed facts",
        "Brass Heron plc: Crowds of posts",
    ]
    said = words(page)
    assert "Strength **0.95** of 1" in said
    assert "“Revenue was 7\\.”" in said
    assert "Nothing is cited on this side" in said
    links = {one.proto.label: one.proto.query_string for one in page.get("page_link")}
    assert links["The filing"] == f"as_of=2024-05-08&id={PARAGRAPH}"
    assert links["Listen"].endswith(f"id={SPOKEN}")


def test_what_documents_say_is_never_markup(look: Open) -> None:
    said = words(look("contradictions", as_of="2024-05-08"))
    assert "evil" in said
    assert "](http" not in said


def test_the_address_narrows_the_board_and_so_do_its_fields(look: Open) -> None:
    page = look("contradictions", as_of="2024-05-08", check=CROWD)
    assert [one.value for one in page.subheader] == ["Brass Heron plc: Crowds of posts"]
    page.button_group(key="choose-check").set_value("every").run()
    page.button_group(key="choose-least").set_value("0.6").run()
    assert [one.value[:6] for one in page.subheader] == ["Quartz"]
    assert page.query_params["least"] == "0.6"


def test_an_issuer_shows_what_it_tells_twice(look: Open) -> None:
    page = look("contradictions", as_of="2024-05-08", issuer="QRTZ")
    told = next(frame.value for frame in page.dataframe if "item" in frame.value)
    assert told[["item", "ours", "theirs", "verdict"]].values.tolist() == [["Revenue", "7", "8", "Differs"]]


def test_silences_are_counted_by_reason(look: Open) -> None:
    page = look("contradictions", as_of="2024-05-08")
    told = next(frame.value for frame in page.dataframe if "reason" in frame.value)
    assert told[["times", "check", "reason"]].values.tolist() == [
        [1, "Claims against filed facts", "It looks ahead ('expects')"]
    ]


def test_before_anything_was_found_it_says_so(look: Open) -> None:
    page = look("contradictions", as_of="2024-05-03")
    assert not page.exception
    assert "Nothing was found" in words(page)
    assert not page.subheader


@pytest.mark.parametrize("asked", [{"issuer": "nobody at all"}, {"watchlist": "none such"}])
def test_what_is_not_there_is_told_without_a_traceback(look: Open, asked: dict[str, str]) -> None:
    page = look("contradictions", as_of="2024-05-08", **asked)
    assert not page.exception
    assert page.warning
