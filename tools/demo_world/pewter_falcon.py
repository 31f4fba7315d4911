# ruff: noqa: E501 - this module is prose
"""The issuer in which all that looks wrong is right: adjusted, guided, partial, scaled and remediated."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .accounts import Opening, plans
from .talks import PEWTER_FALCON, PEWTER_FALCON_VOICES
from .world import Article, Chart, Draft, Grid, Market, Paper, Regime, Section, Story

_OPENING = Opening(
    cash=31_400,
    securities=0,
    receivables=42_700,
    inventories=66_300,
    prepaid=5_900,
    ppe=121_600,
    goodwill=38_200,
    other_assets=9_400,
    current_debt=6_000,
    payables=37_800,
    accrued=26_100,
    deferred_revenue=7_300,
    long_debt=58_000,
    deferred_tax=13_700,
    other_liabilities=9_200,
    paid_in=64_500,
    treasury=-21_000,
)

_PLANS = plans(
    (2023, 2024, 2025),
    net_sales=(402_300, 431_900, 467_580),
    cost_of_sales=(318_600, 341_200, 368_900),
    sga=(43_100, 45_900, 50_960),
    research=(5_700, 6_100, 6_480),
    interest=(2_900, 2_600, 2_310),
    other_income=(310, 280, 340),
    tax=(7_800, 8_800, 9_300),
    depreciation=(15_900, 16_400, 17_100),
    stock_pay=(2_300, 2_500, 2_700),
    receivables=(44_600, 47_500, 50_900),
    inventories=(68_900, 72_400, 77_100),
    prepaid=(6_100, 6_400, 6_800),
    securities=(0, 0, 0),
    other_assets=(9_700, 9_900, 10_200),
    payables=(39_400, 42_000, 45_200),
    accrued=(27_000, 28_300, 30_100),
    deferred_revenue=(7_600, 8_000, 8_500),
    deferred_tax=(14_100, 14_500, 14_900),
    other_liabilities=(9_300, 9_500, 9_700),
    capex=(18_200, 19_100, 23_600),
    borrowed=(0, 0, 0),
    repaid=(6_000, 6_000, 6_000),
    current_debt=(6_000, 6_000, 6_000),
    issued=(400, 450, 500),
    repurchased=(6_000, 6_500, 5_000),
    dividends=(9_200, 9_800, 10_400),
    shares=(22_600, 22_500, 22_450),
)

_BUSINESS = (
    Section(
        "Overview",
        (
            'Pewter Falcon Trailers Company (the "Company", "we", "our") builds dry and refrigerated trailers '
            "and sells parts and service for them from nineteen depots. We were incorporated in Iowa in 1961.",
            "At December 31, 2025 we had approximately 2,650 full-time employees. Our largest customer accounted "
            "for ten percent of net sales in 2025 and in 2024.",
        ),
    ),
    Section(
        "Markets",
        (
            "Demand follows freight rates and the age of carriers' fleets. We compete on weight, insulation and "
            "delivery time. In October 2025 a fire in our northern plant killed two employees and stopped a hall "
            "for seven weeks.",
        ),
    ),
)

_WEATHER = Section(
    "Demand for trailers rises and falls with freight.",
    (
        "Carriers order fewer trailers when freight rates fall. We cannot lower the fixed costs of our plants "
        "as quickly as orders may decline.",
    ),
)
_STEEL = Section(
    "The price of steel and aluminum affects our margins.",
    ("We buy steel and aluminum at market prices and pass changes on to customers with a delay.",),
)
_RISKS = (
    _WEATHER,
    _STEEL,
    Section(
        "A cyber attack could interrupt our plants.",
        (
            "Our plants are controlled by networked computers. An intruder could stop production or encrypt our "
            "records. We have not had a material incident, and we cannot be sure that we never will.",
        ),
    ),
    Section(
        "Our amended and restated credit agreement limits what we may do.",
        (
            "In May 2025 we entered into an amended and restated credit agreement, which extends the maturity of "
            "our loans to 2030 and lowers the margin we pay. It limits our debt and our dividends. We are far "
            "within its limits.",
        ),
    ),
)

_RESULTS = (
    "Net sales for 2025 were $467.6 million, an increase of 8.3 percent from $431.9 million in 2024. Refrigerated "
    "trailers grew 15.1 percent to $162.8 million, because food carriers renewed their fleets.",
    "Operating income was $41.2 million in 2025, compared with $38.7 million in 2024. Adjusted operating income, "
    "which is not a measure under generally accepted accounting principles and leaves out $5.8 million of cost "
    "of the fire, was $47.0 million.",
    "Operating activities provided $47.1 million of cash in 2025. Capital expenditures were $23.6 million. We paid "
    "dividends of $10.4 million and repurchased shares for $5.0 million.",
)

_CONTROLS = (
    "Management evaluated our internal control over financial reporting as of December 31, 2025 and concluded that "
    "it was effective.",
    "Remediation of a previously reported material weakness. The material weakness in the controls over access to "
    "our inventory system, which we reported for 2024, was remediated as of June 30, 2025: access rights are now "
    "reviewed each month, and the new controls have been tested for two quarters.",
)

_NOTES = (
    Section(
        "Note 1. Basis of presentation",
        (
            "At each balance sheet date management evaluates whether there are conditions that raise substantial "
            "doubt about the Company's ability to continue as a going concern within one year after the "
            "statements are issued. No such conditions existed at December 31, 2025 or 2024.",
        ),
    ),
    Section(
        "Note 4. Fire",
        (
            "The fire of October 2025 caused costs of $5.8 million after insurance, which are included in cost of "
            "sales.",
        ),
    ),
)


def _at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


_YEAR_BEFORE = Paper(
    "zzpf_2024_10k",
    "10-K",
    datetime(2025, 2, 26, 21, 22, tzinfo=UTC),
    date(2024, 12, 31),
    (
        (
            "Item 1. Business",
            (
                "Pewter Falcon Trailers Company builds dry and refrigerated trailers and sells parts and service "
                "for them from eighteen depots. At December 31, 2024 we had approximately 2,510 full-time employees.",
            ),
        ),
        (
            "Item 1A. Risk Factors",
            (
                _WEATHER,
                _STEEL,
                Section(
                    "We have identified a material weakness in our internal control over financial reporting.",
                    (
                        "As described in Item 9A, access to our inventory system was not limited as it should "
                        "have been. Until this is remediated, our statements may contain misstatements.",
                    ),
                ),
            ),
        ),
        (
            "Item 7. Management's Discussion and Analysis",
            (
                "Net sales for 2024 were $431.9 million, an increase of 7.4 percent from $402.3 million in 2023. "
                "Operating income was $38.7 million. Operating activities provided $44.5 million of cash.",
            ),
        ),
        (
            "Item 8. Financial Statements and Supplementary Data",
            (
                Grid(
                    "CONSOLIDATED STATEMENTS OF OPERATIONS",
                    "(in thousands)",
                    ("2024", "2023"),
                    (
                        ("Net sales", ("431,900", "402,300"), "Revenues"),
                        ("Cost of sales", ("341,200", "318,600"), "CostOfRevenue"),
                        ("Gross profit", ("90,700", "83,700"), "GrossProfit"),
                        ("Operating income", ("38,700", "34,900"), "OperatingIncomeLoss"),
                    ),
                    ends=(date(2024, 12, 31), date(2023, 12, 31)),
                ),
            ),
        ),
        (
            "Item 9A. Controls and Procedures",
            (
                "Management identified a material weakness in internal control over financial reporting as of "
                "December 31, 2024: too many employees could change records of our inventory system. Management "
                "concluded that our internal control over financial reporting was not effective.",
            ),
        ),
    ),
)

_ARTICLES = (
    Article(
        "pewter-falcon-year",
        _at(2, 11, 16, 30),
        "Synthetic Newswire",
        "Pewter Falcon Trailers sales rise 8.3 percent, dividend to be kept",
        (
            "Pewter Falcon Trailers (ZZPF) said on Wednesday that net sales rose 8.3 percent to $467.6 million in "
            "2025. Operating income was $41.2 million, or $47.0 million adjusted for the cost of a fire.",
            "The company expects net sales of about $490 million in 2026 and will keep its dividend.",
        ),
    ),
    Article(
        "pewter-falcon-electric-order",
        _at(4, 28, 13, 15),
        "Demo Business Daily",
        "Pewter Falcon wins order for 120 electric trailers from grocer",
        (
            "Pewter Falcon Trailers (ZZPF) won an order for 120 electric refrigerated trailers from a chain of "
            "grocers, the company said on Tuesday. Deliveries begin in the autumn.",
            "An analyst called it a good sign for a small product line. Shares rose 3 percent.",
        ),
    ),
)

_HEADLINE = "Pewter Falcon wins order for 120 electric trailers from grocer"
SHARED = tuple(
    Draft(
        _at(4, 28, 13 + minutes // 60, minutes % 60, 7 + n),
        f"retail account {70 + n}",
        f"{_HEADLINE} $ZZPF https://news.example/2026/04/28/pewter-falcon-electric-order" + tail,
        followers,
    )
    for n, (minutes, followers, tail) in enumerate(
        (
            (24, 210, ""),
            (37, 1450, " via Demo Business Daily"),
            (52, 88, ""),
            (95, 640, " nice"),
            (130, 310, ""),
            (171, 95, " via Demo Business Daily"),
            (214, 2210, ""),
            (266, 47, " finally"),
            (305, 530, ""),
            (371, 160, " via Demo Business Daily"),
        )
    )
)
TRAILER, TRAILER_AGAIN, SHOWN_AS_NEW = (
    "zzpf_trailer.jpg",
    "zzpf_trailer_repost.jpg",
    "zzpf_trailer_now.jpg",
)
PATTERN, PRICE = "zzpf_panels.png", "zzpf_price.png"
_FIRST = "New white trailer from $ZZPF at our dock this morning. Doors seal well."
_REPOST = "Reposting this photo by retail account 61 from November, since people ask what the $ZZPF trailer looks like."
_AS_NEW = "HAPPENING NOW: $ZZPF trailers leaving the new plant by the hundred, photo I took today!"
_DRAFTS = (
    Draft(datetime(2025, 11, 6, 15, 12, 44, tzinfo=UTC), "retail account 61", _FIRST, 420, image=TRAILER),
    Draft(
        datetime(2025, 12, 18, 19, 5, 20, tzinfo=UTC),
        "retail account 62",
        "Sad news about the two people at $ZZPF in October. The company has looked after the families.",
        130,
    ),
    Draft(
        _at(1, 22, 16, 40, 3),
        "retail account 63",
        _REPOST,
        215,
        image=TRAILER_AGAIN,
        repost_of=_FIRST,
        original_author="retail account 61",
    ),
    Draft(
        _at(2, 11, 17, 31, 18),
        "retail account 64",
        "$ZZPF: 467.6 million of sales, up 8 percent. Order book is fine. Holding.",
        1020,
    ),
    Draft(
        _at(3, 5, 14, 22, 59), "retail account 62", "$ZZPF fixed the inventory system weakness. Good.", 130
    ),
    Draft(
        _at(4, 16, 20, 31, 11),
        "retail account 64",
        "$ZZPF close over the last 120 trading days, back to where I like it.",
        1020,
        image=PRICE,
    ),
    Draft(
        _at(5, 4, 13, 9, 36),
        "retail account 65",
        "$ZZPF insulation panels stacked in the hall, the same panel over and over. Very tidy.",
        56,
        image=PATTERN,
    ),
    Draft(_at(5, 11, 18, 2, 48), "promotion account 66", _AS_NEW, 12, image=SHOWN_AS_NEW),
    *SHARED,
)


STORY = Story(
    key="zzpf",
    name="Pewter Falcon Trailers Company",
    ticker="ZZPF",
    cik=9_900_000_005,
    role="honest",
    state="Iowa",
    place="5 Fictional Quay, Nowhere, IA 00000",
    scale=1_000,
    opening=_OPENING,
    plans=_PLANS,
    signed=date(2026, 3, 4),
    accepted=_at(3, 4, 21, 18),
    call_at=_at(2, 11, 14, 0),
    call=PEWTER_FALCON,
    call_suffix=".ogg",
    voices=PEWTER_FALCON_VOICES,
    business=_BUSINESS,
    risks=_RISKS,
    results=_RESULTS,
    controls=_CONTROLS,
    notes=_NOTES,
    segments={
        "Dry trailers": (214_300, 226_100, 238_680),
        "Refrigerated trailers": (129_400, 141_500, 162_800),
        "Parts and service": (58_600, 64_300, 66_100),
    },
    segment_word="Net sales by product line",
    raster_chart=Chart(
        "Net sales ($ millions)", ("2023", "2024", "2025"), (402.3, 431.9, 467.6), 0.0, 500.0, "$ millions"
    ),
    vector_chart=Chart(
        "Refrigerated trailers, net sales ($ millions)",
        ("2023", "2024", "2025"),
        (129.4, 141.5, 162.8),
        0.0,
        200.0,
        "$ millions",
    ),
    more_charts=(
        Chart(
            "On-time deliveries (%)",
            ("2021", "2022", "2023", "2024", "2025"),
            (93.1, 94.0, 94.6, 95.2, 95.9),
            90.0,
            100.0,
            "percent",
            shape="line",
        ),
        Chart(
            "Operating income, rounded ($ millions)",
            ("2023", "2024", "2025"),
            (35.0, 39.0, 41.0),
            0.0,
            50.0,
            "$ millions",
            decimals=0,
        ),
    ),
    articles=_ARTICLES,
    papers=(_YEAR_BEFORE,),
    drafts=_DRAFTS,
    market=Market(
        first_close=27.60,
        usual_volume=180_000,
        regimes=(Regime(date(2024, 7, 1), 0.011, 0.0005),),
        shocks={date(2026, 2, 11): (0.022, 1.9), date(2026, 4, 28): (0.031, 2.2)},
        dividends={date(2025, 3, 12): 0.22, date(2025, 9, 10): 0.23, date(2026, 3, 11): 0.24},
    ),
)
