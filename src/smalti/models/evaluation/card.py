"""The model card: every number in it from the figures, and what one must know to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smalti.models.evaluation.sections import cell, sections

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """What is said below the tables.

    Attributes:
        lines: sentences; where there are several, each is a point of its own.
        lead: what stands before the points.
    """

    title: str
    lines: tuple[str, ...]
    lead: str = ""


def model_card(figures: Figures) -> str:
    """MODEL_CARD.md, all its numbers from `figures`."""
    lines = [
        "# Model card",
        "",
        f"Weights `{figures['version']}`. Written from `figures.json`, which `smalti evaluate` makes;",
        "brackets are 95% bootstrap intervals over firms or groups of near-identical texts.",
        "",
        "| head | labels known through | learned from |",
        "| --- | --- | --- |",
        *(
            f"| {kind} | {day} | {', '.join(figures['terms'][kind])} |"
            for kind, day in figures["trained_through"].items()
        ),
        "",
    ]
    for section in sections(figures):
        lines += [f"## {section.title}", "", "| | " + " | ".join(section.columns.values()) + " |"]
        lines.append("| --- |" + " --- |" * len(section.columns))
        lines += [
            f"| {name} | " + " | ".join(cell(row, c) for c in section.columns) + " |"
            for name, row in section.rows.items()
        ]
        lines.append("")
    for note in notes(figures):
        lines += [f"## {note.title}", "", *([note.lead, ""] if note.lead else [])]
        bullets = [f"- {line}" for line in note.lines] if len(note.lines) > 1 else note.lines
        lines += [*bullets, ""]
    return "\n".join(lines)


def notes(figures: Figures) -> Iterator[Note]:
    """What one must know beside the tables, of the parts that were measured."""
    yield from _risk_notes(figures)
    yield from _doubt_notes(figures)
    yield from _fraud_notes(figures)
    yield _LIMITS


def _risk_notes(figures: Figures) -> Iterator[Note]:
    if "risk" not in figures or "published" not in figures:
        return
    labels = figures["risk"]["labels"]
    shown = ", ".join(f"{names} {mse:.3f}" for names, mse in labels["modalities"].items())
    ways = ", ".join(f"{way} {mse:.3f}" for way, mse in figures["published"]["fusion"].items())
    coverage = ", ".join(f"{share:.2f} at {h} days" for h, share in labels["interval_coverage"].items())
    yield Note(
        "Risk: what carries it",
        (
            f"The one trained model with only these shown, MSE: {shown}.",
            f"Ways to fuse, each trained anew on calls at their own moment, MSE: {ways}.",
            f"Truth inside the 90% interval: {coverage}.",
        ),
        f"{labels['train']} calls up to {labels['train_through']}, {labels['test']} after, of which "
        f"{labels['test_on_unseen_tickers']} on tickers not trained on.",
    )


def _doubt_notes(figures: Figures) -> Iterator[Note]:
    if "patterns" in figures.get("coverage", {}):
        yield _DOUBT


def _fraud_notes(figures: Figures) -> Iterator[Note]:
    fraud = figures.get("fraud")
    if fraud is not None:
        yield Note(
            "Fraud: how little there is to learn from",
            (
                f"{fraud['misstated']} misstated firm-years of {fraud['misstating_firms']} firms among "
                f"{fraud['firm_years']}, so the intervals are wide and a probability says little beyond "
                f"rank. Mean held-out probability {fraud['mean_probability']:.4f}, "
                f"share misstated {fraud['share_misstated']:.4f}.",
            ),
        )


_DOUBT = Note(
    "Risk: how sure its intervals are",
    (
        "Half-widths are split conformal, by what is shown, on training calls that the member judging them "
        "had not seen; a score is the mean of five members, so its interval is a little too wide.",
        "That calls to come are like calls that were is assumed. Between stretches of time they are not: "
        "see the table of stretches for what that costs.",
        "A score is withheld where its prices are out of range, by limits chosen on the training calls and "
        "their stressed copies, not by its width: the table of the narrowest tells whether widths know the "
        "better scores from the worse.",
        "Fraud's interval is how far its probability moves when firms are drawn anew and members differ; "
        "it is held against the share misstated, fifth by fifth.",
        "Sentiment's is conformal, from single texts, and for news and posts together from two to four; of "
        "more texts it is wider than it need be.",
    ),
)

_LIMITS = Note(
    "Limits",
    (
        "Risk learned from US calls of 2015 and 2016, a calm time; a crisis is outside what it has seen.",
        "Risk text and voice come from calls alone; news, filings and posts do not move it.",
        "Fraud learned from US filers of 1995 to 2002; its base rate is that table's, not today's.",
        "Sentiment is in English, of short texts; pictures come from 698 public posts and carry little.",
        "Every probability and interval is only as good as the likeness of the case to these data.",
    ),
)
