"""What each head may look at, what it learned from, on what terms, and its figure beside the best other."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.parts import states, tables
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import model_words
from smalti.platform import words

_HEADLINES: Mapping[str, tuple[str, str, str, str]] = {
    "risk": ("risk.labels", "mse", "lower", "squared error of log volatility, on calls after the last label"),
    "fraud": ("fraud", "auc", "higher", "AUC on firm-years held out by firm"),
    "sentiment": ("sentiment.PhraseBank", "accuracy", "higher", "accuracy on PhraseBank, held out"),
}
"""By head: the table and figure it is told by, which way is good, and what that is."""


def show(found: Json) -> None:
    """Show the heads."""
    st.header("How good it is")
    _headlines(found)
    st.header("What may move a score")
    _pairs(found)
    st.header("What it learned from")
    _terms(found)
    st.header("What was measured")
    _parts(found)


def _headlines(found: Json) -> None:
    by_key = {table["key"]: table for table in found["tables"]}
    other = {part["name"] for part in found["parts"] if part["state"] == "other weights"}
    drawn = [
        (head, by_key[key], *how)
        for head, (key, *how) in _HEADLINES.items()
        if key in by_key and by_key[key]["part"] not in other
    ]
    if not drawn:
        states.empty("Nothing was measured yet of these weights.", "`smalti evaluate` measures them.")
        return
    for column, (head, table, figure, better, told) in zip(st.columns(len(drawn)), drawn, strict=True):
        with column:
            _headline(head, table, figure, better, told)


def _headline(head: str, table: Json, figure: str, better: str, told: str) -> None:
    rows = {row["name"]: row["figures"][figure] for row in table["rows"] if figure in row["figures"]}
    ours = rows.pop("smalti", None)
    if ours is None:
        return
    value, _, interval = ours["text"].partition(" ")
    st.metric(words.capital(head), value)
    st.markdown(f"{words.capital(told)}; {better} is better. 95% interval {plain(interval)}.")
    pick = min if better == "lower" else max
    rival = pick(rows, key=lambda name: rows[name]["value"], default=None)
    if rival:
        st.caption(f"Best baseline: {plain(rival)}, {plain(rows[rival]['text'])}.")


def _pairs(found: Json) -> None:
    heads = found["heads"]
    if not heads:
        states.empty(
            "No weights are installed.", "`smalti train` makes some; `smalti doctor` says what is missing."
        )
        return
    pairs = list(dict.fromkeys(pair for head in heads for pair in head["pairs"]))
    rows = [
        {"head": words.capital(head["kind"])}
        | {pair: "trained" if pair in head["pairs"] else "not used" for pair in pairs}
        for head in heads
    ]
    st.caption(
        "What is not trained never reaches a head's network: it cannot move its score, and each score"
        " names it."
    )
    tables.table(
        pl.DataFrame(rows), "pairs",
        columns={"head": "Head", **{pair: words.capital(words.inputs([pair])) for pair in pairs}},
        alt="Which inputs each head was trained on",
    )  # fmt: skip


def _terms(found: Json) -> None:
    rows = [
        {
            "head": words.capital(head["kind"]),
            "set": terms["name"],
            "origin": terms["origin"],
            "licence": terms["licence"],
            "commercial": "allowed" if terms["commercial"] else "not allowed, or not stated",
            "through": model_words.day(head["trained_through"]),
            "file": head["file"],
            "members": head["members"],
            "seed": head["seed"],
        }
        for head in found["heads"]
        for terms in head["terms"]
    ]
    if not rows:
        return
    st.caption(
        "A score as of *trained through* or before is marked in-sample: the model may have learned from"
        " what it foretells. Weights in research.safetensors learned from sets that must not be used"
        " commercially, or that state no terms; without that file everything else works, and"
        " sentiment says *not trained*."
    )
    tables.table(
        pl.DataFrame(rows), "terms",
        columns={"head": "Head", "set": "Training set", "through": "Trained through",
                 "licence": "Licence as stated", "commercial": "Commercial use", "file": "Weights",
                 "origin": "Origin"},
        alt="Training sets of each head with their licences",
    )  # fmt: skip


def _parts(found: Json) -> None:
    rows = [
        {
            "part": part["name"],
            "what": part["what"],
            "state": {"measured": "measured", "missing": "not yet"}.get(part["state"], "of other weights"),
            "at": model_words.day(part["measured_at"]) if part["measured_at"] else "",
            "where": "" if part["state"] == "missing" else "here" if part["here"] else "with the weights",
            "version": part["model_version"],
            "command": part["command"],
        }
        for part in found["parts"]
    ]
    tables.table(
        pl.DataFrame(rows), "parts",
        columns={"what": "Part", "state": "State", "at": "Measured", "where": "Where",
                 "command": "Measure it", "version": "Weights"},
        alt="Parts of the evaluation, whether they were measured, and the command that does",
    )  # fmt: skip
    for missing in (row for row in rows if row["state"] != "measured"):
        st.markdown(f"{plain(str(missing['what']))}: `{missing['command']}`")
