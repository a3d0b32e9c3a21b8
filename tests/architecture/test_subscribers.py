"""Who reads a stream, how, and that nobody but the relay writes to one."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faststream import AckPolicy

from services.contracts.events import GROUPS
from services.kit import event_format
from services.kit.consumer import Consumer
from services.kit.database import Database
from services.kit.settings import PartSettings
from services.kit.streams import stream_broker

ROOT = Path(__file__).parents[2]
FLOORS = ROOT / "services" / "cli" / "bench" / "floors"  # what bare servers do: no part of the product
SOURCES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text())
    for folder in ("services", "workflows", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.is_relative_to(FLOORS)
}
PAIRS = [(stream, group) for stream, groups in GROUPS.items() for group in groups]
ADDRESSES: dict[str, Any] = {
    "database_url": "postgresql://nobody@127.0.0.1:1/none",
    "redis_url": "redis://127.0.0.1:1/0",
    "http_port": 0,
    "keyring": "none",
    "jwks": "none",
}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id, node


def callers_of(*names: str) -> set[str]:
    return {path for path, tree in SOURCES.items() for name, _ in calls(tree) if name in names}


@pytest.fixture(scope="module", params=PAIRS, ids=lambda pair: "-".join(pair))
def consumer(request: pytest.FixtureRequest) -> Consumer:
    """A consumer as the composition roots make them: nothing about its subscriber is theirs to choose."""
    stream, group = request.param
    settings = PartSettings(**ADDRESSES, instance="2")
    broker, database = stream_broker(settings.redis_url), Database(settings.database_url)
    return Consumer(stream, group, {}, broker=broker, database=database, settings=settings)


def test_an_event_is_acknowledged_only_where_its_handler_succeeded(consumer: Consumer) -> None:
    assert consumer.subscriber.ack_policy is AckPolicy.NACK_ON_ERROR


def test_a_reader_takes_few_events_at_a_time_and_waits_shorter_than_the_socket_does(consumer: Consumer) -> None:
    stream = consumer.subscriber.stream_sub
    assert stream.max_records is not None
    assert 1 <= stream.max_records <= 32
    assert stream.polling_interval <= 2000
    assert stream.batch


def test_a_consumer_has_a_stable_name_and_makes_neither_stream_nor_group(consumer: Consumer) -> None:
    stream = consumer.subscriber.stream_sub
    assert (stream.name, stream.group, stream.consumer) == (consumer.stream, consumer.group, f"{consumer.group}-2")
    assert stream.declare is False
    assert not stream.no_ack
    assert stream.last_id == ">"


def test_nobody_subscribes_but_the_consumer_of_the_kit() -> None:
    assert callers_of("subscriber", "StreamSub") == {"services/kit/consumer.py"}


def test_no_other_client_reads_as_a_group() -> None:
    assert callers_of("xreadgroup", "xautoclaim") == {"services/kit/streams.py"}
    assert callers_of("xclaim") == {"services/kit/reclaimer.py"}


def test_only_the_relay_writes_to_a_stream_only_dead_letters_are_set_aside_and_chaos_does_wrong_on_purpose() -> None:
    chaos = "services/cli/chaos/faults/events.py"
    assert callers_of("publish", "publisher", "xadd") == {"services/kit/dead_letters.py", chaos}
    raw = {
        path
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "XADD"
    }
    assert raw == {"services/kit/relay.py"}


def test_only_the_relay_makes_a_group() -> None:
    assert callers_of("xgroup_create") == set()
    made = [
        path
        for path, tree in SOURCES.items()
        for _, call in calls(tree)
        if {"XGROUP", "CREATE"} <= {each.value for each in call.args if isinstance(each, ast.Constant)}
    ]
    assert made == ["services/kit/relay.py"]


def test_every_group_on_the_list_is_read_by_the_part_of_its_name_and_no_other_is() -> None:
    """A group that nobody reads would keep its stream from ever being trimmed."""
    read = {pair for path, tree in SOURCES.items() if path.endswith("__main__.py") for pair in _consumers(tree)}
    assert read == set(PAIRS)


def _consumers(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (stream, group) of each `Consumer(...)`, and of each call of a `partial` of it."""
    partials = {
        target.id: _strings(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _is_partial_consumer(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name, call in calls(tree):
        if name == "Consumer" or name in partials:
            given = {**partials.get(name, {}), **_strings(call)}
            yield given["stream"], given["group"]


def _is_partial_consumer(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Name) and first.id == "Consumer"


def _strings(call: ast.Call) -> dict[str, str]:
    names = list(inspect.signature(Consumer).parameters)
    given = {
        **dict(zip(names, call.args, strict=False)),
        **{each.arg: each.value for each in call.keywords if each.arg},
    }
    return {
        name: value.value
        for name, value in given.items()
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def test_a_parser_never_raises() -> None:
    functions = {
        node.name: node
        for node in ast.walk(ast.parse(inspect.getsource(event_format)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    parsers = [functions[name] for name in ("parse", "parse_entries", "entries_of", "body_of")]
    assert not [node for parser in parsers for node in ast.walk(parser) if isinstance(node, ast.Raise)]


@pytest.mark.parametrize(
    "fields", [{}, {b"__data__": b""}, {b"\xff": b"\xfe"}, {b"__data__": b"\xff\x00"}, {b"a": b"", b"__data__": b"{"}]
)
def test_whatever_stands_in_an_entry_comes_out_as_bytes(fields: dict[bytes, bytes]) -> None:
    body, headers = event_format.CloudEventFormat.parse(event_format.body_of(fields))
    assert isinstance(body, bytes)
    assert headers
