"""The assistant without a language model: how long answers take, and what they take up, beside plain search.

Over the store of the 44 filings of `$SMALTI_DATA/filings_qa` (more than 100,000 pieces of evidence), in one
process: the 77 published questions and questions made of stored facts, after some that warm the caches, and
for each the search of its words alone. p50 and p95 of seconds by kind of question, and of the seconds that
processors worked, which other work on the machine stretches less; memory before the first question, after all
of them, and the most of it. Run with

    python bench/assistant.py [--home HOME] [--made N]

where the home holds the store that `smalti evaluate --assistant` makes; without it that is made, which takes
long.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from smalti.assistant.evaluation.generated import generated
from smalti.assistant.evaluation.questions import posed
from smalti.assistant.records import Ask, Turn
from smalti.assistant.retrieval import Question
from smalti.platform.settings import load_settings
from smalti.platform.telemetry import NoProgress
from smalti.service.assistant import ask, grounds_of
from smalti.service.assistant.measuring import filings
from smalti.service.engine import Engine
from smalti.service.search import search

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("SMALTI_DATA", ROOT / ".." / "shared" / "data"))
RESULT = ROOT / "bench" / "results" / "assistant.json"
MADE = 60
P50_S, P95_S = 0.8, 2.0
"""What is wanted at 100,000 pieces."""

_WARM = 10


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".smalti"))
    parser.add_argument("--made", type=int, default=MADE)
    given = parser.parse_args()
    settings = load_settings(home=given.home, data=DATA, workers=1, threads=1)
    with filings(settings, NoProgress()) as engine:
        figures = measured(engine, given.made)
    RESULT.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures)


def measured(engine: Engine, made: int) -> dict[str, Any]:
    """Seconds of answers and of plain searches, by kind, and memory."""
    conversations = [[one.text] for one in posed(DATA)]
    conversations += [list(one.turns) for one in generated(grounds_of(engine, Ask("", _now(engine))), made)]
    for turns in conversations[:_WARM]:
        _answers(engine, turns)
    before, load = _resident_mb(), round(os.getloadavg()[0], 1)
    seconds: dict[str, list[float]] = defaultdict(list)
    searches: list[float] = []
    cpu: list[float] = []
    for turns in conversations:
        for kind, took, busy in _answers(engine, turns):
            seconds[kind].append(took)
            cpu.append(busy)
        searches += [_timed(lambda t=text: _search(engine, t)) for text in turns]  # type: ignore[misc]  # a default binds it now
    everything = [took for some in seconds.values() for took in some]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "pieces": engine.store.counts()["evidence"],
        "documents": engine.store.counts()["documents"],
        "questions": len(everything),
        "wanted": {"p50_s": P50_S, "p95_s": P95_S},
        "load_before": load,
        "answers": _told(everything),
        "answers_cpu": _told(cpu),
        "plain_search": _told(searches),
        "ratio_p50": round(float(np.median(everything) / np.median(searches)), 1),
        "by_kind": {kind: _told(some) for kind, some in sorted(seconds.items())},
        "memory_mb": {
            "warm": before,
            "after": _resident_mb(),
            "most": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        },
    }


def _answers(engine: Engine, turns: Sequence[str]) -> list[tuple[str, float, float]]:
    """Of each turn of a conversation the kind of question, seconds, and seconds that processors worked."""
    history: list[Turn] = []
    found = []
    for text in turns:
        begun, busy = time.perf_counter(), time.process_time()
        answer = ask(engine, Ask(text, _now(engine), history=tuple(history)))
        took = time.perf_counter() - begun
        found.append((answer.kind, took, time.process_time() - busy))
        history.append(Turn(text, answer.text, answer.issuer_ids, answer.periods, answer.subject))
    return found


def _search(engine: Engine, text: str) -> None:
    search(engine, Question(text, _now(engine), limit=20), engine.settings.search_seconds)


def _now(engine: Engine) -> Any:
    return engine.store.now()


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _told(seconds: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.quantile(seconds, [0.5, 0.95])
    return {"n": len(seconds), "p50_s": round(float(p50), 3), "p95_s": round(float(p95), 3),
            "most_s": round(max(seconds), 3)}  # fmt: skip


def _resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def show(figures: dict[str, Any]) -> None:
    """Print a table."""
    title = f"{figures['questions']} questions, {figures['pieces']:,} pieces, {figures['cores']} cores"
    table = Table("", "n", "p50 s", "p95 s", "most s", title=title, title_justify="left")
    rows = {"answers": figures["answers"], "plain search": figures["plain_search"]}
    rows["answers, processors' seconds"] = figures["answers_cpu"]
    for name, row in {**rows, **{f"  {k}": v for k, v in figures["by_kind"].items()}}.items():
        table.add_row(name, *(str(row[column]) for column in ("n", "p50_s", "p95_s", "most_s")))
    console = Console()
    console.print(table)
    memory = figures["memory_mb"]
    console.print(f"memory: warm {memory['warm']} MB, after {memory['after']} MB, most {memory['most']} MB")


if __name__ == "__main__":
    main()
