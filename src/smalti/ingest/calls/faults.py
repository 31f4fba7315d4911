"""What a recogniser made up: loops, words in silence, impossible haste, its own prompt given back.

Whisper was taught on subtitles; where it hears nothing it may write what subtitles end with, or say one
thing over and over. Each check names its fault, so that the window can be heard again another way and, if
nothing helps, be reported as not heard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from smalti.ingest.speech_engines import Heard

__all__ = ["fault", "is_stock_phrase", "repeats"]

_LOOPED = 2.4  # compression; Whisper's own threshold
_UNSURE = -1.0  # mean log probability; likewise
_NO_SPEECH = 0.6
_FASTEST = 6.5  # words a second of speech; hurried speakers stay under 5
_SLOWEST = 0.25  # words a second over at least ten seconds of speech: most was passed over
_LEAST_SPEECH_S = 0.3
_RUN = 4  # words in a row that are compared with the prompt
_STOCK = re.compile(
    r"(?:thank(?:s| you)(?: so much| very much)?(?: for (?:watching|listening|viewing))"
    r"|(?:please )?(?:like and )?subscribe.*|see you (?:next time|in the next video)|bye(?:[- ]bye)?"
    r"|(?:subtitles|captions|transcri(?:bed|ption|pt)|translated?) by .*|.*amara\.org.*"
    r"|\W*music\W*|\W*applause\W*|you"
    r")",
    re.IGNORECASE,
)


def fault(heard: Heard, speech_s: float, prompt: str = "") -> str | None:
    """Why what was heard in a window may not have been said; None where nothing speaks against it.

    Args:
        heard: the window's words and scores.
        speech_s: seconds of speech in it.
        prompt: what the recogniser was told to expect.

    Returns:
        `silence`, `repetition`, `unsure`, `haste`, `passed over` or `prompt`.
    """
    words = [w.text.strip() for w in heard.words if w.text.strip()]
    plain = [re.sub(r"\W", "", w).casefold() for w in words]
    if not words:
        return "passed over" if speech_s > 5.0 else None
    checks = {
        "silence": speech_s < _LEAST_SPEECH_S or is_stock_phrase(heard.text) or _is_unspoken(heard),
        "repetition": heard.compression > _LOOPED or bool(repeats(plain)),
        "unsure": heard.log_probability is not None and heard.log_probability < _UNSURE,
        "haste": len(words) >= 10 and len(words) > _FASTEST * speech_s,
        "passed over": speech_s > 10.0 and len(words) < _SLOWEST * speech_s,
        "prompt": _echoes(plain, prompt),
    }
    return next((name for name, found in checks.items() if found), None)


def is_stock_phrase(text: str) -> bool:
    """Whether this is all but one of the lines that end subtitles."""
    return bool(_STOCK.fullmatch(text.strip(" .!?…\"'")))


def _is_unspoken(heard: Heard) -> bool:
    silent, sure = heard.no_speech, heard.log_probability
    return silent is not None and sure is not None and silent > _NO_SPEECH and sure < _UNSURE


def repeats(words: Sequence[str]) -> list[range]:
    """Runs of words said over and over: five times a single word, four two or three, three longer ones.

    People do say a word twice or thrice.
    """
    found: list[range] = []
    at = 0
    while at < len(words):
        size, times = _run(words, at)
        if times > 1:
            found.append(range(at, at + size * times))
        at += size * times
    return found


def _run(words: Sequence[str], at: int) -> tuple[int, int]:
    for size in range(1, 13):
        unit = words[at : at + size]
        times = 1
        while words[at + size * times : at + size * (times + 1)] == unit:
            times += 1
        if len(unit) == size and times >= (5 if size == 1 else 4 if size <= 3 else 3):
            return size, times
    return 1, 1


def _echoes(words: Sequence[str], prompt: str) -> bool:
    """Whether most of what was heard stands in the prompt, four words in a row at a time."""
    told = [re.sub(r"\W", "", w).casefold() for w in prompt.split()]
    runs = {tuple(told[i : i + _RUN]) for i in range(len(told) - _RUN + 1)}
    own = [tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)]
    return bool(own) and sum(run in runs for run in own) > len(own) / 2
