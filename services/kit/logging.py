"""Structured logs: pretty on a terminal, one JSON object a line otherwise, and never a person's data."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SIXTEEN_DIGITS = re.compile(r"(?<!\d)\d{16}(?!\d)")
PERSONAL_FIELDS = frozenset(
    {"nik", "kk", "no_kk", "name", "nama", "address", "alamat", "birth_date", "tanggal_lahir", "phone", "email", "text"}
)
WITHHELD = "[withheld]"


def _without_numbers(value: Any) -> Any:
    if isinstance(value, str):
        return SIXTEEN_DIGITS.sub(WITHHELD, value)
    if isinstance(value, Mapping):
        return {
            _without_numbers(key): WITHHELD if key in PERSONAL_FIELDS else _without_numbers(part)
            for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without_numbers(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return WITHHELD if SIXTEEN_DIGITS.search(str(value)) else value
    return value


def withhold_personal_data(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """Replace 16-digit numbers (NIK, KK) and the fields of PERSONAL_FIELDS. A last net, not a licence to log them."""
    written: EventDict = _without_numbers(entry)
    return written


def configure_logging(part: str, log_format: str = "auto", level: str = "INFO") -> None:
    """Set up structlog for one process; what libraries log by the standard library leaves in the same shape."""
    pretty = sys.stderr.isatty() if log_format == "auto" else log_format == "pretty"
    renderer: Processor = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    leaving: list[Processor] = [withhold_personal_data, renderer]
    # Ours are written at once: through the standard library's records each would cost twice as much.
    structlog.configure(
        processors=[*shared, *leaving],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *leaving], foreign_pre_chain=shared
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("uvicorn.access", "faststream", "httpx", "httpcore", "temporalio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(part=part)
