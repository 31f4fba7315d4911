"""What became of an upload, and the scores it leads to beside those from before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, tables, tasks
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import sources_outcomes as outcomes
from smalti.dashboards.views.sources_words import counts
from smalti.platform import words

_MOST_ISSUERS = 8
"""Issuers for which scoring is offered."""


def show(page: Page, told: Json) -> None:
    """Show what came of a finished upload."""
    reports = {one["stage"]: one for one in told["result"]}
    push = reports["push"]
    known = push["counts"].get("settled", 0)
    if known:
        st.info(
            f"{known} of the files {'was' if known == 1 else 'were'} known already, byte for byte:"
            " nothing was done.",
            icon=":material/content_copy:",
        )
    items, after = page.smalti.outcomes(push["run_id"])
    st.header("What became of it")
    if not items:
        if not known:
            states.empty("No file was left to tell of.", "Later runs dealt with the same files again.")
        return
    _told(items)
    outcomes.table(items)
    if after:
        place.link("There are more: all of this run", "sources", run=push["run_id"], icon=":material/list:")
    rest = [f"{tasks.stage(one['stage'])}: {counts(one['counts'])}" for one in told["result"][1:]]
    with st.expander("What followed"):
        st.markdown("  \n".join(plain(line) for line in rest) or "Nothing.")
    st.header("Scores")
    with states.told():
        _scores(page, told, items)


def _told(items: Sequence[Json]) -> None:
    for one in items:
        if aside := one["aside"]:
            mend = f"  \n{plain(aside['mend']).capitalize()}" if aside["mend"] else ""
            st.warning(
                f"**{plain(outcomes.name(one['path']))}** was set aside ({plain(aside['code'])}): "
                f"{plain(aside['reason'])}.{mend}",
                icon=":material/error:",
            )


def _scores(page: Page, told: Json, items: Sequence[Json]) -> None:
    concerned = outcomes.concerned(items)
    if not concerned:
        states.empty(
            "No issuer was recognised in it, so there is nothing to score.",
            "Hand it in again with the issuer named, if it is about one.",
        )
        return
    for issuer_id, (name, public) in list(concerned.items())[:_MOST_ISSUERS]:
        moment = _moment(page, issuer_id, public)
        if st.button(
            f"Score {plain(name, 60)} now", key=f"score-{issuer_id}", icon=":material/calculate:",
            help=f"As of {numbers.when(moment)}: nothing that became public later is read",
        ):  # fmt: skip
            task = page.smalti.score(issuer_id, as_of=moment)
            place.put(scored=task.task_id, of=issuer_id, at=place.iso(moment))
            st.rerun()
    scored, of, at = place.get("scored"), place.get("of"), place.moment("at")
    if scored and of and of in concerned and at:
        done = tasks.outcome(page, scored, f"Scoring {concerned[of][0]}")
        if done is not None:
            before = datetime.fromisoformat(told["asked_at"])
            _beside(page, concerned[of][0], of, at, before, done["result"]["counts"])


def _moment(page: Page, issuer_id: str, public: datetime) -> datetime:
    """As of the newest evidence, in whole seconds since an address holds no others, and not after now.

    Not as of the moment that other pages look at: what was handed in may have become public later.
    """
    newest = page.smalti.issuer(issuer_id)["newest"]
    latest = max(public, datetime.fromisoformat(newest)) if newest else public
    now = datetime.fromisoformat(page.edition["now"])
    return (min(latest, now) + timedelta(seconds=0.999999)).replace(microsecond=0)


def _beside(
    page: Page, name: str, issuer_id: str, at: datetime, before: datetime, done: Mapping[str, int]
) -> None:
    new = page.smalti.signals(issuer_id, as_of=at)
    old = page.smalti.signals(issuer_id, as_of=at, recorded_by=before)
    st.subheader(f"{plain(name)} as of {numbers.when(at)}")
    if done.get("unchanged"):
        st.caption("What is known is the same as when it was last scored, and so are the scores.")
    if not new.height:
        states.empty("There is no score.", "The service says why in the run of stage score.")
        return
    if new["synthetic"].any():
        states.synthetic()
    keys = ["kind", "horizon_days"]
    main = new.filter(pl.col("kind").is_in(words.MAIN))
    both = main.join(
        old.select(*keys, was="value", was_as_of="as_of"), on=keys, how="left", maintain_order="left"
    )
    _moved_besides(issuer_id, at, both["was_as_of"].max())
    tables.table(
        pl.DataFrame([_row(one) for one in both.iter_rows(named=True)]), "scored",
        columns={"signal": "Score", "before": "Before the upload", "now": "Now", "moved": "Change",
                 "interval": "90% interval", "reason": "Why withheld"},
        leads={"signal": ("issuer", {"signal": "signal_id"}), "now": ("issuer", {"signal": "signal_id"})},
        alt=f"Scores of {name} before the upload and now; a score leads to what stands behind it",
    )  # fmt: skip


def _moved_besides(issuer_id: str, at: datetime, was: object) -> None:
    """Scores of another moment differ for other reasons too: say so, and where they are told apart."""
    if isinstance(was, datetime) and was < at:
        st.caption(
            f"The scores before are as of {numbers.when(was)}: what has aged, and what else came since, moved"
            " them too."
        )
        place.link(
            "What of the change came from what", "compare", icon=":material/difference:", issuer=issuer_id,
            before=place.iso(was), after=place.iso(at),
        )  # fmt: skip


def _row(one: Mapping[str, Any]) -> dict[str, object]:
    kind, value, was = one["kind"], one["value"], one["was"]
    moved = value - was if value is not None and was is not None else None
    before = "not scored" if one["was_as_of"] is None else numbers.score(kind, was)
    return {
        "signal_id": one["signal_id"],
        "signal": words.signal_name(kind, one["horizon_days"]),
        "before": before,
        "now": numbers.score(kind, value),
        "moved": numbers.moved(kind, moved),
        "interval": numbers.interval(kind, one["low"], one["high"]),
        "reason": words.reason(one["reason"]) if one["reason"] else "",
    }
