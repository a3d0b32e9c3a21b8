"""Links two files and ends: `python -m services.registry.linking --pk FILE --dtsen FILE --out FILE`.

Tells its steps line by line as JSON, the last of them `finished` or `refused` (a code and its facts).
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.registry.linking.deciding import link_lists
from services.registry.linking.reading import read_lists
from services.registry.linking.writing import write_links


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="services.registry.linking")
    for name in ("--pk", "--dtsen", "--out"):
        asked.add_argument(name, type=Path, required=True)
    given = asked.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="nyekrup-link-") as scratch:
            _link(given.pk, given.dtsen, given.out, Path(scratch))
    except Refused as refused:
        _tell(refused=refused.code, facts=refused.facts)
        return 1
    return 0


def _link(pk: Path, dtsen: Path, out: Path, scratch: Path) -> None:
    began = time.monotonic()
    with read_lists(pk, dtsen, scratch, datetime.now(WIB).date(), _tell) as lists:
        link_lists(lists.duck, _tell)
        _tell(step="writing")
        counts = write_links(lists.duck, out)
    _tell(finished=True, **counts, rows=lists.rows, left_out=lists.left_out, seconds=round(time.monotonic() - began, 1))


def _tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
