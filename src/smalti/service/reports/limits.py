"""What is missing, too old or withheld; who stands behind the scores; how far the numbers can be trusted."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from smalti.models.versions import SHIPPED
from smalti.service.reports import reading, words
from smalti.service.reports.content import Block, Column, Drawing, Section, Table, Text
from smalti.service.reports.known import Known
from smalti.service.views import FindingView, SignalView

_GROUPS = 9
_DETAIL = re.compile(r"\s*\([^()]*\)|‘[^’]*’|'[^']*'|“[^”]*”")
_PROMISED = 0.9
_SOURCE_KINDS = {"filing": "Filings", "news": "News", "social": "Posts", "call": "Calls", "price": "Prices"}
_FIGURES = "figures.json"
"""Measured figures beside the weights they were measured on."""


def missing(known: Known) -> Section:
    """What each score was made from, what was not there, what was withheld or not judged, and why."""
    blocks: list[Block] = []
    if known.main:
        blocks.append(_coverage(known))
    blocks += ages(known)
    erased = [s for s in known.heads if s.erased]
    if erased:
        told = "rest on evidence, or were made with knowledge, that was erased since"
        blocks.append(Text(f"{words.capital(words.signals(erased))} {told}.", "notice"))
    blocks += withheld(known.signals)
    blocks += _silences(known.silences)
    return Section("missing", "What is missing, too old or withheld", blocks)


def _coverage(known: Known) -> Drawing:
    rows: list[dict[str, Any]] = []
    counts: dict[str, list[str]] = defaultdict(list)
    for s in known.main:
        ages = s.details.get("ages_days", {})
        for pair, name in words.INPUTS.items():
            state = _state(s, pair)
            counts[state].append(f"{name} for {words.signal(s)}")
            rows.append({"score": words.signal(s), "input": name, "state": state, "age_days": ages.get(pair)})
    learned = {row["input"] for row in rows if row["state"] != "not trained"}
    shown = [row for row in rows if row["input"] in learned]
    told = "; ".join(
        f"{state}: {words.listed(names)}" for state, names in counts.items() if state != "not trained"
    )
    return Drawing("modality_coverage", {"inputs": shown, "synthetic": known.subject.synthetic}, told)


def _state(s: SignalView, pair: str) -> str:
    for state, pairs in (("used", s.used), ("too old", s.stale), ("missing", s.missing)):
        if pair in pairs:
            return state
    return "not trained"


def ages(known: Known) -> Iterator[Block]:
    """How old the newest document of each kind is, and of which kinds none is known."""
    found = reading.newest_by_kind(known.engine.store, known.subject, known.clocks)
    if not found.height:
        yield Text("No document of it is known by this moment.", "notice")
        return
    rows = []
    for row in found.iter_rows(named=True):
        newest = row["newest"]
        age = f"{(known.clocks.as_of - newest).days} days" if newest else ""
        when = words.day(newest) if newest else "none by this moment"
        rows.append((_SOURCE_KINDS.get(row["kind"], row["kind"]), f"{row['documents']:,}", when, age))
    columns = (
        Column("Kind of source", "left", 0.3), Column("Documents", "right", 0.2),
        Column("Newest of", "right", 0.3), Column("Age", "right", 0.2),
    )  # fmt: skip
    yield Table(f"How old the newest of each kind is, as of {words.day(known.clocks.as_of)}", columns, rows)
    lacking = [name for kind, name in _SOURCE_KINDS.items() if kind not in set(found["kind"])]
    if lacking:
        yield Text(f"None known of: {words.listed([name.lower() for name in lacking])}.")


def withheld(signals: Sequence[SignalView]) -> Iterator[Block]:
    """Scores without a value, by reason."""
    by_reason: dict[str, list[SignalView]] = defaultdict(list)
    for s in signals:
        if s.value is None:
            by_reason[words.reason(s.reason or "no reason is stored")].append(s)
    if by_reason:
        columns = (Column("Withheld or not computable", "left", 0.42), Column("Why", "left", 0.58))
        rows = [(words.capital(words.signals(lost)), reason) for reason, lost in by_reason.items()]
        yield Table(
            "Scores that are withheld, and ratios and checks that could not be computed", columns, rows
        )


def _silences(silences: Sequence[FindingView]) -> Iterator[Block]:
    """What checks looked at and could not judge, by check and reason, most first."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in silences:
        text = words.reason(one.reason)
        groups[words.check(one.check), _DETAIL.sub("", text).strip() or text].append(text)
    if not groups:
        return
    ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    rows = [
        (str(len(texts)), words.capital(name), texts[0] if len(set(texts)) == 1 else reason)
        for (name, reason), texts in ranked[:_GROUPS]
    ]
    columns = (
        Column("Times", "right", 0.08),
        Column("Check", "left", 0.3),
        Column("Why it kept quiet", "left", 0.62),
    )
    more = sum(len(texts) for _, texts in ranked[_GROUPS:])
    yield Table(
        f"What could not be compared: {words.counted(len(silences), 'thing')}, by reason", columns, rows
    )
    if more:
        yield Text(f"And {more} more, each for a reason of its own.", "note")


def voices(known: Known) -> Section | None:
    """How many independent origins stand behind each score, and what anybody could have forged."""
    columns = (
        Column("Score", "left", 0.2), Column("Origins", "right", 0.09), Column("Worth", "right", 0.09),
        Column("Who, with their shares", "left", 0.32), Column("Copies", "right", 0.09),
        Column("Anonymous", "right", 0.11), Column("Posts, undated", "right", 0.1),
    )  # fmt: skip
    rows = []
    index = known.signal("fraud.contradiction")
    for s in [*known.main, *([index] if index else [])]:
        found = known.why(s).independence if s.value is not None else None
        if found is None or not found.origins:
            continue
        named = words.listed([f"{words.clean(o.name, 40)} {o.share:.0%}" for o in found.origins[:3]])
        more = f" and {len(found.origins) - 3} more" if len(found.origins) > 3 else ""
        shares = (f"{found.copied:.0%}", f"{found.anonymous:.0%}", f"{found.untrusted:.0%}")
        rows.append(
            (
                words.capital(words.signal(s)),
                str(len(found.origins)),
                f"{found.effective:.1f}",
                named + more,
                *shares,
            )
        )
    if not rows:
        return None
    note = (
        "Worth: how many equally strong voices would be as concentrated. A copy has the origin of what it"
        " copies. The last three columns are shares of the score that rest on copies, on documents that"
        " name nobody, and on posts or documents whose date only their receipt tells."
    )
    table = Table("Independent origins behind each score", columns, rows)
    return Section("voices", "Who stands behind it", [table, Text(note, "note")])


def trust(known: Known) -> Section | None:
    """The calibration record stored with the model, and what of the scores is in-sample."""
    blocks: list[Block] = []
    versions = {s.model_version for s in known.heads}
    figures = _figures(known)
    if figures is not None and figures["version"] in versions:
        blocks += _record(known, figures)
    elif versions:
        blocks.append(
            Text(f"No calibration record is stored for {words.listed(sorted(versions))}.", "notice")
        )
    blocks += _in_sample(known.heads)
    return Section("trust", "How far to trust the numbers", blocks) if blocks else None


def _figures(known: Known) -> Mapping[str, Any] | None:
    path = (known.engine.settings.model or SHIPPED) / _FIGURES
    if not path.is_file():
        return None
    read: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def _record(known: Known, figures: Mapping[str, Any]) -> Iterator[Block]:
    source = f"figures.json of {figures['version']}"
    coverage = figures.get("coverage", {})
    risk = next((s for s in known.heads if s.kind == words.RISK and s.value is not None), None)
    if risk is not None:
        order = [
            name for name in ("price", "text", "voice") if any(p.startswith(f"{name}@") for p in risk.used)
        ]
        row = coverage.get("patterns", {}).get("rows", {}).get(" + ".join(order))
        if row:
            yield _inside(row, " + ".join(words.modality(name) for name in order), int(row["cases"]), source)
    fraud = next((s for s in known.heads if s.kind == words.FRAUD and s.value is not None), None)
    bins = coverage.get("fraud", {}).get("rows", {})
    if fraud is not None and bins:
        yield _fifths(bins.values(), source)
    for line in figures.get("limits", ()):
        yield Text(words.clean(line), "note")


def _inside(row: Mapping[str, Any], shown: str, cases: int, source: str) -> Drawing:
    horizons = [days for days in (3, 7, 15, 30) if f"inside_{days}" in row]
    rows = [
        {"label": f"{days} trading days", "inside": row[f"inside_{days}"]}
        | dict(zip(("low", "high"), row[f"inside_{days}_interval"], strict=True))
        for days in horizons
    ]
    told = "; ".join(f"{one['label']}: {one['inside']:.0%} inside" for one in rows)
    data = {"rows": rows, "promised": _PROMISED, "source": f"{source}; {cases} calls with {shown} known"}
    return Drawing("interval_coverage", data, f"Intervals made to hold {_PROMISED:.0%}. {told}.")


def _fifths(bins: Iterable[Mapping[str, Any]], source: str) -> Drawing:
    rows = [
        {"predicted": one["probability"], "observed": one["share"]}
        | dict(zip(("low", "high"), one["share_interval"], strict=True))
        for one in bins
    ]
    told = "; ".join(f"stated {one['predicted']:.1%}, came true {one['observed']:.1%}" for one in rows)
    return Drawing("reliability", {"bins": rows, "source": source}, f"Fraud probability by fifths: {told}.")


def _in_sample(heads: Sequence[SignalView]) -> Iterator[Block]:
    within = [words.signal(s) for s in heads if s.in_sample and s.value is not None]
    if within:
        yield Text(
            f"In-sample: {words.listed(within)}. The model has seen outcomes of that time, so these say"
            " nothing of how well it foresees.",
            "notice",
        )
    through = {(s.kind, s.details["trained_through"]) for s in heads if "trained_through" in s.details}
    named = [
        f"{words.signal_name(kind, 0).removesuffix(', 0 days').lower()} {day}"
        for kind, day in sorted(through)
    ]
    if named:
        yield Text(f"Last labels that the model learned from: {words.listed(named)}.", "note")
