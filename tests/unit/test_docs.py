"""The documents say what the code does, and point to what exists."""

import re
from pathlib import Path

import pytest
import yaml

from services.contracts.codes import ClockName
from services.contracts.lifecycle import RULES, Action, State
from services.referral.clock_rules import PAUSED, RUNS
from services.referral.escalation import PLANS

ROOT = Path(__file__).parents[2]
DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
CITED = re.compile(r"docs/[a-z0-9_/-]+\.md")


def _rows(document: str, columns: int) -> list[list[str]]:
    lines = (ROOT / "docs" / document).read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if len(row) == columns]


def _codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_transition_table_is_the_codes() -> None:
    written: dict[tuple[str, str], tuple[frozenset[str], str, str]] = {}
    for states, action, by, to, event in _rows("lifecycle.md", 5)[1:]:
        for state in _codes(states):
            fact = _codes(event)[0].removeprefix("referral.").removesuffix(".v1")
            written[state, _codes(action)[0]] = (frozenset(_codes(by)), _codes(to)[0], fact)
    coded = {
        (state.value, action.value): (frozenset(party.value for party in rule.by), rule.to.value, rule.fact)
        for (state, action), rule in RULES.items()
    }
    assert written == coded


def test_the_clocks_by_state_are_the_codes() -> None:
    written = {
        _codes(row[0])[0]: (_codes(row[1]), _codes(row[2])) for row in _rows("lifecycle.md", 3) if _codes(row[0])
    }
    coded = {state.value: (list(RUNS[state]), sorted(PAUSED.get(state, ()))) for state in State}
    assert written == coded


def test_the_plans_of_the_clocks_are_the_codes() -> None:
    written = {_codes(row[0])[0]: row for row in _rows("lifecycle.md", 4) if _codes(row[0])}
    assert set(written) == set(ClockName)
    for clock, plan in PLANS.items():
        assert _codes(written[clock][1]) == [plan.waits_for]
        assert _codes(written[clock][2]) == list(plan.rungs)
        assert _codes(written[clock][3]) == ([plan.end] if plan.end else [])


def test_the_clock_policy_is_the_file() -> None:
    policy = yaml.safe_load((ROOT / "services/referral/policies/standard-1.yaml").read_text())
    written = {_codes(row[0])[0]: row[1:] for row in _rows("domain.md", 4) if _codes(row[0])}
    assert written == {name: list(row.values()) for name, row in policy.items() if isinstance(row, dict)}


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    missing = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]
    assert missing == []


def test_every_document_that_the_code_cites_exists() -> None:
    folders = ("services", "workflows", "deploy")
    cited = {
        name for folder in folders for path in (ROOT / folder).rglob("*.py") for name in CITED.findall(path.read_text())
    }
    assert cited
    assert [name for name in sorted(cited) if not (ROOT / name).exists()] == []


def test_the_table_knows_every_action() -> None:
    assert {action for _, action in RULES} == set(Action)
