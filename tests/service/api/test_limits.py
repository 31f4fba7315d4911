"""What comes too large, too slow, broken or hostile."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.service.api.conftest import HERE, LOCAL_KEY
from tests.service.api.furnished import Idle

from smalti.platform.settings import Settings
from smalti.service.api import create_app, limits
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    small = {"api_max_body": 2_000, "api_max_upload": 5_000, "api_max_wait": 0.05}
    with open_engine(Settings(home=tmp_path_factory.mktemp("home"), workers=1, **small)) as engine:  # type: ignore[arg-type]
        yield Service(engine, LocalGateway(engine), LOCAL_KEY, tasks=Idle())


@pytest.fixture(scope="module")
def api(service: Service) -> FastAPI:
    return create_app(service)


@pytest.fixture(scope="module")
def admin(api: FastAPI) -> Iterator[TestClient]:
    with TestClient(api, HERE, headers={"Authorization": f"Bearer {LOCAL_KEY}"}) as client:
        yield client


@pytest.fixture
def spool(service: Service) -> Iterator[Path]:
    """Where uploads lie."""
    folder = service.engine.settings.spool / "uploads"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // 100):
        yield b" " * 100


@pytest.mark.parametrize(
    ("path", "kind", "most"),
    [
        ("/v1/watchlists", "application/json", 2_000),
        ("/v1/uploads", "multipart/form-data; boundary=x", 5_000),
    ],
)
def test_a_body_is_refused_while_it_comes_whatever_length_it_claims(
    admin: TestClient, path: str, kind: str, most: int
) -> None:
    told = {"content-type": kind}
    claimed = admin.post(path, content=b" " * (most + 1), headers=told)
    streamed = admin.post(path, content=_pieces(most + 200), headers=told)
    for answer in (claimed, streamed):
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "TooLarge"
        assert answer.headers["connection"] == "close"
    assert admin.post(path, content=_pieces(most - 200), headers=told).status_code in {400, 422}


def test_an_upload_that_grows_too_large_leaves_nothing(admin: TestClient, spool: Path) -> None:
    assert admin.put("/v1/uploads/a.txt", content=_pieces(6_000)).status_code == 413
    assert not list(spool.glob("*"))


def test_a_client_that_stops_sending_is_not_waited_for(api: FastAPI) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not hasattr(receive, "begun"):
            receive.begun = True  # type: ignore[attr-defined]
            return {"type": "http.request", "body": b"{", "more_body": True}
        await asyncio.sleep(60)
        raise AssertionError("waited for it")

    async def send(message: Any) -> None:
        sent.append(message)

    key = f"Bearer {LOCAL_KEY}".encode()
    headers = [(b"authorization", key), (b"content-type", b"application/json"), (b"host", b"127.0.0.1:8000")]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST"}
    scope |= {"scheme": "http", "path": "/v1/watchlists", "raw_path": b"/v1/watchlists", "query_string": b""}
    scope |= {"root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000)}
    asyncio.run(api(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 429
    assert b"nothing of the body came" in sent[1]["body"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff", "application/json"),
        (b"[" * 1_900, "application/json"),
        (b'{"name": "\\ud800", "issuers": []}', "application/json"),
        (b'{"\\ud800": 1}', "application/json"),
        (b'{"name": "a\\u0000b", "issuers": []}', "application/json"),
        (b'{"name": 1e999, "issuers": [' + b"9" * 1_500 + b"]}", "application/json"),
        (b"null", "application/json"),
        (b"", "application/json"),
        (b'{"name": "a", "issuers": []}', "text/plain"),
        (b"x" * 100, "multipart/form-data; boundary=x"),
    ],
)
def test_no_body_breaks_the_service(admin: TestClient, body: bytes, kind: str) -> None:
    answer = admin.post("/v1/watchlists", content=body, headers={"content-type": kind})
    assert answer.status_code in {400, 422}
    assert set(answer.json()["error"]) == {"code", "what", "subject", "mend"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nhi',
            "multipart/form-data; boundary=x",
        ),
        (b"hello", "multipart/form-data"),
        (b"hello", "multipart/form-data; boundary="),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n" + b"A: b\r\n" * 200, "multipart/form-data; boundary=x"),
        (b"files=a", "application/x-www-form-urlencoded"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the parser's own file
def test_a_broken_form_is_refused_and_leaves_nothing(
    admin: TestClient, spool: Path, body: bytes, kind: str
) -> None:
    answer = admin.post("/v1/uploads", content=body, headers={"content-type": kind})
    assert answer.status_code in {400, 422}
    assert "error" in answer.json()
    assert not list(spool.glob("*"))


@pytest.mark.parametrize(
    "name", ["..", "../../etc/passwd", "/etc/passwd", "a\\..\\..\\b", "", "a\x00b", "a" * 300]
)
def test_a_file_keeps_to_its_folder_whatever_it_is_called(admin: TestClient, spool: Path, name: str) -> None:
    answer = admin.post("/v1/uploads", files={"files": (name, b"hello")})
    assert answer.status_code in {202, 400, 422}
    kept = {path.relative_to(spool).parts[1:] for path in spool.rglob("*") if path.is_file()}
    assert kept <= {("said.json",), ("000", "passwd"), ("000", "b"), ("000", "a%00b")}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/signals?kind=%00",
        "/v1/signals?issuer=%ff%fe",
        "/v1/signals?issuer=a%00b",
        "/v1/signals?limit=99999999999999999999999999",
        "/v1/signals?limit=0",
        "/v1/signals?from=0001-01-01T00:00:00%2B23:59",
        "/v1/signals?from=9999-12-31T23:59:59-23:59",
        "/v1/signals?from=1e308",
        "/v1/signals?from=2024-13-45",
        "/v1/signals?cursor=AAAA",
        "/v1/signals?cursor=" + "A" * 2_000,
        "/v1/signals/series?issuer=a",
        "/v1/evidence/..%2f..%2fetc%2fpasswd",
        "/v1/evidence/%2e%2e/media",
        "/v1/documents/" + "a" * 200 + "/raw",
        "/v1/documents/a%0d%0aSet-Cookie:x/raw",
        "/v1/sources/a%00b",
        "/v1/watchlists/%ED%A0%80",
    ],
)
def test_no_parameter_breaks_the_service(admin: TestClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code in {404, 422}
    assert "error" in answer.json()


def test_a_length_that_is_no_number_is_not_believed(admin: TestClient) -> None:
    scope: Any = {"headers": [(b"content-length", b"9" * 5_000)]}
    assert limits._stated_length(scope) == 0
