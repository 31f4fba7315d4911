"""The process of `test_week`: does jobs at the times it is told, as a service's scheduler would.

Reads lines of `time<TAB>job<TAB>job…`, and answers each with `done` once its jobs were run. Its clock stands
where the last line put it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from smalti.platform.settings import Settings
from smalti.platform.telemetry import configure_logs
from smalti.service.engine import open_engine
from smalti.service.jobs import run_job
from smalti.service.local import LocalGateway
from smalti.service.service import Service
from tests.service.pipeline import Here


def main(home: Path, model: Path, server: str) -> None:
    at = datetime(2026, 5, 10, tzinfo=UTC)
    configure_logs("warning")  # to standard error, away from what is answered
    settings = Settings(
        home=home,
        model=model,
        workers=1,
        ocr=False,
        agent="tests tests@example.org",
        allow=(server,),
        rate=1000.0,
    )
    with open_engine(settings, clock=lambda: at) as opened:
        engine = replace(opened, workers=Here())
        service = Service(engine, LocalGateway(engine), "local key")
        for line in sys.stdin:
            moment, *jobs = line.rstrip("\n").split("\t")
            at = datetime.fromisoformat(moment)
            for job in jobs:
                run_job(service, job, at)
            sys.stdout.write("done\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
