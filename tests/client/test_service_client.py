"""The client against a real service: frames of fixed schemas, errors as they were raised, every route."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.service.newsroom import moment, newsroom
from tests.service.running import running
from tests.service.test_remote_gateway import AS_OF, fill

from smalti.client import MISSED, Client, frames
from smalti.platform import errors
from smalti.service.local import LocalGateway
from smalti.service.service import Service

LATER = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with newsroom(tmp_path_factory.mktemp("house")) as engine:
        fill(engine)
        yield Service(engine, LocalGateway(engine), "local-key-of-the-tests")


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    with running(service) as told:
        yield told


@pytest.fixture(scope="module")
def client(service: Service, address: str) -> Iterator[Client]:
    with Client(address, service.local_key) as asking:
        yield asking


def test_newest_signals_come_as_a_frame(client: Client):
    found = client.signals("ZZQA")
    assert found.schema == pl.Schema(frames.SIGNALS)
    rows = {row["signal_id"]: row for row in found.iter_rows(named=True)}
    assert rows["aa22"]["value"] == 0.1 + 0.2, "to the last bit"
    assert (rows["bb33"]["value"], rows["bb33"]["reason"]) == (None, "no prices")
    assert rows["aa11"]["as_of"] == AS_OF
    assert rows["aa11"]["used"] == ["fact@filing"]
    assert json.loads(rows["aa11"]["details"]) == {"far": 1e-300}
    assert client.signals(kind="risk")["signal_id"].to_list() == ["bb33"]


def test_a_frame_has_its_schema_also_when_it_is_empty(client: Client):
    early = datetime(2020, 1, 1, tzinfo=UTC)
    assert client.signals(as_of=early).schema == pl.Schema(frames.SIGNALS)
    assert client.signals(as_of=early).height == 0
    assert client.runs(state="failed").schema == pl.Schema(frames.RUNS)
    series = client.series("ZZQA", "sentiment", 0)
    assert (series.height, series.schema) == (0, pl.Schema(frames.SERIES))
    assert client.all_signals(until=early).schema == pl.Schema(
        {name: kind for name, kind in frames.SIGNALS.items() if name != "details"}
    )


def test_all_signals_and_series_come_through_arrow_with_the_same_values(client: Client):
    everything = client.all_signals(details=True)
    assert everything.schema == pl.Schema(frames.SIGNALS)
    assert set(everything["signal_id"]) == {"aa11", "aa22", "bb33"}
    series = client.series("ZZQA", "fraud.claim_against_fact", 0)
    assert series.schema == pl.Schema(frames.SERIES)
    assert series.select("as_of", "value").row(0) == (AS_OF, 0.1 + 0.2)
    with pytest.raises(errors.NotFound):
        client.series("Nobody")


def test_reasons_come_as_objects(client: Client):
    why = client.why("aa11")
    assert [one["evidence_id"] for one in why["evidence"]] == ["e-page", "e-post", "e-10-K"]
    found = client.findings("ZZQA")
    assert found.schema == pl.Schema(frames.FINDINGS)
    assert json.loads(found["against"][0])[0]["quote"] == "Net sales fell 3 percent."
    told = client.comparisons("ZZQA", LATER)
    assert told.select("ours", "theirs").row(0) == (1e9, 1.5e9)


def test_documents_and_their_evidence(client: Client):
    found = client.documents("ZZQA", kind="news", as_of=moment("2025-01-02"))
    assert found["document_id"].to_list() == ["page"]
    assert found.schema == pl.Schema(frames.DOCUMENTS)
    pieces = client.document_evidence("page")
    assert pieces.schema == pl.Schema(frames.EVIDENCE)
    assert pieces["text"].to_list() == ["Sales rose by a tenth."]
    with pytest.raises(errors.NotFound):
        client.media("e-page")


def test_pages_are_followed_to_the_last_item(client: Client):
    ids = [one["document_id"] for one in client.each("documents", limit=1)]
    assert sorted(ids) == ["10-K", "copy", "page", "post"]


def test_errors_are_those_of_the_service(client: Client, address: str):
    with pytest.raises(errors.NotFound, match="known: Anvil Corporation") as raised:
        client.issuer("Nobody")
    assert raised.value.subject == "Nobody"
    with Client(address, "smk_wrong") as stranger, pytest.raises(errors.NotSignedIn):
        stranger.status()


@pytest.mark.slow
def test_work_is_waited_for_with_its_progress(client: Client):
    told: list[tuple[str, int, int]] = []
    task = client.score("ZZQA", moment("2025-01-08"))
    report = task.wait(lambda *far: told.append(far))
    assert report["stage"] == "score"
    assert told[-1] == ("score", 1, 1)
    assert client.task(task.task_id).now()["state"] == "done"


def test_work_ends_with_the_error_of_the_service(client: Client):
    task = client.score("Nobody")
    with pytest.raises(errors.NotFound, match="known: Anvil"):
        task.wait()
    assert client.tasks().filter(pl.col("task_id") == task.task_id)["state"].to_list() == ["failed"]


def test_waiting_has_an_end(client: Client, service: Service):
    gate = threading.Event()
    view = service.start_task("wait", "local", lambda _: gate.wait(10))
    with pytest.raises(TimeoutError):
        client.task(view.task_id).wait(timeout=0.01)
    gate.set()
    assert client.task(view.task_id).wait() is True


def test_events_are_heard_and_listening_goes_on_where_it_was(client: Client, service: Service):
    heard = client.events(["alert"], after=service.live.newest_id)
    service.live.tell("alert", alert_id="a1")
    service.live.tell("other")
    service.live.tell("alert", alert_id="a2")
    first, second = next(heard), next(heard)
    heard.close()  # type: ignore[attr-defined]  # a generator
    assert [(e.kind, e.data) for e in (first, second)] == [
        ("alert", {"alert_id": "a1"}),
        ("alert", {"alert_id": "a2"}),
    ]
    again = client.events(after=first.id)
    assert [next(again).kind, next(again).data["alert_id"]] == ["other", "a2"]
    again.close()  # type: ignore[attr-defined]  # a generator
    missed = client.events(after="0123456789ab-1")
    assert next(missed).kind == MISSED
    missed.close()  # type: ignore[attr-defined]  # a generator


def test_an_upload_is_read_here_and_taken_in_there(client: Client, tmp_path: Path, monkeypatch):
    with pytest.raises(errors.Unreadable):
        client.upload([tmp_path / "nowhere.html"])


SCHEMAS = {
    "SignalView": frames.SIGNALS, "Point": frames.SERIES, "IssuerRow": frames.ISSUERS,
    "Watchlist": frames.WATCHLISTS, "DocumentRow": frames.DOCUMENTS, "EvidenceDetail": frames.EVIDENCE,
    "Hit": frames.HITS, "FindingView": frames.FINDINGS, "ComparisonView": frames.COMPARISONS,
    "RunView": frames.RUNS, "QuarantineView": frames.QUARANTINE, "SourceView": frames.SOURCES,
    "TaskView": frames.TASKS, "AlertView": frames.ALERTS, "ReportView": frames.REPORTS,
}  # fmt: skip
_JSON = {"string": pl.String, "integer": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_the_fields_of_the_api_document(client: Client, name: str):
    document = client._transport.get(["openapi.json"]).json()
    fields = document["components"]["schemas"][name]["properties"]
    assert list(SCHEMAS[name]) == list(fields)
    for field, said in fields.items():
        kinds = [one for one in said.get("anyOf", [said]) if one.get("type") != "null"]
        if kinds[0].get("format") == "date-time":
            assert SCHEMAS[name][field] == frames.TIME, field
        elif kinds[0].get("type") in _JSON:
            assert SCHEMAS[name][field] == _JSON[kinds[0]["type"]], field
        else:
            assert SCHEMAS[name][field] in (pl.String, pl.List(pl.String)), field


NOT_FOR_PROGRAMS = {
    "sign_in", "sign_out", "sign_in_at_provider", "back_from_provider", "change_own_password",
    "upload_file", "retry_quarantined", "cancel_task", "make_link", "get_model",
    "chatwoot_event", "slack_event", "greet_visitor", "begin_visit", "ask_as_visitor", "rate_as_visitor",
    "ask_for_person",
}  # fmt: skip
"""Operations of sessions, other systems and visitors, second ways to the same, and what a `Task` can."""


class Recorder:
    """Stands in for the transport and keeps what would be asked."""

    def __init__(self) -> None:
        self.asked: set[tuple[str, tuple[str, ...]]] = set()

    def get(self, path: Sequence[str], *_: Any, **__: Any) -> Any:
        return self.send("GET", path)

    def send(self, method: str, path: Sequence[str], *_: Any, **__: Any) -> Any:
        self.asked.add((method, tuple(path)))
        raise InterruptedError

    stream = send


def _arguments(method: Any, truth: bool) -> dict[str, Any]:
    by_kind = {"bool": truth, "str": "x", "Sequence[str]": [], "Sequence[Path]": [], "datetime": LATER}
    by_kind |= {"Mapping[str, Any]": {}, "tuple[int, int]": (0, 1), "int": 1, "float": 1.0}
    given = {}
    for name, one in list(inspect.signature(method).parameters.items())[1:]:
        if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL):
            continue
        if truth or one.default is one.empty or one.annotation == "bool":
            kind = str(one.annotation).removesuffix(" | None")
            given[name] = re.findall(r"'(\w+)'", kind)[0] if "Literal" in kind else by_kind.get(kind, {})
    return given


def test_every_operation_of_the_api_has_its_method(client: Client):
    document = client._transport.get(["openapi.json"]).json()
    recorder, asking = Recorder(), object.__new__(Client)
    asking._transport = recorder  # type: ignore[assignment]  # a recorder in its place
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        for truth in (True, False):
            if not name.startswith("_") and name not in ("close", "each"):
                with suppress(InterruptedError):
                    found = method(asking, **_arguments(method, truth))
                    next(found)
    missing = []
    v1 = {path: told for path, told in document["paths"].items() if path.startswith("/v1/")}
    for path, operations in v1.items():
        parts = path.removeprefix("/v1/").split("/")
        for verb, operation in operations.items():
            same = any(
                verb == method.lower()
                and len(asked) == len(parts)
                and all("{" in told or told == one for told, one in zip(parts, asked, strict=True))
                for method, asked in recorder.asked
            )
            if not same and operation["operationId"] not in NOT_FOR_PROGRAMS:
                missing.append((verb, path))
    assert missing == []


def test_importing_the_client_loads_nothing_heavy():
    heavy = ("duckdb", "torch", "polars", "fastapi", "smalti.service")
    code = f"import sys, smalti.client; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_frames_refuse_what_is_not_of_their_columns():
    good: dict[str, Any] = {"name": "feed", "paused": False, "options": {"a": 1}, "last_pull": None}
    assert json.loads(frames.frame([good], frames.SOURCES)["options"][0]) == {"a": 1}
    with pytest.raises(errors.Malformed):
        frames.frame([good | {"last_pull": "yesterday"}], frames.SOURCES)
    with pytest.raises(errors.Malformed):
        frames.from_arrow(b"no arrow", frames.SIGNALS)
