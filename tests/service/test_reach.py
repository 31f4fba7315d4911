"""How commands find a service, and where a key never goes."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import trustme

from smalti.platform.errors import SettingsError, Unreachable
from smalti.service.reach import FILE, _trusting, left_by, service_elsewhere, service_of
from tests.service.loopback import serving


def told(home: Path, content: str, mode: int = 0o600) -> Path:
    file = home / FILE
    file.write_text(content)
    file.chmod(mode)
    return home


def names(address: str) -> str:
    return json.dumps({"address": address, "local_key": "k" * 40, "pid": 1})


def test_a_service_that_listens_is_found(tmp_path):
    with serving(lambda _: {}) as replay:
        transport = service_of(told(tmp_path, names(replay.base)))
        assert transport is not None
        assert transport.address == replay.base
        transport.close()


@pytest.mark.parametrize("content", [names("http://127.0.0.1:9"), "", "{", "[]", '{"address": 1}'])
def test_what_is_stale_or_half_written_names_none(tmp_path, content):
    assert service_of(told(tmp_path, content)) is None


def test_no_file_names_none(tmp_path):
    assert service_of(tmp_path) is None
    assert left_by(tmp_path) == ""
    assert left_by(told(tmp_path, names("http://127.0.0.1:9"))) == "http://127.0.0.1:9"


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_could_have_written_is_not_believed(tmp_path, mode):
    with pytest.raises(SettingsError, match="others could have written it"):
        service_of(told(tmp_path, names("http://127.0.0.1:9"), mode))


def test_a_service_with_tls_is_trusted_by_its_own_certificate_alone(tmp_path):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own, other = authority.issue_cert("smalti.example"), authority.issue_cert("other.example")
    own.configure_cert(context)
    for name, certificate in (("own", own), ("other", other)):
        certificate.cert_chain_pems[0].write_to_path(str(tmp_path / name))
    with serving(lambda _: {"/v1/status": (200, {}, b"{}")}, context) as replay:
        said = {"address": replay.base, "local_key": "k" * 40, "pid": 1}
        for name, works in (("own", True), ("other", False)):
            transport = service_of(told(tmp_path, json.dumps(said | {"certificate": str(tmp_path / name)})))
            assert transport is not None
            with nullcontext() if works else pytest.raises(Unreachable):
                assert transport.send("GET", ["status"]).json() == {}
            transport.close()
    with pytest.raises(SettingsError, match="certificate cannot be read"):
        _trusting(str(tmp_path / "nowhere"))


def test_a_key_in_the_open_is_refused_from_the_file_too(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.create_connection", lambda *_: open("/dev/null"))  # noqa: PTH123, SIM115
    with pytest.raises(SettingsError, match="in the open"):
        service_of(told(tmp_path, names("http://203.0.113.7:80")))


def test_a_key_goes_only_to_an_address_set_beside_it(monkeypatch):
    monkeypatch.delenv("SMALTI_SERVICE", raising=False)
    monkeypatch.delenv("SMALTI_KEY", raising=False)
    with pytest.raises(SettingsError, match="a key is needed"):
        service_elsewhere("https://smalti.example")
    monkeypatch.setenv("SMALTI_KEY", "smk_1")
    with pytest.raises(SettingsError, match="set in the same place"):
        service_elsewhere("https://smalti.example")
    monkeypatch.setenv("SMALTI_SERVICE", "https://smalti.example")
    service_elsewhere("https://smalti.example").close()


def test_speaking_to_a_service_loads_no_database():
    heavy = ("duckdb", "polars", "sqlalchemy", "tantivy", "torch")
    code = (
        "import sys, smalti.service.cli.app, smalti.service.remote;"
        f" print([m for m in {heavy} if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
