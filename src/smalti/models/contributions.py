"""Explanations as rows: each part cites its evidence, and shares add up by document and by modality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from smalti.models.attribution import Explanation
from smalti.models.case import Case
from smalti.models.checks import Dossier, FiscalYear, ratio_inputs
from smalti.platform.records import Attribution, Modality

GRADIENTS = "integrated-gradients"
"""Method of rows whose effects add up to the score's way from nothing known."""

LEFT_OUT = "leave-one-out"
"""Method of rows that say what the score would lose. Both methods may go on as ` of roa`: of one ratio."""

REST = "the year"
"""What the rest of a fiscal year is called beside its ratios: `integrated-gradients of the year`."""


class Moved(Protocol):
    """What a row says that can be added up; rows of the store do, and what is shown of them."""

    @property
    def evidence_id(self) -> str:
        """The piece."""
        ...

    @property
    def modality(self) -> str:
        """What of the piece was looked at."""
        ...

    @property
    def effect(self) -> float | None:
        """In the unit of the score."""
        ...

    @property
    def method(self) -> str:
        """What the effect is."""
        ...


@dataclass(frozen=True, slots=True)
class Sums:
    """Contributions added up.

    Attributes:
        by_document, by_modality: largest first.
        total: of all.
    """

    by_document: Mapping[str, float]
    by_modality: Mapping[str, float]
    total: float


def contribution_rows(
    signal_id: str, explanation: Explanation, case: Case, years: Sequence[FiscalYear]
) -> list[Attribution]:
    """Rows of all parts, largest contribution first.

    Both methods of one part share its rank. A ratio cites the line item it rests on, what is left of its
    year the piece that stands for the year.

    Args:
        signal_id: whose rows they are.
        explanation: of that signal.
        case: what was explained.
        years: its fiscal years, newest first.
    """
    rows: dict[tuple[str, str, str], Attribution] = {}
    for rank, part in enumerate(explanation.parts, 1):
        evidence, told = part.evidence_id, ""
        if part.feature is not None:
            # A fact token's position is its year's place in `years`, in tenths.
            year = years[round(10 * case.tokens[part.token].position)]
            evidence, told = ratio_inputs(year, part.feature)[-1], f" of {part.feature}"
        elif part.modality is Modality.FACT:
            told = f" of {REST}"
        share = Attribution(signal_id, evidence, part.modality, part.contribution, rank, GRADIENTS + told)
        # A table read as one piece may hold the items of two years: their shares of it add up.
        first = rows.setdefault(_key(share), share)
        if first is not share:
            rows[_key(share)] = replace(first, effect=first.effect + share.effect)
        if part.without is not None:
            lost = replace(share, effect=part.without, method=LEFT_OUT + told)
            rows.setdefault(_key(lost), lost)
    return list(rows.values())


def _key(row: Attribution) -> tuple[str, str, str]:
    return row.evidence_id, row.modality.value, row.method


def add_up(rows: Iterable[Moved], document_of: Mapping[str, str]) -> Sums:
    """Sums of the rows whose effects add up: those of integrated gradients.

    Args:
        rows: of one signal; all others than those of integrated gradients are passed over.
        document_of: document of each piece of evidence; pieces it lacks are summed under "".
    """
    documents: dict[str, float] = {}
    modalities: dict[str, float] = {}
    for row in rows:
        if row.effect is None or not row.method.startswith(GRADIENTS):
            continue
        document = document_of.get(row.evidence_id, "")
        documents[document] = documents.get(document, 0.0) + row.effect
        modalities[str(row.modality)] = modalities.get(str(row.modality), 0.0) + row.effect
    return Sums(_largest(documents), _largest(modalities), sum(modalities.values()))


def documents_of(dossier: Dossier) -> dict[str, str]:
    """The document of each piece of evidence of an issuer, its prices included."""
    pieces = {piece.evidence_id: piece.document_id for piece in dossier.evidence}
    return pieces | dict(dossier.prices.select("evidence_id", "document_id").iter_rows())


def contribution_details(
    explanation: Explanation, rows: Sequence[Attribution], document_of: Mapping[str, str], kept: int
) -> dict[str, Any]:
    """What a signal's details say of its contributions, those of rows that are not kept included.

    Args:
        explanation: of the signal.
        rows: all its rows.
        document_of: see `add_up`.
        kept: the last rank of which rows are kept, and so many documents are named.

    Returns:
        `baseline_value`; `completeness_error`; `contributions`: sums `by_document` and `by_modality`, and
        `past_kept`, the sum of the rows that are not kept.
    """
    sums = add_up(rows, document_of)
    return {
        "baseline_value": explanation.baseline_value,
        "completeness_error": explanation.completeness_error,
        "contributions": {
            "by_document": dict(list(sums.by_document.items())[:kept]),
            "by_modality": sums.by_modality,
            "past_kept": add_up((row for row in rows if row.rank > kept), {}).total,
        },
    }


def _largest(sums: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0])))
