"""Transcripts that others wrote: SubRip, WebVTT, podcast JSON, text or HTML with `Name:` before each turn.

They become sentences with speaker, role, part and question as heard calls have them, but no voice. Their
numbers are read in the same way; they are what somebody wrote down, so they too stay unverified.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from smalti.ingest.calls.roles import Utterance, standings
from smalti.ingest.calls.spoken_numbers import read_numbers
from smalti.ingest.language import detect
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Request
from smalti.ingest.parse.moments import dated
from smalti.ingest.parse.text import clean, decode, from_markup, load_json, web_address
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, EvidenceKind, Locator, SourceKind

PARSER = "transcript"
VERSION = "1"

_MAX_BYTES = 20_000_000
_MOST_CUES = 100_000
_LONGEST = 1_000  # characters of a sentence; a longer one is cut
_LEAST_TURNS = 3
_ARROW = re.compile(r"(?P<start>[\d:.,]+)\s*-->\s*(?P<end>[\d:.,]+)")
_TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?")
_VOICE = re.compile(r"<v(?:\.[\w.]*)?\s+([^>]{1,80})>")
_TAG = re.compile(r"<[^>]{0,200}>")
_TURN = re.compile(
    r"(?P<who>(?!https?\b)[A-Z][\w.'’\-]*(?:[ ,–]+[\w.'’&\-()]+){0,9})\s?:\s*"
    r"(?:(?P<time>\d{1,2}:\d\d(?::\d\d)?)\b\s*)?(?P<text>.*)"
)
_ALONE = re.compile(r"\[?(?P<time>\d{1,2}:\d\d(?::\d\d)?)\]?")
_SENTENCE = re.compile(r"(?<=[.?!])[\"'”’)]*\s+(?=[A-Z\"“$\d])")


@dataclass(frozen=True, slots=True)
class _Cue:
    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None


def is_transcript(text: str, *, call: bool) -> bool:
    """Whether a text is one: by its form, or, where it is known to be a call's, by at least three turns."""
    head = text.lstrip("\ufeff \t\r\n")[:4_000]
    if head.startswith("WEBVTT") or re.match(r"\d{1,6}\s*\n\s*\d+:\d\d:\d\d[.,]\d+\s*-->", head):
        return True
    if head.startswith("{"):
        return bool(
            re.search(r'"segments"\s*:\s*\[', head) and re.search(r'"(?:startTime|speaker)"\s*:', head)
        )
    if not call:
        return False
    lines = [line.strip() for line in _lines(text[:200_000])]
    return sum(bool(line) and _TURN.fullmatch(line) is not None for line in lines) >= _LEAST_TURNS


def parse(raw: bytes, request: Request) -> Parsed:
    """One document of a call, one paragraph piece a sentence, with seconds and speaker where they are given.

    Raises:
        TooLarge: over 20 MB or the request's limit, or of more than a hundred thousand cues.
        Empty: no words.
        Malformed: JSON that is none, or of another shape.
    """
    if len(raw) > min(_MAX_BYTES, request.limits.max_bytes):
        raise TooLarge("over the size limit of a text file", subject=request.name, mend="split it")
    text = clean(decode(raw, declared=True))
    cues = [cue for cue in _cues(text, request.name) if cue.text]
    if len(cues) > _MOST_CUES:
        raise TooLarge(f"more than {_MOST_CUES} cues", subject=request.name, mend="split it")
    sentences = _sentences(cues)
    if not sentences:
        raise Empty("no words in it", subject=request.name, mend="check how it was saved")
    published, method = dated(request, None, DateMethod.TEXT)
    whole = "\n\n".join(s.text for s in sentences)
    document = ParsedDocument(
        part="",
        kind=request.kind or SourceKind.CALL,
        title=sentences[0].text[:200],
        pieces=_pieces(sentences),
        published_at=published,
        date_method=method,
        language=detect(whole),
        url=web_address(request.hints.get("url")),
    )
    return Parsed([document])


def _cues(text: str, name: str) -> Iterator[_Cue]:
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return _of_json(load_json(head, name), name)
    if head.startswith("WEBVTT") or "-->" in head[:4_000]:
        return _of_blocks(head)
    return _of_turns(_lines(head))


def _of_json(data: Any, name: str) -> Iterator[_Cue]:
    """The podcast namespace's JSON: `segments` of `speaker`, `startTime`, `endTime`, `body`."""
    segments = data.get("segments") if isinstance(data, dict) else None
    if not isinstance(segments, list):
        raise Malformed("no list of segments in it", subject=name, mend="send SRT, WebVTT or podcast JSON")
    for row in segments:
        if isinstance(row, dict) and isinstance(row.get("body"), str):
            speaker = row.get("speaker")
            who = _speaker(speaker) if isinstance(speaker, str) else None
            yield _Cue(
                " ".join(row["body"].split()), who, _number(row.get("startTime")), _number(row.get("endTime"))
            )


def _number(value: Any) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6
    return float(value) if good else None


def _of_blocks(text: str) -> Iterator[_Cue]:
    """SubRip and WebVTT: a line of times, then lines of words, until the next line of times."""
    times: tuple[float | None, float | None] | None = None
    words: list[str] = []
    for line in [*text.splitlines(), ""]:
        found = _ARROW.search(line[:200])
        if found or (not line.strip() and times):
            if times:
                yield _cue(" ".join(words), *times)
            times = (_seconds(found["start"]), _seconds(found["end"])) if found else None
            words = []
        elif times:
            words.append(line.strip())


def _cue(text: str, start: float | None, end: float | None) -> _Cue:
    voice = _VOICE.search(text)
    plain = " ".join(html.unescape(_TAG.sub("", text)).split())
    turn = None if voice else _TURN.fullmatch(plain.removeprefix("- ").removeprefix(">> "))
    if turn:
        return _Cue(turn["text"], _speaker(turn["who"]), start, end)
    return _Cue(plain, _speaker(voice[1]) if voice else None, start, end)


def _of_turns(lines: Sequence[str]) -> Iterator[_Cue]:
    """`Name: words` lines; a line without a name goes on with the last one's turn."""
    who: str | None = None
    start: float | None = None
    for line in map(str.strip, lines):
        turn, alone = _TURN.fullmatch(line[:20_000]), _ALONE.fullmatch(line)
        if alone:
            start = _seconds(alone["time"])
            continue
        if turn:
            who, start = _speaker(turn["who"]), _seconds(turn["time"]) if turn["time"] else None
        text = turn["text"] if turn else line
        if text:
            yield _Cue(text, who, start)
            start = None


def _lines(text: str) -> list[str]:
    plain = from_markup(text) if re.search(r"<(?:p|div|cite|br|html|body)\b", text[:20_000], re.I) else text
    return plain.splitlines()


def _speaker(name: str) -> str | None:
    return " ".join(name.split()).strip(" :-–")[:80] or None


def _seconds(text: str) -> float | None:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, part = found.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds) + (float(f"0.{part}") if part else 0.0)


def _sentences(cues: Sequence[_Cue]) -> list[_Cue]:
    """Cues of one speaker joined until a sentence ends, and parted where one ends inside."""
    found: list[_Cue] = []
    for cue in cues:
        last = found[-1] if found else None
        whole = cue
        same = last is not None and cue.speaker in (None, last.speaker)
        if last and same and not re.search(r"[.?!][\"'”’)]*$", last.text) and len(last.text) < _LONGEST:
            whole = _Cue(f"{last.text} {cue.text}", last.speaker, last.start, cue.end)
            found.pop()
        elif cue.speaker is None and last is not None:
            whole = _Cue(cue.text, last.speaker, cue.start, cue.end)
        found += _parted(whole)
    return found


def _parted(cue: _Cue) -> list[_Cue]:
    """A cue's sentences, its seconds shared out by their letters."""
    texts = [t[i : i + _LONGEST] for t in _SENTENCE.split(cue.text) for i in range(0, len(t), _LONGEST)]
    if cue.start is None or cue.end is None or len(texts) < 2:
        return [_Cue(t, cue.speaker, cue.start if not i else None, cue.end) for i, t in enumerate(texts)]
    step = (cue.end - cue.start) / sum(map(len, texts))
    parted, at = [], cue.start
    for text in texts:
        parted.append(_Cue(text, cue.speaker, at, at + step * len(text)))
        at += step * len(text)
    return parted


def _pieces(sentences: Sequence[_Cue]) -> list[Piece]:
    told = standings([Utterance(s.text, s.speaker) for s in sentences])
    pieces, at = [], 0
    for sentence, standing in zip(sentences, told, strict=True):
        numbers = [
            {"value": n.value, "unit": n.unit, "raw": n.raw, "unverified": True}
            for n in read_numbers(sentence.text.split())
        ]
        payload = {
            "speaker": sentence.speaker or standing.name,
            **standing.payload(),
            "numbers": numbers,
            "unverified_numbers": bool(numbers),
        }
        seconds = None
        if sentence.start is not None:
            seconds = (round(sentence.start, 3), round(max(sentence.start, sentence.end or 0.0), 3))
        where = Locator(
            chars=(at, at + len(sentence.text)), seconds=seconds, speaker=sentence.speaker or standing.name
        )
        pieces.append(Piece(EvidenceKind.PARAGRAPH, where, sentence.text, payload))
        at += len(sentence.text) + 2
    return pieces
