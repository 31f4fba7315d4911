import pytest
from tests.models.checks.dossiers import document, dossier, piece

from smalti.models.checks.filing_drift import filing_drift
from smalti.models.checks.filing_notes import complete, notes
from smalti.models.checks.filings import Filing, filings
from smalti.models.checks.record import Check
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

Part = tuple[str, str]

COMPETITION = [
    ("1A", "We face intense competition."),
    ("1A", "Rivals with more capital may cut their prices, and smiths may buy their anvils from them."),
]
STEEL = [
    ("1A", "The price of steel moves our costs."),
    ("1A", "Steel is half of what we spend, and a rise in its price would lower our margin at once."),
]
FIRE = [
    ("1A", "A fire would stop our only foundry."),
    ("1A", "We cast every anvil in one hall, and to build it anew would take us most of a year."),
]
CYBER = [
    ("1A", "A cyber attack could halt our furnaces."),
    ("1A", "Our furnaces are run by software, and a ransom demand could stop them for weeks."),
]
CUSTOMERS = [
    ("1A", "We depend on two customers."),
    ("1A", "Two customers bought 61 percent of our anvils in 2025, and neither has to buy more."),
]
NOTES = [
    ("8", "Note 1. Basis of presentation"),
    ("8", "Note 2. Inventories"),
    ("8", "Note 3. Debt"),
]
SAME = [*COMPETITION, *STEEL, *FIRE, *NOTES]


def filing(day: str, *parts: Part) -> tuple[Document, list[Evidence]]:
    paper = document(SourceKind.FILING, day, day, form="10-K")
    pieces = [
        piece(paper, EvidenceKind.PARAGRAPH, text, {"section": item, "part": "I"}, at, f"{day} {text}")
        for at, (item, text) in enumerate(parts)
    ]
    return paper, pieces


def check(old: list[Part], new: list[Part], earlier: str = "2025-02-20") -> Check:
    before, after = filing(earlier, *old), filing("2026-02-20", *new)
    return filing_drift(dossier([before[0], after[0]], [*before[1], *after[1]]))


def test_the_same_text_is_no_drift() -> None:
    found = check(SAME, SAME)
    assert (found.findings, found.silences, found.value) == ((), (), 0)


def test_a_new_dependence_told_as_a_fact_counts_and_cites_both_years() -> None:
    grave, ordinary = check(SAME, [*COMPETITION, *CUSTOMERS, *STEEL, *FIRE, *NOTES]).findings
    assert (grave.strength, grave.said[0].quote) == (0.4, CUSTOMERS[0][1])
    assert grave.said[0].evidence_id == f"2026-02-20 {CUSTOMERS[0][1]}"
    assert grave.against[0].evidence_id == f"2025-02-20 {COMPETITION[0][1]}"
    assert "newly speak of dependence on a few customers" in grave.reason
    assert ordinary.details["new"] == 1


def test_a_dependence_that_vanished_cites_the_year_that_had_it() -> None:
    grave, ordinary = check([*CUSTOMERS, *SAME], SAME).findings
    assert (grave.strength, grave.against[0].quote) == (0.2, CUSTOMERS[0][1])
    assert ordinary.details["dropped"] == 1


def test_an_ordinary_new_factor_is_weak_and_renumbered_notes_are_nothing() -> None:
    renumbered = [("8", "Note 1. Basis of presentation"), ("8", "Note 2. Debt"), ("8", "Note 3. Inventories")]
    (one,) = check(SAME, [*COMPETITION, *STEEL, *FIRE, *CYBER, *renumbered]).findings
    assert one.strength == 0.05
    assert one.said[0].evidence_id == f"2026-02-20 {CYBER[0][1]}"
    assert "new risk factors: “A cyber attack could halt our furnaces.”" in one.reason
    assert "note" not in one.reason


def test_a_new_note_on_related_parties_and_one_that_went() -> None:
    related = [("8", "Note 4. Related party transactions"), ("8", "Our chairman's brother bought a forge.")]
    grave, ordinary = check(SAME, [*SAME, *related]).findings
    assert (grave.strength, grave.said[0].quote) == (0.3, "Related party transactions")
    assert "new notes: “Related party transactions”" in ordinary.reason
    gone, ordinary = check([*SAME, *related], SAME).findings
    assert (gone.strength, gone.against[0].quote) == (0.2, "Related party transactions")
    assert "notes gone" in ordinary.reason


def test_risk_factors_written_anew_count_more() -> None:
    (one,) = check(SAME, [*CYBER, *FIRE[:1], *CYBER[1:], *STEEL[:1], *CYBER[1:], *NOTES]).findings
    assert one.strength == 0.15
    assert one.details["drift"] > 0.5


INVOICED = "Revenue from anvils is recognized when the order is invoiced."
REVENUE = "Revenue from anvils is recognized when the smith has received them."
LIVES = "Furnaces are depreciated over their estimated useful lives of ten years."


@pytest.mark.parametrize(
    ("old", "new", "policy"),
    [
        (
            REVENUE,
            "Revenue from anvils is recognized when the order is invoiced.",
            "when revenue is recognized",
        ),
        (LIVES, LIVES.replace("ten", "twenty"), "how long assets are used"),
    ],
)
def test_a_policy_worded_otherwise_cites_both_wordings(old: str, new: str, policy: str) -> None:
    (one,) = check([*SAME, ("8", old)], [*SAME, ("8", new)]).findings
    assert (one.details["policy"], one.strength) == (policy, 0.2)
    assert (one.said[0].quote, one.against[0].quote) == (new, old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LIVES, LIVES),
        (REVENUE, "Revenue from anvils is recognized when control of them has passed to the smith."),
        (REVENUE, "On January 1 we adopted Topic 606. Revenue from anvils is recognized upon receipt."),
        (LIVES, "The patents acquired have estimated useful lives of seven years."),
        (REVENUE, "We pay our smiths every week."),
    ],
    ids=["the same", "a standard's words", "a standard adopted", "another thing", "nothing like it"],
)
def test_a_policy_that_stayed_or_followed_a_standard_is_no_finding(old: str, new: str) -> None:
    assert check([*SAME, ("8", old)], [*SAME, ("8", new)]).findings == ()


def test_another_auditor_shows_in_the_years_it_has_served() -> None:
    def served(since: int) -> list[Part]:
        return [*SAME, ("8", f"We have served as the Company's auditor since {since}.")]

    (one,) = check(served(1975), served(2025)).findings
    assert (one.strength, one.against[0].quote) == (0.3, "served as the Company's auditor since 1975")
    assert check(served(1975), served(1975)).findings == ()
    assert check(served(1975), served(1981)).findings == ()  # the same firm, which counts otherwise


@pytest.mark.parametrize(
    ("old", "earlier", "why"),
    [
        (SAME, "2022-02-20", "no annual filing of the year before the 10-K of 2026-02-20"),
        (NOTES, "2025-02-20", "the 10-K of 2025-02-20 has no risk factors under Item 1A"),
        (
            [*SAME, ("1A", "Long. " * 2_000)],
            "2025-02-20",
            "the risk factors of the 10-K of 2025-02-20 have 12,",
        ),
    ],
)
def test_what_cannot_be_compared_says_why(old: list[Part], earlier: str, why: str) -> None:
    found = check(old, SAME, earlier)
    assert [f"cannot compare: {why}" in one.reason for one in found.silences] == [True]
    assert [one for one in found.findings if one.strength > 0.15] == []


def _one(*parts: Part) -> Filing:
    paper, pieces = filing("2026-02-20", *parts)
    return filings(dossier([paper], pieces))[0]


def test_notes_are_read_in_order_past_contents_and_mentions() -> None:
    contents = [("8", f"Note {n} Something {n}0") for n in range(1, 3)]
    body = [
        ("8", "Note 1 — Policies"),
        ("8", "Note 2 — Debt As of year end we owed nothing, see Note 1."),
        ("8", "Note 1 is also about leases."),
        (
            "8",
            "NOTES TO CONSOLIDATED FINANCIAL STATEMENTS Note 3. Equity We have shares. Note 4. Taxes None.",
        ),
    ]
    found = notes(_one(*contents, *body))
    assert [(note.number, note.title[:6]) for note in found] == [
        (1, "Polici"), (2, "Debt A"), (3, "Equity"), (4, "Taxes "),
    ]  # fmt: skip
    assert complete(found)
    assert not complete(found[1:])
    bare = [("8", "1. Policies"), ("8", "2. Debt"), ("8", "3. Equity")]
    assert [note.title for note in notes(_one(*bare))] == ["Policies", "Debt", "Equity"]
    assert notes(_one(("8", "Nothing here is numbered."))) == []
