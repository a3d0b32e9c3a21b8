"""What the judge is given is also searched for what must be nowhere."""

from pathlib import Path

from services.cli.chaos.gathering import betrayed


def test_a_log_with_a_familys_data_is_found(tmp_path: Path) -> None:
    (tmp_path / "registry.log").write_text("referral.acted referral=4f350199ab12\n")
    assert betrayed(tmp_path) == []
    (tmp_path / "notify.log").write_text("RT 01 RW 02\n")
    (found,) = betrayed(tmp_path)
    assert found.startswith("notify.log")
