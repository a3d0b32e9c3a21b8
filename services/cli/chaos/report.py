"""What a run says at its end: by kind of fault, and as a whole."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.cli.chaos.evidence import Finding, Verdict
from services.cli.chaos.journal import Command
from services.cli.chaos.plan import Fault

WANTED_PER_SECOND = 5.0
WANTED_P95_SECONDS = 15.0
COLUMNS = (
    "kind",
    "times",
    "longest_stall_seconds",
    "recovery_p50_seconds",
    "recovery_max_seconds",
    "lost",
    "duplicated",
)


@dataclass(frozen=True, slots=True)
class Happened:
    """A fault as it went: from *began* to *ended* (seconds since 1970) something was held broken.

    *recovery_seconds* counts from *ended*; it is the bound where that was not enough.
    """

    fault: Fault
    began: float
    ended: float
    recovery_seconds: float

    @property
    def over(self) -> float:
        return self.ended + self.recovery_seconds


@dataclass(frozen=True, slots=True)
class Run:
    """Everything there is to report of one run."""

    seed: int
    seconds: float
    """For how long people worked while things broke."""
    settle_seconds: float
    happened: Sequence[Happened]
    commands: Sequence[Command]
    findings: Sequence[Finding]

    def number_of(self, verdict: Verdict) -> int:
        return sum(finding.verdict == verdict for finding in self.findings)

    @property
    def well(self) -> bool:
        return not self.findings


def as_json(run: Run) -> dict[str, Any]:
    """Return the report, for programs."""
    return {
        "seed": run.seed,
        "seconds": round(run.seconds, 1),
        "settle_seconds": round(run.settle_seconds, 1),
        "faults": _by_kind(run),
        "commands": _commands(run),
        "lost": run.number_of("lost"),
        "duplicated": run.number_of("duplicated"),
        "recovery_p95_seconds": p95([each.recovery_seconds for each in run.happened]),
        "violations": [finding.what for finding in run.findings if finding.verdict == "violation"],
        "findings": [f"{each.verdict}: {each.what}" for each in run.findings if each.verdict != "violation"],
        "happened": [_one(each, run) for each in run.happened],
    }


def shortfalls(run: Run) -> list[Finding]:
    """Return what the run itself did not reach: a run in which little happened proves little."""
    found = []
    rate = len(run.commands) / run.seconds if run.seconds else 0.0
    if rate < WANTED_PER_SECOND:
        found.append(f"only {rate:.1f} commands a second were given, of {WANTED_PER_SECOND:g}")
    slowest = p95([each.recovery_seconds for each in run.happened])
    if slowest >= WANTED_P95_SECONDS:
        found.append(f"recovery took {slowest:g} s (p95), of less than {WANTED_P95_SECONDS:g}")
    return [Finding("violation", what) for what in found]


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 are not above, 0 where there are none."""
    return round(sorted(values)[min(int(len(values) * 0.95), len(values) - 1)], 2) if values else 0.0


def _by_kind(run: Run) -> list[dict[str, Any]]:
    kinds = dict.fromkeys(each.fault.kind for each in run.happened)
    return [_kind(str(kind), [each for each in run.happened if each.fault.kind is kind], run) for kind in sorted(kinds)]


def _kind(name: str, times: Sequence[Happened], run: Run) -> dict[str, Any]:
    recoveries = sorted(each.recovery_seconds for each in times)
    ones = [_one(each, run) for each in times]
    return {
        "kind": name,
        "times": len(times),
        "longest_stall_seconds": max(one["stall_seconds"] for one in ones),
        "recovery_p50_seconds": round(recoveries[len(recoveries) // 2], 2),
        "recovery_max_seconds": round(recoveries[-1], 2),
        "lost": sum(one["lost"] for one in ones),
        "duplicated": sum(one["duplicated"] for one in ones),
    }


def _one(each: Happened, run: Run) -> dict[str, Any]:
    during = [command for command in run.commands if _touches(command, each)]
    return {
        "fault": str(each.fault),
        "stall_seconds": round(max((command.stall_seconds for command in during), default=0.0), 2),
        "recovery_seconds": round(each.recovery_seconds, 2),
        "lost": _blamed("lost", each, run),
        "duplicated": _blamed("duplicated", each, run),
    }


def _touches(command: Command, each: Happened) -> bool:
    """Say whether *command* was under way while *each* was."""
    return command.sent_at <= each.over and (command.answered_at or each.over) >= each.began


def _blamed(verdict: Verdict, each: Happened, run: Run) -> int:
    """Count what was begun from this fault on and before the next one."""
    begins = [other.began for other in run.happened if other.began > each.began]
    ends = min(begins, default=float("inf"))
    return sum(
        finding.verdict == verdict and finding.at is not None and each.began <= finding.at < ends
        for finding in run.findings
    )


def _commands(run: Run) -> dict[str, Any]:
    refused = Counter(str(command.answer.get("code")) for command in run.commands if command.refused)
    silences = Counter(why for command in run.commands for why in command.silences)
    return {
        "sent": len(run.commands),
        "answered": sum(command.status is not None for command in run.commands),
        "done": sum(command.done for command in run.commands),
        "per_second": round(len(run.commands) / run.seconds, 1) if run.seconds else 0.0,
        "sent_twice": sum(len(command.again) for command in run.commands),
        "tried_again": sum(silences.values()),
        "refused": dict(refused.most_common()),
        "silences": dict(silences.most_common()),
    }
