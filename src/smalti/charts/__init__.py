"""The one chart theme and the chart builders that reports and pages share: frames in, charts out.

A chart's title says what it shows, its subtitle the unit and the source, and what is synthetic says so.
"""

from smalti.charts.backtest import alerts_raised
from smalti.charts.bars import attribution_bars, contradiction_parts
from smalti.charts.calibration import interval_coverage, reliability
from smalti.charts.change import issuers_over_time, score_change
from smalti.charts.coverage import modality_coverage
from smalti.charts.evaluation import side_by_side
from smalti.charts.history import score_history, thinned
from smalti.charts.market import price_and_volatility
from smalti.charts.over_time import risk_by_horizon, score_over_time
from smalti.charts.reread import chart_read
from smalti.charts.screen import heading, on_screen
from smalti.charts.theme import Notes, pdf, png, svg
from smalti.charts.waterfall import waterfall

__all__ = [
    "Notes",
    "alerts_raised",
    "attribution_bars",
    "chart_read",
    "contradiction_parts",
    "heading",
    "interval_coverage",
    "issuers_over_time",
    "modality_coverage",
    "on_screen",
    "pdf",
    "png",
    "price_and_volatility",
    "reliability",
    "risk_by_horizon",
    "score_change",
    "score_history",
    "score_over_time",
    "side_by_side",
    "svg",
    "thinned",
    "waterfall",
]
