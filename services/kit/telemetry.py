"""Metrics that every part has. Labels are names of streams, groups, types and routes: never ids, never people."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_SECONDS = Histogram(
    "nyekrup_http_seconds",
    "Time to answer a request.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
OUTBOX_PUBLISHED = Counter("nyekrup_outbox_published_total", "Events taken to their stream.", ["stream"])
OUTBOX_OLDEST_SECONDS = Gauge("nyekrup_outbox_oldest_seconds", "Age of the oldest unpublished event.", ["stream"])
STREAM_HEALED = Counter("nyekrup_stream_healed_total", "Events published again after a loss.", ["stream"])
EVENTS = Counter("nyekrup_events_total", "Events received, by what became of them.", ["stream", "group", "result"])
REDELIVERIES = Counter("nyekrup_redeliveries_total", "Events delivered again.", ["stream", "group"])
PENDING_OLDEST_SECONDS = Gauge(
    "nyekrup_pending_oldest_seconds", "Idle time of the oldest delivered but unfinished event.", ["stream", "group"]
)
LAG = Gauge("nyekrup_group_lag", "Events not yet delivered to the group.", ["stream", "group"])
DEAD_LETTERS = Gauge("nyekrup_dead_letters", "Events set aside for a person to look at.", ["stream"])
TRIMMED_PENDING = Counter("nyekrup_trimmed_while_pending_total", "Must stay 0.", ["stream"])
