"""What Streamlit is told about colours: text can be read in both, and nothing comes from the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from streamlit import config

from smalti.dashboards import theme
from smalti.dashboards.server import options


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2, section 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("own", [theme.LIGHT, theme.NIGHT], ids=["light", "dark"])
def test_text_has_a_contrast_of_at_least_4_5_to_1(own: Mapping[str, Any]) -> None:
    grounds = [own["backgroundColor"], own["secondaryBackgroundColor"]]
    for name in ("textColor", "linkColor", "grayTextColor", "dataframeHeaderTextColor"):
        assert min(contrast(own[name], ground) for ground in grounds) >= 4.5, name
    # The words on a main button, which is filled with the first colour.
    assert contrast(own["backgroundColor"], own["primaryColor"]) >= 4.5


def test_streamlit_knows_every_option() -> None:
    assert set(options(200_000_000)) <= set(config._config_options_template)


def test_nothing_is_asked_of_the_internet_or_told_to_it() -> None:
    told = options(200_000_000)
    assert told["browser.gatherUsageStats"] is False
    assert told["client.showErrorDetails"] == "none"
    assert told["client.allowedOrigins"] == []
    assert not [name for name, value in told.items() if "http" in str(value)]


def test_an_upload_is_as_large_as_the_service_takes() -> None:
    assert options(50_000_000)["server.maxUploadSize"] == 50
