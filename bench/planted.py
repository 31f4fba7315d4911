"""Do the checks find what is planted in the demo world, and keep quiet about what only looks like it?

`truth.json` of the built-in demo world names planted cases and innocent look-alikes by check. A
planted case is found where a finding of its check cites a piece at its place (file, and page, second, post or
words), on either side; found *with both sides* where the other side is cited in the file the truth names for
it. Every other finding is a false alarm, at an innocent case or not; one at the place of a case that was
planted for another check is set aside, and checks without cases of their own are not judged. Precision and
recall with 95 % Wilson intervals. The newest five issuers were written without sight of the checks, and the
checks without sight of them.

Run `python bench/planted.py [--home FOLDER]`; without a home the demo world is taken in anew. Writes
`bench/results/planted.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from smalti.models.checks.catalogue import run_all
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check
from smalti.service.demo_world import AS_OF, FILES
from stores import Places, dossiers, reason, suspect, taken_in

RESULTS = Path(__file__).resolve().parent / "results" / "planted.json"
console = Console()


def measure(home: Path | None) -> dict[str, Any]:
    """Precision and recall of each check on the demo world's cases."""
    truth = json.loads((FILES.parent / "truth.json").read_text(encoding="utf-8"))
    names = {one["ticker"]: one["name"] for one in truth["issuers"]}
    day = datetime.fromisoformat(AS_OF).replace(hour=23, minute=59, tzinfo=UTC)
    with taken_in(FILES, home) as store:
        places, papers = Places(store), dossiers(store, day)
        judged = {case["check"] for case in truth["cases"]}
        found = {
            name: {check.name: check for check in run_all(one) if check.name in judged}
            for name, one in papers.items()
        }
    tally: dict[str, dict[str, Any]] = {}
    told: list[dict[str, Any]] = []
    for case in truth["cases"]:
        name = names[case["issuer"]]
        check = found[name].get(case["check"])
        row = tally.setdefault(case["check"], _empty())
        hits = [] if check is None else list(_hits(check, case, papers[name], places))
        if case["innocent"]:
            hits = [
                hit
                for hit in hits
                if hit[0] not in _planted(truth, case["issuer"], check, papers[name], places)
            ]
            row["innocent"] += 1
            row["innocent_alarmed"] += bool(hits)
        else:
            row["planted"] += 1
            row["found"] += bool(hits)
            row["both_sides"] += any(both for _, both in hits)
        told.append({"case": case["id"], "innocent": case["innocent"], "found": bool(hits)})
    for name, checks in found.items():
        planted = [c for c in truth["cases"] if not c["innocent"] and names[c["issuer"]] == name]
        for check in checks.values():
            row = tally.setdefault(check.name, _empty())
            hit = {
                own: {n for c in planted if (c["check"] == check.name) is own
                      for n, _ in _hits(check, c, papers[name], places)}
                for own in (True, False)
            }  # fmt: skip
            alarms = range(len(check.findings) or int(suspect(check)))
            row["right"] += len(hit[True])
            row["aside"] += len(hit[False] - hit[True])
            row["false"] += len(set(alarms) - hit[True] - hit[False])
            told += [
                {"false alarm": check.name, "issuer": name, "reason": reason(check, n)}
                for n in alarms
                if n not in hit[True] | hit[False]
            ]
    return {"checks": dict(sorted(tally.items())), "cases": told}


def _planted(
    truth: Mapping[str, Any], ticker: str, check: Check | None, papers: Dossier, places: Places
) -> set[int]:
    """Findings of a check that belong to what is planted of an issuer."""
    own = [case for case in truth["cases"] if not case["innocent"] and case["issuer"] == ticker]
    return {n for case in own if check for n, _ in _hits(check, case, papers, places)}


def _empty() -> dict[str, int]:
    names = ("planted", "found", "both_sides", "innocent", "innocent_alarmed", "right", "aside", "false")
    return dict.fromkeys(names, 0)


def _hits(
    check: Check, case: Mapping[str, Any], papers: Dossier, places: Places
) -> Iterator[tuple[int, bool]]:
    """Findings at a case's place, with whether the other side is where the truth says it is.

    A ratio past its threshold is one, at the place of every case of its own.
    """
    if not check.findings:
        if suspect(check) and case["check"] == check.name:
            yield 0, True
        return
    pieces = {piece.evidence_id: piece for piece in papers.evidence}
    for number, finding in enumerate(check.findings):
        for said, against in ((finding.said, finding.against), (finding.against, finding.said)):
            if any(
                places.at(pieces[c.evidence_id], case["said"], [c.quote])
                for c in said
                if c.evidence_id in pieces
            ):
                other = case.get("against", {}).get("file")
                yield number, any(_within(places.file(c.evidence_id, pieces), other) for c in against)
                break


def _within(path: str, file: str | None) -> bool:
    return file is None or path == file or path.startswith(f"{file}/")


def show(result: Mapping[str, Any]) -> None:
    """As a table, then what was missed and what was a false alarm."""
    columns = (
        "planted",
        "found",
        "both sides",
        "recall",
        "innocent",
        "alarmed",
        "right",
        "false",
        "precision",
    )
    table = Table("check", *columns, title="Demo world", title_justify="left")
    for name, row in [*result["checks"].items(), ("all", _sum(result["checks"].values()))]:
        table.add_row(
            name,
            str(row["planted"]),
            str(row["found"]),
            str(row["both_sides"]),
            _share(row["found"], row["planted"]),
            str(row["innocent"]),
            str(row["innocent_alarmed"]),
            str(row["right"]),
            str(row["false"]),
            _share(row["right"], row["right"] + row["false"]),
        )
    console.print(table)
    for one in result["cases"]:
        if "false alarm" in one:
            console.print(f"false alarm: {one['false alarm']}, {one['issuer']}: {one['reason']}")
        elif one["found"] is one["innocent"]:
            console.print(f"{'alarmed' if one['innocent'] else 'missed'}: {one['case']}")


def _sum(rows: Any) -> dict[str, int]:
    listed = list(rows)
    return {name: sum(row[name] for row in listed) for name in _empty()}


def _share(part: int, whole: int) -> str:
    """A share with its Wilson interval."""
    if not whole:
        return ""
    z, p = 1.96, part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    reach = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return f"{p:.2f} [{max(0.0, middle - reach):.2f}, {min(1.0, middle + reach):.2f}]"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="a home folder that has the demo world taken in already")
    result = measure(parser.parse_args().home)
    show(result)
    RESULTS.write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
