"""Requests made up from the OpenAPI document, good and bad: no fault of ours, and answers as documented.

`SMALTI_EXAMPLES=200 pytest tests/service/api/test_schemathesis.py` looks longer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.service.api.conftest import HERE, LOCAL_KEY
from tests.service.api.furnished import Idle, furnish

from smalti.platform.settings import Settings
from smalti.service.api import create_app
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

pytestmark = pytest.mark.slow

_ASKED = os.environ.get("SMALTI_EXAMPLES")
EXAMPLES = {
    GenerationMode.POSITIVE: int(_ASKED or 2),
    GenerationMode.NEGATIVE: int(_ASKED or 1),  # what is wrong in the first is as good as in the second
}
ENDLESS = ["/v1/events"]
"""Streams that do not end by themselves have tests of their own."""


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    home = tmp_path_factory.mktemp("home")
    with open_engine(Settings(home=home, workers=1, ocr=False)) as engine:
        furnish(engine)
        yield create_app(Service(engine, LocalGateway(engine), LOCAL_KEY, tasks=Idle()))


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_answers_are_as_documented(app: FastAPI, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_dict(app.openapi()).exclude(path=ENDLESS)
    schema.app = app
    wrong = []
    with asgi.get_client(app) as session:
        for found in schema.get_all_operations():
            operation = found.ok()
            try:
                _ask(operation, mode, session)
            except (FailureGroup, Failure) as failure:
                told = getattr(failure, "exceptions", [failure])
                wrong += [f"{operation.label}: {one}" for one in told]
            except Unsatisfiable:
                continue  # it takes nothing that could be wrong
            except Exception as defect:  # what the service broke with, through the client
                wrong.append(f"{operation.label}: {type(defect).__name__}: {defect}")
    assert not wrong, "\n\n".join(wrong)


def _ask(operation: Any, mode: GenerationMode, session: Any) -> None:
    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: schemathesis.Case) -> None:
        headers = {"Authorization": f"Bearer {LOCAL_KEY}"}
        answer = case.call(base_url=HERE, session=session, headers=headers)
        # That it is not ready is no fault of it: no scheduler runs here.
        checks = CHECKS[1:] if operation.path == "/readyz" else CHECKS
        case.validate_response(answer, checks=checks)

    asked()
