"""Checks that need no training: each says what it found and from which evidence, or why not."""

from smalti.models.checks.dossier import Dossier, Likeness
from smalti.models.checks.ratios import RATIOS, ratio_inputs, ratios
from smalti.models.checks.record import Check, Citation, Finding, Silence, finding_rows, judged
from smalti.models.checks.years import FiscalYear, Known, fiscal_years

__all__ = [
    "RATIOS",
    "Check",
    "Citation",
    "Dossier",
    "Finding",
    "FiscalYear",
    "Known",
    "Likeness",
    "Silence",
    "finding_rows",
    "fiscal_years",
    "judged",
    "ratio_inputs",
    "ratios",
]
