"""The audit lines of what operators put right by hand: who did what to what, when, and why (sealed)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.kit.http import Answered

# What a migration of each part executes.
REPAIR_DDL: Final = """
CREATE TABLE repair_note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    officer uuid NOT NULL,
    staff_no varchar NOT NULL,
    what varchar NOT NULL,
    subject varchar NOT NULL,
    sealed bytea NOT NULL
);
CREATE INDEX repair_note_subject ON repair_note (subject, id);
"""
_NOTE: Final = """
INSERT INTO repair_note (at, officer, staff_no, what, subject, sealed)
VALUES (%(at)s, %(officer)s, %(staff_no)s, %(what)s, %(subject)s, %(sealed)s)
"""
_NOTED: Final = """
SELECT at, staff_no, what, subject, sealed FROM repair_note
WHERE %(subject)s::varchar IS NULL OR subject = %(subject)s ORDER BY id DESC LIMIT %(limit)s
"""


class RepairNoteView(Answered):
    at: datetime
    staff_no: str
    what: str
    subject: str
    text: str


async def note_repair(
    tx: Tx, keyring: Keyring, caller: Caller, what: str, subject: str, text: str, *, now: datetime
) -> None:
    """Write the line within *tx*, with the change that it tells of. *subject* is an id, never what it is about."""
    line = {"at": now, "officer": caller.officer, "staff_no": caller.staff_no, "what": what, "subject": subject}
    sealed = keyring.seal({"text": text}, belongs_to=_belongs_to(line))
    await tx.exec_driver_sql(_NOTE, {**line, "sealed": sealed})


async def noted_repairs(tx: Tx, keyring: Keyring, subject: str | None = None, *, limit: int = 20) -> list[Any]:
    """Return RepairNoteView of the newest, newest first: of one *subject*, or of all."""
    rows = [row._asdict() for row in await tx.exec_driver_sql(_NOTED, {"subject": subject, "limit": limit})]
    return [
        {name: row[name] for name in ("at", "staff_no", "what", "subject")}
        | {"text": keyring.open(row["sealed"], belongs_to=_belongs_to(row))["text"]}
        for row in rows
    ]


def _belongs_to(line: Mapping[str, Any]) -> str:
    return f"repair/{line['what']}/{line['subject']}"
