import os
from pathlib import Path

import pytest

from smalti.models.checks.risk_factors import Paragraph, RiskDiff, diff_factors, read_factors

PDFS = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "filings_qa/pdf"

COMPETITION = "We face intense competition."
COMPETITION_TEXT = [
    "Our industry is crowded, and U.S. rivals with more capital may cut their prices. In 2016 we lost two of"
    " our ten largest customers to them. We may be unable",
    "to win those customers back at a profit.",
]
SUPPLIERS = "We depend on one supplier of anvils."
SUPPLIERS_TEXT = [
    "Acme Foundry casts every anvil that we sell, under a contract that ends in 2018. If the foundry stops,"
    " we would have nothing to ship for at least nine months."
]
PLANTED = "A cyber attack could halt our furnaces."
PLANTED_TEXT = [
    "Our furnaces are run by software that outsiders have tried to break into. A ransom demand could stop"
    " production for weeks and cost us more than our insurance covers."
]


def year(prefix: str, *blocks: str) -> list[Paragraph]:
    return [Paragraph(f"{prefix}{i}", text) for i, text in enumerate(blocks)]


OLD = year(
    "a",
    "Item 1A. Risk Factors",
    "Operational Risks",
    COMPETITION,
    *COMPETITION_TEXT,
    "17",
    SUPPLIERS,
    *SUPPLIERS_TEXT,
)


def diff(*new: str) -> RiskDiff:
    return diff_factors(read_factors(OLD), read_factors(year("b", *new)))


def test_a_factor_is_a_heading_with_its_text_and_its_evidence() -> None:
    first, second = read_factors(OLD)
    assert (first.heading, first.group) == (COMPETITION, "Operational Risks")
    assert second.heading == SUPPLIERS
    assert first.evidence_ids == ("a2", "a3", "a4")
    # One sentence cut by the page is whole, and `U.S.` ends none.
    assert [s.text[:12] for s in first.sentences] == ["Our industry", "In 2016 we l", "We may be un"]
    assert {s.evidence_id for s in first.sentences} == {"a3"}
    assert first.sentences[2].text == "We may be unable to win those customers back at a profit."


def test_a_heading_in_one_paragraph_with_its_item_is_read_and_one_sentence_is_text_enough() -> None:
    first, second = read_factors(
        year(
            "a",
            f"Item 1A. Risk Factors {COMPETITION}",
            "Our rivals may cut their prices, and smiths may follow them.",
            SUPPLIERS,
            "If the one foundry stops, we would have nothing to ship for nine months.",
        )
    )
    assert (first.heading, first.evidence_ids) == (COMPETITION, ("a0", "a1"))
    assert (second.heading, second.evidence_ids) == (SUPPLIERS, ("a2", "a3"))


def test_the_same_text_broken_elsewhere_has_not_changed() -> None:
    whole = " ".join(COMPETITION_TEXT).replace(", and", " — and")
    same = diff("ITEM 1A. RISK FACTORS", "Operational Risks", COMPETITION, whole, SUPPLIERS, *SUPPLIERS_TEXT)
    assert [c.verdict for c in same.changes] == ["same", "same"]
    assert same.drift == 0.0


def test_a_planted_factor_is_new_and_nothing_else_moves() -> None:
    planted = diff(COMPETITION, *COMPETITION_TEXT, PLANTED, *PLANTED_TEXT, SUPPLIERS, *SUPPLIERS_TEXT)
    assert [(c.verdict, c.new.heading if c.new else "") for c in planted.changes] == [
        ("same", COMPETITION),
        ("new", PLANTED),
        ("same", SUPPLIERS),
    ]
    (_, change, _) = planted.changes
    assert change.old is None
    assert {s.evidence_id for s in change.added} == {"b4"}
    fresh = sum(len(t) for t in PLANTED_TEXT)
    every = fresh + 2 * sum(map(len, COMPETITION_TEXT + SUPPLIERS_TEXT))
    assert planted.drift == pytest.approx(fresh / every, abs=0.01)


def test_a_dropped_factor_is_named_with_the_evidence_of_the_year_that_had_it() -> None:
    dropped = diff(COMPETITION, *COMPETITION_TEXT)
    assert [c.verdict for c in dropped.changes] == ["same", "dropped"]
    gone = dropped.changes[1]
    assert gone.old is not None
    assert gone.old.heading == SUPPLIERS
    assert {s.evidence_id for s in gone.removed} == {"a7"}


def test_a_changed_factor_gives_its_sentences_added_removed_and_reworded() -> None:
    reworded = SUPPLIERS_TEXT[0].replace("ends in 2018", "ends in 2020")
    added = "Steel tariffs may raise its prices."
    (change,) = [c for c in diff(SUPPLIERS, f"{reworded} {added}").changes if c.new is not None]
    assert change.verdict == "changed"
    ((before, after),) = change.reworded
    assert ("2018" in before.text, "2020" in after.text) == (True, True)
    assert (before.evidence_id, after.evidence_id) == ("a7", "b1")
    assert [s.text for s in change.added] == [added]
    assert change.removed == ()


def test_a_factor_that_moved_under_another_heading_is_no_news() -> None:
    moved = diff(COMPETITION, *COMPETITION_TEXT, *SUPPLIERS_TEXT)
    assert {c.verdict for c in moved.changes} == {"same"}
    assert moved.drift == 0.0


def test_nothing_in_common_is_drift_one_and_nothing_at_all_is_none() -> None:
    assert diff(PLANTED, *PLANTED_TEXT).drift == 1.0
    assert diff_factors([], []) == RiskDiff((), 0.0)


def test_hostile_text_is_bounded() -> None:
    one = read_factors([Paragraph("x", "Same Title Here"), Paragraph("y", "word " * 20_000)] * 10)
    many = read_factors(
        [p for i in range(900) for p in year(str(i), f"Risk {i} is here.", "Short text. " * 9)]
    )
    assert len(many) <= 600
    assert diff_factors(one, many).drift > 0.9


def _item_1a(name: str, pages: range) -> list[Paragraph]:
    import io

    import pypdfium2 as pdfium

    from smalti.ingest.parse import pdf
    from smalti.ingest.parse.contract import Request
    from smalti.ingest.sections import Block, places
    from smalti.platform.records import EvidenceKind

    if not (PDFS / name).exists():
        pytest.skip(f"no {PDFS / name}: set SMALTI_DATA to the folder of real data")
    target, out = pdfium.PdfDocument.new(), io.BytesIO()
    target.import_pages(pdfium.PdfDocument(PDFS / name), list(pages))
    target.save(out)
    pieces = pdf.parse(out.getvalue(), Request(name)).documents[0].pieces
    texts = [p for p in pieces if p.kind is EvidenceKind.PARAGRAPH]
    where = places([Block(p.text, p.locator.page) for p in texts], "10-K")
    return [
        Paragraph(f"{name}:{i}", p.text)
        for i, (p, at) in enumerate(zip(texts, where, strict=True))
        if at.section == "1A"
    ]


@pytest.mark.data
@pytest.mark.slow
def test_verizons_risks_of_2021_and_2022() -> None:
    old = read_factors(_item_1a("VERIZON_2021_10K.pdf", range(12, 20)))
    new = read_factors(_item_1a("VERIZON_2022_10K.pdf", range(12, 20)))
    found = diff_factors(old, new)
    by_heading = {c.new.heading: c for c in found.changes if c.new is not None}
    # The pandemic was dropped from the heading and the text of one factor; no risk is wholly new.
    health = next(c for h, c in by_heading.items() if h.startswith("Public health crises could"))
    assert health.old is not None
    assert health.old.heading.startswith("Public health crises, including the COVID-19 pandemic")
    assert any(
        "COVID-19 pandemic and its economic consequences are uncertain" in s.text for s in health.removed
    )
    assert any("public health crisis" in after.text for _, after in health.reworded)
    assert by_heading[
        "Cyber attacks impacting our networks or systems could have an adverse effect on our business."
    ]
    assert "new" not in {c.verdict for c in found.changes}
    assert 0.03 < found.drift < 0.2
