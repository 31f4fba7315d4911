"""What was measured of the model in use, as people read it: tables, what others published, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from smalti.models.evaluation.card import model_card, notes
from smalti.models.evaluation.parts import PARTS, command
from smalti.models.evaluation.published import PUBLISHED
from smalti.models.evaluation.sections import Section, ablations, cell, sections
from smalti.models.evaluation.stored import Measured, kept, merged
from smalti.models.versions import SHIPPED, stated_heads, weights_version
from smalti.platform.errors import Malformed, NotFound, WeightsError
from smalti.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class TermsView:
    """A training set and its licence, as its publisher states it."""

    name: str
    origin: str
    licence: str
    commercial: bool


@dataclass(frozen=True, slots=True)
class HeadView:
    """A head of the model in use.

    Attributes:
        pairs: what it was trained on, as `text@call`; nothing else can move it.
        trained_through: the last day that a label looks at or became known on (ISO).
        file: of the weights.
    """

    kind: str
    pairs: Sequence[str]
    members: int
    trained_through: str
    seed: int
    terms: Sequence[TermsView]
    file: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the evaluation.

    Attributes:
        what: it measures.
        command: that measures it.
        state: `measured`; `other weights`: what is shown was measured of others than those in use; `missing`.
        measured_at: ISO time or day, UTC; empty if it was not noted.
        data: SHA-256, 12 hex digits, by file measured on.
        seeds: of the weights, by head.
        retrained_seeds: of networks trained anew for comparison.
        here: measured on this machine; else it came with the weights.
    """

    name: str
    what: str
    command: str
    state: str
    model_version: str
    measured_at: str
    data: Mapping[str, str]
    seeds: Mapping[str, int]
    retrained_seeds: Sequence[int]
    here: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its text, its value with a 95% interval if it has one, or values by horizon (days)."""

    text: str
    value: float | None
    low: float | None
    high: float | None
    by_horizon: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """The figures of one method or group, by their names."""

    name: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class PublishedView:
    """What somebody published on the same data; `differs`: how it was measured otherwise."""

    name: str
    figures: Mapping[str, float]
    source: str
    differs: str


@dataclass(frozen=True, slots=True)
class TableView:
    """One table of a part.

    Attributes:
        key: names it: `coverage.patterns`.
        columns: heading by figure.
    """

    key: str
    part: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[FiguresRow]
    published: Sequence[PublishedView]


@dataclass(frozen=True, slots=True)
class NoteView:
    """What one must know beside the tables."""

    title: str
    lead: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """What is known of how good the model in use is."""

    model_version: str
    heads: Sequence[HeadView]
    parts: Sequence[PartView]
    tables: Sequence[TableView]
    notes: Sequence[NoteView]


def evaluation(settings: Settings) -> EvaluationView:
    """All that was measured, of each part the newest of the weights in use.

    Raises:
        Malformed: a file of figures is none, or the weights state nothing that can be read.
    """
    try:
        heads = stated_heads(settings.model)
    except WeightsError as error:
        raise Malformed(error.what, subject=error.subject, mend=error.mend) from error
    version = weights_version(settings.model)
    known = kept(settings.home, _weights(settings), version)
    return EvaluationView(
        version,
        [_head(stated) for stated in heads],
        [_part(name, known, version) for name in PARTS],
        [table for one in known for table in _tables(one)],
        [NoteView(note.title, note.lead, note.lines) for note in notes(_own(known, version))],
    )


def card(settings: Settings) -> str:
    """The model card of the weights in use, as Markdown.

    Raises:
        NotFound: nothing was measured of them.
        Malformed: a file of figures is none.
    """
    version = weights_version(settings.model)
    own = _own(kept(settings.home, _weights(settings), version), version)
    if not own:
        raise NotFound("nothing was measured of these weights", subject=version, mend="smalti evaluate")
    return model_card(own)


def _weights(settings: Settings) -> Path:
    return settings.model or SHIPPED


def _own(known: Sequence[Measured], version: str) -> Mapping[str, Any]:
    return merged([one for one in known if one.version == version])


def _head(stated: Mapping[str, Any]) -> HeadView:
    terms = [TermsView(t["name"], t["origin"], t["licence"], t["commercial"]) for t in stated["terms"]]
    return HeadView(
        stated["kind"], stated["pairs"], stated["members"], stated["trained_through"], stated["seed"],
        terms, stated["file"],
    )  # fmt: skip


def _part(name: str, known: Sequence[Measured], version: str) -> PartView:
    one = next((one for one in known if one.part == name), None)
    if one is None:
        return PartView(name, PARTS[name], command(name), "missing", "", "", {}, {}, [], here=False)
    frame = one.frame
    return PartView(
        name, PARTS[name], command(name), "measured" if one.version == version else "other weights",
        one.version, one.measured_at, frame.get("data", {}), frame.get("seeds", {}),
        frame.get("retrained_seeds", []), one.here,
    )  # fmt: skip


def _tables(one: Measured) -> Iterator[TableView]:
    figures = {one.part: one.figures}
    for section in chain(sections(figures), ablations(figures)):
        rows = [FiguresRow(name, _figures(section, row)) for name, row in section.rows.items()]
        told = [PublishedView(p.name, p.figures, p.source, p.differs) for p in PUBLISHED.get(section.key, ())]
        yield TableView(section.key, one.part, section.title, section.columns, rows, told)


def _figures(section: Section, row: Mapping[str, Any]) -> dict[str, Figure]:
    return {column: _figure(row, column) for column in section.columns if row.get(column) is not None}


def _figure(row: Mapping[str, Any], column: str) -> Figure:
    value = row[column]
    if isinstance(value, Mapping):
        return Figure(cell(row, column), None, None, None, value)
    low, high = row.get(f"{column}_interval") or (None, None)
    return Figure(cell(row, column), value, low, high, {})
