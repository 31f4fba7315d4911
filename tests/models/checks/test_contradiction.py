"""The index follows its stated rule, and no flood or repetition can drive it."""

from __future__ import annotations

import pytest
from tests.models.checks.dossiers import document, dossier, piece

from smalti.models.checks.contradiction import contradiction, matters
from smalti.models.checks.record import Check, Citation, Finding, judged
from smalti.platform.records import EvidenceKind, SourceKind

CALL = document(SourceKind.CALL, "2026-02-12")
POST = document(SourceKind.SOCIAL, "2026-02-13")
PIECES = [
    *(piece(CALL, EvidenceKind.AUDIO, f"said {n}", ordinal=n, name=f"said{n}") for n in range(12)),
    *(piece(POST, EvidenceKind.PARAGRAPH, f"posted {n}", ordinal=n, name=f"posted{n}") for n in range(12)),
]
PAPERS = dossier([CALL, POST], PIECES)


def finding(said: str, strength: float) -> Finding:
    return Finding((Citation(said),), (Citation("filed"),), strength, f"{said} does not fit")


def check(name: str, *findings: Finding) -> Check:
    return judged(name, len(findings) + 1, findings, nothing="nothing is known")


def index(*checks: Check) -> float:
    value = contradiction(PAPERS, checks).value
    assert value is not None
    return value


def test_matters_are_joined_as_independent_chances_by_their_weights() -> None:
    claim = check("claim_against_fact", finding("said0", 0.5))
    chart = check("chart_against_table", finding("said1", 0.5))
    assert index(claim) == pytest.approx(0.5)
    assert index(claim, chart) == pytest.approx(1 - 0.5 * (1 - 0.8 * 0.5))


def test_nothing_found_is_zero_and_nothing_judged_is_no_value() -> None:
    assert index(check("claim_against_fact")) == 0
    unknown = judged("claim_against_fact", 0, [], nothing="no call is known")
    found = contradiction(PAPERS, [unknown])
    assert found.value is None
    assert "not computable" in (found.reason or "")
    half = contradiction(PAPERS, [unknown, check("evasive_answers")])
    assert half.details["judged"] == ["evasive_answers"]
    assert half.details["not_judged"] == {"claim_against_fact": "not computable: no call is known"}


def test_one_sentence_that_two_checks_find_is_one_matter() -> None:
    claim = check("claim_against_fact", finding("said0", 0.6))
    voice = check("words_against_voice", finding("said0", 0.9))
    assert index(claim, voice) == pytest.approx(0.6)


def test_a_check_counts_at_most_five_matters() -> None:
    many = check("evasive_answers", *(finding(f"said{n}", 0.5) for n in range(12)))
    assert len(matters(PAPERS, [many])) == 5
    assert index(many) == pytest.approx(1 - 0.8**5)


def test_what_rests_on_posts_alone_is_worth_half() -> None:
    assert index(check("crowd", finding("posted0", 0.5))) == pytest.approx(0.4 * 0.5 / 2)
    both = Finding((Citation("posted0"), Citation("said0")), (Citation("filed"),), 0.5, "both")
    assert index(check("crowd", both)) == pytest.approx(0.4 * 0.5)


def test_the_shares_of_matters_sum_to_the_index_even_near_one() -> None:
    sure = [check("claim_against_fact", *(finding(f"said{n}", 0.95 - n / 100) for n in range(5)))]
    found = matters(PAPERS, sure)
    assert index(*sure) > 0.999
    assert sum(m.share for m in found) == pytest.approx(index(*sure))
    assert [m.share for m in found] == sorted((m.share for m in found), reverse=True)
    (alone,) = matters(PAPERS, [check("claim_against_fact", finding("said0", 1.0))])
    assert alone.share == pytest.approx(1)


def test_a_further_matter_never_lowers_the_index() -> None:
    findings = [finding(f"said{n}", 0.1 + 0.07 * n) for n in range(10)]
    values = [index(check("claim_against_fact", *findings[:n])) for n in range(11)]
    assert values == sorted(values)
