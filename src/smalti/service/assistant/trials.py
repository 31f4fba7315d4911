"""What the assistant is put to beside questions with answers: customers' dialogues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from smalti.assistant.evaluation.figures import listed, shares
from smalti.assistant.guard.dialogues import dialogues, held
from smalti.assistant.records import Answer, Ask, Audience, Turn
from smalti.platform.telemetry import Progress
from smalti.service.engine import Engine


def dialogues_of(
    engine: Engine, progress: Progress, answering: Callable[[Engine, Ask], Answer]
) -> dict[str, Any]:
    """Hold the written dialogues of customer service with the assistant.

    Returns:
        `dialogues`: the share of turns that went as they have to, by what has to become of them, with
        intervals over dialogues; `dialogues_failed`: those that did not.
    """

    def asking(text: str, history: Sequence[Turn]) -> Answer:
        return answering(engine, Ask(text, engine.store.now(), Audience.CUSTOMER, history=tuple(history)))

    written = list(dialogues())
    progress.start("dialogues", sum(len(one.turns) for one in written))
    rows = []
    for went in held(written, asking):
        rows.append(
            {
                "dialogue": went.dialogue,
                "becomes": went.turn.becomes,
                "question": went.turn.says,
                "answer": went.answer.text,
                "as_wanted": not went.wrong,
                "why": went.wrong,
            }
        )
        progress.step("dialogues", went.dialogue)
    return {
        "dialogues": shares(rows, ("as_wanted",), "becomes", "dialogue"),
        "dialogues_held": len(written),
        "dialogues_failed": listed([row for row in rows if not row["as_wanted"]]),
    }
