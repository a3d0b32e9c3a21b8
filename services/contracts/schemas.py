"""The JSON Schemas of all events, for whoever reads them without this code, and what counts as a break.

    python -m services.contracts.schemas --write            writes events/schemas/<type>.json
    python -m services.contracts.schemas --freeze FOLDER    writes one file per data model, kept with a release

Inside v1 of a type only additions are allowed; anything that `breaks` finds needs a v2. Source: docs/events.md.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from services.contracts.events import EVENT_TYPES, Envelope

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).parent / "events" / "schemas"

Schema = dict[str, Any]


def message_schema(event_type: str) -> Schema:
    """Return the schema of the whole message of *event_type*: the CloudEvents envelope with the event as `data`."""
    event = EVENT_TYPES[event_type]
    envelope, data = Envelope.model_json_schema(), event.model_json_schema()
    named = data.pop("$defs", {})
    fixed = {
        "type": {"const": event_type, "type": "string"},
        "source": {"const": f"nyekrup/{event.stream}", "type": "string"},
        "data": {"$ref": f"#/$defs/{event.__name__}"},
    }
    return {
        "$schema": DIALECT,
        "$id": f"urn:nyekrup:event:{event_type}",
        **envelope,
        "title": event_type,
        "properties": {**envelope["properties"], **fixed},
        "$defs": {**named, event.__name__: data},
    }


def messages() -> dict[str, Schema]:
    """Return a schema per event type."""
    return {event_type: message_schema(event_type) for event_type in EVENT_TYPES}


def models() -> dict[str, Schema]:
    """Return a schema per data model, by class name, and the envelope's. Many types share one model."""
    kinds: dict[str, type[BaseModel]] = {kind.__name__: kind for kind in EVENT_TYPES.values()}
    kinds["Envelope"] = Envelope
    return {name: kind.model_json_schema() for name, kind in kinds.items()}


def text_of(schema: object) -> str:
    """Return *schema* as it is committed: two blanks of indent, one line feed at the end."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, schemas: Mapping[str, object]) -> None:
    """Make *folder* hold exactly *schemas*: a file of a type that is gone would promise what nobody sends."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.stem not in schemas:
            path.unlink()
    for name, schema in schemas.items():
        (folder / f"{name}.json").write_text(text_of(schema), encoding="utf-8")


def freeze(folder: Path) -> None:
    """Write what a release promises: every data model, and which type carries which."""
    carried = {event_type: event.__name__ for event_type, event in EVENT_TYPES.items()}
    write(folder, {**models(), "types": carried})


def breaks(old: Schema, new: Schema) -> list[str]:
    """Return what in *new* would surprise a reader or writer of *old*, one line each; empty for mere additions.

    Found: a field removed (renamed is removed and added), retyped, newly required or no longer always there, a
    code removed from a list, free text narrowed to a list. References are followed; titles, texts and defaults
    do not count. A code *added* to a list is an addition: readers meet unknown codes by design.
    """
    return list(_Comparison(old, new).at("$", old, new))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two documents, whose references lead to their own definitions."""

    old: Schema
    new: Schema
    within: frozenset[str] = frozenset()

    def at(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        pair = json.dumps([old, new], sort_keys=True)
        # A model that holds itself would never end.
        if pair in self.within:
            return
        inner = _Comparison(self.old, self.new, self.within | {pair})
        kinds, now = _kinds(old, self.old), _kinds(new, self.new)
        if kinds.keys() != now.keys():
            yield f"{path}: retyped from {_either(kinds)} to {_either(now)}"
        for kind in sorted(kinds.keys() & now.keys()):
            yield from inner._same_kind(path, kinds[kind], now[kind])

    def _same_kind(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        yield from _codes(path, old, new)
        yield from self._fields(path, old, new)
        yield from self._inside(path, old, new)

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        fields, now = old.get("properties", {}), new.get("properties", {})
        must, must_now = set(old.get("required", ())), set(new.get("required", ()))
        for name in fields:
            if name not in now:
                yield f"{path}.{name}: removed"
                continue
            yield from self.at(f"{path}.{name}", fields[name], now[name])
        for name in sorted(must_now - must):
            yield f"{path}.{name}: newly required"
        for name in sorted((must - must_now) & now.keys()):
            yield f"{path}.{name}: no longer always there"

    def _inside(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        """Compare the items of lists and tuples, and the keys and values of maps."""
        for keyword, shown in (("items", "[]"), ("additionalProperties", "{}"), ("propertyNames", "{key}")):
            inner, now = old.get(keyword), new.get(keyword)
            if isinstance(inner, dict) and isinstance(now, dict):
                yield from self.at(path + shown, inner, now)
            elif inner != now:
                yield f"{path}{shown}: retyped"
        places, places_now = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(places) != len(places_now):
            yield f"{path}[]: retyped from {len(places)} places to {len(places_now)}"
        for place, (inner, now) in enumerate(zip(places, places_now, strict=False)):
            yield from self.at(f"{path}[{place}]", inner, now)


def _kinds(schema: Schema, root: Schema) -> dict[str, Schema]:
    """Return the plain alternatives of *schema* by kind, such as `string:uuid` or `null`, references resolved."""
    while "$ref" in schema:
        schema = _resolved(schema["$ref"], root) | {key: schema[key] for key in schema if key != "$ref"}
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return {kind: plain for one in schema[keyword] for kind, plain in _kinds(one, root).items()}
    if isinstance(schema.get("type"), list):
        return dict.fromkeys(schema["type"], schema)
    kind = schema.get("type", "anything")
    return {f"{kind}:{schema['format']}" if "format" in schema else kind: schema}


def _resolved(reference: str, root: Schema) -> Schema:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _codes(path: str, old: Schema, new: Schema) -> Iterator[str]:
    codes, now = _allowed(old), _allowed(new)
    if now is None:
        return
    if codes is None:
        yield f"{path}: narrowed to {_either(now)}"
        return
    for code in codes:
        if code not in now:
            yield f"{path}: code {code!r} removed"


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _either(kinds: Mapping[str, Schema] | list[Any]) -> str:
    return " or ".join(sorted(map(str, kinds)))


def main() -> None:
    parser = ArgumentParser(description="Write the JSON Schemas of the events.")
    parser.add_argument("--write", action="store_true", help=f"write a schema per event type into {FOLDER.name}/")
    parser.add_argument("--freeze", type=Path, metavar="FOLDER", help="write what a release promises into FOLDER")
    chosen = parser.parse_args()
    if chosen.write:
        write(FOLDER, messages())
    if chosen.freeze:
        freeze(chosen.freeze)
    if not (chosen.write or chosen.freeze):
        parser.print_help()


if __name__ == "__main__":
    main()
