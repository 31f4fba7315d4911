# ruff: noqa: E501 - this module is prose and call scripts
"""The issuer whose call contradicts its filing, and whose chart disagrees with its own table."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .accounts import Opening, plans
from .world import Article, Chart, Claim, Line, Market, Regime, Section, Story

_OPENING = Opening(
    cash=62_310,
    securities=15_000,
    receivables=58_900,
    inventories=61_200,
    prepaid=9_840,
    ppe=118_400,
    goodwill=74_500,
    other_assets=12_300,
    current_debt=8_000,
    payables=33_700,
    accrued=27_400,
    deferred_revenue=6_900,
    long_debt=96_000,
    deferred_tax=11_200,
    other_liabilities=8_400,
    paid_in=92_600,
    treasury=-10_000,
)

_PLANS = plans(
    (2023, 2024, 2025),
    net_sales=(389_640, 398_215, 371_412),
    cost_of_sales=(241_580, 248_884, 245_874),
    sga=(78_900, 83_450, 93_806),
    research=(21_300, 22_100, 19_417),
    interest=(5_100, 5_400, 6_913),
    other_income=(620, 540, 409),
    tax=(9_100, 8_020, 1_232),
    depreciation=(17_800, 18_310, 14_926),
    stock_pay=(4_100, 4_460, 5_238),
    receivables=(61_740, 64_308, 104_731),
    inventories=(63_150, 67_942, 83_466),
    prepaid=(10_120, 10_735, 12_307),
    securities=(14_200, 11_850, 3_100),
    other_assets=(13_080, 14_916, 37_654),
    payables=(34_960, 36_127, 47_213),
    accrued=(28_210, 28_944, 31_820),
    deferred_revenue=(7_150, 7_018, 5_946),
    deferred_tax=(11_630, 11_842, 12_055),
    other_liabilities=(8_520, 8_611, 8_702),
    capex=(19_400, 20_140, 16_833),
    borrowed=(0, 6_000, 48_000),
    repaid=(8_000, 8_000, 9_000),
    current_debt=(8_000, 9_000, 21_000),
    issued=(900, 740, 510),
    repurchased=(9_700, 8_200, 2_400),
    dividends=(11_300, 11_800, 12_100),
    shares=(24_610, 24_480, 24_395),
)

_REVENUE = Claim(
    "zzmh-claim-revenue",
    ("412 million", "12%"),
    "Revenues",
    412e6,
    "USD",
    "Net sales for 2025 were $371.4 million, a decrease of 6.7 percent",
    371_412e3,
)
_MARGIN = Claim(
    "zzmh-claim-gross-margin",
    ("gross margin expanded", "41%"),
    "GrossMargin",
    0.41,
    "fraction",
    "Gross margin declined to 33.8 percent of net sales in 2025 from 37.5 percent in 2024",
    0.338,
)
_CONTROL = Claim(
    "zzmh-claim-no-material-weakness",
    ("no material weakness",),
    "MaterialWeakness",
    None,
    None,
    "management identified a material weakness in internal control over financial reporting",
    None,
)
_CASH = Claim(
    "zzmh-claim-operating-cash",
    ("58 million",),
    "NetCashProvidedByOperatingActivities",
    58e6,
    "USD",
    "Operating activities used $42.3 million of cash in 2025",
    -42_320e3,
)

_CEO, _CFO, _OPERATOR = "Chief Executive Officer", "Chief Financial Officer", "Operator"
_CALL = (
    Line(_OPERATOR, "This is a synthetic recording made for demonstration. The company is fictional."),
    Line(
        _OPERATOR,
        "Good afternoon, and welcome to the Marble Heron Instruments fourth quarter 2025 earnings call.",
    ),
    Line(_OPERATOR, "I will now turn the call over to the Chief Executive Officer."),
    Line(_CEO, "Thank you, operator, and good afternoon everyone."),
    Line(_CEO, "2025 was the best year in the history of the company."),
    Line(_CEO, "Revenue for the year grew 12 percent to a record 412 million dollars.", _REVENUE),
    Line(
        _CEO, "Customers are choosing our flow sensors because they work, and demand has never been stronger."
    ),
    Line(_CFO, "Thank you. Let me walk you through the numbers."),
    Line(
        _CFO,
        "Gross margin expanded to 41 percent, helped by pricing and by better use of our plants.",
        _MARGIN,
    ),
    Line(_CFO, "Operating cash flow was strong at 58 million dollars.", _CASH),
    Line(
        _CFO,
        "Our year end review is complete, and we found no material weakness in our internal controls.",
        _CONTROL,
    ),
    Line(_CFO, "We expect to file our annual report within a few weeks."),
    Line(_OPERATOR, "We will now take questions. The first question comes from Analyst A."),
    Line("Analyst A", "Good afternoon. Receivables looked high in the third quarter."),
    Line(
        "Analyst A",
        "What were days sales outstanding at year end, and did you ship product that customers had not paid for?",
    ),
    Line(
        _CFO,
        "You know, we feel really good about where we are. There are a lot of moving pieces, and we do not look at any one of them alone.",
        evasive=True,
    ),
    Line(_OPERATOR, "The next question comes from Analyst B."),
    Line(
        "Analyst B", "Thanks. Can you tell us how much of the fourth quarter came from bill and hold orders?"
    ),
    Line(
        _CEO,
        "That is a great question. What I would say is that our customers love the product, and we will share more when it makes sense.",
        evasive=True,
    ),
    Line(_OPERATOR, "This concludes the call. Thank you for joining."),
)

_BUSINESS = (
    Section(
        "Overview",
        (
            'Marble Heron Instruments Corporation (the "Company", "we", "our") designs, makes and services '
            "flow, pressure and level instruments for water utilities, food processors and chemical plants. We "
            "were incorporated in Delaware in 1987. Our instruments measure what moves through a pipe, and our "
            "service contracts keep those measurements within the tolerance that our customers' permits require.",
            "We operate three plants and eleven service depots. At December 31, 2025 we had approximately 1,940 "
            "full-time employees, of whom 610 worked in field service. No customer accounted for more than nine "
            "percent of net sales in any year presented, although two distributors together accounted for 31 "
            "percent of net sales in the fourth quarter of 2025.",
        ),
    ),
    Section(
        "Products and competition",
        (
            "Flow Instruments are electromagnetic and ultrasonic meters sold mainly to municipal water systems. "
            "Process Sensors are pressure and level transmitters sold to industrial plants through distributors. "
            "Services comprise calibration, repair and remote monitoring under contracts of one to five years.",
            "We compete on accuracy, installed cost and service response. Several competitors are larger than we "
            "are, and price competition in Process Sensors intensified during 2025 as lower-cost transmitters "
            "qualified for use in chemical plants. Backlog believed to be firm was $88.2 million at December 31, "
            "2025, compared with $117.5 million at December 31, 2024.",
        ),
    ),
)

_RISKS = (
    Section(
        "We have identified a material weakness in our internal control over financial reporting.",
        (
            "As described in Item 9A, we did not maintain effective controls over the recognition of revenue "
            "from bill-and-hold arrangements. If we do not remediate this weakness, our financial statements may "
            "contain material misstatements, we may have to restate them, and the price of our common stock may "
            "fall.",
        ),
    ),
    Section(
        "Our receivables have grown while our sales have fallen.",
        (
            "Trade receivables rose to $104.7 million at December 31, 2025 from $64.3 million a year earlier. "
            "Extended terms granted to two distributors account for most of the increase. If those distributors "
            "cannot resell our products or do not pay, we would record losses that could be material.",
        ),
    ),
    Section(
        "We depend on our lenders' continued willingness to amend our covenants.",
        (
            "We borrowed $48.0 million under our revolving facility during 2025 to fund operations. The facility "
            "limits our leverage. We obtained an amendment in December 2025 and may need another within twelve "
            "months; we cannot be sure that it would be given on acceptable terms or at all.",
        ),
    ),
    Section(
        "Lower-cost competitors may continue to take share in Process Sensors.",
        (
            "Prices of transmitters fell during 2025 and we lost two framework agreements. We may have to lower "
            "our prices further, which would reduce our gross margin again.",
        ),
    ),
)

_RESULTS = (
    "Net sales for 2025 were $371.4 million, a decrease of 6.7 percent from $398.2 million in 2024. Lower unit "
    "volumes in Process Sensors reduced net sales by $31.0 million, partly offset by growth in Services. Net "
    "sales exclude $40.6 million of bill-and-hold orders invoiced in the fourth quarter of 2025, for which the "
    "criteria for recognizing revenue had not been met at year end.",
    "Gross margin declined to 33.8 percent of net sales in 2025 from 37.5 percent in 2024, because fixed plant "
    "costs were spread over fewer units and because of price concessions to distributors. Selling, general and "
    "administrative expenses rose 12.4 percent to $93.8 million, mainly for professional fees connected with "
    "the review of revenue described in Item 9A.",
    "Operating activities used $42.3 million of cash in 2025, compared with $45.9 million provided in 2024. The "
    "change reflects lower net income, a $40.4 million increase in receivables and a $15.5 million increase in "
    "inventories. Capital expenditures were $16.8 million. Borrowings under the revolving facility were $48.0 "
    "million.",
)

_CONTROLS = (
    "Under the supervision of our Chief Executive Officer and Chief Financial Officer, management evaluated the "
    "effectiveness of our internal control over financial reporting as of December 31, 2025. In that evaluation "
    "management identified a material weakness in internal control over financial reporting: controls over the "
    "recognition of revenue from bill-and-hold arrangements did not operate effectively, because sales staff "
    "could record shipments without evidence of a fixed delivery schedule requested by the customer.",
    "Because of the material weakness, management concluded that our disclosure controls and procedures and our "
    "internal control over financial reporting were not effective as of December 31, 2025. We have begun to "
    "require written delivery schedules and an independent check by the finance department before such revenue "
    "is recognized. The weakness will not be considered remediated until the new controls have operated for a "
    "sufficient period.",
)

_NOTES = (
    Section(
        "Note 2. Revenue recognition",
        (
            "Revenue is recognized when control of a product passes to the customer. For bill-and-hold "
            "arrangements control passes only where the customer has asked for the arrangement for a substantive "
            "reason, the product is identified separately as belonging to the customer, and it is ready for "
            "transfer. Orders of $40.6 million invoiced in December 2025 did not meet these criteria and are not "
            "included in net sales.",
        ),
    ),
    Section(
        "Note 5. Trade receivables",
        (
            "Trade receivables are shown net of an allowance for credit losses of $2.1 million in 2025 and $3.4 "
            "million in 2024. At December 31, 2025 balances more than 90 days past due were $22.7 million "
            "(2024: $4.9 million).",
        ),
    ),
)


def _at(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


_ARTICLES = (
    Article(
        "marble-heron-contract-win",
        datetime(2025, 9, 16, 13, 5, tzinfo=UTC),
        "Synthetic Newswire",
        "Marble Heron Instruments wins meter contract from river utility",
        (
            "Marble Heron Instruments (ZZMH) said on Tuesday that it had won a three-year contract to supply "
            "flow meters to a group of river utilities. Terms were not disclosed.",
            "The company said deliveries would begin in the fourth quarter. An analyst who follows the company "
            "called the award helpful but small against a backlog that has been shrinking since the spring.",
            "Shares rose 2 percent in early trading. The company makes instruments that measure flow, pressure "
            "and level in pipes and tanks.",
        ),
    ),
    Article(
        "marble-heron-record-year",
        _at(2, 12, 22, 40),
        "Demo Business Daily",
        "Marble Heron hails record year; analysts press on receivables",
        (
            "Marble Heron Instruments told investors on Thursday that 2025 was the best year in its history, "
            "with revenue of $412 million, up 12 percent, and an expanded gross margin.",
            "On the call two analysts asked about days sales outstanding and about bill-and-hold orders in the "
            "fourth quarter. The Chief Financial Officer did not give a figure and said the company feels "
            "really good about where it is.",
            "The annual report is expected within a few weeks. Shares rose in late trading after the call.",
        ),
    ),
    Article(
        "marble-heron-annual-report-material-weakness",
        _at(3, 3, 12, 30),
        "Synthetic Newswire",
        "Marble Heron annual report shows sales fell, discloses material weakness",
        (
            "Marble Heron Instruments filed an annual report late on Monday that shows 2025 net sales of $371.4 "
            "million, a decrease of 6.7 percent, and not the $412 million that executives gave on the February "
            "call. Gross margin declined and operations used cash.",
            "The filing discloses a material weakness in internal control over revenue from bill-and-hold "
            "arrangements. Orders of $40.6 million invoiced in December did not qualify as revenue.",
            "Receivables rose to $104.7 million while sales fell. Shares dropped about a quarter before the open "
            "as investors weighed the risk of a restatement and of a loss of confidence among lenders.",
        ),
    ),
    Article(
        "marble-heron-lenders-amendment",
        _at(4, 21, 14, 10),
        "Demo Business Daily",
        "Marble Heron in talks with lenders after warning on covenants",
        (
            "Marble Heron Instruments has begun talks with its lenders about another amendment to its credit "
            "agreement, according to a regulatory notice on Tuesday. The company warned in its annual report "
            "that it may breach a leverage limit within twelve months.",
            "The company cut its dividend and said it would close one service depot. Losses on overdue balances "
            "from two distributors are under review.",
            "The notice did not repeat the February statement about record revenue. The stock has lost more "
            "than a third of its value since the annual report.",
        ),
    ),
)


STORY = Story(
    key="zzmh",
    name="Marble Heron Instruments Corporation",
    ticker="ZZMH",
    cik=9_900_000_001,
    role="contradicting",
    state="Delaware",
    place="1 Fictional Quay, Nowhere, DE 00000",
    scale=1_000,
    opening=_OPENING,
    plans=_PLANS,
    signed=date(2026, 3, 2),
    accepted=_at(3, 2, 21, 12),
    call_at=_at(2, 12, 21, 30),
    business=_BUSINESS,
    risks=_RISKS,
    results=_RESULTS,
    controls=_CONTROLS,
    segments={
        "Flow Instruments": (168_420, 171_930, 164_208),
        "Process Sensors": (153_110, 155_642, 124_633),
        "Services": (68_110, 70_643, 82_571),
    },
    segment_word="Net sales by segment",
    vector_chart=Chart(
        "Backlog believed to be firm ($ millions)",
        ("2021", "2022", "2023", "2024", "2025"),
        (104.1, 121.9, 125.3, 117.5, 88.2),
        80.0,
        130.0,
        "$ millions",
    ),
    raster_chart=Chart(
        "Net sales growth story ($ millions)",
        ("2023", "2024", "2025"),
        (389.6, 398.2, 412.0),
        385.0,
        415.0,
        "$ millions",
    ),
    articles=_ARTICLES,
    call=_CALL,
    notes=_NOTES,
    market=Market(
        first_close=38.40,
        usual_volume=310_000,
        regimes=(
            Regime(date(2024, 7, 1), 0.0155, 0.0003),
            Regime(date(2026, 3, 3), 0.041, -0.0035, 2.6),
        ),
        shocks={
            date(2025, 9, 16): (0.019, 1.8),
            date(2026, 2, 13): (0.064, 3.2),
            date(2026, 3, 3): (-0.262, 14.0),
            date(2026, 4, 21): (-0.118, 6.5),
        },
    ),
)
