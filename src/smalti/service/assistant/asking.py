"""The assistant over the service's store: its search, its clock."""

from __future__ import annotations

from smalti.assistant.assistant import answer
from smalti.assistant.grounds import Grounds
from smalti.assistant.language import answer_with
from smalti.assistant.records import Answer, Ask
from smalti.service.assistant.endpoint import language_model
from smalti.service.engine import Engine
from smalti.service.search import find_pages, search


def ask(engine: Engine, question: Ask) -> Answer:
    """Answer a question from the engine's store, in a language model's words where the settings name one.

    Raises:
        StoreError: the index cannot be read or written.
        TooMany: a read took too long.
        SettingsError: the settings name half a language model.
    """
    model, grounds = language_model(engine.settings), grounds_of(engine, question)
    return answer(question, grounds) if model is None else answer_with(question, grounds, model)


def grounds_of(engine: Engine, question: Ask) -> Grounds:
    """What a question may be answered from."""
    patience = engine.settings.search_seconds
    return Grounds(
        store=engine.store,
        find=lambda wanted: search(engine, wanted, patience),
        as_of=question.as_of,
        audience=question.audience,
        attached=question.attached,
        find_pages=lambda wanted: find_pages(engine, wanted, patience),
        policy_file=engine.settings.assistant_policy,
    )
