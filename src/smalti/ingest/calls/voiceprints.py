"""How a voice differs from others: a vector of 256 numbers for 1.6 seconds of speech.

The network is the speaker encoder of Wan et al. (2018), "Generalized end-to-end loss for speaker
verification", with the weights of the `resemblyzer` package: three LSTM layers over 40 mel bands, a linear
layer, ReLU, unit length. Its own package brings librosa and webrtcvad; the mel spectrogram is small enough to
compute here (power spectrum, Slaney's mel scale and area normalisation, as librosa's defaults have it).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["PARTIAL_S", "VoiceEncoder", "mel"]

RATE = 16_000
PARTIAL_S = 1.6
"""Length of speech behind one vector, seconds."""

_WINDOW, _HOP, _BANDS, _FRAMES = 400, 160, 40, 160
_LEVEL_DB = -30.0  # quieter recordings are raised to this
_BATCH = 128

Pcm = NDArray[np.float32]
Vectors = NDArray[np.float32]


class VoiceEncoder:
    """The encoder with its weights, on one thread: its steps are too small to be worth sharing out.

    Args:
        weights: folder with `model.safetensors`.
    """

    def __init__(self, weights: Path) -> None:
        import torch
        from safetensors.torch import load_file

        torch.set_num_threads(1)
        state = load_file(weights / "model.safetensors")
        self._lstm = torch.nn.LSTM(_BANDS, 256, 3, batch_first=True)
        self._lstm.load_state_dict(
            {k.removeprefix("lstm."): v for k, v in state.items() if k.startswith("lstm.")}
        )
        self._linear = torch.nn.Linear(256, 256)
        self._linear.load_state_dict({"weight": state["linear.weight"], "bias": state["linear.bias"]})

    def encode(self, clips: Sequence[Pcm]) -> Vectors:
        """Vectors of shape (len(clips), 256), unit length.

        Args:
            clips: signals of shape (samples,) at 16 kHz; of each the first `PARTIAL_S` count, and a shorter
                one is heard over and over. None may be empty.
        """
        import torch

        found = [np.empty((0, 256), dtype=np.float32)]
        for at in range(0, len(clips), _BATCH):
            batch = np.stack([mel(np.resize(c, _FRAMES * _HOP))[:_FRAMES] for c in clips[at : at + _BATCH]])
            with torch.inference_mode():
                _, (hidden, _) = self._lstm(torch.from_numpy(batch))
                raw = torch.relu(self._linear(hidden[-1]))
                found.append((raw / raw.norm(dim=1, keepdim=True).clamp_min(1e-9)).numpy())
        return np.concatenate(found)


def levelled(pcm: Pcm) -> Pcm:
    """`pcm` raised to -30 dB of full scale where it is quieter, as the encoder was trained."""
    power = float(np.mean(pcm.astype(np.float64) ** 2)) if pcm.size else 0.0
    gain = 10 ** (_LEVEL_DB / 20) / np.sqrt(power) if power > 0 else 1.0
    return np.asarray(pcm * np.float32(gain)) if gain > 1 else pcm


def mel(pcm: Pcm) -> NDArray[np.float32]:
    """Mel power spectrogram of shape (1 + samples // 160, 40), frames centred on every tenth millisecond."""
    padded = np.pad(pcm, _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    found = np.fft.rfft(frames * hann.astype(np.float32), axis=1)
    return np.asarray((found.real**2 + found.imag**2) @ _filters().astype(np.float32), dtype=np.float32)


@cache
def _filters() -> NDArray[np.float64]:
    """Triangles of shape (201, 40), each of area 1 in Hz, equally spaced on Slaney's mel scale to 8 kHz."""
    knots = _hertz(np.linspace(0.0, _mels(RATE / 2), _BANDS + 2))
    bins = np.linspace(0.0, RATE / 2, _WINDOW // 2 + 1)[:, None]
    rising = (bins - knots[:-2]) / (knots[1:-1] - knots[:-2])
    falling = (knots[2:] - bins) / (knots[2:] - knots[1:-1])
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)) * 2 / (knots[2:] - knots[:-2]))


_LINEAR_HZ, _BREAK_HZ, _STEP = (
    200 / 3,
    1000.0,
    np.log(6.4) / 27,
)  # linear under 1 kHz, 27 steps an octave of 6.4


def _mels(hertz: float) -> float:
    if hertz < _BREAK_HZ:
        return hertz / _LINEAR_HZ
    return float(_BREAK_HZ / _LINEAR_HZ + np.log(hertz / _BREAK_HZ) / _STEP)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    linear, break_mel = mels * _LINEAR_HZ, _BREAK_HZ / _LINEAR_HZ
    return np.where(mels < break_mel, linear, _BREAK_HZ * np.exp(_STEP * (mels - break_mel)))
