"""The model: how good it is as it was measured, beside others; what it may look at; and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import model_card, model_heads, model_tables, model_words

_GLANCE, _CARD = "glance", "card"

_TOPICS: Mapping[str, tuple[str, Sequence[str]]] = {
    _GLANCE: ("At a glance", ()),
    "figures": (
        "Beside others",
        ("risk.labels", "published.maec15", "published.maec16", "fraud", "ratios", "sentiment."),
    ),
    "calibration": (
        "Calibration",
        ("coverage.fraud", "coverage.patterns", "coverage.ages", "coverage.sentiment"),
    ),
    "ablation": ("Ablation", ("risk.labels.modalities", "published.fusion", "coverage.gains")),
    "robustness": (
        "Robustness",
        ("coverage.stretches", "coverage.range_test", "coverage.range_training", "coverage.abstention",
         "coverage.kept_by_width", "coverage.sentiment_kept"),
    ),
    "faithfulness": ("Faithfulness", ("faithfulness.completeness", "faithfulness.deletion")),
    "fairness": ("Fairness", ("fairness.risk", "fairness.fraud")),
    _CARD: ("Model card", ()),
}  # fmt: skip
"""By name in the address: its label, and its tables in order; a dot at the end means all that begin so."""


def show(page: Page) -> None:
    """Show the page: `?part=`."""
    st.title("Model")
    found = page.smalti.evaluation()
    version = found["model_version"]
    st.caption(f"Weights in use: {plain(version) if version else 'none are installed'}.")
    topic = choose("What to look at", "part", list(_TOPICS), _GLANCE, lambda one: _TOPICS[one][0])
    if topic == _GLANCE:
        model_heads.show(found)
    elif topic == _CARD:
        model_card.show(page, found)
    else:
        _topic(found, topic)


def _topic(found: Json, topic: str) -> None:
    label, wanted = _TOPICS[topic]
    st.header(label)
    st.markdown(model_words.ABOUT[topic])
    parts = {part["name"]: part for part in found["parts"]}
    shown = [parts[name] for name in dict.fromkeys(key.partition(".")[0] for key in wanted)]
    for part in shown:
        _standing(part)
    _measured_on([part for part in shown if part["state"] != "missing"])
    for key in wanted:
        for table in found["tables"]:
            if table["key"] == key or (key.endswith(".") and table["key"].startswith(key)):
                model_tables.show(table)


def _standing(part: Json) -> None:
    """What is missing of a part, and how to get it."""
    if part["state"] == "missing":
        states.empty(
            f"**{plain(part['what'])}**: not measured yet of these weights.",
            f"`{part['command']}` measures it.",
        )
    elif part["state"] != "measured":
        st.warning(
            f"**{plain(part['what'])}**: these figures are of other weights, {plain(part['model_version'])}."
            f"  \n`{part['command']}` measures those in use.",
            icon=":material/warning:",
        )


def _measured_on(parts: Sequence[Json]) -> None:
    """Where figures come from; parts of one run are told of together."""
    runs: dict[str, list[Json]] = {}
    for part in parts:
        runs.setdefault("  \n".join(_provenance(part)), []).append(part)
    if runs:
        with st.expander("What these were measured on", icon=":material/fact_check:"):
            for told, of in runs.items():
                whats = "  \n".join(f"{plain(part['what'])}: `{part['command']}`" for part in of)
                st.markdown(f"{whats}\n\n{told}")


def _provenance(part: Json) -> list[str]:
    at = model_words.day(part["measured_at"]) if part["measured_at"] else "not noted"
    where = "on this machine" if part["here"] else "and came with the weights"
    seeds = ", ".join(f"{plain(head)} {seed}" for head, seed in part["seeds"].items()) or "not noted"
    anew = ", ".join(map(str, part["retrained_seeds"])) or "none"
    data = ", ".join(f"{plain(name)} ({plain(digest)})" for name, digest in part["data"].items())
    return [
        f"**Measured**: {at}, {where}",
        f"**Weights**: {plain(part['model_version'])}",
        f"**Seeds**: {seeds}; of networks trained anew: {anew}",
        f"**Data**, with the beginning of their SHA-256: {data or 'not noted'}",
    ]
