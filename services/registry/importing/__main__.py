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
from services.registry.importing.batch import FILE, SCRATCH, Batch, BatchBusy, BatchState, held
from services.registry.importing.checking import check, source_of
from services.registry.importing.jobs import Processes, Task
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
            _work(step, batch, Keyring.load(settings.keyring), now)
    except BatchBusy:
        return BUSY
    return 0


def _work(step: str, batch: Batch, keyring: Keyring, now: Now) -> None:
    scratch = batch.folder / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        task = Task(batch.list, batch.id, keyring, batch.villages(), batch.area, now().astimezone(WIB).date())
        with source_of(batch, scratch) as source, Processes(task, len(source.rows)) as processes:
            if step == "check":
                batch.begins(BatchState.CHECKING, now(), len(source.rows))
                batch.checked(check(batch, source, processes))
            else:
                batch.begins(BatchState.SEALING, now(), len(source.rows))
                _take_over(batch, stage(batch, source, processes), now)
    except Refused as refused:
        batch.refused(refused.code, refused.facts)
        log.info("import.refused", batch=str(batch.id), code=refused.code)
    except BaseException:
        batch.stopped()
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


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
