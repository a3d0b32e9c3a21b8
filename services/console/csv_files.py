"""Tables as files for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi.responses import Response

_MARK = "\ufeff"
"""Without it a spreadsheet reads UTF-8 as something else."""


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return a file called *name*; what is None is an empty field."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows(rows)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(_MARK + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
