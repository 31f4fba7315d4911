"""Sentences as evidence: speaker, role, numbers and where to listen."""

import numpy as np

from smalti.ingest.calls.telling import sentence_pieces, who_speaks
from smalti.ingest.parse.audio import RATE, join
from smalti.ingest.speech import Part, Sentence, parts_of
from smalti.ingest.speech_engines import Word
from smalti.platform.records import EvidenceKind

NOISE = np.random.default_rng(2).normal(0, 0.1, 8 * RATE).astype(np.float32)


def sentence(text: str, start: float, part: Part) -> Sentence:
    words = tuple(Word(start + i / 2, start + i / 2 + 0.4, f" {w}", 0.9) for i, w in enumerate(text.split()))
    return Sentence(text, words[0].start, words[-1].end, words, part, "en")


def test_evidence_says_where_to_listen_and_leaves_numbers_unverified() -> None:
    pcm, spans = join([NOISE[: 2 * RATE], NOISE[: 3 * RATE]], gap_s=0.5)
    parts = parts_of(["Jane Roe_1_1.mp3", "Jane Roe_1_2.mp3"], spans)
    said = [
        sentence("We grew.", 0.2, parts[0]),
        sentence("Sales were 400 and 12 million dollars.", 2.5, parts[1]),
    ]
    who = who_speaks(pcm, said, None)
    piece = sentence_pieces(said, [{"hnr": 5.0}, {"hnr": None}], who)[1]
    assert piece.kind is EvidenceKind.AUDIO
    assert piece.locator.seconds == (2.5, 5.9)
    assert piece.locator.speaker == "Jane Roe"
    assert piece.locator.record == "Jane Roe_1_2.mp3 from 0.0 s"
    assert piece.payload["voice"] == {"hnr": None}
    assert (piece.payload["role"], piece.payload["part"]) == ("management", "prepared")
    assert piece.payload["words"][0] == {"start": 2.5, "end": 2.9, "word": "Sales", "probability": 0.9}
    assert piece.payload["unverified_numbers"] is True
    assert piece.payload["numbers"] == [
        {
            "value": 412e6,
            "unit": "USD",
            "raw": "400 and 12 million dollars.",
            "start": 3.5,
            "end": 5.9,
            "unverified": True,
        }
    ]


def test_a_voice_is_named_by_the_files_it_speaks_in_and_other_voices_are_not() -> None:
    class Halves:
        def encode(self, clips):
            return np.array([[1.0, 0.0] if c.mean() > 0 else [0.0, 1.0] for c in clips], dtype=np.float32)

    pcm = np.concatenate([np.full(10 * RATE, 0.5, np.float32), np.full(6 * RATE, -0.5, np.float32)])
    part = Part("Jane Roe_1_1.mp3", "Jane Roe", 0.0, 16.0)
    said = [sentence("We grew in all our markets.", at, part) for at in (0.0, 4.0, 7.0, 10.1, 13.0)]
    assert [label for label, _ in who_speaks(pcm, said, Halves())] == ["Jane Roe"] * 3 + ["Speaker 2"] * 2
