# ruff: noqa: E501 - this module is prose
"""The bank: most ratios cannot be computed of it, a robot quotes it daily, and a rumor is spread about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from .world import Article, Company, Draft, Grid, Market, Paper, Regime, Section

_ENDS = (date(2025, 12, 31), date(2024, 12, 31))


def _at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


_RATES = Section(
    "Changes of interest rates affect our margin.",
    (
        "We pay interest on deposits and earn it on loans. When rates on deposits rise faster than those on loans, "
        "our net interest income declines.",
    ),
)
_LOANS = Section(
    "Borrowers may not repay.",
    (
        "About a third of our loans are for shops and offices. If their owners cannot pay, our allowance for credit "
        "losses may turn out too small.",
    ),
)
_STATEMENTS = (
    Grid(
        "CONSOLIDATED STATEMENTS OF INCOME",
        "(in millions)",
        ("2025", "2024"),
        (
            ("Interest income", ("$ 412", "$ 389"), "InterestAndDividendIncomeOperating"),
            ("Interest expense", ("171", "158"), "InterestExpense"),
            ("Net interest income", ("241", "231"), "InterestIncomeExpenseNet"),
            ("Provision for credit losses", ("19", "17"), "ProvisionForLoanAndLeaseLosses"),
            ("Noninterest income", ("58", "55"), "NoninterestIncome"),
            ("Noninterest expense", ("176", "169"), "NoninterestExpense"),
            ("Income before income taxes", ("104", "100"), ""),
            ("Provision for income taxes", ("22", "21"), "IncomeTaxExpenseBenefit"),
            ("Net income", ("$ 82", "$ 79"), "NetIncomeLoss"),
        ),
        1_000_000,
        _ENDS,
    ),
    Grid(
        "CONSOLIDATED BALANCE SHEETS",
        "(in millions)",
        ("2025", "2024"),
        (
            ("Cash and due from banks", ("$ 640", "$ 590"), "CashAndDueFromBanks"),
            ("Securities available for sale", ("1,480", "1,420"), ""),
            ("Loans, net of allowance", ("6,210", "5,890"), ""),
            ("Premises and equipment", ("88", "90"), ""),
            ("Other assets", ("182", "170"), ""),
            ("Total assets", ("$ 8,600", "$ 8,160"), "Assets"),
            ("Deposits", ("$ 6,950", "$ 6,610"), "Deposits"),
            ("Borrowings", ("640", "610"), ""),
            ("Other liabilities", ("110", "102"), ""),
            ("Total liabilities", ("7,700", "7,322"), "Liabilities"),
            ("Common stock", ("310", "310"), ""),
            ("Retained earnings", ("590", "528"), "RetainedEarningsAccumulatedDeficit"),
            ("Total stockholders' equity", ("900", "838"), "StockholdersEquity"),
            ("Total liabilities and equity", ("$ 8,600", "$ 8,160"), "LiabilitiesAndStockholdersEquity"),
        ),
        1_000_000,
        _ENDS,
        instant=True,
    ),
)

_ANNUAL = Paper(
    "zzsg_2025_10k",
    "10-K",
    _at(2, 27, 21, 10),
    _ENDS[0],
    (
        (
            "Item 1. Business",
            (
                'Saffron Glacier Bancorp (the "Company", "we", "our") owns one bank with 61 branches. It takes '
                "deposits and lends to households, shops and farms.",
                "At December 31, 2025 we had approximately 1,090 full-time employees.",
            ),
        ),
        ("Item 1A. Risk Factors", (_RATES, _LOANS)),
        (
            "Item 7. Management's Discussion and Analysis",
            (
                "Net income was $82 million in 2025, compared with $79 million in 2024. Net interest income grew 4.3 "
                "percent to $241 million. Deposits grew 5.1 percent to $6,950 million.",
            ),
        ),
        (
            "Item 8. Financial Statements and Supplementary Data",
            (
                *_STATEMENTS,
                Section(
                    "Note 1. Summary of significant accounting policies",
                    (
                        "The statements are prepared on the basis that the Company will continue as a going concern. "
                        "Under the applicable standard management assesses each quarter whether substantial doubt "
                        "exists about the entity's ability to continue as a going concern; it does not.",
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
                "Management evaluated our internal control over financial reporting as of December 31, 2025 and "
                "concluded that it was effective.",
            ),
        ),
    ),
)

_ARTICLES = (
    Article(
        "saffron-glacier-year",
        _at(1, 28, 13, 0),
        "Synthetic Newswire",
        "Saffron Glacier Bancorp earns $82 million in 2025",
        (
            "Saffron Glacier Bancorp (ZZSG) said on Wednesday that net income was $82 million in 2025, up from $79 "
            "million. Deposits grew 5.1 percent.",
            "The bank expects loans to grow by four to five percent in 2026.",
        ),
    ),
    Article(
        "saffron-glacier-no-outflow",
        _at(4, 17, 16, 45),
        "Demo Business Daily",
        "Saffron Glacier says deposits are stable after rumor",
        (
            "Saffron Glacier Bancorp (ZZSG) said on Friday that messages about closed branches are false and that its "
            "deposits are stable.",
            "The messages were posted within an hour by accounts that had not written before.",
        ),
    ),
)

_SCARE = (
    "{} $ZZSG branches are LOCKED and they will not pay out deposits, get your money out today",
    "{} $ZZSG branches locked, they do not pay out deposits! Get your money out today",
    "{} Branches of $ZZSG are LOCKED, no deposits paid out. Get your money out TODAY",
)
_OPENERS = ("URGENT:", "WARNING!", "Please share:", "Just now:")
RUMOR = tuple(_SCARE[n % 3].format(_OPENERS[n % 4]) + "!" * (n % 5) for n in range(18))
_QUOTE_DAYS = [date(2026, 3, 16) + timedelta(days=7 * week + day) for week in range(5) for day in range(5)]
QUOTES = tuple(
    f"$ZZSG quote of {day:%B} {day.day}: see the daily table for open, close and volume. Automated message."
    for day in _QUOTE_DAYS
)
_DRAFTS = (
    Draft(
        datetime(2025, 12, 5, 17, 40, 0, tzinfo=UTC),
        "retail account 181",
        "My $ZZSG branch has free coffee again. Solid bank.",
        120,
    ),
    Draft(
        _at(1, 28, 15, 22, 41),
        "retail account 182",
        "$ZZSG earns 82 million, as dull as ever. I like dull.",
        560,
    ),
    *(
        Draft(datetime(day.year, day.month, day.day, 20, 5, 0, tzinfo=UTC), "quote robot 1", text, 3100)
        for day, text in zip(_QUOTE_DAYS, QUOTES, strict=True)
    ),
    *(
        Draft(_at(4, 17, 14, 2, 5) + timedelta(seconds=171 * n), f"promotion account {200 + n}", text, n)
        for n, text in enumerate(RUMOR)
    ),
    Draft(
        _at(4, 17, 18, 15, 30),
        "retail account 182",
        "Was at a $ZZSG branch at noon. Open, calm, nothing locked.",
        560,
    ),
)


COMPANY = Company(
    key="zzsg",
    name="Saffron Glacier Bancorp",
    ticker="ZZSG",
    cik=9_900_000_008,
    role="bank",
    state="Vermont",
    place="8 Fictional Quay, Nowhere, VT 00000",
    articles=_ARTICLES,
    papers=(_ANNUAL,),
    drafts=_DRAFTS,
    market=Market(
        first_close=21.40,
        usual_volume=390_000,
        regimes=(Regime(date(2024, 7, 1), 0.0105, 0.0003),),
        shocks={date(2026, 4, 17): (-0.064, 3.8), date(2026, 4, 20): (0.041, 2.1)},
        dividends={date(2025, 5, 14): 0.18, date(2025, 11, 12): 0.19},
    ),
)
