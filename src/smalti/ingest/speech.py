"""What is said in a call: windows for the recogniser, loops caught, sentences with their place and speaker.

A recogniser hears at most 30 seconds at once, and short pieces cost as much as long ones; so a call is heard
joined, in windows that end where it is quiet, and every word is mapped back to the piece it lies in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from smalti.ingest.parse.contract import Piece
from smalti.ingest.speech_engines import RATE, Heard, Pcm, Recogniser, Word
from smalti.platform.records import EvidenceKind, Locator

__all__ = ["Part", "Sentence", "hear", "parts_of", "sentence_pieces", "speaker_of", "windows_of"]

WINDOW_S = 29.5
"""Longest window, seconds: a little under Whisper's 30, so that a last word is never cut."""

_SEARCH_S = 3.0  # how far back from a full window a quiet place is looked for
_FRAME_S = 0.05
_QUIET = 3e-4  # root mean square under which a window holds no speech (-70 dB)
_LOOPED = 2.4  # Whisper's own threshold of compression
_LONGEST_S = 30.0  # a sentence without an end is cut here
_PAUSE_S = 1.2  # a pause this long ends a sentence
_NUMBERED = re.compile(r"(?:(?:[_.-]\d+)+|^\d+|[ _.-]*\d+)$")
_ENDS = re.compile(r"[.?!][\"')\]]*$")
_ABBREVIATIONS = re.compile(
    r"(?:mrs?|ms|dr|inc|corp|co|ltd|vs|st|no|[js]r|(?:[a-z]\.)+[a-z])\.", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|half|double|percent)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a call: its name, its speaker if the name gives one, its span in the joined signal (s)."""

    name: str
    speaker: str | None
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as heard.

    Attributes:
        text: what was heard, as the recogniser wrote it.
        start, end: seconds in the joined call.
        words: times in the joined call.
        part: the file that most of it lies in.
        language: ISO 639-1 code.
        suspect: why it may not have been said, or None: `repetition` when the recogniser looped.
    """

    text: str
    start: float
    end: float
    words: tuple[Word, ...]
    part: Part
    language: str
    suspect: str | None = None

    @property
    def in_part(self) -> tuple[float, float]:
        """Start and end, seconds from the beginning of its file; what lies in a neighbour is left out."""
        length = self.part.end - self.part.start
        return max(0.0, self.start - self.part.start), min(length, self.end - self.part.start)

    @property
    def has_number(self) -> bool:
        """Whether a number is spoken: recognisers misread them, so each stays unverified."""
        return bool(_NUMBER.search(self.text))


def speaker_of(name: str) -> str | None:
    """The label before the numbers of a piece's file name (`Jane Roe_10_1.mp3`: `Jane Roe`), if any."""
    label = _NUMBERED.sub("", PurePosixPath(name).stem).strip()
    return None if not label or label.isdigit() else label


def parts_of(names: Sequence[str], spans: Sequence[tuple[float, float]]) -> list[Part]:
    """The files of a call and where each lies in the joined signal.

    The part of a name before its numbers is a speaker's label only where there are several files: the
    name of a single recording names the recording.
    """
    several = len(names) > 1
    return [
        Part(PurePosixPath(name).name, speaker_of(name) if several else None, start, end)
        for name, (start, end) in zip(names, spans, strict=True)
    ]


def hear(pcm: Pcm, recogniser: Recogniser, parts: Sequence[Part] = (), prompt: str = "") -> list[Sentence]:
    """The sentences of a call, in order.

    Args:
        pcm: the joined signal, shape (samples,), float32 at 16 kHz.
        recogniser: the engine.
        parts: the files it was joined from, in order; none for a single recording.
        prompt: the issuer's names and terms, which the recogniser then spells right.

    Returns:
        Sentences, each with the part that it lies in. Where a window looped, even when heard again with
        care, its sentences are marked `repetition` and each run of repeats is kept once.
    """
    parts = parts or [Part("", None, 0.0, pcm.size / RATE)]
    spans = [s for s in windows_of(pcm) if _loud(pcm, s)]
    heard = recogniser.recognise([pcm[a:b] for a, b in spans], prompt=prompt)
    sentences: list[Sentence] = []
    for span, first in zip(spans, heard, strict=True):
        words, suspect, language = _settled(pcm, span, first, recogniser)
        sentences += [replace(s, suspect=suspect) for s in _sentences(words, parts, language)]
    return _joined_over_windows(sentences, parts)


def windows_of(pcm: Pcm) -> list[tuple[int, int]]:
    """Sample ranges of at most `WINDOW_S` that end where it is quietest, in a gap between pieces if any."""
    limit, search = round(WINDOW_S * RATE), round(_SEARCH_S * RATE)
    windows: list[tuple[int, int]] = []
    begin = 0
    while pcm.size - begin > limit:
        cut = _quietest(pcm, begin + limit - search, begin + limit)
        windows.append((begin, cut))
        begin = cut
    if pcm.size > begin:
        windows.append((begin, pcm.size))
    return windows


def _quietest(pcm: Pcm, start: int, end: int) -> int:
    """The middle of the quietest quarter second between two samples; of equals, the last."""
    frame = round(_FRAME_S * RATE)
    frames = pcm[start : start + (end - start) // frame * frame].reshape(-1, frame)
    power = np.convolve(np.mean(frames.astype(np.float64) ** 2, axis=1), np.ones(5), mode="valid")
    last = power.size - 1 - int(np.argmin(power[::-1]))
    return start + (last * 2 + 5) * frame // 2


def _loud(pcm: Pcm, span: tuple[int, int]) -> bool:
    part = pcm[span[0] : span[1]].astype(np.float64)
    return bool(np.sqrt(np.mean(part**2)) > _QUIET)


def _settled(
    pcm: Pcm, span: tuple[int, int], first: Heard, recogniser: Recogniser
) -> tuple[list[Word], str | None, str]:
    """The words of one window in call time, heard again without the prompt if it looped."""
    best = first
    if _loops(first):
        best = recogniser.recognise([pcm[span[0] : span[1]]], careful=True)[0]
    silent = best.no_speech is not None and best.log_probability is not None
    if silent and best.no_speech > 0.6 and best.log_probability < -1.0:  # type: ignore[operator]
        return [], None, best.language
    looped = _loops(best)
    at = span[0] / RATE
    words = [replace(w, start=w.start + at, end=w.end + at) for w in best.words if w.text.strip()]
    return (_once(words) if looped else words), ("repetition" if looped else None), best.language


def _loops(heard: Heard) -> bool:
    words = [w.text.strip().casefold() for w in heard.words]
    return heard.compression > _LOOPED or len(_kept(words)) < len(words)


def _once(words: list[Word]) -> list[Word]:
    return [words[i] for i in _kept([w.text.strip().casefold() for w in words])]


def _kept(words: Sequence[str]) -> list[int]:
    """Indices of the words that stay when a run said over and over is kept once.

    People do say a word twice or thrice; a run counts as a loop from five times for a single word, four for
    two or three words, three for longer ones.
    """
    kept: list[int] = []
    at = 0
    while at < len(words):
        size, times = _run(words, at)
        kept.extend(range(at, at + size))
        at += size * times
    return kept


def _run(words: Sequence[str], at: int) -> tuple[int, int]:
    for size in range(1, 13):
        unit = words[at : at + size]
        times = 1
        while words[at + size * times : at + size * (times + 1)] == unit:
            times += 1
        if len(unit) == size and times >= (5 if size == 1 else 4 if size <= 3 else 3):
            return size, times
    return 1, 1


def _sentences(words: Sequence[Word], parts: Sequence[Part], language: str) -> list[Sentence]:
    owners = _owners(words, parts)
    found: list[Sentence] = []
    begin = 0
    for i in range(1, len(words) + 1):
        if i < len(words) and not _breaks(words[begin:i], words[i], moved=owners[i] != owners[i - 1]):
            continue
        found.append(_sentence(words[begin:i], parts, language))
        begin = i
    return found


def _sentence(words: Sequence[Word], parts: Sequence[Part], language: str) -> Sentence:
    """One sentence, in the part that most of its words lie in: pieces are often cut a word too late."""
    part = parts[Counter(_owners(words, parts)).most_common(1)[0][0]]
    text = "".join(w.text for w in words).strip()
    return Sentence(text, words[0].start, words[-1].end, tuple(words), part, language)


def _owners(words: Sequence[Word], parts: Sequence[Part]) -> list[int]:
    starts = [p.start for p in parts]
    return [max(0, bisect_right(starts, (w.start + w.end) / 2) - 1) for w in words]


def _breaks(so_far: Sequence[Word], following: Word, *, moved: bool) -> bool:
    """Whether a sentence ends before `following`; `moved` says that another file begins there."""
    last = so_far[-1]
    if following.start - last.end > _PAUSE_S or following.end - so_far[0].start > _LONGEST_S:
        return True
    ended = bool(_ENDS.search(last.text)) and not _ABBREVIATIONS.fullmatch(last.text.strip())
    return (ended or moved) and not following.text.strip()[:1].islower()


def _joined_over_windows(sentences: Sequence[Sentence], parts: Sequence[Part]) -> list[Sentence]:
    """A sentence that a window's edge cut in two, whole again."""
    whole: list[Sentence] = []
    for s in sentences:
        last = whole[-1] if whole else None
        moved = bool(last and last.part != s.part)
        if last is None or last.suspect != s.suspect or _breaks(last.words, s.words[0], moved=moved):
            whole.append(s)
        else:
            both = _sentence((*last.words, *s.words), parts, s.language)
            whole[-1] = replace(both, suspect=s.suspect)
    return whole


def sentence_pieces(
    sentences: Sequence[Sentence], voices: Sequence[Mapping[str, float | None]]
) -> list[Piece]:
    """Evidence, one piece a sentence: its words, how it sounds, and where a person can listen to it.

    Args:
        sentences: from `hear`.
        voices: one row of voice measures each, from `smalti.ingest.voice.measure`.
    """
    return [_piece(s, voice) for s, voice in zip(sentences, voices, strict=True)]


def _piece(sentence: Sentence, voice: Mapping[str, float | None]) -> Piece:
    start, end = sentence.in_part
    payload = {
        "words": [
            {
                "start": round(w.start, 3),
                "end": round(w.end, 3),
                "word": w.text.strip(),
                "probability": None if w.probability is None else round(w.probability, 4),
            }
            for w in sentence.words
        ],
        "voice": dict(voice),
        "file": {"name": sentence.part.name, "start": round(start, 3), "end": round(end, 3)},
        "language": sentence.language,
        "unverified_numbers": sentence.has_number,
        "suspect": sentence.suspect,
    }
    where = f"{sentence.part.name} from {start:.1f} s" if sentence.part.name else None
    locator = Locator(
        seconds=(round(sentence.start, 3), round(sentence.end, 3)),
        speaker=sentence.part.speaker,
        record=where,
    )
    return Piece(EvidenceKind.AUDIO, locator, sentence.text, payload)
