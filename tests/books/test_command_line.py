"""`nyekrup books`: who may read them, and checking them with nothing but the lines and a public key."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone
from services.contracts.wib import WIB
from services.referral.closing_days import GRACE
from tests.books.house import House
from tests.story.test_command_line import nyekrup, read

# As if all had happened three days ago: the days since then are over.
_EARLIER = (
    "UPDATE timeline SET at = at - interval '3 days'",
    "UPDATE referral SET submitted_at = submitted_at - interval '3 days' WHERE submitted_at IS NOT NULL",
)
_FIRST = "SELECT min(submitted_at) FROM referral"
_PASSED = "SELECT began_at, ended_at FROM book_pass WHERE ended_at IS NOT NULL ORDER BY began_at DESC LIMIT 1"


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """The other agency's machine: another home, in which nothing runs."""
    with TemporaryDirectory(prefix="nyekrup-other-") as folder:
        yield Path(folder)


@pytest.fixture(scope="package")
async def closed(house: House) -> House:
    """The house three days later, its days closed, the coordinator at the terminal."""
    await house.in_hand()
    for statement in _EARLIER:
        house.rows("referral", statement)
    _, found = await house.passes()
    assert found == []
    await _sign_in(house.stack, house.stage.dinsos_kab_coordinator.staff_no)
    return house


async def _sign_in(stack: Stack, staff_no: str) -> None:
    accounts = json.loads((stack.home.path / "demo-accounts.json").read_text())
    account = next(each for each in accounts if each["staff_no"] == staff_no)
    await read(stack.home.path, "sign-in", staff_no, "--password-stdin", typed=account["password"] + "\n")


def _write(folder: Path, name: str, content: Any) -> str:
    (folder / name).write_text(json.dumps(content))
    return str(folder / name)


async def _exported(house: House, folder: Path) -> tuple[list[dict[str, Any]], str, str]:
    """Return the lines, the file that they were exported to, and the file of the public keys."""
    lines: list[dict[str, Any]] = await read(house.stack.home.path, "books", "show")
    coordinator = house.stage.dinsos_kab_coordinator
    keys = await coordinator.get(f"{coordinator.addresses.referral}/books/keys")
    return lines, _write(folder, "lines.json", lines), _write(folder, "keys.json", keys)


async def test_the_books_are_shown_and_sound(closed: House) -> None:
    lines = await read(closed.stack.home.path, "books", "show")
    (first,), (began, ended) = closed.rows("referral", _FIRST)[0], closed.rows("referral", _PASSED)[0]
    days = sorted({date.fromisoformat(line["day"]) for line in lines})
    assert days == [first.astimezone(WIB).date() + timedelta(days=each) for each in range(len(days))]
    assert days[-1] in {(at - GRACE).astimezone(WIB).date() - timedelta(days=1) for at in (began, ended)}
    assert sum(line["submitted"] for line in lines) >= 1
    verified = await read(closed.stack.home.path, "books", "verify")
    assert (verified["sound"], verified["lines"]) == (True, len(lines))
    code, out, _ = await nyekrup(closed.stack.home.path, "books", "verify")
    assert code == 0
    assert lines[-1]["hash"] in "".join(out.split())
    day = lines[-1]["day"]
    of_a_day = await read(closed.stack.home.path, "books", "show", "--from", day, "--to", day)
    assert of_a_day == [line for line in lines if line["day"] == day]


async def test_the_other_agency_checks_the_lines_with_the_public_key_only(closed: House, elsewhere: Path) -> None:
    lines, file, keys = await _exported(closed, elsewhere)
    arguments = ("books", "verify", "--keys", keys, "--file")
    assert (await read(elsewhere / "home", *arguments, file))["sound"] is True
    changed = [{**lines[0], "submitted": lines[0]["submitted"] + 1}, *lines[1:]]
    broken = await read(elsewhere / "home", *arguments, _write(elsewhere, "changed.json", changed), code=1)
    assert (broken["sound"], broken["broken"]["fault"], broken["broken"]["position"]) == (False, "changed", 1)
    swapped = _write(elsewhere, "swapped.json", [lines[1], lines[0], *lines[2:]])
    code, out, _ = await nyekrup(elsewhere / "home", *arguments, swapped, "--language", "id")
    assert code == 1
    assert "ditukar" in out


async def test_lines_that_another_key_signed_are_not_sound(closed: House, elsewhere: Path) -> None:
    _, file, _ = await _exported(closed, elsewhere)
    tokens = json.loads(closed.stack.home.jwks.read_text())
    other = _write(elsewhere, "other.json", tokens)
    broken = await read(elsewhere / "home", "books", "verify", "--keys", other, "--file", file, code=1)
    assert broken["broken"]["fault"] == "not_signed"


@pytest.mark.parametrize("content", ["{}", "[{}]", "nothing"])
async def test_a_file_that_holds_no_lines_is_refused_with_a_sentence(
    closed: House, elsewhere: Path, content: str
) -> None:
    _, _, keys = await _exported(closed, elsewhere)
    (elsewhere / "wrong.json").write_text(content)
    file = str(elsewhere / "wrong.json")
    code, _, err = await nyekrup(elsewhere / "home", "books", "verify", "--keys", keys, "--file", file)
    assert code == 2
    assert "Traceback" not in err


async def test_findings_are_for_those_who_lead_repair_or_watch(closed: House) -> None:
    stage = closed.stage
    address = stage.operator.addresses.referral
    for who in (stage.operator, stage.dpo, stage.bkkbn_kab_coordinator):
        for path in ("findings", "passes", "days"):
            assert await who.get(f"{address}/books/{path}") is not None
    for who in (stage.tksk, stage.pkb_supervisor):
        for path in ("findings", "passes", "days"):
            with pytest.raises(NotDone, match=r"auth\.forbidden"):
                await who.get(f"{address}/books/{path}")
        assert (await who.get(f"{address}/books/keys"))["keys"]
    assert isinstance(await read(closed.stack.home.path, "books", "findings"), list)
