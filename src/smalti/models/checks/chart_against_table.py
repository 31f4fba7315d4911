"""Charts held against tables and filed numbers: values, order, base line, axes, and the period chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smalti.models.checks.chart_axes import cut_bars, declared, two_scales
from smalti.models.checks.chart_facts import Filings
from smalti.models.checks.chart_marks import Drawing, drawing_of
from smalti.models.checks.chart_periods import left_out, order
from smalti.models.checks.chart_series import Drawn, Row, another_measure, charts_of
from smalti.models.checks.chart_values import Verdict, compare_values
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.platform.records import EvidenceKind, SourceKind


def chart_against_table(dossier: Dossier) -> Check:
    """What the issuer's charts, and charts about it, show otherwise than its filings state.

    A chart is held against the numbers of its own document, else against those known when it was shown, else
    against those filed first after it. What may be a slip in reading the chart is not told; nor are lines on
    a cut axis, which is how prices and rates are drawn. How strong a finding is follows from stated rules:
    `chart_values`, `chart_axes`, `chart_periods`.
    """
    charts, more = charts_of(dossier)
    if not charts:
        return judged("chart_against_table", 0, (), nothing="no chart is known")
    case = _Case(dossier, charts)
    findings: list[Finding] = []
    silences: list[Silence] = []
    looked_at = 0
    for drawn in charts:
        verdicts = list(case.judge(drawn))
        findings += [v.finding for v in verdicts if v.finding]
        why = dict.fromkeys(v.silence for v in verdicts if v.silence)
        silences += [Silence(Citation(drawn.evidence.evidence_id), one) for one in why]
        looked_at += any(not v.silence for v in verdicts)
    if more:
        about = Citation(charts[-1].evidence.evidence_id)
        silences.append(Silence(about, f"cannot compare: {more} further charts were not looked at"))
    details = {"charts": len(charts), "shown_again": sum(len(c.repeats) for c in charts)}
    return judged(
        "chart_against_table",
        looked_at,
        findings,
        silences,
        nothing="no chart could be judged",
        details=details,
    )


class _Case:
    """What charts of one issuer are held against."""

    def __init__(self, dossier: Dossier, charts: Sequence[Drawn]) -> None:
        self.filings = Filings(dossier, charts)
        self.on_axes: dict[tuple[str, int], list[str]] = {}
        for piece in dossier.pieces(EvidenceKind.PARAGRAPH, SourceKind.FILING):
            page = piece.locator.page
            if page is not None and ("axis" in piece.text or "scale" in piece.text):
                self.on_axes.setdefault((piece.document_id, page), []).append(piece.text)

    def judge(self, drawn: Drawn) -> Iterator[Verdict]:
        """One verdict for each thing that was looked at, or could not be."""
        if drawn.silence:
            yield Verdict(silence=drawn.silence)
            return
        drawings: list[tuple[Row, Drawing]] = []
        cut: list[Verdict] = []
        told = declared(self._beside(drawn))
        for row in drawn.rows:
            drawing = drawing_of(drawn, row)
            measure = another_measure(row, drawn.title)
            match = None if measure else self.filings.match(row, drawn)
            if match is None:
                why = f"filings state no {measure!r} figures" if measure else _unfiled(row, drawn)
                yield Verdict(silence=f"cannot compare: {why}")
            else:
                yield compare_values(drawn, match, drawing)
                yield from _some(left_out(drawn, match, drawing))
            if drawing is not None:
                drawings.append((row, drawing))
                cut += _some(cut_bars(drawn, match, row, drawing, told=told))
                if drawn.filed or match is not None:
                    yield from _some(order(drawn, row, drawing))
        yield from _some(two_scales(drawn, drawings))
        # One axis is cut once, however many series stand on it.
        worst = max((v for v in cut if v.finding), key=lambda v: v.strength, default=None)
        yield from [worst] if worst else cut

    def _beside(self, drawn: Drawn) -> list[str]:
        """Words on the chart, and of paragraphs of its page that speak of axes."""
        page = drawn.evidence.locator.page
        near = self.on_axes.get((drawn.document.document_id, page), []) if page is not None else []
        return [drawn.evidence.text, *near]


def _some(verdict: Verdict | None) -> list[Verdict]:
    return [] if verdict is None else [verdict]


def _unfiled(row: Row, drawn: Drawn) -> str:
    spans = sorted({mark.when[0] for mark in row.marks})
    years = f"{spans[0]} to {spans[-1]}" if len(spans) > 1 else str(spans[0])
    return f"no filing states {row.said or drawn.title or 'what the chart shows'!r} of {years}"
