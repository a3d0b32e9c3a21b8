"""The driver's journal: what was written is read, however it ended."""

from pathlib import Path

import pytest

from services.cli.chaos.journal import Journal, JournalReader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def _ask(journal: Journal, key: str) -> None:
    journal.write("sent", key, by="D-1", action="claim", subject="r1")


def test_a_command_is_in_the_journal_before_anybody_answers(path: Path) -> None:
    _ask(Journal(path), "k1")
    (command,) = JournalReader(path).follow().values()
    assert (command.by, command.action, command.subject, command.status) == ("D-1", "claim", "r1", None)
    assert not command.done
    assert not command.refused


def test_silences_and_the_answer_belong_to_their_command(path: Path) -> None:
    journal, reader = Journal(path), JournalReader(path)
    _ask(journal, "k1")
    _ask(journal, "k2")
    reader.follow()
    journal.write("silence", "k1", why="ReadError")
    journal.write("answer", "k1", status=200, answer={"version": 4})
    journal.write("again", "k1", status=200, answer={"version": 4})
    first, second = reader.follow().values()
    assert first.done
    assert first.silences == ["ReadError"]
    assert first.again == [{"status": 200, "answer": {"version": 4}}]
    assert first.stall_seconds >= 0
    assert second.status is None


def test_a_refusal_is_an_answer_without_an_effect(path: Path) -> None:
    journal = Journal(path)
    _ask(journal, "k1")
    journal.write("answer", "k1", status=409, answer={"code": "referral.changed"})
    (command,) = JournalReader(path).follow().values()
    assert command.refused
    assert not command.done


def test_a_line_that_was_cut_short_is_read_when_it_is_whole(path: Path) -> None:
    journal, reader = Journal(path), JournalReader(path)
    _ask(journal, "k1")
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert reader.follow() == {}
    path.write_bytes(whole)
    assert list(reader.follow()) == ["k1"]


def test_before_the_first_line_nothing_was_asked(path: Path) -> None:
    assert JournalReader(path).follow() == {}
