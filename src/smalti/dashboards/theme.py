"""Streamlit's theme: the colours of the charts, light and dark, small headings, no font from the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smalti.charts import theme as charts
from smalti.charts.screen import DARK

_SHAPE: Mapping[str, Any] = {
    "baseFontSize": 15,
    "headingFontSizes": ["1.625rem", "1.25rem", "1.0625rem", "1rem", "0.9375rem", "0.875rem"],
    "headingFontWeights": [700, 600, 600, 600, 600, 600],
    "metricValueFontSize": "1.5rem",
    "baseRadius": "0.375rem",
    "paddingTop": "1.5rem",
    "paddingBottom": "3rem",
    "linkUnderline": True,
}

# Streamlit shows captions at 60% of the text's colour and its own greys by that; what is darker (lighter)
# here than the ink of charts is so that captions still have a contrast of 4.5:1.
LIGHT: Mapping[str, Any] = {
    "primaryColor": charts.LINE,
    "backgroundColor": charts.PAPER,
    "secondaryBackgroundColor": "#f4f7fa",
    "textColor": "#0b1726",
    "linkColor": charts.LINE,
    "borderColor": "#c9d2dc",
    "grayColor": charts.MUTED,
    "grayTextColor": "#4c5a6b",
    "dataframeHeaderBackgroundColor": "#f4f7fa",
    "dataframeHeaderTextColor": charts.INK,
    "dataframeBorderColor": charts.GRID,
}
NIGHT: Mapping[str, Any] = {
    "primaryColor": DARK[charts.LINE],
    "backgroundColor": DARK[charts.PAPER],
    "secondaryBackgroundColor": "#1a2530",
    "textColor": "#f3f6fa",
    "linkColor": DARK[charts.LINE],
    "borderColor": "#3a4a5c",
    "grayColor": DARK[charts.MUTED],
    "grayTextColor": "#b9c4d0",
    "dataframeHeaderBackgroundColor": "#1a2530",
    "dataframeHeaderTextColor": DARK[charts.INK],
    "dataframeBorderColor": DARK[charts.GRID],
}


def options() -> Mapping[str, Any]:
    """Streamlit's options of the theme, by their dotted names."""
    sections = {"": _SHAPE, "light.": LIGHT, "dark.": NIGHT}
    return {f"theme.{part}{name}": value for part, own in sections.items() for name, value in own.items()}


def css() -> str:
    """What Streamlit's options cannot say: text that must be read keeps a contrast of 4.5:1 there too.

    Of both themes at once, since the system may change between them while a page is open. Streamlit says
    on its own elements which one they are in; what floats above them (menus, dialogs) follows the system.
    """
    grey, ground, below, border, main = (
        f"light-dark({LIGHT[name]}, {NIGHT[name]})"
        for name in (
            "grayTextColor", "backgroundColor", "secondaryBackgroundColor", "borderColor", "primaryColor"
        )
    )  # fmt: skip
    return f"""
:root {{ color-scheme: light dark; }}
a:focus-visible, button:focus-visible, summary:focus-visible, [tabindex]:focus-visible {{
outline: 2px solid {main} !important; outline-offset: 1px; }}
[data-testid="stCaptionContainer"] {{ opacity: 1 !important; color: {grey}; }}
button:disabled, button:disabled *, label[disabled] p {{ color: {grey} !important; }}
input:disabled, textarea:disabled {{ -webkit-text-fill-color: {grey} !important; }}
[data-testid^="stBaseButton-primary"]:disabled {{ background: {below} !important;
border-color: {border} !important; }}
[data-testid^="stBaseButton-primary"]:not(:disabled), [data-testid="stBaseLinkButton-primary"],
[data-testid^="stBaseButton-primary"]:not(:disabled) *, [data-testid="stBaseLinkButton-primary"] p,
[data-testid="stMultiSelectTagsContainer"] span {{ color: {ground} !important; }}
[data-testid="stCode"] .token {{ color: inherit !important; }}
.smalti-way-in {{ display: inline-block; padding: .4rem 1rem; border-radius: .375rem; text-decoration: none;
background: {main}; color: {ground}; }}
@media print {{
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stDownloadButton"] {{ display: none; }}
}}
"""
