"""Requests made up from the OpenAPI document, good and bad: no fault of ours, and answers as documented.

`SMALTI_EXAMPLES=200 pytest tests/service/api/test_schemathesis.py` looks longer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
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

EXAMPLES = int(os.environ.get("SMALTI_EXAMPLES", "4"))
ENDLESS = ["/v1/events"]
"""Streams that do not end by themselves have tests of their own."""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("home")
    with open_engine(Settings(home=home, workers=1, ocr=False)) as engine:
        furnish(engine)
        app = create_app(Service(engine, LocalGateway(engine), LOCAL_KEY, tasks=Idle()))
        schema = schemathesis.openapi.from_dict(app.openapi()).exclude(path=ENDLESS)
        schema.app = app
        yield schema


schema = schemathesis.pytest.from_fixture("made_up")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_documented(case: schemathesis.Case) -> None:
    case.call_and_validate(
        base_url=HERE,
        headers={"Authorization": f"Bearer {LOCAL_KEY}"},
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_headers_conformance,
            response_schema_conformance,
        ],
    )
