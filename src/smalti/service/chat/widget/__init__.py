"""The widget as browsers get it: one script that carries its own styles."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def script() -> str:
    """The whole script."""
    here = files(__package__)
    styles = here.joinpath("widget.css").read_text(encoding="utf-8")
    code = here.joinpath("widget.js").read_text(encoding="utf-8")
    return code.replace("__STYLES__", json.dumps(styles))
