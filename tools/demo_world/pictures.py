"""The pictures that posts show."""

from __future__ import annotations

import random
from datetime import date

from . import figures, prices
from .posts import PUMP_PICTURES
from .world import SEED, Company, Story


def pictures(story: Company) -> dict[str, bytes]:
    """The pictures that posts about one issuer name, by file name."""
    rng = random.Random(f"{SEED}-{story.key}-pictures")  # noqa: S311 - to repeat, not to keep secrets
    return _OF[story.key](story, rng) if story.key in _OF else {}


def _marble_heron(story: Company, rng: random.Random) -> dict[str, bytes]:
    assert isinstance(story, Story)
    return {
        "zzmh_flow_meter.jpg": figures.product_picture("Two new flow meters", "#2a7f7f", "pipe"),
        "zzmh_filing_chart.png": figures.raster_chart(story.raster_chart),
    }


def _velvet_comet(story: Company, rng: random.Random) -> dict[str, bytes]:
    copies = figures.near_copies(figures.contract_picture(), len(PUMP_PICTURES), rng)
    return {
        **dict(zip(PUMP_PICTURES, copies, strict=True)),
        "zzvc_pilot_cells.jpg": figures.product_picture("Pilot line cells", "#6c4fa3", "cell"),
    }


def _walnut_lighthouse(story: Company, rng: random.Random) -> dict[str, bytes]:
    return {
        "zzwl_box.jpg": figures.product_picture("At the door again", "#b98b5e", "box"),
        "zzwl_price.png": figures.price_picture(
            "ZZWL, last 120 days", _closes(story, date(2025, 12, 23))[-120:]
        ),
    }


def _indigo_thimble(story: Company, rng: random.Random) -> dict[str, bytes]:
    """A chart of prices that never were: a steady rise from 5 to 14."""
    closes = [5.0 + 9.0 * (n / 59) ** 1.3 + rng.uniform(-0.18, 0.18) for n in range(60)]
    return {"zzit_chart_posted.png": figures.price_picture("ZZIT close, last 60 trading days", closes)}


def _pewter_falcon(story: Company, rng: random.Random) -> dict[str, bytes]:
    trailer = figures.scene("At the dock", "trailer", rng)
    closes = _closes(story, date(2026, 4, 15))[-120:]
    return {
        "zzpf_trailer.jpg": figures.jpeg(trailer, 84),
        "zzpf_trailer_repost.jpg": figures.shown_again(trailer, 2, 70),
        "zzpf_trailer_now.jpg": figures.shown_again(trailer, 3, 62),
        "zzpf_panels.png": figures.panels(),
        "zzpf_price.png": figures.price_picture("ZZPF close, last 120 trading days", closes),
    }


def _copper_lantern(story: Company, rng: random.Random) -> dict[str, bytes]:
    desk = figures.scene("Bus routes, all day", "desk", rng)
    return {
        "zzcl_desk.jpg": figures.jpeg(desk, 82),
        "zzcl_desk_again.jpg": figures.shown_again(desk, 2, 74),
        "zzcl_illustration.jpg": figures.said_generated(
            figures.scene("Headquarters, imagined", "building", rng)
        ),
    }


def _granite_teacup(story: Company, rng: random.Random) -> dict[str, bytes]:
    offer = figures.offer_picture()
    return {
        "zzgt_offer_a.jpg": figures.jpeg(offer, 80),
        "zzgt_offer_b.jpg": figures.shown_again(offer, 3, 66),
        "zzgt_warehouse.jpg": figures.said_generated(
            figures.scene("The new warehouse tonight", "warehouse", rng)
        ),
        "zzgt_shelf.jpg": figures.jpeg(figures.scene("Half price week", "shelf", rng), 80),
    }


def _closes(story: Company, until: date) -> list[float]:
    """Closing prices up to a day, oldest first."""
    return [bar.close for bar in prices.bars(story) if bar.day <= until]


_OF = {
    "zzmh": _marble_heron,
    "zzvc": _velvet_comet,
    "zzwl": _walnut_lighthouse,
    "zzit": _indigo_thimble,
    "zzpf": _pewter_falcon,
    "zzcl": _copper_lantern,
    "zzgt": _granite_teacup,
}
