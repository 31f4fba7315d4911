from datetime import date

import pytest
from tests.models.checks.dossiers import document, dossier, piece

from smalti.models.checks.cover import read_cover
from smalti.platform.records import EvidenceKind, SourceKind

END = date(2022, 12, 31)
HALF, COUNTED = date(2022, 6, 30), date(2023, 2, 22)


def cover(
    *texts: str, day: str = "2023-02-24", kind: SourceKind = SourceKind.FILING
) -> dict[str, tuple[date, float]]:
    paper = document(kind, day)
    pieces = [piece(paper, EvidenceKind.PARAGRAPH, text, ordinal=i) for i, text in enumerate(texts)]
    found = read_cover(dossier([paper], pieces), END)
    return {name: (of, known.value) for name, (of, known) in found.items()}


@pytest.mark.parametrize(
    "texts",
    [
        (
            "The aggregate market value of the Registrant’s Common Stock held by non-affiliates as of "
            "June 30, 2022 (based on the closing price on the Exchange on June 30, 2022) was $8.2 billion. "
            "Shares held by each person who owns 10% or more of the outstanding common shares are excluded. "
            "As of February 22, 2023, 373,913,450 shares of Registrant’s Common Stock, $0.01 par value, were "
            "outstanding. DOCUMENTS INCORPORATED BY REFERENCE",
        ),
        (
            "The aggregate market value of voting stock held by nonaffiliates was about $8.9 billion as of "
            "February 22, 2023 (about $8.2 billion as of June 30, 2022, the last day of the quarter).",
            "Shares of common stock outstanding at February 22, 2023: 373.91345 million",
        ),
        (
            "Aggregate market value of voting stock held by non-affiliates as of June 30, 2022 "
            "$ 8,200,000,000 Number of shares of common stock outstanding as of February 22, 2023 "
            "373,913,450 ____",
        ),
    ],
    ids=["sentences", "two days", "a table run together"],
)
def test_covers_as_filings_word_them(texts: tuple[str, ...]) -> None:
    assert cover(*texts) == {"PublicFloat": (HALF, 8.2e9), "SharesOutstanding": (COUNTED, 373_913_450.0)}


def test_two_classes_of_stock_are_no_one_count() -> None:
    found = cover(
        "As of February 22, 2023, 300,000,000 shares of Class A and 40,000,000 shares of Class B common "
        "stock were outstanding."
    )  # fmt: skip
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "We bought back 1,200,000 shares for $90 million; the outstanding shares fell.",  # no date
        "At December 31, 2020, 1,500,000 shares were outstanding.",  # another year's
        "The aggregate market value held by non-affiliates as of June 30, 2022 was $12 per share.",
        "Options on 5,000 shares were outstanding as of February 22, 2023.",
        "",
    ],
)
def test_what_is_no_count_of_the_year_is_left(text: str) -> None:
    assert cover(text) == {}


def test_only_filings_made_soon_after_the_years_end_are_read() -> None:
    text = "As of February 22, 2023, 373,913,450 shares of common stock were outstanding."
    assert set(cover(text)) == {"SharesOutstanding"}
    assert cover(text, day="2022-11-30") == {}
    assert cover(text, day="2023-08-30") == {}
    assert cover(text, kind=SourceKind.NEWS) == {}


def test_a_hostile_cover_costs_no_time_and_gives_nothing() -> None:
    flood = "shares " * 3_000 + "aggregate market value " * 2_000 + "1,000,000 " * 3_000
    assert cover(*[flood] * 100) == {}
