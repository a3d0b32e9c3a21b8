"""A history in the archive is the history that was put there, or it is said that it is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from temporalio.client import WorkflowHistory

from tests.workflow.replay.kept import HISTORIES, read
from workflows.archive.packing import Damaged, NotWhole, Packed, hash_of, pack, unpack
from workflows.replay.replays import KNOWN

SERVED = read(HISTORIES / "v0.1" / "served_without_a_reminder.json")


def test_what_is_unpacked_is_what_was_packed() -> None:
    packed = pack(SERVED)
    found = unpack("referral/1", packed.content, sha256=packed.sha256)
    assert list(found.events) == list(SERVED.events)
    assert (found.workflow_id, packed.events) == ("referral/1", len(SERVED.events))
    assert len(packed.content) < packed.size_bytes


def test_the_same_history_gives_the_same_bytes() -> None:
    assert pack(SERVED) == pack(WorkflowHistory("another", list(SERVED.events)))


@pytest.mark.parametrize("events", [[], list(SERVED.events)[:-1], list(SERVED.events)[1:]])
def test_half_a_history_is_not_put_away(events: list[object]) -> None:
    with pytest.raises(NotWhole):
        pack(WorkflowHistory("referral/1", events))  # type: ignore[arg-type]


@settings(max_examples=50)
@given(st.data())
def test_one_changed_byte_is_noticed(data: st.DataObject) -> None:
    packed: Packed = pack(SERVED)
    place = data.draw(st.integers(0, len(packed.content) - 1))
    other = bytes([packed.content[place] ^ data.draw(st.integers(1, 255))])
    with pytest.raises(Damaged):
        unpack("referral/1", packed.content[:place] + other + packed.content[place + 1 :], sha256=packed.sha256)


@pytest.mark.parametrize("content", [b"", b"no gzip", pack(SERVED).content[:100]])
def test_what_is_no_history_is_damaged_even_where_its_hash_is_right(content: bytes) -> None:
    with pytest.raises(Damaged):
        unpack("referral/1", content, sha256=hash_of(content))


def test_a_replay_knows_the_types_by_the_names_that_temporal_has() -> None:
    starts = [read(path).events[0] for path in HISTORIES.rglob("*.json")]
    types = {each.workflow_execution_started_event_attributes.workflow_type.name for each in starts}
    assert types
    assert types <= KNOWN
