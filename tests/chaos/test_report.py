"""The report: what was lost is blamed on the fault in whose time it was begun, and little proves nothing."""

from dataclasses import replace

from services.cli.chaos.evidence import Finding
from services.cli.chaos.plan import Fault, Kind
from services.cli.chaos.report import Happened, Run, as_json, p95, shortfalls
from tests.chaos import scenes

FIRST = Happened(Fault(1, 3.0, Kind.KILL, "valkey", 0.0, 1), began=90.0, ended=90.0, recovery_seconds=2.0)
SECOND = Happened(Fault(2, 8.0, Kind.FREEZE, "postgres", 3.0, 1), began=99.0, ended=102.0, recovery_seconds=4.0)


def run(*findings: Finding, commands: int = 60) -> Run:
    slow = replace(scenes.commands()[0], sent_at=100.0, answered_at=103.0)
    given = [replace(slow, key=str(number)) for number in range(commands)]
    return Run(7, 10.0, 1.0, (FIRST, SECOND), given, findings)


def test_the_report_has_what_it_promises() -> None:
    report = as_json(run())
    assert {"faults", "commands", "lost", "duplicated", "recovery_p95_seconds", "violations"} <= set(report)
    assert report["commands"]["sent"] == 60
    assert report["recovery_p95_seconds"] == 4.0
    assert run().well


def test_a_loss_is_blamed_on_the_fault_of_its_time() -> None:
    report = as_json(run(Finding("lost", "one", at=100.0), Finding("duplicated", "two", at=95.0)))
    by_kind = {each["kind"]: each for each in report["faults"]}
    assert (by_kind["freeze"]["lost"], by_kind["kill"]["lost"]) == (1, 0)
    assert (by_kind["freeze"]["duplicated"], by_kind["kill"]["duplicated"]) == (0, 1)
    assert (report["lost"], report["duplicated"]) == (1, 1)


def test_the_longest_stall_is_that_of_a_command_under_way() -> None:
    by_kind = {each["kind"]: each for each in as_json(run())["faults"]}
    assert by_kind["freeze"]["longest_stall_seconds"] == 3.0
    assert by_kind["kill"]["longest_stall_seconds"] == 0.0


def test_too_few_commands_or_too_slow_a_recovery_is_a_violation() -> None:
    assert shortfalls(run()) == []
    assert len(shortfalls(run(commands=20))) == 1
    slow = replace(run(), happened=(replace(FIRST, recovery_seconds=16.0),))
    assert len(shortfalls(slow)) == 1


def test_of_a_hundred_values_the_ninety_sixth_is_the_p95() -> None:
    assert p95([float(value) for value in range(100)]) == 95.0
    assert p95([]) == 0.0
