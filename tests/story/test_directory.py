"""An officer comes by a file, sets a password, works, and leaves by a file: the queue keeps everything."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone, Person
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from tests.integration.list_files import as_csv
from tests.story.test_command_line import nyekrup, read

COLUMNS = ("nomor_petugas", "nama", "email", "peran", "id_unit", "keluar")
DESK = "bkkbn-35.15.08"
GOOD = "empat kata yang acak"
pytestmark = pytest.mark.timeout(180)


def _file(to: Path, **fields: str) -> str:
    """Write a list of one officer; return where it is."""
    to.write_bytes(as_csv([{**dict.fromkeys(COLUMNS, ""), **fields}], COLUMNS))
    return str(to)


async def _brought_in(home: Path, file: str) -> dict[str, int]:
    """Bring a file in as whoever is signed in at the terminal; return what it changed."""
    batch = await read(home, "import", "officers", file, "--yes")
    assert (batch["state"], batch["report"]["rejected"]) == ("applied", 0), batch
    changed: dict[str, int] = batch["report"]["applied"]
    return changed


async def test_an_officer_who_leaves_owns_nothing_and_the_unit_keeps_the_work(
    stage: Stage, stack: Stack, tmp_path: Path
) -> None:
    home, staff_no, lead = stack.home.path, f"S-{uuid4()}".upper(), stage.bkkbn_kab_coordinator
    accounts = json.loads((home / "demo-accounts.json").read_text())
    password = next(each["password"] for each in accounts if each["staff_no"] == lead.staff_no)
    await read(home, "sign-in", lead.staff_no, "--password-stdin", typed=password + "\n")
    known = {"nama": "Petugas Baru", "email": "baru@bkkbn.example", "peran": "petugas", "id_unit": DESK}
    await _brought_in(home, _file(tmp_path / "new.csv", nomor_petugas=staff_no, **known))
    invited = await read(home, "directory", "invite", DESK, staff_no)
    await read(home, "set-password", staff_no, "--stdin", typed=f"{invited['code']}\n{GOOD}\n")
    new = Person(lead.addresses, staff_no, GOOD)
    await new.sign_in()

    async def told() -> bool:
        return any(each["referral"] == referral for each in await new.inbox())

    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.until(told, "the new officer hears what came to the desk")
    await new.act(referral, Action.CLAIM)
    await new.act(referral, Action.ACCEPT)
    assert (await new.show(referral))["assignee"] == new.officer["id"]

    async def nobodys() -> bool:
        return (await stage.pkb.show(referral))["assignee"] is None

    await _brought_in(home, _file(tmp_path / "left.csv", nomor_petugas=staff_no, keluar="ya"))
    await stage.until(nobodys, "who left owns nothing")
    assert referral in {each["id"] for each in await stage.pkb.queue("unit", unit=DESK)}

    waiting = f"http://{stack.ports.address('workflows')}/runs/{referral}"
    for address in (f"{new.addresses.notify}/inbox", waiting):

        async def kept_out(address: str = address) -> bool:
            try:
                await new.get(address)
            except NotDone as refused:
                return refused.code == "auth.left"
            return False

        await stage.until(kept_out, f"the token is refused at {address}")
    assert (await stage.pkb.show(referral))["state"] == "accepted"
    await new.close()

    exported = tmp_path / "officers.csv"
    await read(home, "directory", "export", "officers", str(exported))
    assert staff_no not in exported.read_text("utf-8-sig")
    changed = await _brought_in(home, str(exported))
    assert (changed["new"], changed["newer"], changed["kept"]) == (0, 0, 0)
    vacant = await read(home, "units", "list", "--vacant", "--region", "35.15", "--agency", "bkkbn")
    assert len(vacant["units"]) == 17
    code, shown, _ = await nyekrup(home, "units", "show", vacant["units"][0]["id"])
    assert (code, "Vacant" in shown) == (0, True)
