"""Every check, in the order their sub-signals are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from smalti.models.checks.altman import altman_z
from smalti.models.checks.beneish import beneish_m
from smalti.models.checks.benford import Amount, amounts, benford, benford_two_digits
from smalti.models.checks.chart_against_table import chart_against_table
from smalti.models.checks.claim_against_fact import claim_against_fact
from smalti.models.checks.cover import read_cover
from smalti.models.checks.crowd import crowd
from smalti.models.checks.dechow import dechow_f
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.evasive_answers import evasive_answers
from smalti.models.checks.filing_drift import filing_drift
from smalti.models.checks.picture import picture
from smalti.models.checks.piotroski import piotroski_f
from smalti.models.checks.record import Check
from smalti.models.checks.sloan import sloan_accruals
from smalti.models.checks.words_against_voice import words_against_voice
from smalti.models.checks.years import FiscalYear, fiscal_years

OF_YEARS: Sequence[Callable[[FiscalYear], Check]] = (
    beneish_m,
    dechow_f,
    sloan_accruals,
    piotroski_f,
)
"""Scores of the newest fiscal year; Altman's, which needs prices too, stands beside them."""

OF_AMOUNTS: Sequence[Callable[[Sequence[Amount]], Check]] = (benford, benford_two_digits)
"""Tests of the newest filing's amounts."""

OF_DOSSIERS: Sequence[Callable[[Dossier], Check]] = (
    claim_against_fact,
    chart_against_table,
    words_against_voice,
    evasive_answers,
    picture,
    filing_drift,
    crowd,
)
"""Checks that hold one piece of evidence against another."""


_NOTHING_FILED = FiscalYear(date.min, "", ({}, {}, {}))


def run_all(dossier: Dossier) -> list[Check]:
    """Every check of one issuer; each says why when it cannot be computed. None reads past `as_of`."""
    digits = amounts(dossier)
    return [
        *(check(dossier) for check in OF_DOSSIERS),
        *_of_newest_year(dossier),
        *(check(digits) for check in OF_AMOUNTS),
    ]


def _of_newest_year(dossier: Dossier) -> list[Check]:
    years = fiscal_years(dossier.facts, dossier.as_of)
    year = years[0] if years else _NOTHING_FILED
    year = replace(year, cover=read_cover(dossier, year.end) | dict(year.cover))
    found = [*(check(year) for check in OF_YEARS), altman_z(year, dossier.prices)]
    if years:
        return found
    return [replace(check, reason="not computable: no fiscal year of facts is known") for check in found]
