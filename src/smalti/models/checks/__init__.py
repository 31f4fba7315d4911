"""Forensic checks that need no training: each says what it found and from which evidence, or why not."""

from smalti.models.checks.beneish import beneish_m
from smalti.models.checks.benford import benford
from smalti.models.checks.dechow import dechow_f
from smalti.models.checks.ratios import RATIOS, ratio_inputs, ratios
from smalti.models.checks.record import Check
from smalti.models.checks.years import FiscalYear, Known, fiscal_years

__all__ = [
    "RATIOS",
    "Check",
    "FiscalYear",
    "Known",
    "beneish_m",
    "benford",
    "dechow_f",
    "fiscal_years",
    "ratio_inputs",
    "ratios",
]
