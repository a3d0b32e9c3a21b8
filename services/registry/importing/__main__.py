"""Checks or applies one batch and ends: `python -m services.registry.importing check|apply BATCH`.

Code 0: done, or refused with the reason in its row. Code 3: another program works on the batch.
"""

import shutil
import signal
import sys
from typing import Any
from uuid import UUID

import structlog

from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.clock import Now, system_clock
from services.kit.crypto import Keyring
from services.kit.logging import configure_logging
from services.registry.importing.applying import merge, stage, unstage
from services.registry.importing.batch import FILE, SCRATCH, Batch, BatchBusy, BatchState, Means, held
from services.registry.importing.checking import Source, check, source_of
from services.registry.importing.jobs import Processes, Task
from services.registry.importing.profile import ListKind, profile
from services.registry.settings import RegistrySettings

log = structlog.get_logger()

BUSY = 3


def main(step: str, batch_id: UUID) -> int:
    settings = RegistrySettings()
    configure_logging("registry", settings.log_format, settings.log_level)
    signal.signal(signal.SIGTERM, _end)
    now = system_clock(settings.clock_offset_seconds)
    try:
        with held(settings.database_url, settings.imports, batch_id) as batch:
            _work(step, batch, Means(settings.database_url, Keyring.load(settings.keyring), now))
    except BatchBusy:
        return BUSY
    return 0


def _work(step: str, batch: Batch, by: Means) -> None:
    scratch = batch.folder / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        with source_of(batch, scratch) as source:
            if step == "check":
                batch.begins(BatchState.CHECKING, by.now(), len(source.rows))
            work = _directory if profile(batch.list).kind is ListKind.DIRECTORY else _people
            work(step, batch, source, by)
    except Refused as refused:
        batch.refused(refused.code, refused.facts)
        log.info("import.refused", batch=str(batch.id), code=refused.code)
    except BaseException:
        batch.stopped()
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _directory(step: str, batch: Batch, source: Source, by: Means) -> None:
    # Loaded here, not above: the processes of the large lists load this module too, and would carry 30 MB more each.
    from services.registry.directory import bringing_in

    if step == "check":
        batch.checked(bringing_in.check(batch, source, by))
    else:
        bringing_in.apply(batch, source, by)


def _people(step: str, batch: Batch, source: Source, by: Means) -> None:
    today, renumbered = by.now().astimezone(WIB).date(), batch.renumbered()
    area = renumbered.get(batch.area, batch.area)
    task = Task(batch.list, batch.id, by.keyring, batch.villages(), area, today, renumbered)
    with Processes(task, len(source.rows)) as processes:
        if step == "check":
            batch.checked(check(batch, source, processes))
        else:
            batch.begins(BatchState.SEALING, by.now(), len(source.rows))
            _take_over(batch, stage(batch, source, processes), by.now)


def _take_over(batch: Batch, staged: int, now: Now) -> None:
    batch.begins(BatchState.TAKING_OVER, now(), staged)
    applied = merge(batch)
    batch.applied({**(batch.report or {}), "applied": applied}, now())
    unstage(batch)
    (batch.folder / FILE).unlink()
    log.info("import.applied", batch=str(batch.id), list=batch.list, staged=staged, **applied)


def _end(*_: Any) -> None:
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], UUID(sys.argv[2])))
