"""Tickers in running text, and which of them are meant as such.

Behind `$` or an exchange's name nearly every ticker is meant; bare, only beside a word of the market (`AAPL
earnings`, `shares of TSLA`). Tickers that are everyday words or abbreviations (`ALL`, `IT`, `ON`, `A`) need
more: behind `$` another cashtag or a word of the market next to them, so that `$ALL in` says nothing; bare,
nothing will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["EVERYDAY", "MARKET", "Ticker", "written_tickers"]

_CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[.-][A-Za-z]{1,2})?)(?!\w)")
MARKET = re.compile(
    r"\b(?:NYSE(?:[ -]?(?:American|Arca))?|(?:NASDAQ|Nasdaq)(?:GS|GM|CM)?|AMEX|OTC(?:QX|QB|MKTS)?)\s*:\s*"
)
"""An exchange's name before a ticker."""

_EXCHANGE = re.compile(MARKET.pattern + r"([A-Z][A-Z0-9]{0,5}(?:[.-][A-Z]{1,2})?)\b")
_ABROAD = re.compile(
    r"\b(LON|ETR|FRA|EPA|AMS|BIT|BME|CPH|STO|HEL|SWX|TYO|HKG|ASX|TSE|NSE|KRX)\s?:\s?([A-Z0-9]{1,10}(?:[.-][A-Z])?)\b"
)
_TERMS = (
    r"(?:shares?|stocks?|calls?|puts?|options?|earnings|guidance|eps|dividends?|price\s+targets?|upgraded|"
    r"downgraded|bulls?|bears?|longs?|shorts?)"
)
_BARE = re.compile(
    rf"(?<![\w$#@.&/-])([A-Z]{{3,5}})(?=\s+(?:{_TERMS})\b)|"
    rf"\b(?:shares|stock|calls|puts|options)\s+(?:of|in|on)\s+([A-Z]{{3,5}})(?![\w.&/-])"
)
_TERM_BESIDE = re.compile(rf"\b{_TERMS}\b", re.I)
_BESIDE = 24  # characters to either side in which a word of the market counts
_UNITS = frozenset(("M", "MM", "MN", "MIL", "B", "BN", "K", "T", "TN", "TR", "USD"))  # `in $M` heads a table
_INDEX_WORDS = "SPX DJI DJIA NDX RUT VIX COMP IXIC COMPQ INX GSPC NYA TSX FTSE DXY"
_INDEXES = frozenset(_INDEX_WORDS.split())
_EVERYDAY_WORDS = """
    A ALL AN ANY ARE AS AT BE BEST BIG BY CAN CAR CARE CASH COST DAY DO EAT EYE FAST FIVE FOR FUN GO GOOD HAS
    HE HI HOME HOPE I IF IN IT JOB KEY LAW LIFE LIKE LOVE LOW MAIN MAN ME MIND MORE MY NEW NEXT NICE NO NOW OF
    ON ONE OPEN OR OUT PAY PLAY PLUS POST REAL RUN SAFE SAVE SEE SHE SKY SO SUN TEAM TECH TELL THE TO TRUE TV
    TWO UP US VERY WE WELL WISH YOU ADD ACT AGO AIR BOOM BOX CAKE CUT EARN EDIT ELSE EVER FEEL FILL FIND FORM
    FREE FROM GAIN GAME GIFT GLAD GOLD GROW HEAR HIT HUGE ICE INFO JACK JUST KIDS LAND LEAD LINE LIVE LOAN LOT
    MARK MASS MEET MEN MOVE NET OLD OWN PEAK PER PUMP RACE RARE REST RIDE ROCK ROOT SAND SITE SNAP STAY STEP
    SUM TAP TEN TIP TOP TREE TURN UNIT USA VIEW WALL WAVE WIN WOOD WORK WOW YEAR
    CEO CFO COO CTO IPO ETF SEC FED GDP CPI PPI PMI EPS ESG USD EUR GBP JPY NYC LLC INC LTD PLC ATH DD EU UK
    AI IRS FDA FBI CIA WHO IMF ECB FAQ PDF URL DIY OMG LOL YOLO FOMO RIP NYSE AMEX OTC
"""
EVERYDAY = frozenset(_EVERYDAY_WORDS.split())
"""Tickers that are words or abbreviations of every day."""


@dataclass(frozen=True, slots=True)
class Ticker:
    """A ticker as written.

    Attributes:
        symbol: without `$`.
        method: `cashtag`, `exchange ticker` or `bare ticker`.
        needs_name: it is also something else (an index), so that the company's name must stand in the text.
    """

    symbol: str
    method: str
    needs_name: bool = False


def written_tickers(text: str) -> Iterator[Ticker]:
    """The tickers in a text that are meant as tickers, in order within each method."""
    yield from (Ticker(found, "exchange ticker") for found in _EXCHANGE.findall(text))
    yield from (Ticker(f"{code}:{found}", "exchange ticker") for code, found in _ABROAD.findall(text))
    tags = list(_CASHTAG.finditer(text))
    for at, match in enumerate(tags):
        symbol = match[1].upper()
        if symbol in _UNITS and not _neighbours(text, tags, at):
            continue
        if symbol in EVERYDAY and not (_neighbours(text, tags, at) or _term_beside(text, match)):
            continue
        yield Ticker(match[1], "cashtag", needs_name=symbol in _INDEXES)
    for match in _BARE.finditer(text):
        symbol = match[1] or match[2]
        if symbol not in EVERYDAY | _INDEXES | _UNITS:
            yield Ticker(symbol, "bare ticker")


def _neighbours(text: str, tags: list[re.Match[str]], at: int) -> bool:
    """Whether another cashtag stands next to this one, with nothing but signs between."""
    between = []
    if at > 0:
        between.append(text[tags[at - 1].end() : tags[at].start()])
    if at + 1 < len(tags):
        between.append(text[tags[at].end() : tags[at + 1].start()])
    return any(not re.search(r"\w", gap.replace("and", "")) for gap in between)


def _term_beside(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - _BESIDE) : match.start()], text[match.end() :][:_BESIDE]
    return bool(_TERM_BESIDE.search(before) or _TERM_BESIDE.search(after))
