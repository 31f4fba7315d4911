# ruff: noqa: E501 - this module is prose
"""The issuer that makes its earnings up: auditor gone, quarters restated, and a call that denies it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .accounts import Opening, plans
from .indigo_thimble_papers import PAPERS
from .talks import INDIGO_THIMBLE, INDIGO_THIMBLE_VOICES
from .world import Article, Chart, Draft, Market, Regime, Section, Story

_OPENING = Opening(
    cash=14_820,
    securities=2_000,
    receivables=9_410,
    inventories=8_160,
    prepaid=1_480,
    ppe=21_300,
    goodwill=12_400,
    other_assets=2_950,
    current_debt=2_000,
    payables=5_230,
    accrued=4_610,
    deferred_revenue=940,
    long_debt=16_000,
    deferred_tax=1_320,
    other_liabilities=1_080,
    paid_in=31_500,
    treasury=-1_200,
)

_PLANS = plans(
    (2023, 2024, 2025),
    net_sales=(61_240, 73_390, 88_070),
    cost_of_sales=(27_980, 35_230, 46_590),
    sga=(18_420, 22_760, 24_930),
    research=(4_370, 6_120, 7_640),
    interest=(1_010, 1_160, 1_730),
    other_income=(140, 120, 60),
    tax=(1_690, 1_710, 1_980),
    depreciation=(3_110, 3_260, 2_480),
    stock_pay=(980, 1_120, 1_240),
    receivables=(10_870, 13_240, 31_460),
    inventories=(9_240, 11_870, 17_930),
    prepaid=(1_560, 1_710, 2_240),
    securities=(1_500, 1_000, 0),
    other_assets=(3_180, 4_020, 13_870),
    payables=(5_610, 6_340, 10_820),
    accrued=(4_950, 5_480, 6_170),
    deferred_revenue=(1_020, 1_060, 710),
    deferred_tax=(1_400, 1_480, 1_560),
    other_liabilities=(1_110, 1_140, 1_190),
    capex=(3_640, 4_120, 4_090),
    borrowed=(0, 2_000, 22_000),
    repaid=(2_000, 2_000, 3_000),
    current_debt=(2_000, 3_000, 33_000),
    issued=(310, 280, 220),
    repurchased=(600, 400, 0),
    dividends=(0, 0, 0),
    shares=(18_240, 18_310, 18_390),
)

_BUSINESS = (
    Section(
        "Overview",
        (
            'Indigo Thimble Devices Inc. (the "Company", "we", "our") designs and makes infusion pumps and '
            "their tubing sets for hospitals and home care. We were incorporated in Delaware in 1999 and sell "
            "in eleven states, in part through distributors.",
            "At December 31, 2025 we had approximately 410 full-time employees. Two distributors accounted for "
            "44 percent of net sales in 2025, compared with 19 percent in 2024. Orders on hand were $27.3 million "
            "at December 31, 2025, compared with $25.2 million at December 31, 2024.",
        ),
    ),
    Section(
        "Competition",
        (
            "Hospitals buy pumps in tenders and choose by safety record, service and price. Several "
            "competitors are much larger than we are. Our pumps are subject to clearance by health "
            "authorities, and a recall could stop our sales.",
        ),
    ),
)

_RISKS = (
    Section(
        "There is substantial doubt about our ability to continue as a going concern.",
        (
            "We breached the leverage covenant of our credit facility at December 31, 2025, so that $33.0 "
            "million of debt may be called at any time. We do not have the cash to repay it. These conditions "
            "raise substantial doubt about our ability to continue as a going concern.",
        ),
    ),
    Section(
        "We have restated our quarterly statements and may have to do so again.",
        (
            "We restated our unaudited financial statements for the first three quarters of 2025, because "
            "pumps shipped to two distributors had been recognized as sales before the distributors were "
            "obliged to pay. Litigation or an inquiry by authorities may follow.",
        ),
    ),
    Section(
        "We have identified a material weakness in our internal control over financial reporting.",
        (
            "As described in Item 9A, we did not maintain effective controls over sales to distributors. If we "
            "do not remediate this weakness, our statements may contain material misstatements.",
        ),
    ),
    Section(
        "A recall of our pumps would harm us.",
        (
            "Our pumps deliver drugs to patients. A defect could injure a patient, lead to a recall and stop "
            "our sales until health authorities are satisfied.",
        ),
    ),
    Section(
        "We depend on one supplier for the motors of our pumps.",
        ("The motors of all our pumps come from one supplier. A shortage would delay our deliveries.",),
    ),
)

_RESULTS = (
    "Net sales for 2025 were $88.1 million, an increase of 20.0 percent from $73.4 million in 2024. Sales to two "
    "distributors, on terms of up to 270 days, account for $11.8 million of the increase.",
    "Gross margin declined to 47.1 percent of net sales in 2025 from 52.0 percent in 2024, because of discounts "
    "to distributors and the cost of starting a second assembly line. Net income was $5.3 million in 2025, "
    "compared with $6.5 million in 2024 and $7.9 million in 2023.",
    "Operating activities used $20.7 million of cash in 2025, compared with $6.3 million provided in 2024. "
    "Capital expenditures were $4.1 million. We borrowed $22.0 million under our credit facility.",
)

_CONTROLS = (
    "Management evaluated the effectiveness of our internal control over financial reporting as of December 31, "
    "2025. In that evaluation management identified a material weakness in internal control over financial "
    "reporting: sales staff could agree side letters with distributors without the knowledge of the finance "
    "department.",
    "Because of the material weakness, management concluded that our disclosure controls and procedures and our "
    "internal control over financial reporting were not effective as of December 31, 2025.",
)

_AUDITOR = (
    "On December 4, 2025 the Audit Committee dismissed our independent registered public accounting firm, which "
    "had audited our statements since 2011. Before its dismissal the firm had told the Audit Committee that it "
    "disagreed with the timing of sales to distributors in the third quarter of 2025. A new firm was engaged on "
    "January 12, 2026.",
)

_NOTES = (
    Section(
        "Note 2. Restatement of quarterly statements (unaudited)",
        (
            "The Company has restated its unaudited statements for the quarters ended March 31, June 30 and "
            "September 30, 2025. The restatement lowered net sales of the three quarters by $7.9 million in "
            "total and net income by $4.6 million. The previously issued statements should no longer be relied "
            "upon.",
        ),
    ),
    Section(
        "Note 3. Receivables",
        (
            "Receivables are shown net of an allowance for credit losses of $0.4 million in 2025 and $0.9 "
            "million in 2024. At December 31, 2025 balances more than 120 days past due were $9.2 million "
            "(2024: $0.8 million).",
        ),
    ),
)


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


_ARTICLES = (
    Article(
        "indigo-thimble-strong-year",
        _at(2, 19, 23, 10),
        "Demo Business Daily",
        "Indigo Thimble reports strong year for infusion pumps",
        (
            "Indigo Thimble Devices (ZZIT) told investors on Thursday that revenue grew 31 percent to $96 million in "
            "2025, according to its call. Written results were not published.",
            "Analysts asked about receivables and about cash used by operations. Neither question was answered "
            "with a figure.",
        ),
    ),
    Article(
        "indigo-thimble-restates",
        _at(3, 19, 12, 20),
        "Synthetic Newswire",
        "Indigo Thimble restates three quarters, warns on going concern",
        (
            "Indigo Thimble Devices (ZZIT) filed its annual report two weeks late. It restates three quarters of "
            "2025, discloses a breached covenant and says there is substantial doubt about its ability to "
            "continue as a going concern.",
            "The company dismissed its auditor in December after a disagreement on sales to distributors. "
            "Shares fell 38 percent.",
        ),
    ),
)

REAL_CHART = "zzit_chart_posted.png"
_DRAFTS = (
    Draft(
        datetime(2025, 11, 11, 15, 20, 4, tzinfo=UTC),
        "retail account 41",
        "$ZZIT pumps are all over our ward now. Nurses like them.",
        310,
    ),
    Draft(
        datetime(2025, 12, 9, 14, 2, 51, tzinfo=UTC),
        "retail account 42",
        "$ZZIT let its auditor go on a Thursday evening. Why now?",
        890,
    ),
    Draft(
        datetime(2026, 1, 14, 18, 33, 12, tzinfo=UTC),
        "retail account 43",
        "New auditor at $ZZIT. Waiting for the annual report before I do anything.",
        75,
    ),
    Draft(
        datetime(2026, 2, 20, 13, 41, 30, tzinfo=UTC),
        "retail account 41",
        "$ZZIT call sounded great, but they dodged the receivables question.",
        310,
    ),
    Draft(
        datetime(2026, 3, 19, 13, 12, 9, tzinfo=UTC),
        "retail account 42",
        "Restatement at $ZZIT after they told us there would be none. Out.",
        890,
    ),
    Draft(
        datetime(2026, 4, 30, 15, 5, 40, tzinfo=UTC),
        "promotion account 61",
        "$ZZIT chart speaks for itself: from 5 to 14 dollars in sixty days. Do not miss the next leg.",
        34,
        image=REAL_CHART,
    ),
    Draft(
        datetime(2026, 5, 12, 17, 44, 2, tzinfo=UTC),
        "retail account 43",
        "$ZZIT bank waiver or bankruptcy, no third way.",
        75,
    ),
)


STORY = Story(
    key="zzit",
    name="Indigo Thimble Devices Inc.",
    ticker="ZZIT",
    cik=9_900_000_004,
    role="manipulating",
    state="Delaware",
    place="4 Fictional Quay, Nowhere, DE 00000",
    scale=1_000,
    opening=_OPENING,
    plans=_PLANS,
    signed=date(2026, 3, 18),
    accepted=_at(3, 18, 21, 35),
    call_at=_at(2, 19, 22, 0),
    call=INDIGO_THIMBLE,
    voices=INDIGO_THIMBLE_VOICES,
    business=_BUSINESS,
    risks=_RISKS,
    results=_RESULTS,
    controls=_CONTROLS,
    auditor=_AUDITOR,
    notes=_NOTES,
    segments={
        "Infusion pumps": (46_130, 55_210, 66_850),
        "Tubing sets": (15_110, 18_180, 21_220),
    },
    segment_word="Net sales by product",
    raster_chart=Chart(
        "Net sales ($ millions)", ("2023", "2024", "2025"), (61.2, 73.4, 96.0), 0.0, 110.0, "$ millions"
    ),
    vector_chart=Chart(
        "Orders on hand at year end ($ millions)",
        ("2023", "2024", "2025"),
        (24.1, 25.2, 27.3),
        23.0,
        28.0,
        "$ millions",
    ),
    more_charts=(
        Chart("Gross margin path (%)", ("2025", "2024", "2023"), (47.1, 52.0, 54.3), 0.0, 60.0, "percent"),
    ),
    articles=_ARTICLES,
    papers=PAPERS,
    drafts=_DRAFTS,
    market=Market(
        first_close=9.40,
        usual_volume=210_000,
        regimes=(
            Regime(date(2024, 7, 1), 0.019, 0.0002),
            Regime(date(2026, 3, 19), 0.022, -0.016, 2.8),
        ),
        shocks={
            date(2025, 12, 9): (-0.092, 4.0),
            date(2026, 2, 20): (0.047, 2.6),
            date(2026, 3, 19): (-0.38, 15.0),
        },
    ),
)
