"""Examples in the document of a part: what is sent to each address and what comes back.

They are data beside the part's code, a YAML file by `METHOD /path`, with `sends` and `answers` as JSON has them. Dates
and moments stand in quotes: YAML would make values of them that JSON does not have.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

_JSON = "application/json"


def show_examples(app: FastAPI, file: Path) -> None:
    """Make *app* show the examples of *file* in its document. The file is read when the document is first asked for."""
    described = app.openapi
    examples = cache(lambda: read_examples(file))

    def with_examples() -> dict[str, Any]:
        document = described()
        for address, operation in operations(document):
            shown = examples().get(address, {})
            for name, content in json_of(operation).items():
                if name in shown:
                    content["example"] = shown[name]
        return document

    app.openapi = with_examples  # type: ignore[method-assign]


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
