"""The documents of the parts show for every address what is sent and what comes back, and it is what the code takes."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter

from services.contracts.refusals import STATUS
from services.kit.auth import Verifier
from services.kit.document import OWN, json_of, operations, read_examples
from services.kit.health import Health
from services.kit.http import create_api
from services.kit.problems import MEDIA_TYPE, PROBLEMS
from services.notify import __main__ as notify
from services.referral import __main__ as referral
from services.registry import __main__ as registry
from workflows import __main__ as workflows

PARTS = {"registry": registry, "referral": referral, "notify": notify, "workflows": workflows}
_SIXTEEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")

each_part = pytest.mark.parametrize("part", PARTS)


@cache
def _api(part: str) -> FastAPI:
    """Return the part's application as it is served, with nothing behind it."""
    verifier = Verifier(Path("no.jwks"), now=lambda: datetime.now(UTC))
    main = PARTS[part]
    return create_api(part, verifier=verifier, health=Health(), routers=main.ROUTERS, examples=main.EXAMPLES)


def _examples(part: str) -> dict[str, dict[str, Any]]:
    return read_examples(OWN) | read_examples(PARTS[part].EXAMPLES)


@each_part
def test_every_address_has_an_example_of_what_it_takes_and_answers(part: str) -> None:
    without = [
        f"{address} {name}"
        for address, operation in operations(_api(part).openapi())
        for name, content in json_of(operation).items()
        if "example" not in content
    ]
    assert without == []


@each_part
def test_every_example_is_of_an_address_that_takes_or_answers_json(part: str) -> None:
    described = {address: set(json_of(operation)) for address, operation in operations(_api(part).openapi())}
    examples = _examples(part)
    assert [address for address, example in examples.items() if set(example) != described.get(address)] == []


@each_part
def test_every_example_is_taken_and_would_be_answered_just_so(part: str) -> None:
    routes, wrong = dict(_routes(part)), {}
    for address, example in _examples(part).items():
        route = routes[address]
        if "sends" in example:
            wrong[f"{address} sends"] = _misfit(route.body_field.field_info.annotation, example["sends"], whole=False)
        if "answers" in example:
            wrong[f"{address} answers"] = _misfit(route.response_model, example["answers"], whole=True)
    assert not any(wrong.values()), "\n\n".join(f"{what}\n{why}" for what, why in wrong.items() if why)


def test_every_status_of_a_refusal_is_described_by_one_of_its_own() -> None:
    assert set(PROBLEMS) == set(STATUS.values())
    shown = {status: answer["content"][MEDIA_TYPE]["example"] for status, answer in PROBLEMS.items()}
    assert all(example["status"] == status for status, example in shown.items())


@each_part
def test_no_number_in_an_example_can_be_somebodys(part: str) -> None:
    numbers = _SIXTEEN_DIGITS.findall(PARTS[part].EXAMPLES.read_text(encoding="utf-8"))
    assert [number for number in numbers if number[4:6] != "99"] == []


def _routes(part: str) -> Iterator[tuple[str, Any]]:
    for route in iter_route_contexts(_api(part).routes):
        for method in getattr(route, "methods", None) or ():
            yield f"{method} {route.path}", route


def _misfit(model: Any, example: Any, *, whole: bool) -> str | None:
    """Return why *example* is not what *model* reads and writes; None where it is. *whole*: with every field."""
    shape: TypeAdapter[Any] = TypeAdapter(model)
    try:
        read = shape.validate_json(json.dumps(example))
    except (TypeError, ValueError) as error:
        return str(error)
    written = shape.dump_python(read, mode="json", by_alias=True, exclude_unset=not whole)
    return None if written == example else f"it would be {written}"
