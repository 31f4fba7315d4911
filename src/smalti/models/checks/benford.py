"""Benford's law: how far the leading digits of a filing's amounts stray from those of untouched numbers.

Expected shares: log10(1 + 1/d), F. Benford, "The Law of Anomalous Numbers", Proceedings of the American
Philosophical Society 78(4), 1938, for d from 1 to 9 (first digit) or from 10 to 99 (first two).

Size of the deviation: the mean absolute deviation (MAD) of the shares, whose bounds are of M. Nigrini,
"Benford's Law" (Wiley 2012), chapter 7: for the first digit up to .006 close, .012 acceptable, .015
marginal; for the first two .0012, .0018, .0022. They are made for many thousands of records. A filing has
some hundreds, where chance alone gives as much, so what is held against them is the excess over what chance
gives at this size: B. Barney and K. Schulzke, "Moderating 'Cry Wolf' Events with Excess MAD in Benford's Law
Research and Practice", Journal of Forensic Accounting Research 1(1), 2016 (here by the normal approximation).

Chance: Pearson's chi-square with 8 or 89 degrees of freedom. Amounts of one line stand there once a period
and often lead with one digit, so they are no independent draws: the statistic is divided by their design
effect, 1 + (m - 1) r for clusters of m amounts whose digits agree by r (J. Rao and A. Scott, "The Analysis of
Categorical Data from Complex Sample Surveys", Journal of the American Statistical Association 76, 1981,
first-order correction), and so is the squared deviation that chance gives. Digits are suspect where both
speak: an excess beyond the bounds, and chi-square rejecting at a thousandth.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10, pi

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check
from smalti.platform.concepts import plain_label
from smalti.platform.facts import fact_of
from smalti.platform.records import EvidenceKind, SourceKind

LEAST_EXPECTED = 5
_RARE_DIGITS = 0.2
"""Chi-square holds where all but a fifth of the digits are expected so often, and none less than once (W.
Cochran, "Some Methods for Strengthening the Common Chi-Square Tests", Biometrics 10(4), 1954)."""

_FIRST = range(1, 10)
_FIRST_BOUNDS = (0.006, 0.012, 0.015)
_FIRST_TWO = range(10, 100)
_FIRST_TWO_BOUNDS = (0.0012, 0.0018, 0.0022)
_ZONES = ("close", "acceptable", "marginal", "nonconforming")
_REJECTED = 0.001
_MOST = 0.9
_WHOLE = re.compile(r"[A-Z]{3}|shares")
"""Units of amounts: money and shares. Ratios and per-share figures range too little for the law."""

_ABSURD = 1e18
"""No amount reaches a quintillion: such a value is damage or an attack."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a filing.

    Attributes:
        line: what it tells of; amounts of one line are one cluster.
    """

    evidence_id: str
    line: str
    value: float


def expected(digits: Sequence[int]) -> npt.NDArray[np.float64]:
    """Share of each leading digit, or pair of digits, under the law."""
    return np.array([log10(1 + 1 / digit) for digit in digits])


def least_amounts(digits: Sequence[int]) -> int:
    """How many amounts a test of these digits needs: 98 for the first, 939 for the first two."""
    shares = np.sort(expected(digits))
    return int(np.ceil(max(LEAST_EXPECTED / shares[int(_RARE_DIGITS * len(shares))], 1 / shares[0])))


def benford(amounts: Sequence[Amount]) -> Check:
    """First-digit deviation of amounts; zeros are left out.

    Returns:
        Value: MAD (a fraction). Details: `n` amounts of `lines` lines, `counts` by digit, `expected_mad` by
        chance, `excess_mad`, `zone` of the excess by Nigrini's bounds, `threshold` (MAD by chance and the
        last of them), `chi_square` and `p_value` after the `design_effect`, `suspect`.
    """
    return _tested("benford", amounts, _FIRST, _FIRST_BOUNDS)


def benford_two_digits(amounts: Sequence[Amount]) -> Check:
    """Deviation of the first two digits of amounts; otherwise as `benford`.

    An amount printed with one digit has no second one, though scaled it would show a zero there: amounts
    under ten of the filing's unit (millions, thousands or one) are left out.
    """
    unit = rounding_unit([amount.value for amount in amounts])
    printed = [amount for amount in amounts if abs(amount.value) >= 10 * unit]
    return _tested("benford_two_digits", printed, _FIRST_TWO, _FIRST_TWO_BOUNDS)


def _tested(name: str, amounts: Sequence[Amount], digits: range, bounds: Sequence[float]) -> Check:
    used = [amount for amount in amounts if amount.value]
    total, shares = len(used), expected(digits)
    needed = least_amounts(digits)
    if total < needed:
        return Check(name, None, f"not computable: {total} amounts, {needed} needed", (), {"n": total})
    led = [leading(amount.value, len(str(digits.start))) for amount in used]
    counts = np.bincount(led, minlength=digits.stop)[digits.start :]
    effect, lines = _design_effect([amount.line for amount in used], led, shares)
    mad = float(np.abs(counts / total - shares).mean())
    by_chance = float(np.sqrt(2 * shares * (1 - shares) * effect / (pi * total)).mean())
    chi_square = float(((counts - total * shares) ** 2 / (total * shares)).sum()) / effect
    p_value = float(chi2.sf(chi_square, len(digits) - 1))
    details = {
        "n": total,
        "lines": lines,
        "expected_mad": by_chance,
        "excess_mad": mad - by_chance,
        "zone": _ZONES[sum(mad - by_chance > bound for bound in bounds)],
        "threshold": by_chance + bounds[-1],
        "design_effect": effect,
        "chi_square": chi_square,
        "p_value": p_value,
        "suspect": mad - by_chance > bounds[-1] and p_value < _REJECTED,
        "counts": counts.tolist(),
    }
    return Check(name, mad, None, tuple(amount.evidence_id for amount in used), details)


def _design_effect(
    lines: Sequence[str], led: Sequence[int], shares: npt.NDArray[np.float64]
) -> tuple[float, int]:
    """How much less the amounts tell than as many independent ones would, at least 1; and how many lines."""
    clusters: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for line, digit in zip(lines, led, strict=True):
        clusters[line][digit] += 1
    sizes = np.array([counts.total() for counts in clusters.values()])
    pairs = int((sizes * (sizes - 1)).sum())
    if not pairs:
        return 1.0, len(clusters)
    alike = sum(n * (n - 1) for counts in clusters.values() for n in counts.values()) / pairs
    by_chance = float((shares**2).sum())
    agreement = (alike - by_chance) / (1 - by_chance)
    return max(1.0, 1 + float((sizes**2).sum() / sizes.sum() - 1) * agreement), len(clusters)


def amounts(dossier: Dossier) -> list[Amount]:
    """Amounts of the newest filing that gives enough of them, or of the one with most.

    Each number of a line and period counts once, however often it is printed.
    """
    pieces = defaultdict(list)
    for piece in dossier.pieces(EvidenceKind.FACT, SourceKind.FILING):
        if piece.document_id not in dossier.copies:
            pieces[piece.document_id].append(piece)
    best: list[Amount] = []
    needed = least_amounts(_FIRST)
    for own in reversed(pieces.values()):
        once: dict[tuple[object, ...], Amount] = {}
        for piece in own:
            fact = fact_of(piece.evidence_id, piece.payload, dossier.document(piece).available_at)
            line = fact.concept or plain_label(fact.label)
            if 0 < abs(fact.value) < _ABSURD and not fact.unverified and _WHOLE.fullmatch(fact.unit):
                amount = Amount(fact.evidence_id, line, fact.value)
                once.setdefault((line, fact.start, fact.end, fact.value), amount)
        if len(once) > len(best):
            best = list(once.values())
        if len(best) >= needed:
            break
    return best


def leading(value: float, width: int) -> int:
    """The first `width` digits, from the first that is not zero, of a finite number other than zero."""
    digits = format(abs(Decimal(repr(value))), "f").replace(".", "").lstrip("0")
    return int(digits[:width])


def rounding_unit(values: Collection[float]) -> float:
    """What a filing counts in: the largest of a million, a thousand and one that divides most amounts."""
    for unit in (1e6, 1e3):
        if sum(value % unit == 0 for value in values) >= _MOST * len(values):
            return unit
    return 1.0
