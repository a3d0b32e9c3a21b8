"""The documents say what the code does: their tables are read and compared, their links lead somewhere."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from services.contracts import book_commands, codes, commands, lifecycle
from services.contracts.books import FindingKind
from services.contracts.events import EVENT_TYPES, GROUPS
from services.contracts.lifecycle import FACTS, RULES, Action, Party, State, To
from services.contracts.speaking import commands as speaking_commands
from services.referral import clock_rules
from services.referral.domain import Progress
from services.referral.escalation import PLANS
from tests.unit.scenes import a_draft
from tests.unit.written import DOCS, transitions
from tests.unit.written import codes_of as _codes
from tests.unit.written import rows as _rows

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
SOURCES = sorted(
    path for folder in ("services", "workflows", "deploy", "tests") for path in (ROOT / folder).rglob("*.py")
)
GROUPS_OF_STATES = {
    "live": lifecycle.LIVE,
    "submitted live": lifecycle.SUBMITTED_LIVE,
    "before acceptance": lifecycle.BEFORE_ACCEPTANCE,
    "in hand": lifecycle.IN_HAND,
    "holds a place": lifecycle.HOLDS_A_PLACE,
    "any": frozenset(State),
}
LISTS = {
    "decline": codes.DeclineReason,
    "return": codes.ReturnReason,
    "close": codes.CloseReason,
    "hold": codes.HoldReason,
    "place refused": codes.PlaceRefusalReason,
    "park": codes.ParkReason,
    "reopen": codes.ReopenReason,
    "void": codes.VoidReason,
    "outcome": codes.Outcome,
    "follow-up": codes.FollowUp,
    "legal basis": codes.LegalBasis,
    "priority": codes.Priority,
}

COMMANDS = (commands, book_commands, speaking_commands)

_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
_CITED = re.compile(r"docs/[A-Za-z0-9_./-]*[A-Za-z0-9_-]")


def _states(cell: str) -> set[State]:
    """Return the states of a cell: codes, or a *group*, perhaps `but` some codes."""
    group = re.match(r"\*([^*]+)\*", cell)
    if group is None:
        return {State(code) for code in _codes(cell)}
    return set(GROUPS_OF_STATES[group[1]]) - {State(code) for code in _codes(cell)}


def test_the_page_of_the_lifecycle_names_every_state() -> None:
    assert {_codes(row["State"])[0] for row in _rows("lifecycle.md", "State", "Meaning")} == set(State)


def test_the_groups_of_states_are_those_of_the_code() -> None:
    written = {row["Group"]: {State(code) for code in _codes(row["States"])} for row in _rows("lifecycle.md", "Group")}
    assert written == GROUPS_OF_STATES


def test_the_table_of_transitions_is_that_of_the_code() -> None:
    written = transitions("lifecycle.md", "From", _states, {*State, *To})
    assert written == dict(RULES)
    assert {action for _, action in written} == set(Action)


def test_every_party_is_explained() -> None:
    explained = {code for row in _rows("lifecycle.md", "Party", "Who") for code in _codes(row["Party"])}
    assert explained == set(Party)


def test_the_clocks_by_state_are_those_of_the_code() -> None:
    rows = _rows("lifecycle.md", "State", "Runs", "Paused")
    runs = {_codes(row["State"])[0]: tuple(_codes(row["Runs"])) for row in rows}
    paused = {_codes(row["State"])[0]: frozenset(_codes(row["Paused"])) for row in rows if row["Paused"]}
    assert runs == dict(clock_rules.RUNS)
    assert paused == dict(clock_rules.PAUSED)


def test_a_returned_draft_and_a_flagged_report_run_what_the_page_says() -> None:
    returned = a_draft(progress=Progress(returned=True))
    flagged = a_draft(state=State.REPORTED, progress=Progress(flagged=True))
    assert [*clock_rules.running_in(returned), *clock_rules.running_in(flagged)] == ["answer", "ruling"]


def test_the_plans_of_the_clocks_are_those_of_the_code() -> None:
    written = {
        _codes(row["Clock"])[0]: (
            *_codes(row["Reminded"]),
            tuple(_codes(row["Rungs"])),
            *(_codes(row["End"]) or [None]),
        )
        for row in _rows("lifecycle.md", "Clock", "Reminded", "Rungs", "End")
    }
    assert written == {name: (plan.waits_for, plan.rungs, plan.end) for name, plan in PLANS.items()}


def test_the_table_of_times_is_the_standard_policy() -> None:
    policy = yaml.safe_load((ROOT / "services/referral/policies/standard-1.yaml").read_text(encoding="utf-8"))
    rows = _rows("domain.md", "Row", "normal", "high", "urgent")
    written = {_codes(row.pop("Row"))[0]: row for row in rows}
    assert written == {name: row for name, row in policy.items() if isinstance(row, dict)}
    assert f"`attempts: {policy['attempts']}`" in (DOCS / "domain.md").read_text(encoding="utf-8")


def test_the_services_are_given_by_whom_the_code_says() -> None:
    rows = _rows("domain.md", "Service", "Given by")
    written = {_codes(row["Service"])[0]: _codes(row["Given by"])[0] for row in rows}
    assert written == {service: service.agency for service in codes.Service}


def test_the_lists_of_codes_are_those_of_the_code() -> None:
    written = {row["List"]: _codes(row["Codes"]) for row in _rows("domain.md", "List", "Codes")}
    assert written == {name: list(kind) for name, kind in LISTS.items()}


def test_the_list_of_events_is_complete() -> None:
    written = [_codes(row["Type"])[0] for row in _rows("events.md", "Type", "What it says")]
    assert sorted(written) == sorted(EVENT_TYPES)
    assert len(FACTS) == sum(each.startswith("referral.") for each in written)


def test_the_groups_of_the_streams_are_those_of_the_code() -> None:
    rows = _rows("events.md", "Stream", "Written by", "Groups that read it")
    written = {_codes(row["Stream"])[0]: tuple(_codes(row["Groups that read it"])) for row in rows}
    assert written == dict(GROUPS)


_OF_EVERY_PART = [
    of("<part>")
    for of in (book_commands.told_page, book_commands.tell_again, book_commands.taken_up_to, book_commands.not_taken)
]


def test_the_guide_to_the_books_tells_what_to_do_about_every_finding() -> None:
    rows = _rows("howto/check-the-books.md", "Found", "Mended by the pass")
    assert {code for row in rows for code in _codes(row["Found"])} == set(FindingKind)


def test_the_architecture_names_every_import_contract_and_every_command() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = [each["name"] for each in project["tool"]["importlinter"]["contracts"]]
    values = [*(each for module in COMMANDS for each in vars(module).values()), *_OF_EVERY_PART]
    given = [each.name for each in values if isinstance(each, commands.CommandRef)]
    assert [name for name in contracts if f"- {name}\n" not in text] == []
    assert [name for name in given if f"`{name}`" not in text] == []


def test_the_way_of_a_referral_leads_through_functions_that_exist() -> None:
    for row in _rows("architecture.md", "", "File", "Function"):
        file = DOCS / _LINK.findall(row["File"])[0]
        defined = {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, _FUNCTION)}
        assert set(_codes(row["Function"])) <= defined, f"step {row['']}: {file.name}"


_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _broken_links(page: Path) -> Iterator[str]:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            yield target


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_the_documents_leads_to_a_file(page: Path) -> None:
    assert list(_broken_links(page)) == []


def test_every_document_that_the_code_cites_exists() -> None:
    cited = {(path, name) for path in SOURCES for name in _CITED.findall(path.read_text(encoding="utf-8"))}
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in sorted(cited) if not (ROOT / name).exists()] == []
