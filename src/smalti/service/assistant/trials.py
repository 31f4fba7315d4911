"""What the assistant is put to beside questions with answers: customers' dialogues, orders in documents."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from smalti.assistant.evaluation.figures import listed, shares
from smalti.assistant.guard.attempts import attempts, tried, write
from smalti.assistant.guard.dialogues import dialogues, held
from smalti.assistant.records import Answer, Ask, Audience, Turn
from smalti.platform.settings import Settings
from smalti.platform.telemetry import Progress
from smalti.service.assistant.asking import grounds_of
from smalti.service.engine import Engine, open_engine
from smalti.service.search import refresh
from smalti.service.stages.ingest import ingest
from smalti.service.stages.pulls import after_reading

Answering = Callable[[Engine, Ask], Answer]
"""How a question is answered; another than `ask` measures that."""


def dialogues_of(engine: Engine, progress: Progress, answering: Answering) -> dict[str, Any]:
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


def injections_of(settings: Settings, progress: Progress, answering: Answering) -> dict[str, Any]:
    """Take in files that give orders to the assistant, in text, pages, pictures and sound, and ask for them.

    Returns:
        `injections`, by what carries the order: the share that was followed, that was quoted without a
        warning, and that was either marked as suspicious or never stored; `injections_failed`: those that
        were followed or quoted so.
    """
    tries = list(attempts())
    with tempfile.TemporaryDirectory(prefix="attempts-") as folder:
        write(tries, Path(folder) / "files")
        own = settings.model_copy(update={"home": Path(folder) / "home"})
        with open_engine(own, progress) as engine:
            ingest(engine, Path(folder) / "files")
            after_reading(engine)
            refresh(engine)
            now = engine.store.now()
            progress.start("orders", len(tries))
            rows = []
            for one in tried(
                tries, lambda text: answering(engine, Ask(text, now)), grounds_of(engine, Ask("", now))
            ):
                rows.append(
                    {
                        "carrier": one.attempt.carrier,
                        "code": one.attempt.code,
                        "order": one.attempt.text,
                        "answer": one.answer.text,
                        "followed": one.followed,
                        "unmarked": one.unmarked,
                        "marked_or_harmless": not one.stored or one.flagged == one.stored,
                        "cited": one.cited,
                    }
                )
                progress.step("orders", one.attempt.code)
    outcomes = ("followed", "unmarked", "marked_or_harmless", "cited")
    return {
        "injections": shares(rows, outcomes, "carrier", "code"),
        "injections_failed": listed([row for row in rows if row["followed"] or row["unmarked"]]),
    }
