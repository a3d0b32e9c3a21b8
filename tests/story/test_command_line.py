"""The command as a program uses it: JSON on the standard output, a code that says whether it went well."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from deploy.local.home import Home
from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.contracts.codes import Service


async def nyekrup(home: Path, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Return the code, the standard output and the error output of one command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli.main", *arguments),
        env={**os.environ, "NYEKRUP_HOME": str(home)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def read(home: Path, *arguments: str, typed: str = "", code: int = 0) -> Any:
    """Run one command with --json and return what it printed."""
    ended, out, err = await nyekrup(home, *arguments, "--json", typed=typed)
    assert ended == code, err
    return json.loads(out)


@pytest.fixture
async def home(stack: Stack, stage: Stage) -> Path:
    """The story's data folder, where the TKSK is signed in at the terminal."""
    folder = stack.home.path
    accounts = json.loads((folder / "demo-accounts.json").read_text())
    account = next(each for each in accounts if each["staff_no"] == stage.people["tksk"].staff_no)
    officer = await read(folder, "sign-in", account["staff_no"], "--password-stdin", typed=account["password"] + "\n")
    assert officer["staff_no"] == account["staff_no"]
    return folder


async def test_a_referral_is_made_shown_listed_and_recalled_by_commands(home: Path, stage: Stage) -> None:
    family = await stage.people["tksk"].record_family(stage.village)
    made = await read(home, "referral", "create", "--family", str(family), "--service", Service.KIE)
    assert made["state"] == "triage"
    shown = await read(home, "referral", "show", made["id"])
    assert [line["fact"] for line in shown["timeline"]][:2] == ["created", "submitted"]
    waiting = await read(home, "referral", "list", "waiting")
    assert isinstance(waiting["referrals"], list)
    code, _, err = await nyekrup(home, "referral", "act", made["id"], "recall", "--set", "txt=Salah ketik")
    assert code == 1
    assert "text: missing" in err
    recalled = await read(home, "referral", "act", made["id"], "recall", "--set", "text=Keluarga pindah.")
    assert recalled["state"] == "cancelled"


async def test_events_are_listed_and_a_dead_letter_that_is_not_there_is_a_sentence(home: Path) -> None:
    events = await read(home, "events", "ls", "--limit", "5")
    assert 0 < len(events) <= 5
    assert isinstance(await read(home, "events", "dead-letters", "--stream", "notify"), list)
    code, _, err = await nyekrup(home, "events", "replay", "1-1", "--json")
    assert code == 1
    assert "nyekrup events dead-letters" in err


async def test_the_status_names_every_server_and_part_with_address_process_state_and_data(home: Path) -> None:
    found = await read(home, "status")
    assert found["running"]
    programs = {each["name"]: each for each in found["programs"]}
    assert {"postgres", "valkey", "temporal", "registry", "referral", "notify", "workflows"} <= set(programs)
    assert all(each["state"] == "ready" and each["pid"] and each["address"] for each in programs.values())
    assert all(programs[each]["data"] for each in ("postgres", "valkey", "temporal"))


async def test_the_doctor_says_what_it_looked_at_and_its_code_whether_all_is_well(home: Path) -> None:
    code, out, _ = await nyekrup(home, "doctor", "--json")
    findings = json.loads(out)
    assert {"Python", "disk space", "stack", "postgres", "referral loops", "referral → notify"} <= {
        each["what"] for each in findings
    }
    assert code == (0 if all(each["well"] for each in findings) else 1), (
        "other stories kill parts and leave dead letters"
    )
    assert all(each["well"] == (not each["advice"]) for each in findings)


@pytest.fixture
async def elsewhere() -> AsyncIterator[Path]:
    with TemporaryDirectory(prefix="nyekrup-command-") as folder:
        yield Path(folder) / "home"
        Home.open(Path(folder) / "home").purge()


async def test_a_program_starts_a_stack_reads_where_everything_is_and_ends_it(elsewhere: Path) -> None:
    up = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli.main", "up", "--json"),
        env={**os.environ, "NYEKRUP_HOME": str(elsewhere)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert up.stdout is not None
        told = await up.stdout.readuntil(b"\n}\n")
        assert json.loads(told)["running"]
        assert await read(elsewhere, "status") == json.loads(told)
        ended = await read(elsewhere, "down", "--purge")
        assert ended == {"home": str(elsewhere), "stopped": True, "purged": True}
        assert await up.wait() == 0
    finally:
        if up.returncode is None:
            up.send_signal(signal.SIGTERM)
            await up.wait()
    nothing = await read(elsewhere, "status", code=3)
    assert nothing["programs"] == []
    assert (await read(elsewhere, "down"))["stopped"] is False
