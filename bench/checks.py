"""Do the checks find what is planted, keep quiet about what only looks like it, and how long do they take?

`demo`: the built-in demo world, whose `truth.json` names planted cases and innocent look-alikes by check. A
planted case is found where a finding of its check cites a piece at its place (file, and page, second, post or
words), on either side; found *with both sides* where the other side is cited in the file the truth names for
it. Every other finding is a false alarm, at an innocent case or not; one at the place of a case that was
planted for another check is set aside, and checks without cases of their own are not judged. Precision and
recall with 95 % Wilson intervals. The newest five issuers were written without sight of the checks, and the
checks without sight of them.

`sample`: all checks on 3M and Amazon with everything in the sample: every alarm, with the verdict given to it
after reading both sides (`labels/checks.json`: right, arguable, wrong), and how often each check could not
compare.

`time`: seconds of all checks, each alone, on the issuer of the sample with most facts and a call, beside the
reading of its dossier from the store.

Run `python bench/checks.py [demo|sample|time] [--home FOLDER]`; without a home the demo world or the sample
is taken in anew. Writes `bench/results/checks.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from smalti.models.checks.catalogue import OF_DOSSIERS, run_all
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check, Citation
from smalti.platform.records import Evidence
from smalti.platform.settings import load_settings
from smalti.platform.store import Store
from smalti.service.demo_world import AS_OF, FILES
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.stages.known import View, dossier, known

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
RESULTS, LABELS = HERE / "results" / "checks.json", HERE / "labels" / "checks.json"
NEAR_S = 1.5  # seconds by which a sentence as heard may begin or end elsewhere than as spoken
OWN = ("3M", "AMAZON")
console = Console()


# --- where things stand --------------------------------------------------------------------------------


class Places:
    """Where each piece of a store came from."""

    def __init__(self, store: Store) -> None:
        rows = store.read(
            "SELECT d.document_id, min(x.path) AS path, min(d.part) AS part FROM documents d"
            " LEFT JOIN dispositions x ON x.artifact_id = d.artifact_id AND x.record = '' GROUP BY 1"
        )
        self._of = {row[0]: (row[1] or "", row[2] or "") for row in rows.iter_rows()}
        prices = store.read("SELECT evidence_id, document_id FROM evidence JOIN documents USING (document_id)"
                            " WHERE documents.kind = 'price'")  # fmt: skip
        self._prices = {evidence: self._of[document][0] for evidence, document in prices.iter_rows()}

    def file(self, evidence_id: str, pieces: Mapping[str, Evidence]) -> str:
        """The file that a cited piece, of an issuer's papers or prices, came from."""
        piece = pieces.get(evidence_id)
        return self._of[piece.document_id][0] if piece else self._prices.get(evidence_id, "")

    def at(self, piece: Evidence, place: Mapping[str, Any], words: Sequence[str]) -> bool:
        """Whether a piece lies at a place that the truth names."""
        path, part = self._of[piece.document_id]
        named = str(place.get("file") or "")
        if path != named and not path.startswith(f"{named}/"):
            return bool(path) and path == place.get("image")
        where = piece.locator
        if "post" in place:
            return part in {_line(named, str(post)) for post in place.get("posts", [place["post"]])}
        if "start_s" in place:
            heard = where.seconds or (-1e9, -1e9)
            return bool(heard[0] < place["end_s"] + NEAR_S and heard[1] > place["start_s"] - NEAR_S)
        if "page" in place and where.page is not None:
            return bool(where.page == place["page"])
        if "text" in place and not path.startswith("prices/"):
            told, said = _flat(str(place["text"])), _flat(" ".join([piece.text, *words]))
            return told in said or (len(said) > 20 and said in told)
        return True


@cache
def _lines(file: str) -> Mapping[str, str]:
    lines = (FILES / file).read_text(encoding="utf-8").splitlines()
    return {json.loads(line)["id"]: f"line {n}" for n, line in enumerate(lines, 1)}


def _line(file: str, post: str) -> str:
    return _lines(file)[post]


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


@contextmanager
def taken_in(files: Path, home: Path | None) -> Iterator[Store]:
    """The store of a home folder, with these files taken in unless it is given."""
    with tempfile.TemporaryDirectory() as made:
        settings = load_settings(home=home or Path(made))
        with open_engine(settings) as engine:
            if home is None:
                LocalGateway(engine).ingest(files)
            yield engine.store


def dossiers(store: Store, as_of: datetime) -> dict[str, Dossier]:
    """Of every issuer that has papers, by name."""
    found = {}
    for issuer_id, name in store.read("SELECT issuer_id, name FROM issuers ORDER BY name").iter_rows():
        view = View(issuer_id, as_of)
        one = dossier(store, view, known(store, view))
        if one.documents:
            found[name] = one
    return found


# --- the demo world ------------------------------------------------------------------------------------


def demo(home: Path | None) -> dict[str, Any]:
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
            alarms = range(len(check.findings) or int(_suspect(check)))
            row["right"] += len(hit[True])
            row["aside"] += len(hit[False] - hit[True])
            row["false"] += len(set(alarms) - hit[True] - hit[False])
            told += [
                {"false alarm": check.name, "issuer": name, "reason": _reason(check, n)}
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


def _suspect(check: Check) -> bool:
    return bool(check.details.get("suspect"))


def _reason(check: Check, number: int) -> str:
    if check.findings:
        return check.findings[number].reason
    return f"{check.value:.3f} is past the threshold of {check.details['threshold']}"


def _hits(
    check: Check, case: Mapping[str, Any], papers: Dossier, places: Places
) -> Iterator[tuple[int, bool]]:
    """Findings at a case's place, with whether the other side is where the truth says it is.

    A ratio past its threshold is one, at the place of every case of its own.
    """
    if not check.findings:
        if _suspect(check) and case["check"] == check.name:
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


def show_demo(result: Mapping[str, Any]) -> None:
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


# --- the sample ----------------------------------------------------------------------------------------


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
                    "reason": _reason(check, 0),
                    "where": _where([Citation(one) for one in check.inputs], pieces, places),
                    "against": [],
                    "verdict": labels.get(f"{name}: {check.name}", "not judged"),
                }
                for check in checks
                if _suspect(check) and not check.findings
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


PARTS = {"demo": (demo, show_demo), "sample": (sample, show_sample), "time": (timing, show_time)}


def main() -> None:
    """Measure the parts asked for, print them, and write them beside those measured before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--home", type=Path, help="a home folder that has the files taken in already")
    asked = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    for part in asked.parts or PARTS:
        measure, show = PARTS[part]
        if part != "demo" and not (DATA / "sample").is_dir():
            console.print(f"{part}: no {DATA / 'sample'}: set SMALTI_DATA to the folder of real data")
            continue
        results[part] = measure(asked.home)
        show(results[part])
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
