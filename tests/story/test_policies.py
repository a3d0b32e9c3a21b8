"""An operator tries a clock policy on what really happened, and moves referrals under way to another one."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.cli.demo import DEMO_POLICY
from services.cli.stories.people import NotDone
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from services.contracts.wib import WIB
from tests.story.test_command_line import nyekrup, read

STANDARD = "standard-1"
TODAY = datetime.now(WIB).date()
# A story may be played over midnight.
PERIOD = ("--from", str(TODAY - timedelta(days=1)), "--to", str(TODAY + timedelta(days=1)))


@pytest.fixture
async def home(stack: Stack, stage: Stage) -> Path:
    """The story's data folder, where the operator is signed in at the terminal."""
    folder = stack.home.path
    accounts = json.loads((folder / "demo-accounts.json").read_text())
    account = next(each for each in accounts if each["staff_no"] == stage.people["operator"].staff_no)
    await read(folder, "sign-in", account["staff_no"], "--password-stdin", typed=account["password"] + "\n")
    return folder


async def policy_file(home: Path, file: Path, *, without: str = "", **rows: str) -> str:
    """Write the demo's policy to *file*, with other *rows*, as an operator would: from what `policy show` prints."""
    _, text, _ = await nyekrup(home, "policy", "show", DEMO_POLICY)
    _write(file, [_line(line, rows) for line in text.splitlines() if not without or not line.startswith(f"{without}:")])
    return str(file)


def _line(line: str, rows: dict[str, str]) -> str:
    name = line.partition(":")[0]
    span = rows.get(name)
    if span is None:
        return line.replace(f"version: {DEMO_POLICY}", "version: tried-1")
    return f"{name}: {{normal: {span}, high: {span}, urgent: {span}}}"


def said(printed: str) -> str:
    """Return what was printed, without the ends of the lines, which depend on the terminal."""
    return " ".join(printed.split())


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines))


async def offered(stage: Stage) -> dict[str, Any]:
    referral = await stage.referred(stage.tksk, Service.ELSIMIL_CATIN)
    return await stage.becomes(stage.tksk, referral, "offered")


async def test_an_operator_sees_who_would_have_been_reminded_and_what_would_have_expired(
    home: Path, stage: Stage, tmp_path: Path
) -> None:
    referral = await offered(stage)
    await stage.told(stage.tksk, referral["id"], "reminded", count=2)
    await stage.pkb.act(referral["id"], Action.CLAIM)
    same = await read(home, "whatif", "--policy", await policy_file(home, tmp_path / "same.yaml"), *PERIOD)
    assert (same["policy"], same["differing"], same["referrals_differing"]) == ("tried-1", 0, [])
    assert same["referrals"] > 0
    assert all(row["own"] == row["would"] for row in same["marks"])
    quick = await policy_file(home, tmp_path / "quick.yaml", acknowledge="1 cs", rung="1 cs")
    tried = await read(home, "whatif", "--policy", quick, *PERIOD, "--most", "100000")
    found = next(each for each in tried["referrals_differing"] if each["number"] == referral["number"])
    assert (found["parted"]["why"], found["parted"]["clock"]) == ("ended", "acknowledge")
    assert {each["mark"] for each in found["differences"] if each["would"]} >= {"half", "most", "due", "rung_2"}
    unit = next(each for each in tried["units"] if each["unit"] == stage.pkb.unit)
    assert unit["breaches"]["would"] > 0
    assert sum(week["marks"]["would"] for week in unit["weeks"]) == unit["marks"]["would"]
    code, shown, _ = await nyekrup(home, "whatif", "--policy", quick, *PERIOD, "--most", "0")
    assert code == 0
    assert "tried-1" in shown
    assert "list them with" in said(shown)


async def test_a_policy_with_a_gap_a_period_without_a_referral_and_one_that_runs_backwards_are_sentences(
    home: Path, tmp_path: Path
) -> None:
    whole = await policy_file(home, tmp_path / "whole.yaml")
    gap = await policy_file(home, tmp_path / "gap.yaml", without="decide")
    code, _, err = await nyekrup(home, "whatif", "--policy", gap, *PERIOD)
    assert code == 1
    assert "'decide'" in said(err)
    code, _, err = await nyekrup(home, "whatif", "--policy", str(tmp_path / "none.yaml"), *PERIOD)
    assert code == 2
    assert "cannot be read" in said(err)
    backwards = ("--from", "2026-03-02", "--to", "2026-03-01")
    code, _, err = await nyekrup(home, "whatif", "--policy", whole, *backwards)
    assert code == 1
    assert "period_backwards" in said(err)
    code, out, _ = await nyekrup(home, "whatif", "--policy", whole, "--from", "2020-01-01", "--to", "2020-01-31")
    assert code == 0
    assert "No referral was submitted" in said(out)


async def test_only_an_operator_tries_and_moves(stage: Stage) -> None:
    url = f"{stage.tksk.addresses.referral}/policies"
    for who in (stage.tksk, stage.dinsos_kab_coordinator, stage.dpo):
        with pytest.raises(NotDone, match="forbidden"):
            await who.get(url)
        with pytest.raises(NotDone, match="forbidden"):
            await who.post(f"{url}/what-if", {"policy": "", "from": "2026-01-01", "to": "2026-01-02"})
        with pytest.raises(NotDone, match="forbidden"):
            await who.post(f"{url}/moves", {"to": STANDARD, "text": "Coba."})


async def test_referrals_under_way_are_looked_at_moved_and_their_clocks_fire_by_the_new_times(
    home: Path, stage: Stage
) -> None:
    referral = await offered(stage)
    chosen = ("--service", Service.ELSIMIL_CATIN.value)
    seen = await read(home, "policy", "move", STANDARD, *chosen)
    assert referral["number"] in {each["number"] for each in seen["referrals"]}
    assert not seen["moved"]
    assert (await stage.tksk.show(referral["id"]))["policy_version"] == DEMO_POLICY
    code, _, err = await nyekrup(home, "policy", "move", STANDARD, *chosen, "--yes")
    assert code == 2
    assert "needs a reason" in said(err)
    why = ("--yes", "--because", "Kesepakatan baru.")
    moved = await read(home, "policy", "move", STANDARD, *chosen, *why)
    assert moved["moved"]
    shown = await stage.tksk.show(referral["id"])
    assert shown["policy_version"] == STANDARD
    line = next(each for each in await stage.tksk.timeline(referral["id"]) if each["fact"] == "policy_moved")
    assert (line["staff_no"], line["policy_from"], line["policy_to"], line["said"]) == (
        *(stage.operator.staff_no, DEMO_POLICY, STANDARD),
        {"text": "Kesepakatan baru."},
    )
    told = [each["fact"] for each in await stage.tksk.timeline(referral["id"])].count("escalated")
    back = await read(home, "policy", "move", DEMO_POLICY, "--policy", STANDARD, *chosen, *why)
    assert referral["number"] in {each["number"] for each in back["referrals"]}
    await stage.told(stage.tksk, referral["id"], "escalated", count=told + 1)


async def test_the_policies_are_listed_with_what_goes_by_them(home: Path, stage: Stage) -> None:
    await offered(stage)
    found = await read(home, "policy", "list")
    assert found["for_new"] == DEMO_POLICY
    by_version = {each["version"]: each for each in found["policies"]}
    assert by_version[DEMO_POLICY]["live"] > 0
    assert by_version[STANDARD]["installed"]
    code, _, err = await nyekrup(home, "policy", "move", "standard-99")
    assert code == 1
    assert "standard-99" in said(err)
    assert STANDARD in said(err)
