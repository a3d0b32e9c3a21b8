"""A referral's timeline with the messages that each event made: one list, by moment. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

DELIVERIES = ("failed", "waiting", "delivered", "dropped")


def told_with(timeline: Iterable[Mapping[str, Any]], messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return *timeline* newest first; each line with its `messages`, and in `worst` how far the least lucky one is.

    An event makes one version of the referral, and its messages carry that.
    """
    of: dict[int, list[Mapping[str, Any]]] = {}
    for message in messages:
        of.setdefault(message["version"], []).append(message)
    lines = [{**line, "messages": of.get(line["version"], [])} for line in timeline]
    return [{**line, "worst": _worst(line["messages"])} for line in reversed(lines)]


def _worst(messages: Sequence[Mapping[str, Any]]) -> str:
    return min((each["delivery"] for each in messages), key=DELIVERIES.index, default="")
