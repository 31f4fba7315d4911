"""Questions that people gave feedback on, asked again: the evaluation set that grows with use."""

from __future__ import annotations

from typing import Any

from smalti.assistant.evaluation.figures import listed, shares
from smalti.assistant.evaluation.judging import recall_of
from smalti.assistant.records import Answer
from smalti.service.assistant_gateway import Assistant
from smalti.service.assistant_views import LessonView

_LEAST_RECALL = 0.5
_MOST = 1_000


def asked_again(assistant: Assistant) -> dict[str, Any]:
    """Each question that has feedback, as of the same moment.

    As wanted is an answer that cites a piece named as right, where pieces were named; else one that says at
    least half of the words of the correction, where there is one; else, after a thumb up, one that cites
    something it cited then, and after a thumb down, one that is not the same as it was.

    Returns:
        `lessons`: the share as wanted, by kind of feedback; `lessons_failed`: those that are not. Empty where
        nobody said anything.
    """
    rows = []
    for one in assistant.lessons()[:_MOST]:
        turn = assistant.ask(one.question, as_of=one.as_of, audience=one.audience)
        rows.append(
            {
                "question": one.question,
                "feedback": _kind(one),
                "made_by": one.made_by,
                "answer": turn.text,
                "wanted": one.correction or one.answer,
                "as_wanted": _as_wanted(one, turn.answer),
            }
        )
    if not rows:
        return {}
    failed = [row for row in rows if not row["as_wanted"]]
    return {
        "lessons": shares(rows, ("as_wanted",), "feedback", "question"),
        "lessons_failed": listed(failed),
    }


def _kind(one: LessonView) -> str:
    return "correction" if one.correction or one.evidence else f"thumb {one.thumb}"


def _as_wanted(one: LessonView, answer: Answer) -> bool:
    cited = {citation.evidence_id for citation in answer.citations}
    if one.evidence:
        return bool(cited & set(one.evidence))
    if one.correction:
        said = " ".join(sentence.text for sentence in answer.sentences)
        return recall_of(one.correction, said, one.question) >= _LEAST_RECALL
    if one.thumb == "up":
        return bool(cited & set(one.cited)) or answer.text == one.answer
    return answer.text != one.answer
