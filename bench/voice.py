"""Our voice measures beside Praat's own, sentence by sentence, on the sample's calls.

Praat (parselmouth) reads each file at its own sample rate with its standard settings; ours hears the file
as the ingest does, at 16 kHz. A measure with a correlation under .95 stays out of the shipped model.

    python bench/voice.py [--every N]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
import soundfile
from parselmouth.praat import call

from smalti.ingest.parse.audio import RATE, parse
from smalti.ingest.parse.contract import Request
from smalti.ingest.voice import measure
from smalti.platform.voice_measures import MEASURES, TRUSTED

HERE = Path(__file__).resolve().parent
RESULT = HERE / "results" / "voice.json"
LEAST = 0.95
LINES = {
    "pitch_mean": "Mean pitch",
    "pitch_sd": "Standard deviation",
    "pitch_min": "Minimum pitch",
    "pitch_max": "Maximum pitch",
    "pulses": "Number of pulses",
    "periods": "Number of periods",
    "period_mean": "Mean period",
    "period_sd": "Standard deviation of period",
    "unvoiced_fraction": "Fraction of locally unvoiced frames",
    "voice_breaks": "Number of voice breaks",
    "voice_break_degree": "Degree of voice breaks",
    "jitter_local": "Jitter (local)",
    "jitter_local_abs": "Jitter (local, absolute)",
    "jitter_rap": "Jitter (rap)",
    "jitter_ppq5": "Jitter (ppq5)",
    "jitter_ddp": "Jitter (ddp)",
    "shimmer_local": "Shimmer (local)",
    "shimmer_local_db": "Shimmer (local, dB)",
    "shimmer_apq3": "Shimmer (apq3)",
    "shimmer_apq5": "Shimmer (apq5)",
    "shimmer_apq11": "Shimmer (apq11)",
    "shimmer_dda": "Shimmer (dda)",
    "autocorrelation": "Mean autocorrelation",
    "nhr": "Mean noise-to-harmonics ratio",
    "hnr": "Mean harmonics-to-noise ratio",
}


def praat(path: Path) -> dict[str, float]:
    """Praat's voice report and intensity of one file; NaN where it says undefined."""
    samples, rate = soundfile.read(path)
    sound = parselmouth.Sound(samples, rate)
    pitch = sound.to_pitch_ac(pitch_floor=75.0, pitch_ceiling=600.0)
    pulses = call([sound, pitch], "To PointProcess (cc)")
    report = call([sound, pitch, pulses], "Voice report", 0, 0, 75, 600, 1.3, 1.6, 0.03, 0.45)
    intensity = sound.to_intensity(minimum_pitch=100.0)
    found = {name: _number(report, label) for name, label in LINES.items()}
    found["intensity_mean"] = call(intensity, "Get mean", 0, 0, "dB")
    found["intensity_max"] = call(intensity, "Get maximum", 0, 0, "Parabolic")
    found["intensity_min"] = call(intensity, "Get minimum", 0, 0, "Parabolic")
    found["duration_s"] = sound.duration
    return found


def _number(report: str, label: str) -> float:
    match = re.search(rf"{re.escape(label)}: (-?\d[\d.]*(?:[eE][+-]?\d+)?)", report)
    return float(match[1]) if match else float("nan")  # "--undefined--" does not match


def compare(paths: list[Path]) -> dict[str, Any]:
    ours, theirs, seconds, spent = [], [], 0.0, 0.0
    for path in paths:
        pcm = parse(path.read_bytes(), Request(path.name)).arrays["pcm"]
        began = time.process_time()
        row = measure(pcm, [(0.0, pcm.size / RATE)])[0]
        spent += time.process_time() - began
        seconds += pcm.size / RATE
        ours.append([float("nan") if row[m] is None else row[m] for m in MEASURES])
        peer = praat(path)
        theirs.append([peer[m] for m in MEASURES])
    table = {m: _agreement(np.asarray(ours)[:, i], np.asarray(theirs)[:, i]) for i, m in enumerate(MEASURES)}
    trusted = [m for m, row in table.items() if row["correlation"] >= LEAST]
    return {
        "sentences": len(paths),
        "audio_s": round(seconds, 1),
        "real_time_factor_cpu": round(spent / seconds, 4),
        "load_average_1m": round(os.getloadavg()[0], 2),
        "peer": f"parselmouth {parselmouth.__version__}, Praat {parselmouth.PRAAT_VERSION}",
        "measures": table,
        "trusted": trusted,
    }


def _agreement(ours: Any, theirs: Any) -> dict[str, float]:
    """Correlation, mean difference (ours less Praat's), Praat's deviation, sentences that have both."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    a, b = ours[both], theirs[both]
    return {
        "correlation": round(float(np.corrcoef(a, b)[0, 1]), 4),
        "bias": float(f"{np.mean(a - b):.4g}"),
        "praat_sd": float(f"{np.std(b, ddof=1):.4g}"),
        "n": int(both.sum()),
        "n_only_one": int((np.isfinite(ours) != np.isfinite(theirs)).sum()),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1, help="take every Nth sentence only")
    every = options.parse_args().every
    data = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
    paths = sorted((data / "sample" / "call_audio").glob("*/Audio/*.mp3"))[::every]
    if not paths:
        raise SystemExit(
            f"no calls under {data}/sample/call_audio: set SMALTI_DATA to the folder of real data"
        )
    result = compare(paths)
    print(f"{'measure':20} {'corr':>7} {'bias':>11} {'Praat sd':>11} {'n':>4}")
    for name, row in result["measures"].items():
        mark = "" if row["correlation"] >= LEAST else "  below .95"
        numbers = f"{row['correlation']:7.4f} {row['bias']:11.4g} {row['praat_sd']:11.4g} {row['n']:4}"
        print(f"{name:20} {numbers}{mark}")
    print(f"{result['real_time_factor_cpu']} of real time, one thread")
    if set(result["trusted"]) != set(TRUSTED):
        print("TRUSTED in smalti.platform.voice_measures differs from this result")
    if every == 1:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
