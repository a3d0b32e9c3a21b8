"""Which faults of PostgreSQL are the world's: they are waited for, answered with 503, and blamed on no event."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from services.kit.database import is_away


def _wrapped(error: psycopg.Error) -> DBAPIError:
    return OperationalError("SELECT 1", None, error)


@pytest.mark.parametrize(
    "error",
    [errors.DiskFull(), errors.TooManyConnections(), errors.OutOfMemory(), errors.IoError(), errors.CrashShutdown(),
     errors.AdminShutdown(), errors.CannotConnectNow(), psycopg.OperationalError("connection refused")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_a_server_that_cannot_work_now_is_away(error: psycopg.Error) -> None:
    assert is_away(_wrapped(error))


@pytest.mark.parametrize("error", [errors.LockNotAvailable(), errors.QueryCanceled(), errors.DeadlockDetected()])
def test_what_a_statement_met_is_the_statements_own(error: psycopg.Error) -> None:
    assert not is_away(_wrapped(error))


def test_a_broken_rule_is_no_outage() -> None:
    assert not is_away(IntegrityError("INSERT", None, errors.UniqueViolation()))
