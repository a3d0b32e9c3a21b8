"""What was lost and what happened twice: the driver's journal against what people see and what is on the stream.

Pure. The system's own tables are not asked: a fault that hides an effect there would hide it from the judge as well.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.cli.chaos.evidence import Evidence, Finding, Reader, Told
from services.cli.chaos.invariants import invariants
from services.cli.chaos.journal import Command
from services.contracts.codes import Role
from services.contracts.lifecycle import FINAL, RULES, Action, State

FACTS_OF: Mapping[str, frozenset[str]] = {
    "create": frozenset({"created"}),
    **{action: frozenset(rule.fact for (_, each), rule in RULES.items() if each is action) for action in Action},
}

# Who has to hear of what people do. Written from docs/lifecycle.md, not taken from whoever tells them.
_TO_SENDER = frozenset({"claimed", "declined", "accepted", "asked", "contacted", "reported", "consent_withdrawn"})
_TO_RECEIVER = frozenset({"offered", "answered", "confirmed", "consent_withdrawn"})
_BY_MORNING_MAIL = frozenset({"reminded", "escalated"})
_CASEWORKERS = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR})


def judge(evidence: Evidence) -> list[Finding]:
    """Return everything that is not as it should be; nothing where all is well."""
    return [*_effects(evidence), *_repeats(evidence), *_events(evidence), *_messages(evidence), *_mails(evidence),
            *invariants(evidence)]  # fmt: skip


def _effects(evidence: Evidence) -> Iterator[Finding]:
    """Every answered command has its one line, and every line of a person has its one command."""
    claimed: set[tuple[str, int]] = set()
    for command in evidence.commands:
        if command.done and command.action == "record_family":
            if command.subject not in evidence.families:
                yield Finding("lost", f"family {command.subject} was recorded and is not there", command.sent_at)
        elif command.done:
            line = _line_of(command, evidence, claimed)
            if line is None:
                what = f"{command.action} of {command.subject} was answered and is not on its timeline"
                yield Finding("lost", what, command.sent_at)
            else:
                claimed.add((command.subject, line["version"]))
    yield from _unclaimed(evidence, claimed)


def _line_of(command: Command, evidence: Evidence, claimed: set[tuple[str, int]]) -> Mapping[str, Any] | None:
    """Return the timeline's line of *command* unless another command has it."""
    for line in evidence.timelines.get(command.subject, ()):
        if line["version"] == command.answer.get("version"):
            fits = line["staff_no"] == command.by and line["fact"] in FACTS_OF[command.action]
            return line if fits and (command.subject, line["version"]) not in claimed else None
    return None


def _unclaimed(evidence: Evidence, claimed: set[tuple[str, int]]) -> Iterator[Finding]:
    """A command that nobody ever answered may have had its effect, once; any other line was done twice."""
    open_commands = [command for command in evidence.commands if command.status is None]
    people = {reader.staff_no for reader in evidence.readers}
    for referral, lines in evidence.timelines.items():
        for line in lines:
            if line["staff_no"] not in people or (referral, line["version"]) in claimed:
                continue
            guilty = next((each for each in open_commands if _could_be(each, referral, line)), None)
            if guilty is not None:
                open_commands.remove(guilty)
            else:
                what = f"{line['fact']} of {referral} stands there without a command of its own"
                yield Finding("duplicated", what, _moment(line))


def _could_be(command: Command, referral: str, line: Mapping[str, Any]) -> bool:
    same = command.subject == referral and command.by == line["staff_no"]
    return same and line["fact"] in FACTS_OF.get(command.action, ())


def _repeats(evidence: Evidence) -> Iterator[Finding]:
    """The same command sent once more gets the same answer."""
    for command in evidence.commands:
        for again in command.again:
            if (again["status"], again["answer"]) != (command.status, command.answer):
                what = f"{command.action} of {command.subject} was answered differently the second time"
                yield Finding("duplicated", what, command.sent_at)


def _events(evidence: Evidence) -> Iterator[Finding]:
    """Every version has one event id on the stream; the same one may stand there more than once."""
    ids: dict[tuple[str, int], set[str]] = defaultdict(set)
    for told in evidence.told:
        ids[told.referral, told.version].add(told.id)
    for referral, lines in evidence.timelines.items():
        for line in lines:
            found = ids.get((referral, line["version"]), set())
            about = f"version {line['version']} of {referral}"
            if not found:
                yield Finding("lost", f"{about} ({line['fact']}) was never told", _moment(line))
            if len(found) > 1:
                yield Finding("duplicated", f"{about} was told as {len(found)} events", _moment(line))


def _messages(evidence: Evidence) -> Iterator[Finding]:
    """Whoever has to hear of an event has one message of it, and nobody has two."""
    known = {(told.referral, told.version): told for told in evidence.told}
    for reader in evidence.readers:
        had = Counter(message["event"] for message in reader.messages)
        for event, number in had.items():
            if number > 1:
                yield Finding("duplicated", f"{reader.staff_no} has {number} messages of event {event}")
        for referral, lines in evidence.timelines.items():
            for line in lines:
                event = known.get((referral, line["version"]))
                if event and has_to_hear(reader, event) and event.id not in had:
                    what = f"{reader.staff_no} was never told that {referral} was {event.fact}"
                    yield Finding("lost", what, _moment(line))


def has_to_hear(reader: Reader, event: Told) -> bool:
    """Say whether *reader* has to have a message of *event*."""
    if reader.role not in _CASEWORKERS or reader.village not in {None, event.region}:
        return False
    sides = {event.unit_from} if event.fact in _TO_SENDER else set()
    if event.fact in _TO_RECEIVER and event.unit_to:
        sides.add(event.unit_to)
    if event.fact == "stop_received" and State(event.state) in FINAL:
        sides.add(event.unit_from)
    return reader.unit in sides


def _mails(evidence: Evidence) -> Iterator[Finding]:
    """Each message in the app goes out as one mail, whose Message-ID stays the same however often it is sent."""
    sent: dict[tuple[str, str], set[str]] = defaultdict(set)
    for to, subject, message_id in evidence.mails:
        sent[to, subject].add(message_id)
    stopped = {referral for referral, lines in evidence.timelines.items() if _was_stopped(lines)}
    for reader in evidence.readers:
        subjects: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for message in reader.messages:
            subjects[message["subject"]].append(message)
        for subject, messages in subjects.items():
            yield from _mails_of(reader, messages, len(sent.get((reader.mail_address, subject), ())), stopped)


def _mails_of(
    reader: Reader, messages: Sequence[Mapping[str, Any]], mails: int, stopped: Collection[str]
) -> Iterator[Finding]:
    due = [each for each in messages if each["fact"] not in _BY_MORNING_MAIL and each["referral"] not in stopped]
    about = f"{messages[0]['fact']} of {messages[0]['referral']}"
    if mails > len(messages):
        yield Finding("duplicated", f"{reader.staff_no} has {mails} mails for {len(messages)} messages: {about}")
    if mails < len(due):
        yield Finding("lost", f"{reader.staff_no} has {mails} mails for {len(due)} messages: {about}")


def _moment(line: Mapping[str, Any]) -> float | None:
    return datetime.fromisoformat(line["at"]).timestamp() if "at" in line else None


def _was_stopped(lines: Sequence[Mapping[str, Any]]) -> bool:
    return any(line["fact"] == "consent_withdrawn" for line in lines)
