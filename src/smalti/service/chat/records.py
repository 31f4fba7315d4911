"""What passes between the systems outside and the assistant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smalti.assistant.records import Audience


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that somebody sent to the assistant in another system.

    Attributes:
        event: what that system calls it: the same each time it is told.
        thread: what that system calls the conversation it belongs to.
        text: what it says.
        audience: for whom the answer is.
        to: where the answer goes, as the system's calls want it.
        has_files: something was sent along that is not looked at here.
    """

    event: str
    thread: str
    text: str
    audience: Audience
    to: Mapping[str, Any]
    has_files: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the other system's API: a path below its address, and a JSON body."""

    path: str
    body: Mapping[str, Any]
