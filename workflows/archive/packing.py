"""A history as it is kept: Temporal's own message `temporal.api.history.v1.History`, compressed with gzip."""

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import History, HistoryEvent
from temporalio.client import WorkflowHistory

_ENDS = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    }
)


class NotWhole(Exception):
    """A history that does not begin with a start and end with an end: half of one, or none."""


class Damaged(Exception):
    """What is kept is not what was put there."""


@dataclass(frozen=True, slots=True)
class Packed:
    """*sha256* (hex) is that of *content*. *size_bytes*: before it was compressed."""

    content: bytes
    sha256: str
    events: int
    size_bytes: int


def pack(history: WorkflowHistory) -> Packed:
    """Return *history* compressed; the same history gives the same bytes. Raises NotWhole."""
    events = list(history.events)
    if not _begins(events) or events[-1].event_type not in _ENDS:
        raise NotWhole
    plain = History(events=events).SerializeToString(deterministic=True)
    content = gzip.compress(plain, mtime=0)
    return Packed(content, hash_of(content), len(events), len(plain))


def unpack(workflow_id: str, content: bytes, *, sha256: str) -> WorkflowHistory:
    """Return the history in *content*. Raises Damaged where that is not what *sha256* was made from."""
    if hash_of(content) != sha256:
        raise Damaged
    try:
        events = History.FromString(gzip.decompress(content)).events
    except (OSError, EOFError, zlib.error, DecodeError) as error:
        raise Damaged from error
    if not _begins(events):
        raise Damaged
    return WorkflowHistory(workflow_id, events)


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _begins(events: Sequence[HistoryEvent]) -> bool:
    return bool(events) and events[0].HasField("workflow_execution_started_event_attributes")
