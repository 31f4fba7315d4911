"""Earnings calls: sentences spoken in turn, in a quiet room, through a telephone line."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from .manners import in_manner
from .voices import RATE, VOICES, Sound
from .world import SEED, Company, Line

_PAUSE_S, _TURN_S = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Span:
    """Where one line of a call is heard: the file, and seconds from its start."""

    file: str
    start: float
    end: float
    line: Line


def call_files(story: Company) -> tuple[dict[str, bytes], list[Span]]:
    """The call's audio files by path below `call_audio/`, and where each line is heard.

    A call is one file, or a folder of pieces (`Role_block_sentence.mp3`) where it has no suffix.
    """
    rng = np.random.default_rng(SEED + story.cik)
    voices = VOICES | dict(story.voices)
    spoken = [in_manner(line.text, voices[line.speaker], line.manner) for line in story.call]
    if not story.call_suffix:
        return _pieces(story.call_stem, story, spoken, rng)
    name = story.call_stem + story.call_suffix
    parts: list[Sound] = [_silence(0.4)]
    spans: list[Span] = []
    for n, (line, sound) in enumerate(zip(story.call, spoken, strict=True)):
        if n:
            parts.append(_silence(_PAUSE_S if story.call[n - 1].speaker == line.speaker else _TURN_S))
        start = sum(map(len, parts)) / RATE
        parts.append(sound)
        spans.append(Span(name, round(start, 2), round(start + len(sound) / RATE, 2), line))
    parts.append(_silence(0.5))
    return {name: _encoded(_line(np.concatenate(parts), rng), name)}, spans


def _pieces(
    stem: str, story: Company, spoken: list[Sound], rng: np.random.Generator
) -> tuple[dict[str, bytes], list[Span]]:
    files: dict[str, bytes] = {}
    spans: list[Span] = []
    block, sentence, before = 0, 0, ""
    for line, sound in zip(story.call, spoken, strict=True):
        block, sentence = (block, sentence + 1) if line.speaker == before else (block + 1, 1)
        before = line.speaker
        name = f"{stem}/Audio/{line.speaker}_{block}_{sentence}.mp3"
        padded = np.concatenate([_silence(0.15), sound, _silence(0.15)])
        files[name] = _encoded(_line(padded, rng), name)
        spans.append(Span(name, 0.15, round(0.15 + len(sound) / RATE, 2), line))
    return files, spans


def _silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def _line(sound: Sound, rng: np.random.Generator) -> Sound:
    """A faint echo of the room and a faint hiss under the voice."""
    room = sound.copy()
    for delay, gain in ((0.023, 0.10), (0.041, 0.06)):
        shift = round(delay * RATE)
        room[shift:] += np.float32(gain) * sound[:-shift]
    hiss = rng.standard_normal(len(room)).astype(np.float32)
    hiss = np.convolve(hiss, np.ones(6, np.float32) / 6, mode="same").astype(np.float32)
    return np.clip(room + np.float32(0.0025) * hiss, -1, 1).astype(np.float32)


def _encoded(sound: Sound, name: str) -> bytes:
    """The bytes of an MP3 or, where `name` says so, an Ogg Opus file, marked synthetic in its tags."""
    suffix = Path(name).suffix
    codec = ("-c:a", "libopus", "-b:a", "20k") if suffix == ".ogg" else ("-c:a", "libmp3lame", "-b:a", "32k")
    with TemporaryDirectory() as folder:
        # A real file, not a pipe: the encoder goes back to write the header of an MP3.
        made = Path(folder) / f"call{suffix}"
        command = [
            *("ffmpeg", "-v", "error", "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"),
            *("-af", "highpass=f=90,lowpass=f=7000", "-ar", "16000", *codec, "-bitexact"),
            *("-metadata", "title=SYNTHETIC earnings call, fictional issuer", str(made)),
        ]
        subprocess.run(command, input=sound.tobytes(), check=True)  # noqa: S603 - arguments of ours
        return made.read_bytes()
