"""The document of a part (OpenAPI): what FastAPI makes of the routes, with examples, and each refusal described once.

Examples are data beside the part's code, a YAML file by `METHOD /path`, with `sends` and `answers` as JSON has them.
Dates and moments stand in quotes: YAML would make values of them that JSON does not have.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from services.kit.problems import PROBLEM_SCHEMA, PROBLEMS

OWN = Path(__file__).with_name("examples.yaml")
"""The examples of the addresses that every part has."""
_JSON = "application/json"


def complete_document(app: FastAPI, examples: Path | None) -> None:
    """Make *app* show the *examples* in its document. The file is read when the document is first asked for."""
    described = app.openapi
    shown = cache(lambda: read_examples(OWN) | (read_examples(examples) if examples else {}))

    def completed() -> dict[str, Any]:
        document = described()
        for address, operation in operations(document):
            _refer_to_problems(operation)
            for name, content in json_of(operation).items():
                if name in shown().get(address, {}):
                    content["example"] = shown()[address][name]
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        components["responses"] = {f"Problem{status}": answer for status, answer in PROBLEMS.items()}
        return document

    app.openapi = completed  # type: ignore[method-assign]


def read_examples(file: Path) -> dict[str, dict[str, Any]]:
    """Return the examples of *file* by address: `sends` and `answers`, each where there is one."""
    examples: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return examples


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what *document* says of each address, by `METHOD /path`."""
    for path, methods in document["paths"].items():
        yield from ((f"{method.upper()} {path}", operation) for method, operation in methods.items())


def json_of(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return where *operation* describes the JSON that it takes (`sends`), and answers when all is well (`answers`)."""
    well = (answer for status, answer in operation["responses"].items() if status.startswith("2"))
    described = {"sends": operation.get("requestBody", {}), "answers": next(well, {})}
    return {name: part["content"][_JSON] for name, part in described.items() if _JSON in part.get("content", {})}


def _refer_to_problems(operation: dict[str, Any]) -> None:
    """Let every refusal of *operation* point to its one description: written out they are nine tenths of it all."""
    for status in PROBLEMS:
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
