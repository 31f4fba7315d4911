"""One alert: why it was raised, on what evidence, what became of it, and what one may do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, cast

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import cite, numbers, states, tables
from smalti.dashboards.parts.abreast import abreast
from smalti.dashboards.parts.here import here
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import alerts_words as words

Verdict = Literal["right", "wrong", "unclear"]

_SHORT = 72
"""Letters of a quote that fit beside its link."""
_SAID, _DONE = "alerts-said", "alerts-done"
_DID = {
    "acknowledged": "acknowledged it",
    "assigned": "gave it to",
    "comment": "wrote",
    "verdict": "judged it",
}


def show(page: Page, alert_id: str) -> None:
    """Show the alert of an id, or its beginning."""
    here("All alerts", "alerts", icon=":material/arrow_back:", alert=None)
    detail = page.smalti.alert(alert_id)
    alert = detail["alert"]
    if alert["synthetic"]:
        states.synthetic()
    st.header(plain(alert["subject"]), anchor=False)
    st.markdown(f"{plain(alert['reason'], 600)}.")
    _figures(page, alert)
    behind, doing = abreast()
    with doing:
        _doing(page, alert)
        _became(detail)
        _working(page, alert)
    with behind:
        _behind(detail)


def _figures(page: Page, alert: Json) -> None:
    now = datetime.fromisoformat(page.edition["now"])
    raised = datetime.fromisoformat(alert["raised_at"])
    told = [
        f"**{alert['severity'].capitalize()} severity**",
        plain(words.series(alert["kind"], alert["horizon_days"])),
        plain(words.moved(alert)),
        f"as of {numbers.when(words.moment(alert['as_of']))}",
        f"raised {numbers.when(raised)}, {numbers.age(raised, now)} ago",
        words.times(alert["count"])
        + (f", last as of {numbers.when(words.moment(alert['last_as_of']))}" if alert["count"] > 1 else ""),
        plain(words.where(alert)),
    ]
    st.caption(" · ".join(one for one in told if one))
    with st.container(horizontal=True, vertical_alignment="center"):
        if alert["signal_id"]:
            place.link(
                "The signal behind",
                "issuer",
                icon=":material/timeline:",
                signal=alert["signal_id"],
                issuer=alert["issuer_id"],
                help="Its drivers, and what it did without",
            )
        elif not alert["kind"]:
            place.link("Sources", "sources", icon=":material/sync_alt:", source=alert["subject"])
        if alert["rule"]:
            label = f"Rule: {plain(alert['rule'], 80)}"
            here(label, "rule", icon=":material/rule:", rule=alert["rule_id"], alert=None)


def _behind(detail: Json) -> None:
    st.subheader("What stands behind it", anchor=False)
    if detail["erased"]:
        st.warning("The signal behind this alert is not there any more: what it rested on was erased.")
    if not detail["evidence"] and not detail["findings"]:
        st.caption("No piece of evidence is named for it.")
    for piece in detail["evidence"]:
        with st.container(gap=None):
            cite.cite(_short(piece["quote"]) or piece["where"], piece["evidence_id"], piece["where"])
            st.caption(f"{plain(piece['where'])} · {_pull(detail, piece)}")
    for found in detail["findings"]:
        with st.container(gap="xsmall"):
            _finding(found)


def _finding(found: Json) -> None:
    st.markdown(f"**{plain(words.series(found['check'], 0))}**: {plain(found['reason'], 400)}")
    for side, name in (("said", "Said"), ("against", "Against it")):
        for cited in found[side][:2]:
            cite.cite(f"{name}: {_short(cited['quote'])}", cited["evidence_id"], cited["where"])


def _short(quote: str) -> str:
    flat = " ".join(quote.split())
    return flat if len(flat) <= _SHORT else f"{flat[: _SHORT - 1]}…"


def _pull(detail: Json, piece: Json) -> str:
    if piece["effect"] is None:
        return "bears on it"
    return f"moved it by {plain(numbers.moved(detail['alert']['kind'], piece['effect']))}"


def _became(detail: Json) -> None:
    st.subheader("What became of it", anchor=False)
    if not detail["history"]:
        st.caption("Nobody has done anything with it yet.")
    for event in detail["history"]:
        when = numbers.when(words.moment(event["made_at"]))
        value = (
            words.VERDICTS.get(event["value"], event["value"]).lower()
            if event["kind"] == "verdict"
            else event["value"]
        )
        did = f"{_DID[event['kind']]} {plain(value)}".strip()
        text = f": “{plain(event['text'], 2000)}”" if event["text"] else ""
        st.markdown(f"{when}: **{plain(event['made_by'])}** {did}{text}")
    if len(detail["occurrences"]) > 1:
        alert = detail["alert"]
        rows = [
            {**one, "as_of": words.moment(one["as_of"]), "value": numbers.score(alert["kind"], one["value"])}
            for one in detail["occurrences"]
        ]
        tables.table(
            pl.DataFrame(rows),
            "alert-occurrences",
            columns={"as_of": words.moments("Met as of (UTC)"), "value": "Value"},
            leads={"value": ("issuer", {"signal": "signal_id"})},
            alt="When the condition of this alert was met, newest first.",
        )


def _doing(page: Page, alert: Json) -> None:
    st.subheader("Your verdict", anchor=False)
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    may = page.who.may("analyst")
    if not may:
        states.needs("analyst", "Judging, acknowledging, giving away or commenting an alert")
    precision = _precision(page, alert)
    st.caption(
        f"Verdicts measure the rule: {plain(words.precision(precision))}."
        " The newest of each person counts; signals judged are kept for recalibration."
    )
    _verdict(page, alert, may)


def _working(page: Page, alert: Json) -> None:
    st.subheader("Work on it", anchor=False)
    may, key = page.who.may("analyst"), _key(alert)
    if alert["state"] == "new" and st.button("Acknowledge", disabled=not may, icon=":material/visibility:"):
        _do(lambda: page.smalti.acknowledge(alert["alert_id"]), "Acknowledged: it is open no more.")
    with st.form(f"assign-{key}", border=False):
        to = st.text_input("Give it to", value=alert["assignee"] or page.who.name, max_chars=200)
        if st.form_submit_button("Assign", disabled=not may):
            _do(lambda: page.smalti.assign(alert["alert_id"], to), f"Given to {plain(to)}.")
    with st.form(f"comment-{key}", border=False):
        text = st.text_area("Comment", max_chars=10_000, height=80)
        if st.form_submit_button("Add comment", disabled=not may):
            _commented(page, alert, text)


def _key(alert: Json) -> str:
    """Names forms anew once something was done with an alert, so that they are empty again."""
    return f"{alert['alert_id']}-{st.session_state.get(_DONE, 0)}"


def _verdict(page: Page, alert: Json, may: bool) -> None:
    with st.form(f"verdict-{_key(alert)}"):
        verdict = st.radio(
            "Was it right to raise this alert?",
            list(words.VERDICTS),
            index=None,
            horizontal=True,
            format_func=words.VERDICTS.__getitem__,
        )
        reason = st.text_area(
            "Reason", max_chars=10_000, height=80, placeholder="What the alert missed, or saw"
        )
        if st.form_submit_button("Record verdict", type="primary", disabled=not may):
            if verdict is None:
                st.warning("Choose right, wrong or unsure first.", icon=":material/arrow_upward:")
                return

            def judge() -> str:
                page.smalti.judge(alert["alert_id"], cast("Verdict", verdict), reason)
                told = words.precision(_precision(page, alert))
                return f"Recorded: {words.VERDICTS[verdict].lower()}. The rule's verdicts now say: {told}."

            _do(judge)


def _commented(page: Page, alert: Json, text: str) -> None:
    if not text.strip():
        st.warning("There is nothing written yet.", icon=":material/edit:")
        return
    _do(lambda: page.smalti.comment(alert["alert_id"], text), "Your comment stands below.")


def _precision(page: Page, alert: Json) -> Json | None:
    return next((one for one in page.smalti.precision() if one["rule_id"] == alert["rule_id"]), None)


def _do(change: Callable[[], object], said: str = "") -> None:
    """Change something, and show the page anew with what was done; errors stay where they happened."""
    with states.told():
        answer = change()
        st.session_state[_DONE] = st.session_state.get(_DONE, 0) + 1
        st.session_state[_SAID] = said or plain(str(answer))
        st.rerun()
