"""Calls heard with everything on: words, numbers, speed; and speakers, roles and question-answer pairs.

Three questions, each a part that can be run alone:

- `words`: on the two sample calls, beside plain Whisper base (faster-whisper, beam 1, the whole joined audio,
  no voice activity, no prompt): word error rate after Whisper's English normaliser, numbers of the transcript
  found in order with their values, seconds taken. One process a side, the same threads. `Text.txt` is the
  answer key and read for this only; the vocabulary comes from the issuer's annual report where the sample
  holds one that is older than the call. The prompt's general words, and when to prefer it, were chosen on
  these two calls.
- `turns`: on the demo world's calls, where truth.json says who speaks when: diarisation error (missed, false
  and confused seconds over seconds spoken, no collar), roles, question-answer pairs.
- `voices`: two and three real people in turns, their sentences given: seconds given to the wrong one.

    python bench/calls.py [--part words turns voices] [--call Amazon 3M] [--threads 2]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import smalti.service.demo_world
from smalti.ingest import hearing
from smalti.ingest.calls.spoken_numbers import SpokenNumber, read_numbers
from smalti.ingest.parse.audio import RATE, join, parse
from smalti.ingest.parse.contract import Piece, Request
from smalti.platform.settings import Settings
from smalti.platform.weights import resolve
from speech import DATA, call_folder, load, word_errors

HERE = Path(__file__).resolve().parent
RESULT = HERE / "results" / "calls.json"
WORLD = Path(smalti.service.demo_world.__file__).parent
ANNUAL_REPORT = {"3M": "filings_pdf/3M_2016_10K.pdf"}  # filed 2017-02-09; Amazon's came after its call
FRAME_S = 0.01


def settings(threads: int) -> Settings:
    return Settings.model_validate({"threads": threads, "device": "cpu"})


# --- words, numbers, speed ---------------------------------------------------------------------------


def hints(call: str) -> dict[str, str]:
    """What a feed knows of the call: its issuer, and terms from a filing that is older."""
    found = {"issuer": call_folder(call).name.rpartition("_")[0]}
    report = DATA / "sample" / ANNUAL_REPORT.get(call, "none")
    if report.is_file():
        import pypdfium2

        from smalti.ingest.calls.vocabulary import terms_of

        pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(report)]
        found["vocabulary"] = "; ".join(terms_of(" ".join(p.split()) for p in pages))
    return found


def ours(call: str, threads: int) -> dict[str, Any]:
    """From the joined signal to evidence; loading models is not counted."""
    pcm, names, spans = load(call_folder(call))
    known = hints(call)
    chosen = settings(threads)
    hearing._recogniser(chosen)
    hearing._encoder(chosen)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pcm.npy"
        np.save(path, pcm)
        placed = [[n, a, b] for n, (a, b) in zip(names, spans, strict=True)]
        clock = Clock()
        heard = hearing.hear_call(path, placed, known, chosen)
        timing = clock.stop(pcm)
    voices = {p.payload["speaker"] for p in heard.pieces}
    return {
        **timing,
        "text": " ".join(p.text for p in heard.pieces),
        "partial": heard.partial,
        "speakers": len(voices),
        "vocabulary": known.get("vocabulary", ""),
    }


def plain(call: str, threads: int) -> dict[str, Any]:
    """Whisper base as it comes."""
    from faster_whisper import WhisperModel

    pcm, _, _ = load(call_folder(call))
    model = WhisperModel(
        str(resolve("whisper-base").path), device="cpu", compute_type="int8", cpu_threads=threads
    )
    clock = Clock()
    segments, _ = model.transcribe(pcm, beam_size=1, language="en", vad_filter=False)
    text = " ".join(s.text.strip() for s in segments)
    return {**clock.stop(pcm), "text": text}


class Clock:
    """Wall and processor seconds over those of the audio."""

    def __init__(self) -> None:
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def stop(self, pcm: Any) -> dict[str, float]:
        """Since this clock was made, and how busy the machine is."""
        seconds = pcm.size / RATE
        return {
            "real_time_factor": round((time.perf_counter() - self.wall) / seconds, 4),
            "real_time_factor_cpu": round((time.process_time() - self.processor) / seconds, 4),
            "load_average_1m": round(os.getloadavg()[0], 2),
        }


def said_numbers(text: str) -> list[SpokenNumber]:
    """Numbers of a text; each line of a transcript is a sentence that lost its full stop."""
    lines = [re.sub(r"\bU\.S$", "U.S.", line.strip()) + " ." for line in text.splitlines()]
    return [n for line in lines for n in read_numbers(line.split())]


def agree(a: SpokenNumber, b: SpokenNumber) -> bool:
    """The same value and, where both have one, the same unit; a price a share is a price."""
    units = {u.split("/")[0] for u in (a.unit, b.unit) if u}
    return abs(a.value - b.value) <= 1e-6 * max(abs(a.value), abs(b.value)) and len(units) < 2


def in_order(said: Sequence[SpokenNumber], heard: Sequence[SpokenNumber]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(heard) + 1)
    for a in said:
        above = row[:]
        for j, b in enumerate(heard):
            row[j + 1] = max(above[j + 1], row[j], above[j] + agree(a, b))
    return row[-1]


def words(options: argparse.Namespace) -> dict[str, Any]:
    # A waiting OpenMP thread sleeps instead of spinning, or a busy machine would slow one side far more.
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads), "OMP_WAIT_POLICY": "PASSIVE"}
    found: dict[str, Any] = {}
    for call in options.call:
        said = (call_folder(call) / "Text.txt").read_text()
        rows: dict[str, Any] = {}
        for side in ("plain", "ours"):
            command = [
                sys.executable,
                __file__,
                "--side",
                side,
                "--call",
                call,
                "--threads",
                str(options.threads),
            ]
            out = subprocess.run(
                command,
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            row = json.loads(out.stdout.splitlines()[-1])
            text = row.pop("text")
            numbers, heard = said_numbers(said), said_numbers(text)
            right = in_order(numbers, heard)
            row["word_error_rate"] = word_errors(said, text)
            row["word_error_rate_key_mended"] = word_errors(mended(said), text)
            row |= {"numbers_said": len(numbers), "numbers_heard": len(heard), "numbers_right": right}
            row["numbers_right_share"] = round(right / len(numbers), 4)
            rows[side] = row
            print(call, side, row, flush=True)
        for key in ("word_error_rate", "word_error_rate_key_mended"):
            rows[f"{key}_lower_by"] = round(1 - rows["ours"][key] / rows["plain"][key], 4)
        found[call] = rows
    return found


def mended(said: str) -> str:
    """The answer key without what its editing put in: `U.S` at a line's end, `&`, a heading."""
    said = re.sub(r"\bU\.S\n", "U.S. ", said).replace("&", "and")
    return said.replace("Question-and-Answer Session\n", "")


# --- who speaks, and what answers what ---------------------------------------------------------------


def turns(options: argparse.Namespace) -> dict[str, Any]:
    spoken = json.loads((WORLD / "truth.json").read_text())["spoken"]
    found: dict[str, Any] = {}
    for issuer in dict.fromkeys(row["issuer"] for row in spoken):
        lines = [row for row in spoken if row["issuer"] == issuer]
        files = list(dict.fromkeys(row["file"] for row in lines))
        signals = [
            parse((WORLD / "files" / f).read_bytes(), Request(Path(f).name)).arrays["pcm"] for f in files
        ]
        pcm, spans = join(signals)
        begins = dict(zip(files, (a for a, _ in spans), strict=True))
        for line in lines:
            line["start"], line["end"] = (
                line["start_s"] + begins[line["file"]],
                line["end_s"] + begins[line["file"]],
            )
        names = [[f, a, b] for f, (a, b) in zip(files, spans, strict=True)]
        ways = (
            {"": names} if len(files) == 1 else {"": names, ", file names unknown": [["call.mp3", 0.0, None]]}
        )
        for way, placed in ways.items():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "pcm.npy"
                np.save(path, pcm)
                heard = hearing.hear_call(path, placed, {"issuer": issuer}, settings(options.threads))
            found[issuer + way] = judged(lines, heard.pieces, pcm.size / RATE)
            print(issuer + way, found[issuer + way], flush=True)
    return found


def judged(lines: Sequence[dict[str, Any]], pieces: Sequence[Piece], seconds: float) -> dict[str, Any]:
    true, told = frames(seconds), frames(seconds)
    people = {name: i for i, name in enumerate(dict.fromkeys(x["speaker"] for x in lines), 1)}
    voices = {name: i for i, name in enumerate(dict.fromkeys(p.payload["speaker"] for p in pieces), 1)}
    for line in lines:
        true[at(line["start"]) : at(line["end"])] = people[line["speaker"]]
    for piece in pieces:
        start, end = piece.locator.seconds or (0.0, 0.0)
        told[at(start) : at(end)] = voices[piece.payload["speaker"]]
    matched = [(line_of(lines, p), p) for p in pieces]
    by_role = [(line["role"] == p.payload["role"], len(p.text)) for line, p in matched]
    questions = sorted({x["question"] for x in lines if x["question"]})
    return {
        "sentences": len(pieces),
        "speakers": len(people),
        "voices": len(voices),
        **confusion(true, told),
        "roles_right": round(sum(ok for ok, _ in by_role) / len(by_role), 4),
        "roles_right_by_letters": round(sum(n for ok, n in by_role if ok) / sum(n for _, n in by_role), 4),
        "questions": len(questions),
        "pairs_found": sum(paired(n, matched) for n in questions),
        "pairs_told": len({p.payload["answer_to"] for p in pieces if p.payload["answer_to"]}),
    }


def frames(seconds: float) -> Any:
    return np.zeros(round(seconds / FRAME_S) + 1, dtype=int)


def at(second: float) -> int:
    return round(second / FRAME_S)


def confusion(true: Any, told: Any) -> dict[str, float]:
    """Diarisation error with the best match of voices to people, and its parts; shares of seconds spoken."""
    from scipy.optimize import linear_sum_assignment

    shared = np.zeros((true.max() + 1, told.max() + 1))
    np.add.at(shared, (true, told), 1)
    rows, columns = linear_sum_assignment(-shared[1:, 1:])
    right = float(shared[1:, 1:][rows, columns].sum())
    spoken, both = float((true > 0).sum()), float(((true > 0) & (told > 0)).sum())
    missed, false = spoken - both, float(((true == 0) & (told > 0)).sum())
    parts = {"missed": missed, "false": false, "confused": both - right}
    purity = float(shared[1:, 1:].max(axis=0).sum()) / both
    shares = {name: round(value / spoken, 4) for name, value in parts.items()}
    return {"diarisation_error": round(sum(parts.values()) / spoken, 4), **shares, "purity": round(purity, 4)}


def line_of(lines: Sequence[dict[str, Any]], piece: Piece) -> dict[str, Any]:
    """The true line that a sentence shares most seconds with."""
    start, end = piece.locator.seconds or (0.0, 0.0)
    return max(lines, key=lambda x: min(end, x["end"]) - max(start, x["start"]))


def paired(number: int, matched: Sequence[tuple[dict[str, Any], Piece]]) -> bool:
    """Whether this question was told as one, with most of its answers and few of others'."""
    asked = [p.payload["question"] for line, p in matched if line["question"] == number]
    answered = [p.payload["answer_to"] for line, p in matched if line["answer_to"] == number]
    told = max(set(asked), key=asked.count) if asked else None
    if told is None or not answered:
        return False
    others = [line for line, p in matched if p.payload["answer_to"] == told and line["answer_to"] != number]
    return answered.count(told) > len(answered) / 2 and len(others) < answered.count(told)


# --- real voices --------------------------------------------------------------------------------------


def voices(_: argparse.Namespace) -> dict[str, Any]:
    """Sentences of the two sample calls in turns of four, once with eleven seconds of a third voice."""
    from smalti.ingest.calls.speakers import voices as told_apart
    from smalti.ingest.calls.voiceprints import VoiceEncoder

    encoder = VoiceEncoder(resolve("resemblyzer").path)
    first, second = sentences_of("Amazon"), sentences_of("3M")
    third = parse((DATA / "sample/call_audio/jfk.flac").read_bytes(), Request("jfk.flac")).arrays["pcm"]
    quarters = [("third", third[i : i + third.size // 4]) for i in range(0, third.size - 3, third.size // 4)]
    found = {}
    for name, between in (("two people", []), ("three people", quarters)):
        order: list[tuple[str, Any]] = []
        for n in range(6):
            order += [("first", s) for s in first[4 * n : 4 * n + 4]]
            order += [("second", s) for s in second[4 * n : 4 * n + 4]]
            order += between if n == 2 else []
        pcm, spans = join([s for _, s in order])
        numbers = told_apart(pcm, spans, encoder)
        people = {p: i for i, p in enumerate(dict.fromkeys(p for p, _ in order), 1)}
        true, told = frames(pcm.size / RATE), frames(pcm.size / RATE)
        for (who, _), number, (start, end) in zip(order, numbers, spans, strict=True):
            true[at(start) : at(end)], told[at(start) : at(end)] = people[who], number + 1
        found[name] = {"sentences": len(order), "voices": max(numbers) + 1, **confusion(true, told)}
        print(name, found[name], flush=True)
    return found


def sentences_of(call: str) -> list[Any]:
    """Every fourth sentence, so that prepared remarks and answers are both there."""
    folder = call_folder(call)
    _, names, _ = load(folder)
    step = len(names) // 24
    return [parse((folder / "Audio" / n).read_bytes(), Request(n)).arrays["pcm"] for n in names[::step][:24]]


def report(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("part", "case", "figures")
    for part in ("words", "turns", "voices"):
        for case, row in result.get(part, {}).items():
            table.add_row(part, case, json.dumps(row, indent=0)[:1500])
    Console().print(table)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--part", nargs="+", default=["words", "turns", "voices"])
    options.add_argument("--call", nargs="+", default=["Amazon", "3M"], help="how the calls' folders begin")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--side", choices=("plain", "ours"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.side:
        run = ours if chosen.side == "ours" else plain
        print(json.dumps(run(chosen.call[0], chosen.threads)))
        return
    result = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    parts = {"words": words, "turns": turns, "voices": voices}
    for part in chosen.part:
        result[part] = (
            {**result.get(part, {}), **parts[part](chosen)} if part == "words" else parts[part](chosen)
        )
        RESULT.write_text(json.dumps(result, indent=1) + "\n")
    report(result)


if __name__ == "__main__":
    main()
