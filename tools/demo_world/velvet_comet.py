# ruff: noqa: E501 - this module is prose and call scripts
"""The issuer whose thinly traded shares are pumped by near-identical posts."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .accounts import Opening, plans
from .world import Article, Chart, Claim, Line, Market, Regime, Section, Story

_OPENING = Opening(
    cash=14_690,
    securities=6_500,
    receivables=380,
    inventories=910,
    prepaid=740,
    ppe=9_260,
    goodwill=0,
    other_assets=1_150,
    current_debt=500,
    payables=1_420,
    accrued=1_980,
    deferred_revenue=260,
    long_debt=4_500,
    deferred_tax=0,
    other_liabilities=620,
    paid_in=68_300,
    treasury=0,
)

_PLANS = plans(
    (2023, 2024, 2025),
    net_sales=(2_140, 3_310, 2_871),
    cost_of_sales=(2_510, 3_642, 3_528),
    sga=(6_980, 7_315, 7_946),
    research=(7_440, 6_902, 5_213),
    interest=(410, 388, 364),
    other_income=(690, 412, 148),
    tax=(0, 0, 0),
    depreciation=(1_620, 1_705, 1_688),
    stock_pay=(2_110, 1_940, 2_204),
    receivables=(402, 611, 498),
    inventories=(1_035, 1_288, 1_467),
    prepaid=(688, 702, 594),
    securities=(4_000, 1_500, 0),
    other_assets=(1_120, 1_096, 1_041),
    payables=(1_514, 1_873, 2_346),
    accrued=(2_046, 2_217, 2_508),
    deferred_revenue=(241, 304, 187),
    deferred_tax=(0, 0, 0),
    other_liabilities=(640, 655, 671),
    capex=(1_870, 1_120, 412),
    borrowed=(0, 0, 1_000),
    repaid=(500, 500, 500),
    current_debt=(500, 500, 2_500),
    issued=(8_200, 6_900, 4_100),
    repurchased=(0, 0, 0),
    dividends=(0, 0, 0),
    shares=(41_200, 47_900, 56_400),
)

_LOSS = Claim(
    "zzvc-claim-net-loss",
    ("14 million",),
    "NetIncomeLoss",
    -14e6,
    "USD",
    "Our net loss was $14.0 million in 2025",
    -14_032e3,
    agrees=True,
)
_FUNDS = Claim(
    "zzvc-claim-need-capital",
    ("third quarter",),
    "GoingConcern",
    None,
    None,
    "substantial doubt about our ability to continue as a going concern",
    None,
    agrees=True,
)

_CEO, _CFO, _OPERATOR = "Chief Executive Officer", "Chief Financial Officer", "Operator"
_CALL = (
    Line(_OPERATOR, "This is a synthetic recording made for demonstration. The company is fictional."),
    Line(_OPERATOR, "Welcome to the Velvet Comet Batteries fourth quarter 2025 earnings call."),
    Line(_CEO, "Good morning. 2025 was a difficult year, and I want to be direct about it."),
    Line(_CEO, "Sales of our zinc cells fell, because two pilot customers delayed their orders."),
    Line(_CFO, "Our net loss for the year was about 14 million dollars.", _LOSS),
    Line(
        _CFO,
        "Without new capital, our cash will last only into the third quarter of this year.",
        _FUNDS,
    ),
    Line(_CFO, "We have no supply agreement with any car maker, and we are not negotiating one."),
    Line(_OPERATOR, "The first question comes from Analyst A."),
    Line("Analyst A", "Do you plan to sell more shares this year?"),
    Line(_CFO, "Yes. We expect to sell shares when we can, and that would dilute the holders we have today."),
    Line(_OPERATOR, "The next question comes from Analyst B."),
    Line("Analyst B", "When could the pilot line reach its planned output?"),
    Line(_CEO, "Not before 2027, and only if we can pay for the second furnace."),
    Line(_OPERATOR, "This concludes the call. Thank you."),
)

_BUSINESS = (
    Section(
        "Overview",
        (
            'Velvet Comet Batteries Inc. (the "Company", "we", "our") develops rechargeable zinc cells for '
            "stationary storage. We were incorporated in Nevada in 2014 and have not made a profit in any year. "
            "We sell small numbers of cells from a pilot line to customers who test them.",
            "At December 31, 2025 we had 58 full-time employees. Three customers accounted for 74 percent of net "
            "sales in 2025. We have no agreement to supply any vehicle maker.",
        ),
    ),
    Section(
        "Technology and competition",
        (
            "Our cells use a zinc anode and a water-based electrolyte. They cost less per unit of stored energy "
            "than lithium cells in our own estimates, and they are heavier. The estimates have not been "
            "confirmed by an independent party at commercial scale.",
            "Many companies develop storage cells and most have far greater resources. Our pilot line can make "
            "about 40,000 cells a year; a commercial line would need an investment that we cannot fund today.",
        ),
    ),
)

_RISKS = (
    Section(
        "There is substantial doubt about our ability to continue as a going concern.",
        (
            "We have recurring losses and negative cash flows from operations. Our cash at December 31, 2025 will "
            "fund our operations only into the third quarter of 2026. These conditions raise substantial doubt "
            "about our ability to continue as a going concern.",
        ),
    ),
    Section(
        "Our shares are thinly traded and may be the target of promotion by others.",
        (
            "The average daily volume of our common stock was about 140,000 shares in 2025. Persons unknown to us "
            "have promoted our shares on social media in the past. Such promotion may make the price rise far "
            "above what our business supports, and holders who buy at such prices may lose most of what they "
            "paid. We do not endorse such posts.",
        ),
    ),
    Section(
        "You may be diluted by sales of shares that we must make to continue.",
        (
            "We sold 8.1 million shares in 2025 under our sales agreement and expect to sell more. We may sell "
            "shares at any time, including after a sharp rise in price.",
        ),
    ),
)

_RESULTS = (
    "Net sales were $2.9 million in 2025, compared with $3.3 million in 2024, because two pilot customers "
    "delayed orders. Cost of sales exceeded net sales in each year presented.",
    "Our net loss was $14.0 million in 2025, compared with $14.5 million in 2024. Research and development "
    "expenses fell to $5.2 million because we paused work on the second furnace.",
    "Operating activities used $9.4 million of cash in 2025. We raised $4.1 million from sales of common stock "
    "and borrowed $1.0 million. At December 31, 2025 we had cash of $5.7 million.",
)

_CONTROLS = (
    "Management evaluated the effectiveness of our internal control over financial reporting as of December 31, "
    "2025 and concluded that it was effective. As a smaller reporting company we are not required to include an "
    "attestation report of our auditor.",
)

_NOTES = (
    Section(
        "Note 1. Going concern",
        (
            "The accompanying statements assume that the Company will continue as a going concern. Management "
            "plans to sell common stock and to seek a partner for a commercial line. There is no assurance that "
            "either will succeed.",
        ),
    ),
)


def _at(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


_ARTICLES = (
    Article(
        "velvet-comet-going-concern",
        _at(4, 1, 11, 15),
        "Synthetic Newswire",
        "Velvet Comet Batteries warns it may run out of cash",
        (
            "Velvet Comet Batteries (ZZVC) said in its annual report that there is substantial doubt about its "
            "ability to continue as a going concern. The maker of zinc cells lost $14.0 million in 2025.",
            "The company has cash to operate only into the third quarter and expects to sell more shares, which "
            "would dilute existing holders.",
            "Volume in the shares was light on Wednesday. The price fell 4 percent.",
        ),
    ),
    Article(
        "velvet-comet-shares-soar-without-news",
        _at(5, 13, 20, 45),
        "Demo Business Daily",
        "Velvet Comet shares soar on heavy volume with no news from the company",
        (
            "Shares of Velvet Comet Batteries more than doubled in two days on volume many times the usual, "
            "though the company has announced nothing since its annual report.",
            "Dozens of accounts posted nearly the same message within hours, each with a picture that claims to "
            "show a contract with a car maker. The company told shareholders in March that it has no such "
            "contract.",
            "Such bursts often end in steep losses for late buyers, a market surveillance note published on "
            "Wednesday said.",
        ),
    ),
    Article(
        "velvet-comet-denies-contract",
        _at(5, 15, 12, 0),
        "Synthetic Newswire",
        "Velvet Comet says it knows of no reason for share price move, denies contract",
        (
            "Velvet Comet Batteries said on Friday that a picture of a contract shown in social media posts is "
            "false. The company has no supply agreement with any car maker and is not negotiating one.",
            "It said that it knew of no undisclosed development that would explain the rise in its shares, and "
            "that it had no part in the posts.",
            "The shares fell by more than 40 percent after the statement.",
        ),
    ),
)


STORY = Story(
    key="zzvc",
    name="Velvet Comet Batteries Inc.",
    ticker="ZZVC",
    cik=9_900_000_002,
    role="pumped",
    state="Nevada",
    place="2 Fictional Quay, Nowhere, NV 00000",
    scale=1_000,
    opening=_OPENING,
    plans=_PLANS,
    signed=date(2026, 3, 31),
    accepted=_at(3, 31, 20, 47),
    call_at=_at(3, 26, 13, 0),
    business=_BUSINESS,
    risks=_RISKS,
    results=_RESULTS,
    controls=_CONTROLS,
    segments={
        "Pilot cells": (1_640, 2_605, 2_118),
        "Development services": (500, 705, 753),
    },
    segment_word="Net sales by product",
    vector_chart=Chart(
        "Cash and marketable securities at year end ($ millions)",
        ("2022", "2023", "2024", "2025"),
        (21.2, 16.3, 10.9, 5.7),
        0.0,
        30.0,
        "$ millions",
    ),
    raster_chart=Chart(
        "Net sales ($ millions)",
        ("2023", "2024", "2025"),
        (2.1, 3.3, 2.9),
        0.0,
        4.0,
        "$ millions",
    ),
    articles=_ARTICLES,
    call=_CALL,
    call_suffix=".ogg",
    notes=_NOTES,
    market=Market(
        first_close=3.10,
        usual_volume=140_000,
        regimes=(
            Regime(date(2024, 7, 1), 0.034, -0.0008),
            Regime(date(2026, 5, 18), 0.075, -0.012, 5.0),
        ),
        shocks={
            date(2026, 4, 1): (-0.041, 2.4),
            date(2026, 5, 12): (0.382, 31.0),
            date(2026, 5, 13): (0.571, 58.0),
            date(2026, 5, 14): (0.148, 49.0),
            date(2026, 5, 15): (-0.437, 44.0),
        },
    ),
)
