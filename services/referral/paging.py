"""Where a page ended, as an opaque word: lists go on from there, whatever changed meanwhile."""

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.refusals import Refused


def cursor_of(queue_at: datetime, last: UUID) -> str:
    return base64.urlsafe_b64encode(f"{queue_at.isoformat()}|{last}".encode()).decode()


def read_cursor(cursor: str) -> dict[str, Any]:
    """Return `queue_at` and `after_id`. Raises Refused("request.invalid")."""
    try:
        moment, _, last = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return {"queue_at": datetime.fromisoformat(moment), "after_id": UUID(last)}
    except (ValueError, binascii.Error) as error:
        fields = [{"at": "query.after", "problem": "not_a_cursor"}]
        raise Refused("request.invalid", fields=fields) from error
