"""Which numbered audio files are one call."""

import pytest

from smalti.ingest.feeds.pieces import calls_in, natural_key


def test_paths_sort_as_people_count() -> None:
    paths = ["b/10.pdf", "b/9.pdf", "A/x2", "a/x10", "b.txt"]
    assert sorted(paths, key=natural_key) == ["A/x2", "a/x10", "b/9.pdf", "b/10.pdf", "b.txt"]


def test_pieces_are_heard_by_block_then_sentence() -> None:
    names = ["N_10_1.mp3", "N_2_1.mp3", "N_1_10.mp3", "N_1_2.mp3", "N_1_1.mp3"]
    (call,) = calls_in(names)
    assert call.pieces == ("N_1_1.mp3", "N_1_2.mp3", "N_1_10.mp3", "N_2_1.mp3", "N_10_1.mp3")


def test_speakers_of_one_call_share_the_count_of_blocks() -> None:
    (call,) = calls_in(["Chief_1_1.mp3", "Finance_2_1.mp3", "Chief_3_1.mp3", "Finance_2_2.mp3"])
    assert [p[:-4] for p in call.pieces] == ["Chief_1_1", "Finance_2_1", "Finance_2_2", "Chief_3_1"]
    assert call.label == ""


def test_two_calls_in_one_folder_stay_two() -> None:
    calls = calls_in(["acme_1_1.wav", "acme_1_2.wav", "bolt_1_1.wav", "bolt_1_2.wav"])
    assert [(c.label, len(c.pieces)) for c in calls] == [("acme", 2), ("bolt", 2)]


@pytest.mark.parametrize(
    "names",
    [
        ["call_2016.mp3", "call_2017.mp3"],
        ["acme_2017_04.mp3", "acme_2017_07.mp3"],
        ["take5.mp3"],
        ["jfk.flac", "stereo_diarization.wav"],
        ["q_1.pdf", "q_2.pdf"],
        ["part 3.mp3", "part 4.mp3"],
    ],
)
def test_files_that_do_not_count_from_the_beginning_are_no_pieces(names: list[str]) -> None:
    assert calls_in(names) == []


def test_in_a_folder_known_to_be_a_call_gaps_are_allowed() -> None:
    (call,) = calls_in(["part 4.mp3", "part 3.mp3", "music.mp3"], certain=True)
    assert call.pieces == ("part 3.mp3", "part 4.mp3")


def test_single_numbers_from_one_are_one_call() -> None:
    (call,) = calls_in([f"part{i}.ogg" for i in (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)])
    assert call.pieces[0] == "part1.ogg" and call.pieces[-1] == "part10.ogg"
