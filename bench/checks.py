"""What do the checks say of two real companies, and how long do they take?

`sample`: all checks on 3M and Amazon with everything in the sample: every alarm, with the verdict given to it
after reading both sides (`labels/checks.json`: right, arguable, wrong), and how often each check could not
compare.

`time`: seconds of all checks, each alone, on the issuer of the sample with most facts and a call, beside the
reading of its dossier from the store.

Run `python bench/checks.py [sample|time] [--home FOLDER]`; without a home the sample is taken in anew. Writes
`bench/results/checks.json`. What is planted in the demo world is measured by `planted.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from smalti.models.checks.catalogue import OF_DOSSIERS, run_all
from smalti.models.checks.record import Citation
from smalti.platform.records import Evidence
from smalti.service.stages.known import View, dossier, known
from stores import Places, dossiers, reason, suspect, taken_in

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
RESULTS, LABELS = HERE / "results" / "checks.json", HERE / "labels" / "checks.json"
OWN = ("3M", "AMAZON")
console = Console()


def sample(home: Path | None) -> dict[str, Any]:
    """Every alarm on 3M and Amazon with its verdict, and how often each check was silent."""
    labels = json.loads(LABELS.read_text(encoding="utf-8")) if LABELS.is_file() else {}
    found: dict[str, Any] = {}
    with taken_in(DATA / "sample", home) as store:
        places = Places(store)
        for name, one in dossiers(store, datetime.now(UTC)).items():
            if not name.upper().startswith(OWN):
                continue
            pieces = {piece.evidence_id: piece for piece in one.evidence}
            checks = run_all(one)
            alarms = [
                {
                    "check": check.name,
                    "strength": round(finding.strength, 3),
                    "reason": finding.reason,
                    "where": _where(finding.said, pieces, places),
                    "against": _where(finding.against, pieces, places),
                    "verdict": labels.get(f"{name}: {finding.reason}", "not judged"),
                }
                for check in checks
                for finding in check.findings
            ]
            alarms += [
                {
                    "check": check.name,
                    "strength": 0.0,
                    "reason": reason(check, 0),
                    "where": _where([Citation(one) for one in check.inputs], pieces, places),
                    "against": [],
                    "verdict": labels.get(f"{name}: {check.name}", "not judged"),
                }
                for check in checks
                if suspect(check) and not check.findings
            ]
            found[name] = {
                "alarms": sorted(alarms, key=lambda a: -a["strength"]),
                "checks": {
                    check.name: {
                        "value": check.value,
                        "reason": check.reason,
                        "findings": len(check.findings),
                        "not_judged": len(check.silences),
                        "why": _commonest([silence.reason for silence in check.silences]),
                    }
                    for check in checks
                },
            }
    return found


def _where(side: Sequence[Citation], pieces: Mapping[str, Evidence], places: Places) -> list[str]:
    return [
        f"{places.file(c.evidence_id, pieces)}, "
        + (pieces[c.evidence_id].locator.describe() if c.evidence_id in pieces else "")
        for c in side[:3]
    ]


def _commonest(reasons: Sequence[str]) -> str:
    return max(set(reasons), key=lambda r: (reasons.count(r), r), default="")


def show_sample(result: Mapping[str, Any]) -> None:
    """Alarms, strongest first, and what each check could not judge."""
    for name, one in result.items():
        table = Table("strength", "check", "verdict", "what", "where", title=name, title_justify="left")
        for alarm in one["alarms"]:
            places = "\n".join([*alarm["where"], "against", *alarm["against"]])
            table.add_row(
                f"{alarm['strength']:.2f}", alarm["check"], alarm["verdict"], alarm["reason"], places
            )
        console.print(table)
        for check, row in one["checks"].items():
            value = "–" if row["value"] is None else f"{row['value']:.3f}"
            why = row["reason"] or row["why"]
            console.print(
                f"{check}: {value}, {row['findings']} findings, {row['not_judged']} not judged; {why}"
            )


# --- time ----------------------------------------------------------------------------------------------


def timing(home: Path | None) -> dict[str, Any]:
    """Seconds of each check and of all on the heaviest issuer of the sample that has a call."""
    with taken_in(DATA / "sample", home) as store:
        papers = dossiers(store, datetime.now(UTC))
        name, _ = max(
            ((n, one) for n, one in papers.items() if n.upper().startswith(OWN)),
            key=lambda pair: len(pair[1].evidence),
        )
        start = time.perf_counter()
        view = View(papers[name].issuer_id, papers[name].as_of)
        one = dossier(store, view, known(store, view))
        reading = time.perf_counter() - start
    seconds = {}
    for check in OF_DOSSIERS:
        start = time.perf_counter()
        check(one)
        seconds[check.__name__] = round(time.perf_counter() - start, 2)
    start = time.perf_counter()
    run_all(one)
    whole = time.perf_counter() - start
    return {
        "issuer": name,
        "pieces": len(one.evidence),
        "facts": one.facts.height,
        "reading": round(reading, 2),
        "all checks": round(whole, 2),
        "each": seconds,
        "load": round(os.getloadavg()[0], 1),
    }


def show_time(result: Mapping[str, Any]) -> None:
    """As a table."""
    table = Table(
        "what", "seconds", title=f"{result['issuer']}, {result['pieces']} pieces", title_justify="left"
    )
    for name, value in [
        *result["each"].items(),
        ("all checks", result["all checks"]),
        ("reading", result["reading"]),
    ]:
        table.add_row(name, f"{value:.2f}")
    console.print(table)


PARTS = {"sample": (sample, show_sample), "time": (timing, show_time)}


def main() -> None:
    """Measure the parts asked for, print them, and write them beside those measured before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--home", type=Path, help="a home folder that has the files taken in already")
    asked = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    for part in asked.parts or PARTS:
        measure, show = PARTS[part]
        if not (DATA / "sample").is_dir():
            console.print(f"{part}: no {DATA / 'sample'}: set SMALTI_DATA to the folder of real data")
            continue
        results[part] = measure(asked.home)
        show(results[part])
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
