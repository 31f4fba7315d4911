"""Every check, in the order their sub-signals are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smalti.models.checks.beneish import beneish_m
from smalti.models.checks.benford import amounts, benford
from smalti.models.checks.dechow import dechow_f
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check
from smalti.models.checks.years import FiscalYear, fiscal_years

OF_YEARS: Sequence[Callable[[FiscalYear], Check]] = (beneish_m, dechow_f)
"""Scores of the newest fiscal year."""

OF_DOSSIERS: Sequence[Callable[[Dossier], Check]] = ()
"""Checks that hold one piece of evidence against another."""


def run_all(dossier: Dossier) -> list[Check]:
    """Every check of one issuer; each says why when it cannot be computed. None reads past `as_of`."""
    years = fiscal_years(dossier.facts, dossier.as_of)
    found = [check(dossier) for check in OF_DOSSIERS]
    if not years:
        why = "not computable: no fiscal year of facts is known"
        return [
            *found,
            *(Check(check.__name__, None, why) for check in OF_YEARS),
            Check("benford", None, why),
        ]
    return [*found, *(check(years[0]) for check in OF_YEARS), benford(amounts(dossier.facts))]
