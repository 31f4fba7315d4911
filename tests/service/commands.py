"""How tests run commands and read what they answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from typer.testing import Result

Call = Callable[..., Result]


def answer(result: Result, code: int = 0) -> Any:
    """The JSON of a command that ended with this exit code."""
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)
