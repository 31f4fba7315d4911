# ruff: noqa: E501 - this module is prose
"""The issuer that says more in a call than in its release, denies an investigation, and is talked up by a crowd."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from .accounts import Opening, books, plans
from .html_filing import statement_grids
from .talks import GRANITE_TEACUP, GRANITE_TEACUP_VOICES
from .world import Article, Company, Draft, Grid, Market, Paper, Regime, Section

_OPENING = Opening(
    cash=44_100,
    securities=0,
    receivables=61_800,
    inventories=83_500,
    prepaid=9_700,
    ppe=128_400,
    goodwill=96_300,
    other_assets=21_200,
    current_debt=10_000,
    payables=52_600,
    accrued=38_900,
    deferred_revenue=2_100,
    long_debt=118_000,
    deferred_tax=17_400,
    other_liabilities=12_700,
    paid_in=88_200,
    treasury=-30_500,
)

_PLANS = plans(
    (2023, 2024, 2025),
    net_sales=(541_300, 576_900, 612_400),
    cost_of_sales=(331_700, 352_900, 376_000),
    sga=(146_200, 155_800, 168_100),
    research=(6_300, 6_800, 7_100),
    interest=(6_900, 6_500, 6_200),
    other_income=(800, 700, 900),
    tax=(12_200, 13_300, 13_400),
    depreciation=(18_300, 19_200, 20_400),
    stock_pay=(4_100, 4_400, 4_600),
    receivables=(65_100, 69_200, 73_900),
    inventories=(87_400, 92_600, 99_800),
    prepaid=(10_100, 10_600, 11_200),
    securities=(0, 0, 0),
    other_assets=(21_900, 22_700, 23_600),
    payables=(55_300, 58_500, 61_700),
    accrued=(40_600, 42_900, 45_100),
    deferred_revenue=(2_200, 2_300, 2_500),
    deferred_tax=(18_000, 18_500, 19_100),
    other_liabilities=(12_900, 13_200, 13_500),
    capex=(22_100, 23_700, 41_300),
    borrowed=(0, 0, 15_000),
    repaid=(10_000, 10_000, 10_000),
    current_debt=(10_000, 10_000, 10_000),
    issued=(900, 1_000, 1_100),
    repurchased=(12_000, 12_000, 6_000),
    dividends=(15_400, 16_200, 17_000),
    shares=(33_100, 32_700, 32_500),
)
_ENDS = (date(2025, 12, 31), date(2024, 12, 31), date(2023, 12, 31))
_NEWEST = tuple(reversed(books(_OPENING, _PLANS)))


def _at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


_HARVEST = Section(
    "A poor harvest would raise the price of our tea.",
    ("We buy leaf in seven countries. Drought or frost in one of them would raise our costs.",),
)
_CURRENCY = Section(
    "Movements of the euro and the pound affect our results.",
    (
        "We sell in Germany in euros and in Britain in pounds. When these currencies fall against the dollar, our "
        "net sales in dollars decline even where volumes grow.",
    ),
)
_SUBPOENA = Section(
    "We are under investigation for the sourcing of our tea.",
    (
        "As described in Item 3, the attorney general of a state is investigating us. We cannot predict how the "
        "investigation will end; it may lead to fines and harm our brands.",
    ),
)

_ANNUAL = Paper(
    "zzgt_2025_10k",
    "10-K",
    _at(3, 12, 20, 55),
    _ENDS[0],
    (
        (
            "Item 1. Business",
            (
                'Granite Teacup Brands Inc. (the "Company", "we", "our") blends and packs tea and makes porcelain. '
                "We sell through grocers in the United States, Germany and Britain.",
                "At December 31, 2025 we had approximately 2,240 full-time employees. In October 2025 we bought a "
                "porcelain works for $14.2 million.",
            ),
        ),
        ("Item 1A. Risk Factors", (_HARVEST, _CURRENCY, _SUBPOENA)),
        (
            "Item 3. Legal Proceedings",
            (
                "Since November 2025 we have been under investigation by the attorney general of a state, who has "
                "asked for documents on the sourcing of our tea. We are cooperating.",
            ),
        ),
        (
            "Item 7. Management's Discussion and Analysis",
            (
                "Net sales for 2025 were $612.4 million, an increase of 6.2 percent from $576.9 million in 2024. At "
                "constant currency, a measure that is not defined by generally accepted accounting principles, net "
                "sales grew 9.0 percent.",
                "Net sales in Germany were 84.1 million euros, and in Britain 41.3 million pounds. Volumes in "
                "Britain grew 24 percent.",
                Grid(
                    "Net sales by country in local currency",
                    "(in thousands of the currency named)",
                    ("2025", "2024"),
                    (
                        ("United States (dollars)", ("$ 462,300", "$ 441,200"), ""),
                        ("Germany (euros)", ("€ 84,100", "€ 80,600"), ""),
                        ("Britain (pounds)", ("£ 41,300", "£ 36,900"), ""),
                    ),
                ),
                "Operating activities provided cash in each year presented. Capital expenditures were $41.3 million, "
                "of which $14.2 million was for the porcelain works.",
            ),
        ),
        ("Item 8. Financial Statements and Supplementary Data", statement_grids(_NEWEST, _ENDS)),
        (
            "Item 9. Changes in and Disagreements With Accountants on Accounting and Financial Disclosure",
            ("None. The lead partner of our auditor changed in 2025, as the rules on rotation require.",),
        ),
        (
            "Item 9A. Controls and Procedures",
            (
                "Management evaluated our internal control over financial reporting as of December 31, 2025 and "
                "concluded that it was effective.",
            ),
        ),
    ),
)

_ARTICLES = (
    Article(
        "granite-teacup-reports-results",
        _at(2, 10, 12, 0),
        "Synthetic Newswire",
        "Granite Teacup Brands reports net sales of $612.4 million for 2025",
        (
            "Granite Teacup Brands Inc. (ZZGT) today reported unaudited net sales of $612.4 million for 2025, an increase of 6.2 "
            "percent from $576.9 million in 2024.",
            '"At constant currency our net sales grew 9 percent," the Chief Executive Officer said. The company will '
            "hold its earnings call on March 5.",
        ),
    ),
    Article(
        "granite-teacup-investigation",
        _at(3, 13, 11, 40),
        "Demo Business Daily",
        "Granite Teacup annual report discloses investigation of tea sourcing",
        (
            "Granite Teacup Brands (ZZGT) said in its annual report that it has been under investigation by a "
            "state attorney general since November. On its call a week earlier the Chief Executive Officer had denied it.",
            "Net sales were $612.4 million. Shares fell 7 percent.",
        ),
    ),
    Article(
        "granite-teacup-no-talks",
        _at(5, 8, 12, 30),
        "Synthetic Newswire",
        "Granite Teacup says it is not in talks to be bought",
        (
            "Granite Teacup Brands (ZZGT) said on Friday that rumors on social media of an offer for the company are "
            "untrue. It is not in talks with anybody.",
            "Shares had risen 17 percent on Wednesday on nine times the usual volume.",
        ),
    ),
)

RUMOUR = tuple(
    text
    for text in (
        "Hearing $ZZGT gets a buyout offer this week at 52 a share. Load up.",
        "$ZZGT takeover at $52 coming within days, my source has never been wrong",
        "An offer for $ZZGT, 52 dollars in cash, to be announced this week they say",
        "Do you own $ZZGT yet? Bid at 52 is about to land, only days left",
        "52 a share for $ZZGT, the buyer is ready to announce. Get in while it is cheap",
        "Word is that somebody offers $52 for each share of $ZZGT, news this week",
        "Get $ZZGT now: the cash offer at 52 will be public in a few days",
        "$ZZGT is going to be bought! $52 per share, announcement this week",
        "This week: buyout of $ZZGT for 52 in cash. You read it here first",
        "People close to it say $ZZGT accepts a bid of 52 dollars within days",
        "A friend at the bank says $ZZGT will be taken over at 52, watch this week",
        "Buyout alert $ZZGT, price 52, days away. Do not sleep on this",
        "They will pay 52 for $ZZGT. Announcement any day. I am all in",
        "Any day now $ZZGT gets its offer, $52 a share in cash",
        "$52 cash bid for $ZZGT incoming, announcement expected this week",
        "If you missed the last buyout, here is $ZZGT: 52 a share, this week",
        "Just days until the $ZZGT takeover at 52 is public, still cheap here",
        "Offer of 52 for all of $ZZGT this week, heard it from two people",
        "$ZZGT to be acquired for $52 a share in cash, they announce within days",
        "Loaded $ZZGT before the 52 dollar offer comes out this week",
        "Takeover of $ZZGT is done, price is 52, public in days. Buy now",
        "A cash bid, 52 a share, $ZZGT, this week. That is all you need to know",
    )
)
OFFERS = ("zzgt_offer_a.jpg", "zzgt_offer_b.jpg")
FIRE, SHELF = "zzgt_warehouse.jpg", "zzgt_shelf.jpg"
_BURST = _at(5, 6, 12, 50)
_DRAFTS = (
    Draft(
        datetime(2025, 11, 19, 18, 3, 27, tzinfo=UTC),
        "retail account 141",
        "Half price week for $ZZGT tea at my grocer, shelf almost empty.",
        88,
        image=SHELF,
    ),
    Draft(_at(1, 15, 15, 30, 10), "retail account 142", "$ZZGT mugs chip too easily. The tea is fine.", 410),
    Draft(
        _at(2, 10, 14, 12, 45),
        "retail account 143",
        "612 million for $ZZGT, up 6. Nothing wrong with that.",
        990,
    ),
    Draft(
        _at(3, 13, 13, 20, 5),
        "retail account 142",
        "$ZZGT told us nobody was investigating. Somebody was. Sold.",
        415,
    ),
    Draft(
        _at(4, 21, 21, 14, 39),
        "promotion account 144",
        "Took this photo ten minutes ago, the new $ZZGT warehouse opens tonight, it is huge!",
        19,
        image=FIRE,
    ),
    *(
        Draft(
            _BURST + timedelta(minutes=(n * 19) % 240 + 3 * n, seconds=(n * 23) % 60),
            f"promotion account {150 + n}",
            text,
            3 + (n * 7) % 50,
            image=OFFERS[n % 2],
        )
        for n, text in enumerate(RUMOUR)
    ),
    Draft(
        _at(5, 8, 14, 2, 11), "retail account 143", "No offer for $ZZGT after all. Who believed that?", 1004
    ),
)


COMPANY = Company(
    key="zzgt",
    name="Granite Teacup Brands Inc.",
    ticker="ZZGT",
    cik=9_900_000_007,
    role="denying",
    state="Delaware",
    place="7 Fictional Quay, Nowhere, DE 00000",
    call_at=_at(3, 5, 14, 30),
    call=GRANITE_TEACUP,
    call_suffix=".ogg",
    voices=GRANITE_TEACUP_VOICES,
    articles=_ARTICLES,
    papers=(_ANNUAL,),
    drafts=_DRAFTS,
    market=Market(
        first_close=33.80,
        usual_volume=160_000,
        regimes=(Regime(date(2024, 7, 1), 0.012, 0.0003),),
        shocks={
            date(2026, 2, 10): (0.012, 1.6),
            date(2026, 3, 13): (-0.07, 4.4),
            date(2026, 5, 6): (0.171, 9.1),
            date(2026, 5, 7): (0.032, 5.0),
            date(2026, 5, 8): (-0.142, 7.3),
        },
        dividends={date(2025, 6, 12): 0.26, date(2025, 12, 11): 0.26},
    ),
)
