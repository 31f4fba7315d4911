"""The player of a call: it jumps to a second, its transcript runs along, and the voice is measured under it.

The browser has the sound from the service itself, in ranges, with the person's own cookie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import streamlit as st

from smalti.client.base import Json

_LEAST = 8
"""Sentences of a speaker from which on it is told what is usual for them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A voice measure as people read it: its name in a transcript, label, unit, meaning, and digits shown."""

    name: str
    label: str
    unit: str
    words: str
    digits: int


MEASURES = (
    Measure("pitch_mean", "Pitch", "Hz", "how high the voice is", 0),
    Measure("pitch_sd", "Pitch movement", "Hz", "how much it rises and falls", 0),
    Measure("intensity_mean", "Intensity", "dB", "how loud it is in the recording", 1),
    Measure("jitter_local", "Jitter", "%", "how unsteady the pitch is from beat to beat", 2),
    Measure("shimmer_local", "Shimmer", "%", "how unsteady the loudness is from beat to beat", 1),
    Measure("hnr", "Harmonics to noise", "dB", "how clear the voice is; hoarse is low", 1),
    Measure("unvoiced_fraction", "Unvoiced", "%", "share of the sentence without voice", 0),
)

_HERE = Path(__file__)
_player = st.components.v2.component(
    "smalti-player",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def player(
    document_id: str,
    source: str,
    sentences: Sequence[Json],
    start: str | None,
    label: str,
    cite: Callable[[str], None],
) -> None:
    """A call to listen to.

    Args:
        document_id: of the call.
        source: address of its recording, where the browser reaches it.
        sentences: of its transcript, in order.
        start: id of the sentence it begins at.
        label: of the player: which call.
        cite: is given the id of a sentence that somebody wants to cite, before the page runs again.
    """
    key = f"player-{document_id}"

    def cited() -> None:
        wanted = st.session_state[key].cited
        # It is the browser's word: only a sentence of this call is an answer.
        if wanted in {one["evidence_id"] for one in sentences}:
            cite(wanted)

    data = {
        "document": document_id,
        "source": source,
        "start": start,
        "label": label,
        "measures": [asdict(one) for one in MEASURES],
        "usual": usual(sentences),
        "sentences": [_sentence(one) for one in sentences],
    }
    _player(data=data, key=key, on_cited_change=cited)


def usual(sentences: Sequence[Json]) -> dict[str, dict[str, tuple[float, float]]]:
    """By speaker and measure, between what values eight of ten of their sentences lie.

    Measures of which a speaker has fewer than eight values are left out.
    """
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in sentences:
        for measure in MEASURES:
            if (value := one["voice"].get(measure.name)) is not None:
                values[one["speaker"]][measure.name].append(value)
    return {
        speaker: {name: _range(found) for name, found in measured.items() if len(found) >= _LEAST}
        for speaker, measured in values.items()
    }


def _range(values: Sequence[float]) -> tuple[float, float]:
    tenths = quantiles(values, n=10, method="inclusive")
    return tenths[0], tenths[-1]


def _sentence(one: Json) -> dict[str, Any]:
    return {
        "id": one["evidence_id"],
        "start": one["start"],
        "end": one["end"],
        "speaker": one["speaker"],
        "role": one["role"],
        "parts": parts(one["text"], one["numbers"]),
        "voice": {measure.name: one["voice"].get(measure.name) for measure in MEASURES},
    }


def parts(text: str, numbers: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool]]:
    """A sentence in parts, and of each whether it is a number that was only heard."""
    found: list[tuple[str, bool]] = []
    rest = text
    for number in numbers:
        before, raw, after = rest.partition(number["raw"]) if number["raw"] else (rest, "", "")
        if not raw or not number["unverified"]:
            continue
        if not before and found and found[-1][1]:  # heard in two pieces: `$7` and `.7 billion`
            found[-1] = (found[-1][0] + raw, True)
        else:
            found += [(before, False), (raw, True)]
        rest = after
    return [part for part in (*found, (rest, False)) if part[0]]
