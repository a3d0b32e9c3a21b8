"""What must hold after any run, as far as it can be seen from outside."""

from collections import Counter
from collections.abc import Iterator, Sequence

from services.cli.chaos.evidence import Evidence, Finding
from services.cli.chaos.journal import Command
from services.contracts.lifecycle import FINAL, State

FAILED = "500 server.failed"


def invariants(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is not as it must be."""
    yield from (Finding("violation", what) for what in evidence.complaints)
    yield from _versions(evidence)
    yield from _ends(evidence)
    yield from _needs(evidence)
    yield from _whereabouts(evidence)
    yield from _books(evidence)


def _versions(evidence: Evidence) -> Iterator[Finding]:
    for referral, lines in evidence.timelines.items():
        versions = [line["version"] for line in lines]
        if versions != list(range(1, len(versions) + 1)):
            yield Finding("violation", f"the versions of {referral} have a gap: {versions}")


def _ends(evidence: Evidence) -> Iterator[Finding]:
    for referral, seen in evidence.referrals.items():
        if seen["state"] == State.CLOSED and not seen["outcome"] and not seen["reason"]:
            yield Finding("violation", f"{referral} is closed without an outcome or a reason")


def _needs(evidence: Evidence) -> Iterator[Finding]:
    """No family has two live referrals for one service."""
    live = [seen for seen in evidence.referrals.values() if _is_live(seen["state"]) and seen["submitted_at"]]
    for (family, service), number in Counter((seen["family"], seen["service"]) for seen in live).items():
        if number > 1:
            yield Finding("violation", f"family {family} has {number} live referrals for {service}")


def _is_live(seen: object) -> bool:
    return State(str(seen)) not in FINAL


def _whereabouts(evidence: Evidence) -> Iterator[Finding]:
    """Every live submitted referral is in a queue and has a running workflow, and no other one has."""
    live = {each for each, seen in evidence.referrals.items() if _is_live(seen["state"]) and seen["submitted_at"]}
    for referral in sorted(live - set(evidence.queued)):
        yield Finding("violation", f"{referral} is live and in no queue")
    for referral in sorted(live - set(evidence.running)):
        yield Finding("violation", f"{referral} is live and has no running workflow")
    for referral in sorted(set(evidence.running) & (set(evidence.referrals) - live)):
        yield Finding("violation", f"{referral} has ended and its workflow still runs")


def _books(evidence: Evidence) -> Iterator[Finding]:
    submitted = [seen for seen in evidence.referrals.values() if seen["submitted_at"]]
    states = Counter(seen["state"] if not _is_live(seen["state"]) else "live" for seen in submitted)
    counted = {"submitted": len(submitted), **{name: states[name] for name in ("live", "closed", "cancelled", "void")}}
    told = {name: evidence.books.get(name) for name in counted}
    if evidence.books and told != counted:
        yield Finding("violation", f"the books say {told}, people see {counted}")
    if evidence.books and not evidence.books["balanced"]:
        yield Finding("violation", "the books do not balance")
    if evidence.books.get("overdue_marks"):
        yield Finding("violation", f"{evidence.books['overdue_marks']} marks are late")


def answers(commands: Sequence[Command]) -> Iterator[Finding]:
    """Nobody is told that the service itself failed: what a fault makes impossible is answered with a time to wait."""
    failed = Counter(command.action for command in commands if FAILED in command.silences)
    for action, number in failed.items():
        yield Finding("violation", f"{action} was answered {number} times that the server failed")
    unanswered = sum(command.status is None for command in commands)
    if unanswered:
        yield Finding("violation", f"{unanswered} commands were never answered")
