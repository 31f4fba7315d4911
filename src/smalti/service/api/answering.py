"""An answer of the assistant as it is made: its steps while they are done, its sentences, the whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool

from smalti.assistant.records import Step
from smalti.assistant.telling import Told
from smalti.platform.errors import SmaltiError
from smalti.service.assistant_views import TurnView


async def answered(work: Callable[[Told], TurnView]) -> AsyncIterator[tuple[str, Any]]:
    """What happens, as pairs of its kind and its data, in this order.

    `step` with a `Step`, while it is done; then `sentence` with each `Sentence` of the answer, which are all
    checked by then, and `answer` with the `TurnView`; or else `error` with the code, what, subject and mend.

    Args:
        work: answers, and tells its steps from whatever thread it runs in.
    """
    loop, steps = asyncio.get_running_loop(), asyncio.Queue[Step | None]()

    def tell(step: Step | None) -> None:
        loop.call_soon_threadsafe(steps.put_nowait, step)

    def make() -> TurnView:
        try:
            return work(tell)
        finally:
            tell(None)

    making = asyncio.create_task(run_in_threadpool(make))
    while (step := await steps.get()) is not None:
        yield "step", step
    try:
        turn = await making
    except SmaltiError as error:
        yield (
            "error",
            {
                "code": error.code,
                "what": error.what,
                "subject": error.subject,
                "mend": error.mend,
            },
        )
        return
    for sentence in turn.answer.sentences:
        yield "sentence", sentence
    yield "answer", turn
