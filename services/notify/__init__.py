"""The messages: who was told what, when, by which channel, and with which result.

Owns: messages, and a copy of who works where and how to reach them.
Publishes: `notify.stopped`: no further message about a referral leaves the house.
Consumes: `referral.*` (each fact has its audience) and `registry.*` (units and officers).
Serves: no commands; people read their inbox over HTTP.
"""
