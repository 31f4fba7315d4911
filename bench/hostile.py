"""Hostile addresses, resolutions and redirects against the guarded client: all must be refused, unasked.

`labels/hostile.json` holds what is tried: addresses in every disguise known to us, names that resolve to
where nobody may go (by a resolver of the bench's own), and redirects, said by a real server on loopback that
the rules except by address and port. The interpreter's audit hook counts each connection that any code
opens, whoever asks for it: none may go anywhere but to that server, and to that only for the redirects. The
good addresses below them must pass the same checks, so that refusing everything is no way to win.

Run `python bench/hostile.py`; writes `bench/results/hostile.json`.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from smalti.platform.errors import InputError, Refused
from smalti.platform.web import Web, WebRules
from smalti.platform.web.addresses import Gate

HERE = Path(__file__).resolve().parent
CONNECTIONS: Counter[str] = Counter()
LOOKUPS: Counter[str] = Counter()


def watch(event: str, details: tuple[Any, ...]) -> None:
    """Audit hook: every connection and every look-up of a name in this process."""
    if event == "socket.connect":
        host, port = details[1][:2]
        CONNECTIONS[f"{host}:{port}"] += 1
    elif event == "socket.getaddrinfo" and details[0] and not str(details[0]).replace(".", "").isdigit():
        LOOKUPS[str(details[0])] += 1


class Redirector(BaseHTTPRequestHandler):
    """Sends whoever asks to `location`."""

    location = ""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(302)
        self.send_header("Location", self.location)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to standard error."""


def answers(given: Sequence[str], host: str, port: int) -> Sequence[str]:
    if not given:
        raise OSError(f"{host} was looked up")
    return given


def refusal(case: dict[str, Any], port: int) -> str:
    """What the client says to one case; `NOT REFUSED` and why where it says anything but `Refused`."""
    url = case["url"].replace("{port}", str(port))
    Redirector.location = url
    start = f"http://127.0.0.1:{port}/start" if case["kind"] == "redirect" else url
    rules = WebRules(
        "smalti-bench bench@example.org",
        allow=(f"127.0.0.1:{port}",),
        rates={"*": 1e6},
        robots=False,
        attempts=1,
    )
    with Web(rules, resolve=partial(answers, case.get("resolves", ()))) as web:
        try:
            web.get(start)
        except Refused as refused:
            return refused.what
        except InputError as other:
            return f"NOT REFUSED: {other}"
    return "NOT REFUSED: fetched"


def passes(case: dict[str, Any]) -> bool:
    """Whether a good address gets through every check."""
    gate = Gate.of({80, 443}, ())
    try:
        target = gate.target(case["url"])
        gate.addresses(target, case["resolves"] or [target.host])
    except Refused:
        return False
    return True


def main() -> None:
    cases = json.loads((HERE / "labels" / "hostile.json").read_text())
    server = HTTPServer(("127.0.0.1", 0), Redirector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    sys.addaudithook(watch)
    said = [case | {"said": refusal(case, port)} for case in cases["hostile"]]
    good = [case | {"passes": passes(case)} for case in cases["good"]]
    server.shutdown()
    redirects = sum(case["kind"] == "redirect" for case in said)
    result = {
        "tried": len(said),
        "refused": sum(not case["said"].startswith("NOT") for case in said),
        "by kind": dict(Counter(case["kind"] for case in said)),
        "connections elsewhere": sum(n for to, n in CONNECTIONS.items() if to != f"127.0.0.1:{port}"),
        "connections to the redirecting server": CONNECTIONS[f"127.0.0.1:{port}"],
        "names looked up by the system": sum(LOOKUPS.values()),
        "good": len(good),
        "good that pass": sum(case["passes"] for case in good),
        "cases": [case | {"said": case["said"].replace(str(port), "{port}")} for case in said],
    }
    show(result)
    (HERE / "results" / "hostile.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    held = (
        result["refused"] == result["tried"]
        and result["connections elsewhere"] == 0
        and result["connections to the redirecting server"] == redirects
        and result["good that pass"] == result["good"]
    )
    raise SystemExit(0 if held else 1)


def show(result: dict[str, Any]) -> None:
    table = Table(title="Hostile addresses, resolutions and redirects")
    for column in ("class", "kind", "tried", "refused because"):
        table.add_column(column, overflow="fold")
    for case in result["cases"]:
        tried = repr(case["url"])[1:-1] + (f" -> {', '.join(case['resolves'])}" if "resolves" in case else "")
        table.add_row(case["class"], case["kind"], tried, case["said"])
    console = Console(width=180)
    console.print(table, markup=False)
    for name, value in result.items():
        if name != "cases":
            console.print(f"{name}: {value}", markup=False)


if __name__ == "__main__":
    main()
