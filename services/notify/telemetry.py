"""Metrics of the messages. Labels are channels and results: never ids, never people."""

from prometheus_client import Counter, Gauge

MESSAGES = Counter("nyekrup_messages_total", "Messages, by what became of a try.", ["channel", "result"])
CHANNEL_UP = Gauge("nyekrup_channel_up", "0 while the channel's server takes nothing from us.", ["channel"])
