"""Who goes first where the processor is short: what answers people and keeps the record, before what may wait."""

from typing import Final

# The nicest give way nearly wholly and still get a tenth, so that what waits is late and never stuck.
NICENESS: Final = {"temporal": 10, "workflows": 10, "mailbox": 10}
