"""Our recognition of whole calls beside the plain transformers pipeline: speed and word errors.

Both sides hear the same joined signal with the same Whisper base weights, one after the other, each in one
process of its own with the same number of threads. The peer is the pipeline as its documentation shows it,
once as it comes for long audio (`long-form`, timestamps on) and once with `chunk_length_s=30` (`chunked`);
it gives no word times, ours does. The words said are `Text.txt` beside the audio, read for this bench only;
both texts are normalised as in Whisper's paper.

    python bench/speech.py [--call Amazon] [--threads 2] [--seconds N]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from smalti.ingest.feeds.pieces import calls_in
from smalti.ingest.parse.audio import RATE, join, parse
from smalti.ingest.parse.contract import Request
from smalti.platform.weights import resolve

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
RESULT = HERE / "results" / "speech.json"
SIDES = ("ours", "long-form", "chunked")


def call_folder(name: str) -> Path:
    """The sample's call whose folder begins with `name`."""
    found = sorted((DATA / "sample" / "call_audio").glob(f"{name}*/Audio"))
    if not found:
        raise SystemExit(f"no call {name} under {DATA}/sample/call_audio: set SMALTI_DATA")
    return found[0].parent


def load(folder: Path) -> tuple[Any, list[str], list[tuple[float, float]]]:
    """The joined signal, the names of its pieces and their spans in seconds."""
    (call,) = calls_in([p.name for p in (folder / "Audio").iterdir()], certain=True)
    signals = [
        parse((folder / "Audio" / name).read_bytes(), Request(name)).arrays["pcm"] for name in call.pieces
    ]
    pcm, spans = join(signals)
    return pcm, list(call.pieces), spans


def ours(pcm: Any, spans: list[tuple[float, float]], names: list[str], threads: int) -> dict[str, Any]:
    """Time from signal to sentences with words, times and files; loading the model is not counted."""
    from smalti.ingest.speech import hear, parts_of
    from smalti.ingest.speech_engines import load_recogniser

    recogniser = load_recogniser(
        "faster-whisper", resolve("whisper-base").path, threads=threads, language="en"
    )
    began, spent = time.perf_counter(), time.process_time()
    heard = hear(pcm, recogniser, parts_of(names, spans))
    return {
        **_timing(began, spent, pcm),
        "text": " ".join(s.text for s in heard.sentences),
        "not_understood": len(heard.lost),
    }


def peer(pcm: Any, threads: int, model: Path, *, chunked: bool) -> dict[str, Any]:
    """The same for the pipeline, from signal to text."""
    import torch
    from transformers import pipeline

    torch.set_num_threads(threads)
    run: Any = pipeline("automatic-speech-recognition", model=str(model), device="cpu")
    options = {"chunk_length_s": 30} if chunked else {"return_timestamps": True}
    began, spent = time.perf_counter(), time.process_time()
    text = run(pcm.copy(), generate_kwargs={"language": "en"}, **options)["text"]
    return {**_timing(began, spent, pcm), "text": text}


def _timing(began: float, spent: float, pcm: Any) -> dict[str, float]:
    seconds = pcm.size / RATE
    return {
        "real_time_factor": round((time.perf_counter() - began) / seconds, 4),
        "real_time_factor_cpu": round((time.process_time() - spent) / seconds, 4),
        "load_average_1m": round(os.getloadavg()[0], 2),
    }


def word_errors(said: str, heard: str) -> float:
    """Word error rate after Whisper's English normalisation."""
    import jiwer
    from transformers.models.whisper.english_normalizer import EnglishTextNormalizer

    build: Any = EnglishTextNormalizer
    plain = build({})
    return round(float(jiwer.wer(plain(said), plain(heard))), 4)


def side(options: argparse.Namespace) -> None:
    """One side, in this process: its figures as JSON on the last line."""
    pcm, names, spans = load(call_folder(options.call))
    if options.seconds:
        pcm = pcm[: round(options.seconds * RATE)]
    if options.side == "ours":
        result = ours(pcm, spans, names, options.threads)
    else:
        result = peer(pcm, options.threads, options.model, chunked=options.side == "chunked")
    print(json.dumps(result))


def both(options: argparse.Namespace) -> None:
    """All sides, one process after the other, and their table."""
    from whisper_for_transformers import convert

    folder = call_folder(options.call)
    said = (folder / "Text.txt").read_text()
    pcm = load(folder)[0]
    whole = not options.seconds
    threads = str(options.threads)
    # A waiting OpenMP thread sleeps instead of spinning, or a busy machine would slow one side far more.
    environment = {**os.environ, "OMP_NUM_THREADS": threads, "OMP_WAIT_POLICY": "PASSIVE"}
    rows: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        model = convert(resolve("whisper-base").path, Path(temporary))
        for name in SIDES:
            command = [sys.executable, __file__, "--side", name, "--call", options.call, "--threads", threads]
            command += ["--seconds", str(options.seconds), "--model", str(model)]
            out = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            rows[name] = json.loads(out.stdout.splitlines()[-1])
            text = rows[name].pop("text")
            if whole:
                rows[name]["word_error_rate"] = word_errors(said, text)
            print(name, rows[name], flush=True)
    best = min(rows[name]["real_time_factor"] for name in SIDES[1:])
    result = {
        "call": folder.name,
        "audio_s": round(options.seconds or np.size(pcm) / RATE, 1),
        "threads": options.threads,
        "processes": 1,
        "sides": rows,
        "times_faster_than_the_faster_peer": round(best / rows["ours"]["real_time_factor"], 2),
        "times_faster_than_long_form": round(
            rows["long-form"]["real_time_factor"] / rows["ours"]["real_time_factor"], 2
        ),
    }
    print(json.dumps({k: v for k, v in result.items() if k.startswith("times")}))
    if whole:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=1) + "\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--call", default="Amazon", help="how the call's folder begins")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seconds", type=float, default=0.0, help="only the first N; no word errors then")
    options.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options.add_argument("--model", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.side:
        side(chosen)
    else:
        both(chosen)


if __name__ == "__main__":
    main()
