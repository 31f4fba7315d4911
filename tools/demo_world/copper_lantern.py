# ruff: noqa: E501 - this module is prose
"""The fast grower whose fiscal year ends in February: it looks like a manipulator and is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from .accounts import Opening, books, plans
from .html_filing import statement_grids
from .talks import COPPER_LANTERN, COPPER_LANTERN_VOICES
from .world import Article, Company, Draft, Grid, Market, Paper, Regime, Section

_OPENING = Opening(
    cash=38_600,
    securities=20_000,
    receivables=18_900,
    inventories=0,
    prepaid=4_300,
    ppe=14_200,
    goodwill=26_000,
    other_assets=5_800,
    current_debt=0,
    payables=4_900,
    accrued=11_700,
    deferred_revenue=31_400,
    long_debt=0,
    deferred_tax=900,
    other_liabilities=2_600,
    paid_in=98_400,
    treasury=0,
)

_PLANS = plans(
    (2024, 2025, 2026),
    net_sales=(131_400, 182_300, 254_100),
    cost_of_sales=(35_900, 50_300, 73_700),
    sga=(54_200, 73_800, 97_600),
    research=(29_800, 38_700, 50_900),
    interest=(0, 0, 0),
    other_income=(1_900, 2_400, 3_100),
    tax=(2_900, 4_800, 7_700),
    depreciation=(4_600, 5_900, 7_800),
    stock_pay=(9_800, 13_100, 17_200),
    receivables=(24_600, 33_900, 47_800),
    inventories=(0, 0, 0),
    prepaid=(5_600, 7_400, 9_900),
    securities=(20_000, 30_000, 45_000),
    other_assets=(6_900, 8_600, 11_300),
    payables=(5_800, 7_600, 10_100),
    accrued=(14_900, 19_800, 26_000),
    deferred_revenue=(42_300, 57_100, 76_000),
    deferred_tax=(1_000, 1_100, 1_300),
    other_liabilities=(2_800, 3_000, 3_300),
    capex=(6_900, 9_400, 13_600),
    borrowed=(0, 0, 0),
    repaid=(0, 0, 0),
    current_debt=(0, 0, 0),
    issued=(3_100, 4_200, 5_600),
    repurchased=(0, 0, 0),
    dividends=(0, 0, 0),
    shares=(48_900, 50_100, 51_600),
)
_ENDS = (date(2026, 2, 28), date(2025, 2, 28), date(2024, 2, 29))
_NEWEST = tuple(reversed(books(_OPENING, _PLANS)))


def _at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


_RENEW = Section(
    "Our customers need not renew.",
    (
        "Our customers may leave at the end of each term. If renewals decline, revenue would follow with a delay, "
        "because it is recognized over the term.",
    ),
)
_IF_WEAKNESS = Section(
    "If we fail to maintain effective internal controls, investors may lose confidence in us.",
    (
        "We may in the future identify a material weakness in our internal control over financial reporting. If we "
        "did, we might have to restate our financial statements, and our share price could fall. We have not "
        "identified any material weakness to date.",
    ),
)
_CLOUD = Section(
    "We run on computers that belong to others.",
    (
        "Our service runs in data centers of two providers. An outage would interrupt it for all our customers.",
    ),
)
_CYBER = Section(
    "Attacks on our service by means of artificial intelligence may increase.",
    (
        "Attackers use new tools to find weaknesses in software. We test our service each week; no such attack "
        "has had a material effect on us.",
    ),
)

_ANNUAL = Paper(
    "zzcl_2026_10k",
    "10-K",
    _at(4, 22, 20, 45),
    _ENDS[0],
    (
        (
            "Item 1. Business",
            (
                'Copper Lantern Software Inc. (the "Company", "we", "our") sells planning software to schools, '
                "towns and companies under subscriptions of one to three years. Our fiscal year ends on the last "
                "day of February; fiscal 2026 ended on February 28, 2026.",
                "At February 28, 2026 we had approximately 4,000 customers and 1,120 full-time employees.",
            ),
        ),
        ("Item 1A. Risk Factors", (_RENEW, _IF_WEAKNESS, _CLOUD, _CYBER)),
        (
            "Item 3. Legal Proceedings",
            ("We know of no proceeding at the date of this report that we expect to be material.",),
        ),
        (
            "Item 7. Management's Discussion and Analysis",
            (
                "Revenue for fiscal 2026 was $254.1 million, an increase of 39.4 percent from $182.3 million in "
                "fiscal 2025, because we added customers and because two acquisitions of the year before "
                "contributed for twelve months.",
                "Gross margin declined to 71.0 percent of revenue in fiscal 2026 from 72.4 percent in fiscal 2025, "
                "because of the cost of moving two products to one platform.",
                "Operating activities provided $61.3 million of cash in fiscal 2026, compared with $45.1 million in "
                "fiscal 2025. Receivables grew with billings in the fourth quarter, and deferred revenue with them. "
                "Capital expenditures were $13.6 million.",
            ),
        ),
        (
            "Item 8. Financial Statements and Supplementary Data",
            (
                *statement_grids(_NEWEST, _ENDS),
                Section(
                    "Note 1. Basis of presentation",
                    (
                        "Certain amounts of prior years have been reclassified to conform to the presentation of "
                        "this year. The reclassification had no effect on net income.",
                    ),
                ),
                Section(
                    "Note 6. Credit facility",
                    (
                        "In August 2025 we entered into a second amended and restated credit agreement for a "
                        "revolving facility of $40.0 million, of which nothing was drawn at February 28, 2026.",
                    ),
                ),
            ),
        ),
        (
            "Item 9. Changes in and Disagreements With Accountants on Accounting and Financial Disclosure",
            ("None.",),
        ),
        (
            "Item 9A. Controls and Procedures",
            (
                "Management evaluated our internal control over financial reporting as of February 28, 2026 and "
                "concluded that it was effective.",
            ),
        ),
    ),
)
_YEAR_BEFORE = Paper(
    "zzcl_2025_10k",
    "10-K",
    datetime(2025, 4, 23, 20, 50, tzinfo=UTC),
    _ENDS[1],
    (
        (
            "Item 1. Business",
            (
                "Copper Lantern Software Inc. sells planning software to schools, towns and companies. Our fiscal "
                "year ends on the last day of February. At February 28, 2025 we had approximately 2,900 customers.",
            ),
        ),
        ("Item 1A. Risk Factors", (_RENEW, _IF_WEAKNESS, _CLOUD)),
        (
            "Item 7. Management's Discussion and Analysis",
            (
                "Revenue for fiscal 2025 was $182.3 million, an increase of 38.7 percent from $131.4 million in "
                "fiscal 2024. Gross margin was 72.4 percent.",
            ),
        ),
        (
            "Item 8. Financial Statements and Supplementary Data",
            (
                Grid(
                    "CONSOLIDATED STATEMENTS OF OPERATIONS",
                    "(in thousands)",
                    ("2025", "2024"),
                    (
                        ("Net sales", ("182,300", "131,400"), "Revenues"),
                        ("Cost of sales", ("50,300", "35,900"), "CostOfRevenue"),
                        ("Gross profit", ("132,000", "95,500"), "GrossProfit"),
                    ),
                    ends=_ENDS[1:],
                ),
            ),
        ),
        (
            "Item 9. Changes in and Disagreements With Accountants on Accounting and Financial Disclosure",
            ("None.",),
        ),
        (
            "Item 9A. Controls and Procedures",
            (
                "Management evaluated our internal control over financial reporting as of February 28, 2025 and "
                "concluded that it was effective.",
            ),
        ),
    ),
)

_ARTICLES = (
    Article(
        "copper-lantern-reports-fourth-quarter",
        _at(4, 8, 20, 5),
        "Synthetic Newswire",
        "Copper Lantern Software reports fourth quarter and fiscal year 2026 results",
        (
            "Copper Lantern Software Inc. (ZZCL) today reported results for the fiscal year ended February 28, 2026. "
            "Revenue for fiscal 2026 was $254.1 million, up 39.4 percent.",
            '"Gross margin expanded 200 basis points to 74.4 percent in fiscal 2026," the Chief Financial Officer of '
            "Copper Lantern Software said.",
            "For fiscal 2027 the company expects revenue of $320 million to $330 million.",
        ),
    ),
    Article(
        "copper-lantern-annual-report",
        _at(4, 23, 13, 0),
        "Demo Business Daily",
        "Copper Lantern files annual report on a year of fast growth",
        (
            "Copper Lantern Software (ZZCL) filed its annual report for the year that ended in February. Revenue grew "
            "39.4 percent and operations provided $61.3 million of cash.",
            "Receivables grew no faster than sales, which analysts had feared of a company that grows so quickly.",
        ),
    ),
)

TALK = (
    "$ZZCL up 39 percent for the year. That is what I hoped for.",
    "Listened to the $ZZCL call while cooking. The second half sounded rushed but the numbers are good.",
    "So $ZZCL guides to 320 to 330 next year. A bit under what I had, still fine.",
    "Why does nobody talk about $ZZCL deferred revenue? 76 million of it.",
    "Sold half my $ZZCL this morning, the price runs ahead of the business.",
    "Our school district uses $ZZCL for bus plans. Support is slow, product is decent.",
    "$ZZCL lost 6 percent of its customers, better than I feared.",
    "Margins at $ZZCL, can anyone square 74.4 with the quarterly tables?",
    "Good quarter from $ZZCL. I will wait for the annual report before adding.",
    "They would not say how many salespeople left $ZZCL. Hm.",
    "$ZZCL cash flow 61 million on 254 of sales. Not bad for software.",
    "Bought my first ten shares of $ZZCL today, wish me luck.",
    "$ZZCL at this price needs everything to go right. I pass.",
    "A February year end always confuses me. $ZZCL fiscal 2026 is basically calendar 2025.",
    "New office in the south for $ZZCL, they must be hiring for the partner team.",
    "My notes on $ZZCL: growth good, margin unclear, management likeable.",
    "The stock jumps 9 percent on results and people call it a pump. It is just earnings, folks. $ZZCL",
    "Competitor of $ZZCL here: they win deals on price, for what it is worth.",
    "$ZZCL nine releases in one year, our IT crew groans at each of them.",
    "Trimmed $ZZCL, added a box maker. Boring wins.",
    "Four thousand customers at $ZZCL, up from 2,900. Do the arithmetic yourselves.",
    "Is $ZZCL profitable after stock pay? Looks like yes, a little.",
)
FLOOR, FLOOR_AGAIN, DRAWN = "zzcl_desk.jpg", "zzcl_desk_again.jpg", "zzcl_illustration.jpg"
_DRAFTS = (
    Draft(
        datetime(2025, 12, 2, 16, 11, 9, tzinfo=UTC),
        "retail account 91",
        "My desk with $ZZCL on two screens. Bus routes for 41 schools.",
        640,
        image=FLOOR,
    ),
    Draft(
        _at(2, 3, 17, 45, 32),
        "retail account 91",
        "Two months later, the same desk and still $ZZCL every day.",
        655,
        image=FLOOR_AGAIN,
    ),
    Draft(
        _at(3, 17, 15, 22, 1),
        "retail account 92",
        "Illustration made with an image generator, not a photo: how I imagine $ZZCL headquarters.",
        77,
        image=DRAWN,
    ),
    *(
        Draft(
            _at(4, 8, 20, 31, 0) + timedelta(minutes=57 * n + (n * n * 13) % 41, seconds=(n * 17) % 60),
            f"retail account {100 + n}",
            text,
            60 + (n * 271) % 1900,
        )
        for n, text in enumerate(TALK)
    ),
)


COMPANY = Company(
    key="zzcl",
    name="Copper Lantern Software Inc.",
    ticker="ZZCL",
    cik=9_900_000_006,
    role="growing",
    state="Delaware",
    place="6 Fictional Quay, Nowhere, DE 00000",
    call_at=_at(4, 8, 21, 0),
    call=COPPER_LANTERN,
    voices=COPPER_LANTERN_VOICES,
    articles=_ARTICLES,
    papers=(_ANNUAL, _YEAR_BEFORE),
    drafts=_DRAFTS,
    market=Market(
        first_close=41.50,
        usual_volume=540_000,
        regimes=(Regime(date(2024, 7, 1), 0.018, 0.0009),),
        shocks={date(2026, 4, 9): (0.091, 5.2)},
    ),
)
