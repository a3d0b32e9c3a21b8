"""A last net under the logs: no NIK, no KK, no field that is known to be personal."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from services.kit.logging import PERSONAL_FIELDS, SIXTEEN_DIGITS, configure_logging, withhold_personal_data

NIK = "3501995001900001"
LEAF = st.text() | st.integers() | st.just(NIK) | st.just(int(NIK)) | st.just(f"nik={NIK};") | st.none()
VALUE = st.recursive(LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(entry=st.dictionaries(st.text(min_size=1), VALUE))
def test_no_entry_lets_a_16_digit_number_through(entry: dict[str, object]) -> None:
    written = withhold_personal_data(None, "info", dict(entry))
    assert SIXTEEN_DIGITS.findall(json.dumps(written, ensure_ascii=False)) == []


@pytest.mark.parametrize("field", sorted(PERSONAL_FIELDS))
def test_a_personal_field_is_withheld_wherever_it_stands(field: str) -> None:
    written = withhold_personal_data(None, "info", {field: "Contoh", "deeper": {field: "Contoh"}})
    assert "Contoh" not in str(written)


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Logging that is set up within a test writes to what the test captured, which is closed afterwards."""
    ours, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**ours)
    structlog.contextvars.clear_contextvars()
    logging.root.handlers[:], logging.root.level = handlers, level


@pytest.mark.usefixtures("own_logging")
def test_a_traceback_is_withheld_like_anything_else(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("test", "json")
    try:
        raise ValueError(f"could not read {NIK}")
    except ValueError:
        structlog.get_logger().exception("it.failed")
    logging.getLogger("somebody.else").warning("saw %s", NIK)
    printed = capsys.readouterr().err
    assert NIK not in printed
    assert "it.failed" in printed
    assert "somebody.else" in printed or "saw" in printed
