# ruff: noqa: E501 - this module is prose and call scripts
"""The plain issuer: its call, filing, charts and prices agree, and nothing happens."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .accounts import Opening, plans
from .world import Article, Chart, Claim, Line, Market, Regime, Section, Story

_OPENING = Opening(
    cash=214,
    securities=60,
    receivables=301,
    inventories=268,
    prepaid=41,
    ppe=1_142,
    goodwill=386,
    other_assets=97,
    current_debt=50,
    payables=236,
    accrued=148,
    deferred_revenue=22,
    long_debt=610,
    deferred_tax=119,
    other_liabilities=84,
    paid_in=402,
    treasury=-188,
)

_PLANS = plans(
    (2023, 2024, 2025),
    net_sales=(2_612, 2_731, 2_846),
    cost_of_sales=(1_946, 2_032, 2_112),
    sga=(331, 344, 357),
    research=(38, 40, 42),
    interest=(29, 27, 25),
    other_income=(5, 6, 6),
    tax=(62, 67, 73),
    depreciation=(128, 132, 137),
    stock_pay=(19, 20, 21),
    receivables=(312, 325, 338),
    inventories=(277, 288, 299),
    prepaid=(42, 44, 45),
    securities=(62, 64, 66),
    other_assets=(99, 101, 103),
    payables=(243, 254, 264),
    accrued=(152, 158, 164),
    deferred_revenue=(23, 24, 25),
    deferred_tax=(123, 126, 129),
    other_liabilities=(86, 87, 89),
    capex=(151, 157, 163),
    borrowed=(0, 0, 0),
    repaid=(50, 50, 50),
    current_debt=(50, 50, 50),
    issued=(4, 4, 5),
    repurchased=(60, 65, 70),
    dividends=(74, 79, 84),
    shares=(96, 95, 94),
)

_SALES = Claim(
    "zzwl-claim-net-sales",
    ("2,846 million", "4%"),
    "Revenues",
    2_846e6,
    "USD",
    "Net sales for 2025 were $2,846 million, an increase of 4.2 percent",
    2_846e6,
    agrees=True,
)
_INCOME = Claim(
    "zzwl-claim-net-income",
    ("243 million",),
    "NetIncomeLoss",
    243e6,
    "USD",
    "Net income was $243 million in 2025",
    243e6,
    agrees=True,
)

_CEO, _CFO, _OPERATOR = "Chief Executive Officer", "Chief Financial Officer", "Operator"
_CALL = (
    Line(_OPERATOR, "This is a synthetic recording made for demonstration. The company is fictional."),
    Line(_OPERATOR, "Welcome to the Walnut Lighthouse Packaging fourth quarter 2025 earnings call."),
    Line(_CEO, "Good morning. We had a steady year, in line with what we told you to expect."),
    Line(_CFO, "Net sales were 2,846 million dollars, an increase of about 4 percent.", _SALES),
    Line(_CFO, "Net income was 243 million dollars.", _INCOME),
    Line(_CFO, "We expect sales to grow between 3 and 5 percent in 2026."),
    Line(_OPERATOR, "The first question comes from Analyst A."),
    Line("Analyst A", "How did paper prices affect your margin?"),
    Line(
        _CFO,
        "Paper cost us about 20 million dollars more than last year, and our contracts let us pass on nearly all of it.",
    ),
    Line(_OPERATOR, "The next question comes from Analyst B."),
    Line("Analyst B", "Will you keep the same pace of dividends?"),
    Line(_CEO, "Yes. The board raised the dividend by 5 percent in January."),
    Line(_OPERATOR, "This concludes the call. Thank you."),
)

_BUSINESS = (
    Section(
        "Overview",
        (
            'Walnut Lighthouse Packaging Company (the "Company", "we", "our") makes corrugated boxes, '
            "folding cartons and paper bags for grocers, food makers and parcel carriers. We were incorporated in "
            "Ohio in 1952 and operate 27 converting plants and two paper mills.",
            "At December 31, 2025 we had approximately 7,300 full-time employees. Our largest customer accounted "
            "for six percent of net sales in 2025. Most sales are made under contracts that adjust prices for "
            "published paper indices with a delay of one to two quarters.",
        ),
    ),
    Section(
        "Markets and competition",
        (
            "Demand for boxes follows household consumption and the volume of parcels. The industry has several "
            "large producers and many regional ones; service, plant location and price decide most awards.",
            "We recycle 82 percent of the fiber we use. Our mills bought 1.1 million tons of recovered paper in "
            "2025 at prices that were higher than in 2024.",
        ),
    ),
)

_RISKS = (
    Section(
        "The price of paper and energy affects our margins.",
        (
            "Recovered paper, natural gas and electricity are our main purchased inputs. Our contracts pass most "
            "changes on to customers after a delay, during which our margins may be lower.",
        ),
    ),
    Section(
        "Demand for packaging depends on consumption.",
        (
            "A recession that lowers the sale of food and consumer goods would reduce the number of boxes our "
            "customers need.",
        ),
    ),
    Section(
        "An outage at one of our mills would raise our costs.",
        (
            "Each mill makes about a third of the paper we use. A long outage would oblige us to buy paper in the "
            "open market at higher prices.",
        ),
    ),
)

_RESULTS = (
    "Net sales for 2025 were $2,846 million, an increase of 4.2 percent from $2,731 million in 2024. Volume "
    "contributed 2.6 percentage points and price 1.6 percentage points.",
    "Net income was $243 million in 2025, compared with $227 million in 2024. Gross margin was 25.8 percent of "
    "net sales, little changed from 25.6 percent in 2024.",
    "Operating activities provided $396 million of cash in 2025. We invested $163 million in plants, repaid $50 "
    "million of debt, bought back $70 million of our shares and paid dividends of $84 million.",
)

_CONTROLS = (
    "Management evaluated the effectiveness of our internal control over financial reporting as of December 31, "
    "2025 and concluded that it was effective. There was no change in internal control during the fourth quarter "
    "that has materially affected it.",
)

_NOTES = (
    Section(
        "Note 2. Revenue recognition",
        (
            "Revenue is recognized when boxes, cartons or bags are shipped, which is when control passes to the "
            "customer. Payment is due within 30 to 60 days.",
        ),
    ),
)


def _at(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


_ARTICLES = (
    Article(
        "walnut-lighthouse-new-box-line",
        datetime(2025, 10, 7, 12, 20, tzinfo=UTC),
        "Synthetic Newswire",
        "Walnut Lighthouse Packaging to add a box line at its Ohio plant",
        (
            "Walnut Lighthouse Packaging (ZZWL) said on Tuesday that it will add a box line at one of its Ohio "
            "plants, at a cost of $18 million, to serve grocers in the region.",
            "The line is planned to start in the second half of 2026 and is part of the yearly capital budget "
            "that the company announced earlier.",
            "The shares were little changed.",
        ),
    ),
    Article(
        "walnut-lighthouse-results-in-line",
        _at(2, 5, 15, 30),
        "Demo Business Daily",
        "Walnut Lighthouse results in line with expectations",
        (
            "Walnut Lighthouse Packaging reported 2025 net sales of $2,846 million, an increase of 4.2 percent, "
            "and net income of $243 million. Both were in line with expectations.",
            "The company expects sales to grow between 3 and 5 percent in 2026. The board raised the dividend by "
            "5 percent in January.",
            "Paper costs rose during the year, and contracts let the company pass on nearly all of the increase.",
        ),
    ),
    Article(
        "walnut-lighthouse-annual-report",
        _at(2, 20, 22, 5),
        "Synthetic Newswire",
        "Walnut Lighthouse files annual report, no changes to reported results",
        (
            "Walnut Lighthouse Packaging filed its annual report on Friday. The statements match the results "
            "that the company gave on February 5.",
            "Management concluded that internal control over financial reporting was effective. The auditor's "
            "opinion has no qualification.",
        ),
    ),
)


STORY = Story(
    key="zzwl",
    name="Walnut Lighthouse Packaging Company",
    ticker="ZZWL",
    cik=9_900_000_003,
    role="plain",
    state="Ohio",
    place="3 Fictional Quay, Nowhere, OH 00000",
    scale=1_000_000,
    opening=_OPENING,
    plans=_PLANS,
    signed=date(2026, 2, 20),
    accepted=_at(2, 20, 21, 31),
    call_at=_at(2, 5, 14, 0),
    business=_BUSINESS,
    risks=_RISKS,
    results=_RESULTS,
    controls=_CONTROLS,
    segments={
        "Corrugated boxes": (1_698, 1_771, 1_842),
        "Folding cartons": (601, 627, 655),
        "Paper bags": (313, 333, 349),
    },
    segment_word="Net sales by product line",
    vector_chart=Chart(
        "Net sales ($ millions)",
        ("2023", "2024", "2025"),
        (2612.0, 2731.0, 2846.0),
        0.0,
        3000.0,
        "$ millions",
    ),
    raster_chart=Chart(
        "Dividends paid ($ millions)",
        ("2023", "2024", "2025"),
        (74.0, 79.0, 84.0),
        0.0,
        100.0,
        "$ millions",
    ),
    articles=_ARTICLES,
    call=_CALL,
    call_suffix="",
    notes=_NOTES,
    market=Market(
        first_close=54.20,
        usual_volume=620_000,
        regimes=(Regime(date(2024, 7, 1), 0.0085, 0.0005),),
        shocks={date(2026, 2, 5): (0.006, 1.5)},
        dividends={
            date(2024, 9, 5): 0.21,
            date(2024, 12, 5): 0.21,
            date(2025, 3, 6): 0.22,
            date(2025, 6, 5): 0.22,
            date(2025, 9, 4): 0.22,
            date(2025, 12, 4): 0.22,
            date(2026, 3, 5): 0.23,
            date(2026, 6, 4): 0.23,
        },
    ),
)
