"""Alerts in words, and words made harmless for where they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from smalti.platform import words
from smalti.service.alerts.conditions import (
    Change,
    Level,
    Percentile,
    StaleEvidence,
)
from smalti.service.alerts.judging import OnSignals

_SHARES = ("risk", "fraud")
"""Signals whose values are shares; those of their sub-signals are what they are."""
_LOOKALIKES = str.maketrans(
    {
        **{"<": "‹", ">": "›", "&": "＆", "@": "＠", "#": "＃"},
        **{"[": "［", "]": "］", "`": "ˋ", "*": "∗", "_": "＿", "~": "∼", "|": "｜", "\\": "＼"},
    }
)
_HOST_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
"""A dot that may make a link of a bare name: `example.org`."""
_MOST_CHARS = 30_000


def number(kind: str, value: float | None) -> str:
    """A signal's value for people: `41.2%`, `+0.31`."""
    if value is None:
        return "no value"
    if kind in _SHARES:
        return f"{value:.1%}"
    return f"{value:+.2f}" if kind == "sentiment" else f"{value:.3g}"


def series_name(kind: str, horizon_days: int) -> str:
    """`risk over 30 trading days`, `crowds of posts`."""
    name = words.check(kind) if "." in kind else kind
    return f"{name} over {horizon_days} trading days" if horizon_days else name


def reason(condition: OnSignals, row: Mapping[str, Any]) -> str:
    """Why a rule fired at a signal, in one sentence."""
    kind = row["kind"]
    name, now = series_name(kind, row["horizon_days"]), number(kind, row["value"])
    match condition:
        case Level():
            side, level = _side(condition.above, condition.below)
            sure = ""
            if condition.sure:
                sure = f", and so is the near end of its interval ({number(kind, row['measure'])})"
            return f"{name} is {now}, {side} {number(kind, level)}{sure}"
        case Change():
            verb = "rose" if row["value"] > row["before"] else "fell"
            size = f"{row['measure']:.0%}" if condition.relative else number(kind, row["measure"]).lstrip("+")
            was = number(kind, row["before"])
            return f"{name} {verb} by {size} within {condition.days} days, from {was} to {now}"
        case Percentile():
            side, level = _side(condition.above, condition.below)
            among = "of the model's reference" if condition.of == "reference" else "of its own history"
            return f"{name} is {now}, at percentile {row['measure']:.0f} {among}, {side} {level:g}"
        case StaleEvidence():
            lack = {"stale": "is out of date", "missing": "is missing", "either": "is missing or out of date"}
            return f"{condition.modality} {lack[condition.state]} behind {name}"


def _side(above: float | None, below: float | None) -> tuple[str, float]:
    if above is not None:
        return "above", above
    assert below is not None
    return "below", below


def one_line(text: str) -> str:
    """`text` on one line, without control characters."""
    flat = " ".join(text.split())
    return "".join(c for c in flat if c.isprintable())


def plain(text: str) -> str:
    """`text` without control characters other than line breaks, and of bounded length."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable())
    return kept if len(kept) <= _MOST_CHARS else kept[: _MOST_CHARS - 1] + "…"


def without_markup(text: str) -> str:
    """`text` so that no chat service finds a mention, a link or a format in it, and people still read it.

    Slack's `<!here>` and `<@U1>`, Teams' `<at>`, Markdown's links and emphasis all need one of a few ASCII
    characters; each is replaced by one that looks alike and means nothing. An address stays readable but is
    no link any more, for who wrote the document chose where it leads.
    """
    broken = plain(text).translate(_LOOKALIKES)
    return _HOST_DOT.sub(".\u2060", broken.replace("://", ":⁄⁄"))
