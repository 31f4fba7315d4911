"""Documents to issuers in the store: who is learned, when all is looked at again, since when a name holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.stages.link import link_all


def add(
    engine: Engine, name: str, kind: str, day: str, title: str = "", text: str = "", **hints: str
) -> None:
    """One document of one paragraph."""
    batch = Batch()
    moment = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    batch.add(
        "documents",
        {"document_id": name, "artifact_id": name, "part": "", "kind": kind, "title": title}
        | {"available_at": moment, "available_method": "header", "hints": json.dumps(hints)},
    )
    if text:
        piece = {
            "evidence_id": f"e-{name}",
            "document_id": name,
            "kind": "paragraph",
            "ordinal": 0,
            "text": text,
        }
        batch.add("evidence", piece)
    engine.store.commit(batch)


def links(engine: Engine) -> dict[str, dict[str, str]]:
    """Of each document the names it is linked to, with the method."""
    rows = engine.store.read(
        "SELECT l.document_id, i.name, l.method FROM links l JOIN issuers i USING (issuer_id) ORDER BY ALL"
    )
    found: dict[str, dict[str, str]] = {}
    for document, issuer, method in rows.iter_rows():
        found.setdefault(document, {})[issuer] = method
    return found


def test_known_issuers_are_found_in_words_and_by_ticker(engine):
    add(
        engine, "n", "news", "2025-01-02", "Amazon.com, Inc. shares rise", "Amazon.com, Inc. said sales rose."
    )
    add(engine, "p", "social", "2025-01-02", text="$MMM looks cheap to me today")
    add(engine, "x", "news", "2025-01-02", "The weather stays dry", "It will not rain before the weekend.")
    link_all(engine)
    found = links(engine)
    assert found.keys() == {"n", "p"}
    assert list(found["n"].values()) == ["name in title"]
    assert list(found["p"].values()) == ["cashtag"]
    ciks = engine.store.read("SELECT cik FROM issuers ORDER BY cik")["cik"].to_list()
    assert ciks == ["1018724", "66740"]


def test_what_one_document_states_lets_others_be_linked(engine):
    add(engine, "prices", "price", "2024-01-01", manifest_issuer="Quartz Anvil Corporation", ticker="ZZQA")
    add(engine, "post", "social", "2024-06-01", text="$ZZQA ships late again")
    add(engine, "news", "news", "2024-06-01", "Quartz Anvil profit falls", "Quartz Anvil said profit fell.")
    link_all(engine)
    assert links(engine) == {
        "prices": {"Quartz Anvil Corporation": "manifest"},
        "post": {"Quartz Anvil Corporation": "cashtag"},
        "news": {"Quartz Anvil Corporation": "name in title"},
    }


def test_a_name_and_a_cik_of_it_are_one_issuer(engine):
    add(engine, "prices", "price", "2024-01-01", manifest_issuer="Quartz Anvil Corporation", ticker="ZZQA")
    add(engine, "cover", "filing", "2024-02-01", cik="9900000055", entity_name="QUARTZ ANVIL CORPORATION")
    add(engine, "post", "social", "2024-06-01", text="$ZZQA ships late again")
    run = link_all(engine)
    assert run.counts["issuers"] == 1
    assert engine.store.read("SELECT cik FROM issuers").item() == "9900000055"
    assert engine.store.read("SELECT count(DISTINCT issuer_id) FROM links").item() == 1
    assert links(engine).keys() == {"prices", "cover", "post"}
    assert engine.store.read("SELECT name FROM issuers").item() == "Quartz Anvil Corporation"


def test_a_new_name_is_nobodys_before_the_day_a_filing_states_it(engine):
    add(engine, "facts", "filing", "2024-02-01", cik="9900000055", entity_name="Quartz Anvil Corporation")
    add(engine, "renamed", "filing", "2024-09-01", cik="9900000055", entity_name="Basalt Thimble Corporation")
    for name, day in (("before", "2024-08-31"), ("after", "2024-09-01")):
        add(
            engine,
            name,
            "news",
            day,
            "Basalt Thimble Corporation shares plunge",
            "Basalt Thimble burned down.",
        )
    for name, day in (("old-early", "2024-01-01"), ("old-late", "2024-12-01")):
        add(engine, name, "news", day, "Quartz Anvil Corporation shares plunge", "Quartz Anvil burned down.")
    link_all(engine)
    assert links(engine).keys() == {"facts", "renamed", "after", "old-early", "old-late"}
    names = engine.store.read(
        "SELECT text, valid_from FROM issuer_names WHERE kind = 'name' ORDER BY text"
    ).rows()
    assert [(text, str(since)) for text, since in names] == [
        ("Basalt Thimble Corporation", "2024-09-01"),
        ("Quartz Anvil Corporation", "None"),
    ]


def test_a_second_run_adds_nothing_and_new_documents_alone_are_linked(engine):
    add(engine, "prices", "price", "2024-01-01", manifest_issuer="Quartz Anvil Corporation", ticker="ZZQA")
    assert link_all(engine).counts["linked"] == 1
    again = link_all(engine)
    assert again.counts["linked"] == 0
    assert again.counts["documents"] == 1
    add(engine, "post", "social", "2024-06-01", text="$ZZQA ships late again")
    assert link_all(engine).counts["linked"] == 1


def test_an_issuer_learned_later_is_found_in_documents_that_were_there_before(engine):
    add(engine, "post", "social", "2024-06-01", text="$ZZQA ships late again")
    assert link_all(engine).counts["linked"] == 0
    add(engine, "prices", "price", "2024-01-01", manifest_issuer="Quartz Anvil Corporation", ticker="ZZQA")
    assert link_all(engine).counts["linked"] == 2
    assert links(engine)["post"] == {"Quartz Anvil Corporation": "cashtag"}


@pytest.mark.parametrize("kind", ["filing", "call", "price"])
def test_a_filing_call_or_price_series_belongs_to_the_issuer_it_states_alone(engine, kind):
    said = "Amazon.com, Inc. and 3M Company are among our customers."
    add(engine, "own", kind, "2024-01-01", "Report", said, manifest_issuer="Quartz Anvil Corporation")
    link_all(engine)
    assert links(engine) == {"own": {"Quartz Anvil Corporation": "manifest"}}
    assert pl.Series([1.0]).equals(engine.store.read("SELECT score FROM links")["score"])


def test_a_cik_that_arrives_in_a_later_run_makes_no_second_issuer(engine):
    add(engine, "prices", "price", "2024-01-01", manifest_issuer="Quartz Anvil Corporation", ticker="ZZQA")
    link_all(engine)
    before = engine.store.read("SELECT * FROM links").rows()
    add(engine, "cover", "filing", "2024-02-01", cik="9900000055", entity_name="QUARTZ ANVIL CORPORATION")
    assert link_all(engine).counts["issuers"] == 1
    add(engine, "renamed", "filing", "2024-09-01", cik="9900000055", entity_name="Basalt Thimble Corporation")
    assert link_all(engine).counts["issuers"] == 1
    rows = engine.store.read("SELECT document_id, issuer_id FROM links").rows()
    assert {document for document, _ in rows} == {"prices", "cover", "renamed"}
    assert len({issuer for _, issuer in rows}) == 1
    assert before[0] in engine.store.read("SELECT * FROM links").rows(), "what was linked stays as it was"


FORMER = json.dumps([{"name": "Quartz Anvil Corp", "from": "2010-03-01", "to": "2020-05-31"}])


def test_former_names_hold_for_their_time_and_the_new_one_from_then_on(engine):
    hints = {
        "cik": "9900000055",
        "entity_name": "Basalt Thimble Corp",
        "former_names": FORMER,
        "tickers": "ZZBT",
    }
    add(engine, "old filing", "filing", "2015-02-01", **hints)
    for name, day in (("old", "2018-01-01"), ("new", "2022-01-01")):
        add(engine, f"quartz {name}", "news", day, "Quartz Anvil Corp shares plunge", "It burned.")
        add(engine, f"basalt {name}", "news", day, "Basalt Thimble Corp shares plunge", "It burned.")
        add(engine, f"post {name}", "social", day, text="$ZZBT to the moon with all of you")
    link_all(engine)
    assert links(engine) == {
        "old filing": {"Basalt Thimble Corp": "cik"},
        "quartz old": {"Basalt Thimble Corp": "name in title"},
        "quartz new": {"Basalt Thimble Corp": "former name in title"},
        "basalt new": {"Basalt Thimble Corp": "name in title"},
        "post new": {"Basalt Thimble Corp": "cashtag"},
    }


def test_a_name_stored_before_its_end_was_known_ends_all_the_same(engine):
    add(engine, "first", "filing", "2012-02-01", cik="9900000055", entity_name="Quartz Anvil Corp")
    link_all(engine)
    former = json.dumps([{"name": "Quartz Anvil Corp", "from": "", "to": "2020-05-31"}])
    add(engine, "told", "filing", "2021-02-01", cik="9900000055", former_names=former)
    add(engine, "late", "news", "2022-01-01", "Quartz Anvil Corp shares plunge", "It burned.")
    link_all(engine)
    add(engine, "later", "news", "2022-02-01", "Quartz Anvil Corp shares plunge", "It burned.")
    link_all(engine)
    found = links(engine)
    assert [list(found[name].values()) for name in ("late", "later")] == [["former name in title"]] * 2


def test_what_exhibit_21_lists_is_linked_to_its_parent_from_that_day(engine):
    text = "Subsidiaries\nGrey Heron Insurance Company Delaware\nAmazon Web Services, Inc. Delaware"
    hints = {"cik": "9900000055", "entity_name": "Basalt Thimble Corp"}
    add(engine, "list", "filing", "2020-02-01", text=text, exhibit="EX-21.1", **hints)
    for name, day in (("before", "2019-12-31"), ("after", "2020-02-01")):
        add(engine, name, "news", day, "A broker sued", "Grey Heron Insurance Company sued a broker.")
    link_all(engine)
    assert links(engine) == {
        "list": {"Basalt Thimble Corp": "cik"},
        "after": {"Basalt Thimble Corp": "subsidiary in text"},
    }


def test_hints_that_are_nonsense_claim_nothing(engine):
    for i, former in enumerate(
        ("[", "{}", "[1, null]", '[{"name": "", "from": 1}]', '[{"name": "X Y", "to": "z"}]')
    ):
        add(engine, f"d{i}", "filing", "2020-02-01", cik="9900000055", former_names=former, tickers="")
    assert link_all(engine).counts["linked"] == 5
