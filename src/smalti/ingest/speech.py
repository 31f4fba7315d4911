"""What is said in a call: windows for the recogniser, made-up words caught, sentences with their place.

A recogniser hears at most 30 seconds at once, and short pieces cost as much as long ones; so a call is heard
joined, in windows that end where it is quiet, and every word is mapped back to the piece it lies in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from smalti.ingest.calls import activity
from smalti.ingest.calls.faults import fault, is_stock_phrase
from smalti.ingest.calls.vocabulary import Vocabulary
from smalti.ingest.speech_engines import RATE, Heard, Pcm, Recogniser, Word

__all__ = ["Hearing", "Lost", "Part", "Sentence", "hear", "parts_of", "speaker_of", "windows_of"]

WINDOW_S = 29.5
"""Longest window, seconds: a little under Whisper's 30, so that a last word is never cut."""

_SEARCH_S = 3.0  # how far back from a full window a quiet place is looked for
_FRAME_S = 0.05
_QUIET = 3e-4  # root mean square under which a window holds no speech (-70 dB)
_LEAST_SPEECH_S = 0.3  # a window with less is not heard
_IN_SILENCE = 0.1  # share of a sentence in speech under which it was said in silence
_LONGEST_S = 30.0  # a sentence without an end is cut here
_PAUSE_S = 1.2  # a pause this long ends a sentence
_NUMBERED = re.compile(r"(?:(?:[_.-]\d+)+|^\d+|[ _.-]*\d+)$")
_REST_OF_NUMBER = re.compile(r"[.,]?\d|%")
_ENDS = re.compile(r"[.?!][\"')\]]*$")
_ABBREVIATIONS = re.compile(
    r"(?:mrs?|ms|dr|inc|corp|co|ltd|vs|st|no|[js]r|(?:[a-z]\.)+[a-z])\.", re.IGNORECASE
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
    """

    text: str
    start: float
    end: float
    words: tuple[Word, ...]
    part: Part
    language: str

    @property
    def in_part(self) -> tuple[float, float]:
        """Start and end, seconds from the beginning of its file; what lies in a neighbour is left out."""
        length = self.part.end - self.part.start
        return max(0.0, self.start - self.part.start), min(length, self.end - self.part.start)


@dataclass(frozen=True, slots=True)
class Lost:
    """A stretch of speech that no hearing made sense of: seconds in the joined call, and the last fault."""

    start: float
    end: float
    why: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """All that was heard in a call, in order, and what could not be."""

    sentences: tuple[Sentence, ...]
    lost: tuple[Lost, ...] = ()

    @property
    def partial(self) -> str | None:
        """Why the call is only partly heard, for people; None where it is whole."""
        if not self.lost:
            return None
        places = ", ".join(f"{x.start:.0f}-{x.end:.0f} s ({x.why})" for x in self.lost[:5])
        more = f" and {len(self.lost) - 5} more places" if len(self.lost) > 5 else ""
        return f"not understood: {places}{more}"


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


def hear(
    pcm: Pcm,
    recogniser: Recogniser,
    parts: Sequence[Part] = (),
    vocabulary: Vocabulary | None = None,
    speech: activity.Spans | None = None,
) -> Hearing:
    """The sentences of a call, in order.

    Args:
        pcm: the joined signal, shape (samples,), float32 at 16 kHz.
        recogniser: the engine.
        parts: the files it was joined from, in order; none for a single recording.
        vocabulary: the issuer's names and terms, which the recogniser then spells right.
        speech: start and end second of each run of speech, from `activity.speech`; None takes all that is
            not silent for speech.

    Returns:
        Sentences, each with the part that it lies in. A window with a fault (see `faults`) is heard again
        without the vocabulary and with care, then in halves; what stays faulty is left out and named.
    """
    parts = parts or [Part("", None, 0.0, pcm.size / RATE)]
    spans = [(0.0, pcm.size / RATE)] if speech is None else speech
    listener = _Listener(pcm, recogniser, spans, vocabulary)
    sentences: list[Sentence] = []
    for words, language in listener.windows():
        sentences += _sentences(words, parts, language)
    spoken = [s for s in _joined_over_windows(sentences, parts) if not _in_silence(s, spans)]
    return Hearing(tuple(spoken), tuple(listener.lost))


class _Listener:
    """Hears one call window by window and notes what it gave up."""

    def __init__(
        self, pcm: Pcm, recogniser: Recogniser, speech: activity.Spans, vocabulary: Vocabulary | None
    ) -> None:
        self.pcm, self.recogniser, self.speech, self.vocabulary = pcm, recogniser, speech, vocabulary
        self.prompt = vocabulary.prompt if vocabulary else ""
        self.lost: list[Lost] = []

    def windows(self) -> Iterator[tuple[list[Word], str]]:
        """Words in call time and the language of each window that holds speech."""
        spans = [s for s in self._spans() if _loud(self.pcm, s) and self._speech_s(s) >= _LEAST_SPEECH_S]
        heard = self.recogniser.recognise([self.pcm[a:b] for a, b in spans], prompt=self.prompt)
        for span, first in zip(spans, heard, strict=True):
            for part, best in self._settled(span, first):
                at = part[0] / RATE
                words = [replace(w, start=w.start + at, end=w.end + at) for w in best.words if w.text.strip()]
                words = _whole_numbers(words)
                yield (self.vocabulary.respelled(words) if self.vocabulary else words), best.language

    def _spans(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for start, end in activity.stretches(self.speech, self.pcm.size / RATE):
            first, last = round(start * RATE), round(end * RATE)
            found += [(first + a, first + b) for a, b in windows_of(self.pcm[first:last])]
        return found

    def _speech_s(self, span: tuple[int, int]) -> float:
        return activity.overlap(self.speech, span[0] / RATE, span[1] / RATE)

    def _settled(self, span: tuple[int, int], first: Heard) -> list[tuple[tuple[int, int], Heard]]:
        """The window's words; where they have a fault, those of another hearing, of its halves if need be."""
        if fault(first, self._speech_s(span), self.prompt) is None:
            return [(span, first)]
        again = self._again(span)
        why = fault(again, self._speech_s(span))
        if why is None:
            return [(span, again)]
        middle = _quietest(self.pcm, *_middle_third(span)) if span[1] - span[0] > 4 * RATE else span[1]
        kept: list[tuple[tuple[int, int], Heard]] = []
        for half in [h for h in ((span[0], middle), (middle, span[1])) if h[1] > h[0]]:
            found = self._again(half) if half != span else again
            why = fault(found, self._speech_s(half))
            if why is None:
                kept.append((half, found))
            elif why != "silence":
                self.lost.append(Lost(half[0] / RATE, half[1] / RATE, why))
        return kept

    def _again(self, span: tuple[int, int]) -> Heard:
        return self.recogniser.recognise([self.pcm[span[0] : span[1]]], careful=True)[0]


def _middle_third(span: tuple[int, int]) -> tuple[int, int]:
    third = (span[1] - span[0]) // 3
    return span[0] + third, span[1] - third


def _whole_numbers(words: Sequence[Word]) -> list[Word]:
    """Words with the parts of one number joined: engines give `3.7%` as ` 3`, `.7`, `%`, and .7 is wrong."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and last.text[-1:].isdigit() and _REST_OF_NUMBER.match(word.text):
            known = [p for p in (last.probability, word.probability) if p is not None]
            joined[-1] = Word(last.start, word.end, last.text + word.text, min(known, default=None))
        else:
            joined.append(word)
    return joined


def _in_silence(sentence: Sentence, speech: activity.Spans) -> bool:
    """Whether nobody speaks where it was heard; a line that ends subtitles needs half of it in speech."""
    length = max(0.1, sentence.end - sentence.start)
    share = activity.overlap(speech, sentence.start - 0.2, sentence.end + 0.2) / length
    return share < (0.5 if is_stock_phrase(sentence.text) else _IN_SILENCE)


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
        if last is None or _breaks(last.words, s.words[0], moved=moved):
            whole.append(s)
        else:
            whole[-1] = _sentence((*last.words, *s.words), parts, s.language)
    return whole
