from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from fastapi.testclient import TestClient
from tests.service.api.conftest import HERE, LOCAL_KEY
from tests.service.api.furnished import Idle

from smalti.platform.records import SourceKind
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service import uploads
from smalti.service.api import create_app
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service
from smalti.service.tasks import TaskView


class Later(Idle):
    """Keeps the work of tasks, for a test to do when it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.work: list[Callable[..., object]] = []

    def start(self, name: str, who: str, work: Callable[..., object], **given: Any) -> TaskView:
        self.work.append(work)
        return super().start(name, who, work, **given)


class Pushed(LocalGateway):
    """Notes what is pushed."""

    seen: ClassVar[list[tuple[Any, ...]]] = []

    def push(self, files: Any, kind: Any = None, published_at: Any = None, hints: Any = None) -> Any:
        self.seen.append(([(f.name, f.read_bytes()) for f in files], kind, published_at, dict(hints)))
        return []


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_engine(Settings(home=tmp_path_factory.mktemp("home"), workers=1, ocr=False)) as engine:
        yield Service(engine, LocalGateway(engine), LOCAL_KEY, tasks=Later())


@pytest.fixture(scope="module")
def admin(service: Service) -> Iterator[TestClient]:
    headers = {"Authorization": f"Bearer {LOCAL_KEY}"}
    with TestClient(create_app(service), HERE, headers=headers) as client:
        yield client


def _do(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Carry out what was begun; returns what it pushed."""
    monkeypatch.setattr(Pushed, "seen", [])
    monkeypatch.setattr("smalti.service.service.LocalGateway", Pushed)
    assert isinstance(service.tasks, Later)
    for work in service.tasks.work:
        work(service.engine.progress)
    service.tasks.work.clear()
    return Pushed.seen


def _left(service: Service) -> list[Path]:
    return list((service.engine.settings.spool / "uploads").glob("*"))


def test_files_of_a_form_are_pushed_with_what_was_said_of_them(
    admin: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = admin.post(
        "/v1/uploads",
        files=[("files", ("a.txt", b"one")), ("files", ("a.txt", b"two"))],
        data={"kind": "news", "published_at": "2024-05-01", "issuer": "ZZQA", "synthetic": "true"},
    )
    assert (answer.status_code, answer.json()["name"]) == (202, "upload")
    assert len(_left(service)) == 1
    [(files, kind, published_at, hints)] = _do(service, monkeypatch)
    assert files == [("a.txt", b"one"), ("a.txt", b"two")]
    assert (kind, hints) == (SourceKind.NEWS, {"issuer": "ZZQA", "synthetic": "true"})
    assert published_at == datetime(2024, 5, 1, 23, 59, 59, 999999, UTC)
    assert not _left(service)


def test_an_upload_that_a_crash_left_is_taken_up_once(
    admin: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert admin.put("/v1/uploads/b.html?url=https://example.com/b", content=b"<p>b</p>").status_code == 202
    assert isinstance(service.tasks, Later)
    service.tasks.work.clear()  # what the process was about to do when it died
    half = service.engine.settings.spool / "uploads" / "half" / "000"
    half.mkdir(parents=True)
    (half / "c.txt").write_bytes(b"of which nobody was told that it came")
    assert [one.name for one in uploads.take_up(service)] == ["upload"]
    [(files, kind, published_at, hints)] = _do(service, monkeypatch)
    assert (files, kind, published_at) == ([("b.html", b"<p>b</p>")], None, None)
    assert hints == {"url": "https://example.com/b"}
    assert not _left(service)
    assert not uploads.take_up(service)


def test_an_empty_body_is_no_file(admin: TestClient, service: Service) -> None:
    answer = admin.put("/v1/uploads/empty.txt", content=b"")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "Empty")
    assert not _left(service)


@pytest.mark.parametrize(
    ("called", "named"),
    [
        ("c" * 32, "Copper Wren Limited"),
        ("copper wren limited", "Copper Wren Limited"),
        ("cwrn", "Copper Wren Limited"),
        ("Copper Wren", "Copper Wren"),
        ("Somebody New", "Somebody New"),
    ],
)
def test_a_known_issuer_is_named_as_it_is_known_and_gets_no_twin(
    admin: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch, called: str, named: str
) -> None:
    batch = Batch()
    batch.add("issuers", {"issuer_id": "c" * 32, "name": "Copper Wren Limited"})
    batch.add("issuer_names", {"issuer_id": "c" * 32, "text": "CWRN", "kind": "ticker", "origin": "list"})
    service.engine.store.commit(batch)
    assert admin.put(f"/v1/uploads/{called[:5]}.txt?issuer={called}", content=b"x").status_code == 202
    [(_, _, _, hints)] = _do(service, monkeypatch)
    assert hints == {"issuer": named}
