"""Heard sentences as evidence: who says each, in which role, with which numbers, and where to listen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from smalti.ingest.calls.roles import OPERATOR, Standing, Utterance, sides, standings
from smalti.ingest.calls.speakers import Encoder, voices
from smalti.ingest.calls.spoken_numbers import read_numbers
from smalti.ingest.parse.contract import Piece
from smalti.ingest.speech import Sentence
from smalti.ingest.speech_engines import Pcm, Word
from smalti.platform.records import EvidenceKind, Locator

__all__ = ["numbers_in", "sentence_pieces", "who_speaks"]


def who_speaks(
    pcm: Pcm, sentences: Sequence[Sentence], encoder: Encoder | None
) -> list[tuple[str | None, Standing]]:
    """Speaker's label and standing of each sentence.

    By voice where there is an encoder: then a file's name only names the voice most of whose words its
    files hold. Without one, what file names say is all that is known.
    """
    labels = [s.part.speaker for s in sentences]
    texts = [s.text for s in sentences]
    who: list[str | None] = list(labels)
    if encoder is not None:
        spans = [(s.start, s.end) for s in sentences]
        who = [f"{number}" for number in voices(pcm, spans, encoder, labels, sides(texts))]
    told = standings([Utterance(text, voice) for text, voice in zip(texts, who, strict=True)])
    named = _file_names(sentences, who)
    return [(_label(named.get(v), s, v), s) for v, s in zip(who, told, strict=True)]


def _file_names(sentences: Sequence[Sentence], who: Sequence[str | None]) -> dict[str | None, str]:
    """The name of each voice by the files it speaks in; of two that share one, who says more."""
    counts: Counter[tuple[str | None, str]] = Counter()
    for sentence, voice in zip(sentences, who, strict=True):
        if sentence.part.speaker:
            counts[voice, sentence.part.speaker] += len(sentence.words)
    named: dict[str | None, str] = {}
    seen: set[str | None] = set()
    for (voice, label), _ in counts.most_common():
        if voice not in seen:
            seen.add(voice)
            if label not in named.values():
                named[voice] = label
    return named


def _label(file_name: str | None, standing: Standing, voice: str | None) -> str | None:
    if file_name or standing.name:
        return file_name or standing.name
    if standing.role == OPERATOR:
        return "Operator"
    return f"Speaker {int(voice) + 1}" if voice is not None and voice.isdigit() else None


def numbers_in(words: Sequence[Word]) -> list[dict[str, Any]]:
    """The numbers said in a sentence: value, unit, raw words, seconds; none is verified."""
    found = []
    for number in read_numbers([w.text for w in words]):
        heard = {"value": number.value, "unit": number.unit, "raw": number.raw, "unverified": True}
        times = {"start": round(words[number.first].start, 3), "end": round(words[number.last].end, 3)}
        found.append(heard | times | ({"bound": number.bound} if number.bound else {}))
    return found


def sentence_pieces(
    sentences: Sequence[Sentence],
    measures: Sequence[Mapping[str, float | None]],
    who: Sequence[tuple[str | None, Standing]],
) -> list[Piece]:
    """Evidence, one piece a sentence: its words, how it sounds, who says it and where a person can listen.

    Args:
        sentences: from `smalti.ingest.speech.hear`.
        measures: one row of voice measures each, from `smalti.ingest.voice.measure`.
        who: from `who_speaks`.
    """
    return [_piece(*row) for row in zip(sentences, measures, who, strict=True)]


def _piece(
    sentence: Sentence, measures: Mapping[str, float | None], who: tuple[str | None, Standing]
) -> Piece:
    start, end = sentence.in_part
    speaker, standing = who
    numbers = numbers_in(sentence.words)
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
        "voice": dict(measures),
        "file": {"name": sentence.part.name, "start": round(start, 3), "end": round(end, 3)},
        "language": sentence.language,
        "speaker": speaker,
        **standing.payload(),
        "numbers": numbers,
        "unverified_numbers": bool(numbers),
    }
    where = f"{sentence.part.name} from {start:.1f} s" if sentence.part.name else None
    locator = Locator(
        seconds=(round(sentence.start, 3), round(sentence.end, 3)), speaker=speaker, record=where
    )
    return Piece(EvidenceKind.AUDIO, locator, sentence.text, payload)
