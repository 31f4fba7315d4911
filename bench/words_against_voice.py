"""Words against voice: how rare departures are in real calls, how many calls get an alarm, what is found.

`maec/sentences.parquet`: Praat's measures of the sentences of 2,536 real calls. Who speaks is not stated: a
call is cut into runs wherever words hint at a change of speaker (thanks, a question, handing over), each run
counts as one speaker. Changes that no word hints at remain, and make departures look commoner than they are.

- *Spread*: median spread of each measure within runs of 40 and more: what `SPREADS` holds.
- *Tail*: share of sentences that depart by so many deviations, for baselines of several sizes; calls up to
  2015, from which `TAIL` was taken, and later ones apart.
- *Alarms*: the whole check on whole calls from 2016 on: calls with a finding, where 5 % is what it promises.
- *Found*: the same calls with one reassuring sentence each made tense by so much; how many are found.

Run `python bench/words_against_voice.py [--calls 400]`; writes `bench/results/words_against_voice.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check
from smalti.models.checks.speech_baseline import SPREADS, TAIL, TURN, Voice, departures, voice_of
from smalti.models.checks.words_against_voice import Tone, tone, words_against_voice
from smalti.platform.records import DateMethod, Document, Evidence, EvidenceKind, Locator, SourceKind
from smalti.platform.voice_measures import MEASURES

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
NOW = datetime(2026, 5, 15, tzinfo=UTC)
SIZES = (4, 8, 20, 41)
TENSE: Mapping[str, Mapping[str, float]] = {
    "slight": {"pitch_mean": 1.1, "jitter_local": 1.25, "shimmer_local": 1.1, "voice_break_degree": 1.2},
    "clear": {"pitch_mean": 1.25, "jitter_local": 1.6, "shimmer_local": 1.25, "voice_break_degree": 1.6},
    "strong": {"pitch_mean": 1.4, "jitter_local": 2.0, "shimmer_local": 1.4, "voice_break_degree": 2.0},
}
"""What the measures of a tense sentence are multiplied by."""
_CHANGE = re.compile(
    r"\b(?:turn|hand) (?:it|the call|things|this|the discussion)?.{0,20}(?:over|back)\b|\bover to\b|\?"
    r"|\boperator\b|(?:^|\. )(?:thanks|thank you|okay|ok|sure|yes|yeah|good (?:morning|afternoon)|hi)\b"
    r"|\bnext question\b",
    re.IGNORECASE,
)
Row = Mapping[str, Any]


def calls(frame: pl.DataFrame) -> Iterator[tuple[bool, list[list[Row]]]]:
    """Each call's runs, and whether it is of 2015 or before."""
    for _, call in frame.sort("call_id", "sentence").group_by("call_id", maintain_order=True):
        runs: list[list[Row]] = [[]]
        for row in call.iter_rows(named=True):
            if _CHANGE.search(row["text"]):
                runs.append([])
            else:
                runs[-1].append(row)
        yield call["date"][0].year <= 2015, [run for run in runs if run]


def measured(run: Sequence[Row]) -> list[Voice]:
    """The usable voices of one run."""
    return [voice for row in run if (voice := voice_of(row, len(row["text"].split())))]


def spreads(runs: Sequence[Sequence[Voice]]) -> dict[str, float]:
    """Median over long runs of each measure's robust deviation within the run."""
    found = []
    for run in runs:
        if len(run) >= 40:
            values = np.array([list(asdict(voice).values()) for voice in run])
            found.append(1.4826 * np.median(np.abs(values - np.median(values, axis=0)), axis=0))
    return dict(zip(SPREADS, np.median(found, axis=0).round(4).tolist(), strict=True))


def tail(runs: Sequence[Sequence[Voice]], size: int) -> tuple[int, dict[str, float]]:
    """Sentences judged, and the share of them at each point of `TAIL`, by baselines of `size` others."""
    totals = [
        one.total if one.pitch >= TURN and max(one.roughness, one.hesitation) >= TURN else -np.inf
        for run in runs
        for begin in range(0, len(run) - size, size + 1)
        for one in departures(run[begin : begin + size + 1])
    ]
    reached = np.array(totals)
    return len(totals), {f"{at:g}": float(np.mean(reached >= at)) for at, _ in TAIL}


def judge(runs: Sequence[Sequence[Row]]) -> Check:
    """The check on one call, each run a speaker."""
    rows = [(f"Speaker {number}", row) for number, run in enumerate(runs) for row in run]
    pieces = [
        Evidence(
            f"{i}",
            "call",
            EvidenceKind.AUDIO,
            i,
            Locator(seconds=(10.0 * i, 10.0 * i + 5)),
            row["text"],
            {"speaker": who, "voice": {name: row[name] for name in MEASURES}},
        )
        for i, (who, row) in enumerate(rows)
    ]
    paper = Document("call", "call", "", "bench", "1", SourceKind.CALL, "call", NOW, DateMethod.MANIFEST)
    nothing = pl.DataFrame(schema={"available_at": pl.Datetime("us", "UTC")})
    return words_against_voice(Dossier("x", "X", NOW, {"call": paper}, pieces, nothing, nothing))


def made_tense(
    runs: Sequence[Sequence[Row]], by: Mapping[str, float], seed: int
) -> tuple[str, list[list[Row]]] | None:
    """The call with one reassuring sentence of its longest run made tense, and that sentence."""
    longest = max(runs, key=len)
    usable = [
        i
        for i, row in enumerate(longest)
        if tone(row["text"]) is Tone.POSITIVE and voice_of(row, len(row["text"].split()))
    ]
    if len(longest) < 10 or not usable:
        return None
    chosen = usable[int(np.random.default_rng(seed).integers(len(usable)))]
    row = longest[chosen]
    tense = {**row, **{name: row[name] * factor for name, factor in by.items()}, "hnr": row["hnr"] - 2}
    changed = [*longest[:chosen], tense, *longest[chosen + 1 :]]
    return row["text"], [changed if run is longest else list(run) for run in runs]


def alarms(chosen: Sequence[Sequence[Sequence[Row]]]) -> dict[str, Any]:
    """Calls with a finding, their findings, and what is found of sentences made tense."""
    checks = [judge(runs) for runs in chosen]
    judged = [check for check in checks if check.value is not None]
    found = [finding for check in judged for finding in check.findings]
    result: dict[str, Any] = {
        "calls": len(judged),
        "sentences": sum(check.details["looked_at"] for check in judged),
        "calls_with_a_finding": sum(bool(check.findings) for check in judged),
        "findings": len(found),
        "by_tone": {
            each: sum(f.details["tone"] == each for f in found) for each in ("positive or reassuring", "calm")
        },
        "found_when_made_tense": {},
    }
    for name, by in TENSE.items():
        tried = hit = 0
        for seed, runs in enumerate(chosen):
            if changed := made_tense(runs, by, seed):
                tried += 1
                hit += any(f.said[0].quote == changed[0] for f in judge(changed[1]).findings)
        result["found_when_made_tense"][name] = {"tried": tried, "found": hit}
    return result


def main() -> None:
    """Measure, print, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=400, help="calls from 2016 on that are judged whole")
    options = parser.parse_args()
    source = DATA / "maec" / "sentences.parquet"
    if not source.exists():
        sys.exit(f"{source} is not there: set SMALTI_DATA")
    everything = list(calls(pl.read_parquet(source)))
    parts = {
        name: [
            voices
            for is_early, runs in everything
            if is_early is early
            for run in runs
            if (voices := measured(run))
        ]
        for name, early in (("to 2015", True), ("from 2016", False))
    }
    results: dict[str, Any] = {
        "spread": spreads([run for part in parts.values() for run in part]),
        "tail": {},
    }
    table = Table("calls", "baseline", "sentences", *(f">= {at:g}" for at, _ in TAIL), title="Tail")
    table.add_row("TAIL", "", "", *(f"{share:.3%}" for _, share in TAIL))
    for name, runs in parts.items():
        results["tail"][name] = {}
        for size in SIZES:
            count, shares = tail(runs, size)
            results["tail"][name][size] = {"sentences": count, "shares": shares}
            table.add_row(name, f"{size}", f"{count}", *(f"{share:.3%}" for share in shares.values()))
    console = Console(width=140)
    console.print(table)
    late = [runs for is_early, runs in everything if not is_early and runs]
    picked = np.random.default_rng(1).permutation(len(late))[: options.calls]
    results["whole_calls"] = alarms([late[i] for i in picked])
    console.print(results["spread"], results["whole_calls"])
    text = json.dumps(results, indent=1)
    (HERE / "results" / "words_against_voice.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
