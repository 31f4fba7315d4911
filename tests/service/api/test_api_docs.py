"""The OpenAPI document is complete, and docs/api.md is what it says."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from tests.service.api.api_table import table, written

_TOLD_OTHERWISE = {"GET /healthz": {"503"}, "GET /readyz": {"503"}}
"""What is wrong with the service is the very answer of these."""


@pytest.fixture
def document(api: FastAPI) -> dict[str, Any]:
    return api.openapi()


_AS_OPENAI = {"GET /v1/models", "GET /v1/models/{model}", "POST /v1/chat/completions"}
"""Operations whose errors have the shape that OpenAI's clients read."""


def test_every_operation_is_named_told_and_documents_its_errors(document: dict[str, Any]) -> None:
    operations = {
        f"{method.upper()} {path}": one
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    }
    names = [one["operationId"] for one in operations.values()]
    assert len(names) == len(set(names))
    for name, one in operations.items():
        assert one["tags"], name
        assert one["summary"], name
        assert one.get("description"), name
        for status in {"401", "403", "422", "503"} - _TOLD_OTHERWISE.get(name, set()):
            [content] = one["responses"][status]["content"].values()
            shape = "ChatError" if name in _AS_OPENAI else "Error"
            assert content["schema"] == {"$ref": f"#/components/schemas/{shape}"}, f"{name} {status}"


def test_the_documentation_lists_every_operation(document: dict[str, Any]) -> None:
    assert written() == table(document), "`python -m tests.service.api.api_table` writes it anew"
