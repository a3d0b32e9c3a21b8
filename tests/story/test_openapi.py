"""Every operation of every OpenAPI document, with whatever the document allows: no answer breaks what it promises."""

import os
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.kit.document import json_of, operations

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("NYEKRUP_OPENAPI_EXAMPLES", "8"))
# Signing in with wrong words locks the account and the address, which the other tests need.
NOT_HERE = frozenset({"/sign-in", "/sign-in/password", "/me/password", "/refresh", "/sign-out"})

bounded = settings(
    max_examples=EXAMPLES,
    deadline=timedelta(seconds=20),
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _hold(operation: Any, token: str) -> None:
    """Try *operation* with generated input; raises what broke."""

    @bounded
    @given(case=operation.as_strategy())
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"authorization": token}, checks=CHECKS, timeout=20)

    holds()


def _json_in(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [content for _, operation in operations(document) for content in json_of(operation).values()]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("part", ["registry", "referral", "notify", "workflows"])
def test_the_document_holds(part: str, stack: Stack, stage: Stage) -> None:
    schema = schemathesis.openapi.from_url(f"http://{stack.ports.address(part)}/openapi.json")
    assert any("example" in content for content in _json_in(schema.raw_schema))
    supervisor, operator = (who.http.headers["authorization"] for who in (stage.pkb_supervisor, stage.operator))
    broken: dict[str, str] = {}
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in NOT_HERE:
            continue
        tried += 1
        try:
            _hold(operation, operator if operation.path.startswith("/policies") else supervisor)
        except Exception as error:
            broken[f"{operation.method} {operation.path}"] = f"{type(error).__name__}: {error}"[:2000]
    assert tried > 3
    assert not broken, "\n\n".join(f"{name}\n{why}" for name, why in broken.items())
