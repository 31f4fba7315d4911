"""What drives the score that is looked at: a waterfall that sums to it, and its evidence one by one."""

from __future__ import annotations

import streamlit as st

from smalti import charts
from smalti.charts.waterfall import PICKED
from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.asking import row_of
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.charts import chart
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import issuer_evidence
from smalti.dashboards.views import issuer_steps as steps
from smalti.dashboards.views.issuer_asked import Subject, details, moment, why
from smalti.dashboards.views.issuer_head import said_of
from smalti.platform import words

_BY = {"document": "Documents", "modality": "Kinds of input", "piece": "Pieces"}


def show(page: Page, about: Subject) -> None:
    """The drivers of the signal that is looked at, and the evidence behind it."""
    st.header("What drives it", anchor="drivers")
    if about.chosen is None:
        states.empty(
            f"{words.signal_name(about.kind, about.horizon)} has no score by this moment.",
            "Choose another score above, or a later moment.",
        )
        return
    _which(page, about, about.chosen)
    told = why(page, about.chosen["signal_id"])
    if about.chosen["value"] is None:
        reason = plain(words.reason(about.chosen["reason"] or "no reason is stored"))
        states.empty(
            f"This score is withheld: {reason}.", "What is missing, and what would bring it, stands below."
        )
    elif "baseline_value" in about.chosen["details"]:
        _waterfall(about, told)
    elif about.kind == words.CONTRADICTION:
        _index(about, told)
    elif about.kind in words.MAIN:
        st.caption(
            "This score was stored before shares were: its way from nothing known is not told apart. What it"
            " would lose without each piece stands below."
        )
    else:
        _computed(about, about.chosen)
    issuer_evidence.show(about, told)
    _voices(told["independence"])


def _which(page: Page, about: Subject, chosen: Json) -> None:
    """Which score that is, if it is not the newest; and the way back to that."""
    row = {**chosen, "as_of": moment(chosen["as_of"])}
    name = words.signal_name(about.kind, about.horizon)
    st.markdown(f"**{plain(name)}: {plain(numbers.score(about.kind, chosen['value']))}**")
    st.caption(" · ".join(said_of(page, row)))
    newest = row_of(about.signals, about.kind, about.horizon)
    if about.picked and newest is not None and newest["signal_id"] != chosen["signal_id"]:
        days = str(about.horizon) if about.kind == words.RISK else None
        label = f"Not the newest: show that of {numbers.day(newest['as_of'])}"
        place.link(label, "issuer", icon=":material/update:", kind=about.kind, horizon=days)


def _waterfall(about: Subject, told: Json) -> None:
    documents = sum(group["by"] == "document" for group in told["groups"])
    by = choose("Steps by", "by", list(_BY), "document" if documents > 1 else "piece", _BY.__getitem__)
    start, value = float(details(told["signal"])["baseline_value"]), float(told["signal"]["value"])
    parts = steps.parts(told, by)
    notes = charts.Notes(f"attributions of {told['signal']['model_version']}", about.issuer["synthetic"])
    made = charts.waterfall(parts, start, value, about.kind, notes)
    bars = [
        f"{row['label']} {numbers.moved(about.kind, row['effect'])}" for row in parts.iter_rows(named=True)
    ]
    alt = f"From {numbers.score(about.kind, start)} to {numbers.score(about.kind, value)}: {'; '.join(bars)}."
    chart(made, "drivers", alt=alt, data=parts, leads={PICKED: ("evidence", {"id": "key"})})
    _sum(about.kind, start, float(parts["effect"].sum()), value, told)
    with st.expander("The steps as a list of links"):
        for row in parts.drop_nulls("key").iter_rows(named=True):
            label = f"{numbers.moved(about.kind, row['effect'])} · {row['label']}"
            place.link(plain(label, 160), "evidence", id=row["key"], icon=":material/format_quote:")


def _sum(kind: str, start: float, moved: float, value: float, told: Json) -> None:
    """The check of the sum, and what a step is."""
    digits = {"risk": 2, "fraud": 3}.get(kind)
    ends = [numbers.score(kind, end) if digits is None else f"{end:.{digits}%}" for end in (start, value)]
    steps_sum = numbers.moved(kind, moved) if digits is None else f"{moved * 100:+.{digits}f} pp"
    missed = float(details(told["signal"]).get("completeness_error") or 0.0)
    error = f"{missed:.2%}" if missed >= 5e-5 else "less than 0.01%"
    st.markdown(plain(f"Sum check: {ends[0]} knowing nothing, {steps_sum} in all steps, makes {ends[1]}."))
    st.caption(
        f"The method misses by {error} of the way. A step is the share of the way that is a piece's own when"
        " all evidence comes in together (integrated gradients, in the score's unit). What the score would"
        " lose without a piece is another question, answered in the list below: pieces that say the same can"
        " stand in for each other."
    )


def _index(about: Subject, told: Json) -> None:
    parts = steps.matters(told)
    if not parts.height:
        states.empty("Nothing contradicts anything: the index is 0.")
        return
    notes = charts.Notes("checks of its evidence", about.issuer["synthetic"])
    value = float(told["signal"]["value"])
    said = [f"{row['check']} {row['share']:.2f}" for row in parts.iter_rows(named=True)]
    alt = f"Contradiction index {numbers.score(about.kind, value)}: {'; '.join(said)}."
    chart(charts.contradiction_parts(parts, value, notes), "index", alt=alt, data=parts)
    place.link("Both sides of each, on the board", "contradictions", icon=":material/compare_arrows:")


def _computed(about: Subject, chosen: Json) -> None:
    """A ratio or a check: computed by rule, so it has no waterfall but a reading."""
    st.markdown(plain(f"It is computed by rule: {numbers.unit(about.kind)}.", 400))
    told = details(chosen)
    if "threshold" in told:
        looks = "suspect" if told.get("suspect") else "unremarkable"
        st.markdown(f"Threshold {plain(str(told['threshold']))}: **{looks}**.")


def _voices(told: Json) -> None:
    """Who stands behind it, in a sentence."""
    if not told["origins"]:
        return
    names = [f"{plain(one['name'], 60)} {one['share']:.0%}" for one in told["origins"][:3]]
    more = len(told["origins"]) - len(names)
    said = f"**Who stands behind it:** {words.counted(len(told['origins']), 'origin')}, worth"
    said += f" {told['effective']:.1f} equal voices: {words.listed(names)}"
    said += f" and {more} more" if more > 0 else ""
    shares = [
        ("copies", "copied"),
        ("documents that name nobody", "anonymous"),
        ("posts or undated documents", "untrusted"),
    ]
    rests = [f"{told[key]:.0%} on {name}" for name, key in shares if told[key] >= 0.005]
    said += (
        f". {words.listed(rests)}." if rests else ". None of it rests on copies, unnamed documents or posts."
    )
    st.markdown(said)
