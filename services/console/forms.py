"""The few fields that an action needs, read from the record's own OpenAPI document: no rule is written twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.console.apis import Apis

_LONG_TEXT = 500
_LEFT_OUT = frozenset({"expected_version", "draft"})


class Kind(StrEnum):
    """How a field is asked for."""

    CHOICE = "choice"
    DATE = "date"
    LONG = "long"
    SHORT = "short"
    YES = "yes"
    UNIT = "unit"
    OFFICER = "officer"
    INTAKE = "intake"


_CHOSEN = {"unit": Kind.UNIT, "assignee": Kind.OFFICER, "intake": Kind.INTAKE}


@dataclass(frozen=True, slots=True)
class Field:
    """*choices*: the codes, of the enum called *codes*."""

    name: str
    kind: Kind
    required: bool
    codes: str = ""
    choices: tuple[str, ...] = ()
    longest: int = 0


REFERRAL = "/referrals/{referral_id}"
SPEAKER_REQUEST = "/speaker-requests/{request_id}"


class Forms:
    """The fields of each action; the document is read at the first question."""

    def __init__(self, apis: Apis) -> None:
        self._apis = apis
        self._document: Mapping[str, Any] | None = None
        self._fields: dict[str, Mapping[str, Sequence[Field]]] = {}

    async def of(self, action: str, on: str = REFERRAL) -> Sequence[Field]:
        """Return the fields of *action* on a referral or a request, none where the record takes none from people."""
        if self._document is None:
            self._document = await self._apis.ask("GET", "referral", "/openapi.json", {})
        if on not in self._fields:
            self._fields[on] = read(self._document, on)
        return self._fields[on].get(action, ())


def read(document: Mapping[str, Any], on: str = REFERRAL) -> dict[str, Sequence[Field]]:
    """Return the fields of each action of an OpenAPI *document* of the record, *on* that kind of case."""
    schemas = document["components"]["schemas"]
    found = {}
    for path, operations in document["paths"].items():
        start, _, action = path.rpartition("/")
        if start == on and "post" in operations:
            body = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
            found[action.replace("-", "_")] = _fields(_resolved(body, schemas), schemas)
    return found


def body_of(fields: Sequence[Field], typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed as the record takes it; what was left empty is left out."""
    body: dict[str, Any] = {}
    for field in fields:
        value = typed.get(field.name, "").strip()
        if field.kind is Kind.YES:
            body[field.name] = bool(value)
        elif value:
            body[field.name] = value
        elif field.required and field.kind is Kind.OFFICER:
            body[field.name] = None  # nobody: back to the queue
    return body


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Sequence[Field]:
    required = set(schema.get("required", ()))
    fields = [
        _field(name, each, schemas, required=name in required)
        for name, each in schema["properties"].items()
        if name not in _LEFT_OUT
    ]
    return sorted(fields, key=lambda field: (not field.required, field.kind is Kind.LONG))


def _field(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any], *, required: bool) -> Field:
    said = _resolved(next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema), schemas)
    if "enum" in said:
        return Field(name, Kind.CHOICE, required, codes=said["title"], choices=tuple(said["enum"]))
    if said.get("format") == "date":
        return Field(name, Kind.DATE, required)
    if said.get("type") == "boolean":
        return Field(name, Kind.YES, required=False)
    if name in _CHOSEN:
        return Field(name, _CHOSEN[name], required)
    longest = said.get("maxLength", _LONG_TEXT)
    return Field(name, Kind.LONG if longest > _LONG_TEXT else Kind.SHORT, required, longest=longest)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return schemas[reference.rpartition("/")[2]] if reference else schema
