"""The dashboard: how long until a page shows what it was opened for, and what each open session costs.

A real service and its pages, in processes of their own, and a headless Chromium on the same machine. Two
stores: the demo world, scored; and 1,000 issuers with 1,000,000 signals (`load_store.py`).

- *First useful paint*: from the start of navigation until the overview's heat map stands there with its
  values (`whole`: until nothing more will come), in a browser with nothing in its cache and a session new to
  the dashboard; *again*: in the same browser, so with its cache filled, in a new tab.
- *Page to page*: from the click on the navigation, each page in turn; the first time and each time after.
- *Memory*: resident memory of the dashboard's process while 0, 1, 10 and 20 tabs have the overview and an
  issuer open; the slope is what one more costs.

Beside them, in the same run: the dashboard with nothing remembered between two runs of a page, and the plain
way, a Streamlit page that fetches all signals as JSON (`dashboard_plain.py`). The browser shares the cores
with the servers, so times are of a busy desk. Run with

    python bench/dashboard.py [--demo DIR] [--large DIR] [--repeats 12] [--no-write]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
from playwright.sync_api import Browser, BrowserContext
from rich.console import Console
from rich.table import Table

from dashboard_browser import chromium, opened, signed_in, went
from load import UP, served
from load_store import build, issuer_name
from smalti.dashboards import app
from smalti.platform.auth import Role
from smalti.platform.settings import Settings
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "bench" / "results" / "dashboard.json"
PLAIN = ROOT / "bench" / "dashboard_plain.py"
ISSUERS, DAYS = 1_000, 100
NAME, PASSWORD = "bench", "correct horse battery"
AIM_MS = 2_000
USEFUL = {"overview": "td a b"}
ANYTHING = "h1"
TABLE = '[data-testid="stDataFrame"] canvas'
SESSIONS = (0, 1, 10, 20)
PAGES = [(view.name, view.title) for views in app.VIEWS.values() for view in views if view.role != "customer"]


@dataclass
class Times:
    """Milliseconds of one way to one page."""

    store: str
    way: str
    page: str
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    def add(self, took: tuple[float, float]) -> None:
        """Note one more time."""
        self.first.append(took[0])
        self.whole.append(took[1])

    def row(self) -> dict[str, Any]:
        """The figures of it."""
        told = {
            f"{name}_p{p}_ms": round(float(np.percentile(values, p)))
            for name, values in (("first", self.first), ("whole", self.whole))
            for p in (50, 95)
        }
        return {"store": self.store, "way": self.way, "page": self.page, "times": len(self.first)} | told


@contextmanager
def pages(service: str, log: Path, script: Path, **more: str) -> Iterator[tuple[str, int]]:
    """A Streamlit process over a service: its address and its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.address",
        "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none",
        "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    env = os.environ | {"SMALTI_SERVICE": service, "OMP_NUM_THREADS": "1"} | more
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/_stcore/health")
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            if httpx2.get(address).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"nothing answers at {address}")


def paint(
    browser: Browser, address: str, token: str, times: Mapping[str, Times], repeats: int, useful: str
) -> None:
    """First useful paint in a fresh browser, and in a new tab of it."""
    for _ in range(repeats):
        context = signed_in(browser, address, token)
        times["fresh browser"].add(opened(context.new_page(), f"{address}/", "overview", useful))
        times["new tab"].add(opened(context.new_page(), f"{address}/", "overview", useful))
        context.close()


def walk(
    context: BrowserContext, address: str, found: dict[tuple[str, str], Times], store: str, rounds: int
) -> None:
    """From page to page by the navigation, round and round."""
    page = context.new_page()
    opened(page, address, "", ANYTHING)
    for turn in range(rounds):
        print(f"round {turn + 1} of {rounds}", file=sys.stderr, flush=True)
        for name, title in PAGES:
            way = "first visit" if turn == 0 else "later visits"
            times = found.setdefault((way, name), Times(store, way, name))
            times.add(went(page, title, USEFUL.get(name, ANYTHING)))
    page.close()


def memory(browser: Browser, address: str, token: str, pid: int, issuer: str) -> list[dict[str, Any]]:
    """Resident memory of a process while more and more sessions are open."""
    held: list[BrowserContext] = []
    told = []
    for wanted in SESSIONS:
        while len(held) < wanted:
            held.append(signed_in(browser, address, token))
            page = held[-1].new_page()
            opened(page, f"{address}/", "overview", ANYTHING)
            page.goto(f"{address}/issuer?issuer={issuer}")
            page.wait_for_selector("h1", timeout=120_000)
            page.wait_for_selector('[data-test-script-state="notRunning"]', timeout=120_000)
        time.sleep(1)
        told.append({"sessions": wanted, "rss_mb": round(_rss_mb(pid), 1)})
        print(told[-1], file=sys.stderr, flush=True)
    for context in held:
        context.close()
    return told


def _dashboard_of(service: int) -> int:
    """The dashboard's process, which the service started."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == service and b"smalti.dashboards.server" in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except (FileNotFoundError, ProcessLookupError):
                continue
    raise SystemExit("the service runs no dashboard")


def _rss_mb(pid: int) -> float:
    pages_held = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages_held * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(browser: Browser, store: str, home: Path, issuer: str, repeats: int) -> dict[str, Any]:
    """All of it over one store."""
    _add_user(home)
    log = home / "pages.log"
    rows: list[dict[str, Any]] = []
    with served(home) as server:
        service = f"http://127.0.0.1:{server.port}"
        answer = httpx2.post(f"{service}/v1/session", json={"name": NAME, "password": PASSWORD})
        answer.raise_for_status()
        token = answer.cookies["smalti"]
        address = json.loads((home / "service.json").read_text())["dashboard"]
        _wait(f"{address}/_stcore/health")
        held = memory(browser, address, token, _dashboard_of(server.process.pid), issuer)
        rows += _painted(browser, address, token, store, "dashboard", repeats, USEFUL["overview"])
        found: dict[tuple[str, str], Times] = {}
        context = signed_in(browser, address, token)
        walk(context, f"{address}/issuer?issuer={issuer}", found, store, max(3, repeats // 2))
        context.close()
        rows += [times.row() for times in found.values()]
        with pages(service, log, PLAIN, FORGETFUL="1") as (address, _):
            rows += _painted(
                browser, address, token, store, "nothing remembered", repeats, USEFUL["overview"]
            )
        with pages(service, log, PLAIN) as (address, _):
            few = repeats if "demo" in store else 1
            rows += _painted(browser, address, token, store, "plain page, all as JSON", few, TABLE)
    more = np.polyfit([one["sessions"] for one in held[1:]], [one["rss_mb"] for one in held[1:]], 1)
    return {"rows": rows, "memory": held, "mb_a_session": round(float(more[0]), 2)}


def _painted(
    browser: Browser, address: str, token: str, store: str, way: str, repeats: int, useful: str
) -> list[dict[str, Any]]:
    times = {kind: Times(store, f"{way}: {kind}", "overview") for kind in ("fresh browser", "new tab")}
    paint(browser, address, token, times, repeats, useful)
    for one in times.values():
        print(one.row(), file=sys.stderr, flush=True)
    return [one.row() for one in times.values()]


def _add_user(home: Path) -> None:
    with open_engine(Settings(home=home, workers=1)) as engine:  # type: ignore[call-arg]  # others have defaults
        users = LocalGateway(engine).access.users
        if NAME not in {user.name for user in users.all()}:
            users.add(NAME, Role.ANALYST, password=PASSWORD)


def show(found: Mapping[str, Any]) -> None:
    """The tables."""
    table = Table(title="milliseconds until shown")
    for column in ("store", "way", "page", "times", "first p50", "p95", "whole p50", "p95"):
        table.add_column(column, justify="left" if column in {"store", "way", "page"} else "right")
    for store in found.values():
        for row in store["rows"]:
            table.add_row(*(f"{value}" for value in row.values()))
    Console().print(table)
    for name, store in found.items():
        held = ", ".join(f"{one['sessions']}: {one['rss_mb']} MB" for one in store["memory"])
        Console().print(f"{name}: sessions {held}; {store['mb_a_session']} MB for one more")


def main() -> None:
    """Build the stores that are not there, measure, print, and write the figures down."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    ask.add_argument("--demo", type=Path, help="home folder that `smalti demo` made; made anew otherwise")
    ask.add_argument("--large", type=Path, help="folder of the large store; kept, and used again")
    ask.add_argument("--repeats", type=int, default=12)
    ask.add_argument("--only", choices=("demo", "large"), help="one store")
    ask.add_argument("--no-write", action="store_true", help="print only")
    args = ask.parse_args()
    os.environ["SMALTI_DASHBOARD_PORT"] = "0"
    with tempfile.TemporaryDirectory() as made, chromium() as browser:
        demo, large = args.demo or Path(made) / "demo", args.large or Path(made) / "large"
        if not demo.exists():
            subprocess.run([*UP[:-1], "demo", "--home", str(demo)], check=True, stdout=subprocess.DEVNULL)
        if not (large / "smalti.duckdb").exists():
            large.mkdir(parents=True, exist_ok=True)
            print("building the large store", build(large, ISSUERS, DAYS))
        found = {}
        for name, home, issuer in (
            ("demo", demo, "ZZMH"),
            ("1,000 issuers, 1,000,000 signals", large, issuer_name(1)),
        ):
            if args.only and (args.only == "demo") != (name == "demo"):
                continue
            work = Path(made) / name.partition(" ")[0]  # a copy, since the service writes into it
            shutil.copytree(home, work, ignore=shutil.ignore_patterns("*.lock", "*.owner", "service.*"))
            found[name] = measure(browser, name, work, issuer, args.repeats)
    show(found)
    result = {
        "aim_first_useful_paint_ms": AIM_MS,
        "cores": os.cpu_count(),
        "cpu": platform.processor() or platform.machine(),
        "load_average": os.getloadavg(),
        **found,
    }
    if not args.no_write:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
