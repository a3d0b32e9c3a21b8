"""One referral that went well, as the judge sees it; each test takes something away from it or puts something in."""

from typing import Any

from services.cli.chaos.evidence import Evidence, Reader, Told
from services.cli.chaos.journal import Command

REFERRAL, FAMILY = "r1", "f1"
SENDING, RECEIVING = "dinsos-35.15.08", "bkkbn-35.15.08"
SENDER, WORKER = "D-35.15.08-01", "B-35.15.08-01"
VILLAGE = "35.15.08.2001"
SYSTEM = "system"

_LIFE = (("create", "created", SENDER), ("submit", "submitted", SENDER), (None, "offered", SYSTEM),
         ("claim", "claimed", WORKER), ("accept", "accepted", WORKER))  # fmt: skip


def commands() -> list[Command]:
    given = [_answered("record_family", SENDER, FAMILY, {})]
    for version, (action, _, by) in enumerate(_LIFE, 1):
        if action:
            given.append(_answered(action, by, REFERRAL, {"version": version}))
    return given


def _answered(action: str, by: str, subject: str, answer: dict[str, Any]) -> Command:
    return Command(f"key of {action}", 100.0, by, action, subject, 100.1, 200, answer)


def lines() -> list[dict[str, Any]]:
    return [{"version": version, "fact": fact, "staff_no": by} for version, (_, fact, by) in enumerate(_LIFE, 1)]


def told() -> list[Told]:
    return [
        Told(f"e{version}", REFERRAL, version, fact, "accepted", SENDING, RECEIVING, VILLAGE)
        for version, (_, fact, _) in enumerate(_LIFE, 1)
    ]


def message(version: int, fact: str) -> dict[str, Any]:
    return {"event": f"e{version}", "fact": fact, "referral": REFERRAL, "subject": f"{fact} R-1"}


def readers() -> list[Reader]:
    return [
        Reader(SENDER, SENDING, "officer", None, [message(4, "claimed"), message(5, "accepted")]),
        Reader(WORKER, RECEIVING, "officer", None, [message(3, "offered")]),
        Reader("B-35.15.08-04", RECEIVING, "officer", "35.15.08.2002"),
    ]


def mails() -> set[tuple[str, str, str]]:
    return {
        ("d-35.15.08-01@dinsos.example", "claimed R-1", "<4>"),
        ("d-35.15.08-01@dinsos.example", "accepted R-1", "<5>"),
        ("b-35.15.08-01@bkkbn.example", "offered R-1", "<3>"),
    }


BOOKS = {"submitted": 1, "live": 1, "closed": 0, "cancelled": 0, "void": 0, "balanced": True, "overdue_marks": 0}


def a_view(state: str, **changes: Any) -> dict[str, Any]:
    facts = {"submitted_at": "2026-01-05", "outcome": None, "reason": None, "family": FAMILY, "service": "KIE"}
    return {"state": state, **facts, **changes}


def all_well(**changes: Any) -> Evidence:
    seen = a_view("accepted")
    facts: dict[str, Any] = {
        "commands": commands(), "referrals": {REFERRAL: seen}, "timelines": {REFERRAL: lines()}, "families": {FAMILY},
        "told": told(), "readers": readers(), "mails": mails(), "queued": {REFERRAL}, "running": {REFERRAL},
        "books": BOOKS,
    }  # fmt: skip
    return Evidence(**{**facts, **changes})
