"""From events to workflows: starts one for each case that is asked for, and feeds it the newest snapshot."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog
from sqlalchemy import text
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from services.contracts.cases import CaseSnapshot, is_awaited, kind_of
from services.contracts.events import CaseEvent
from services.contracts.lifecycle import State
from services.contracts.speaking.lifecycle import SpeakerState
from services.kit.database import Tx
from services.kit.inbox import Received
from services.kit.temporal import TemporalLink
from services.kit.world import WorldAway
from workflows.kinds import KINDS, workflow_of

log = structlog.get_logger()

# Whatever the column is called, it holds the ids of all kinds. In the order of their ids, so that two readers wait for
# each other instead of blocking each other.
_NEWER = text("""
INSERT INTO seen (referral_id, version)
SELECT id, version FROM unnest(CAST(:referrals AS uuid[]), CAST(:versions AS bigint[])) AS come(id, version) ORDER BY id
ON CONFLICT (referral_id) DO UPDATE SET version = excluded.version WHERE seen.version < excluded.version
RETURNING referral_id
""")


class Starter:
    """Hands each newer snapshot to its workflow, before the events count as taken.

    Several at once, for waiting for one answer of the server after the other is most of what a snapshot takes. Of
    several about one case the newest is enough. What a workflow asked for itself it has from the answer, which Temporal
    asks the owner for until it comes: that is only noted (docs/decisions/0033-a-workflow-is-not-told-its-own-deeds.md).
    """

    def __init__(self, link: TemporalLink) -> None:
        self._link = link

    async def feed(self, events: Sequence[Received[CaseEvent]], tx: Tx) -> None:
        news = _newest([each.event for each in events])
        newer = await note_fed(tx, {case: event.snapshot.version for case, event in news.items()})
        told = [news[case].snapshot for case in newer if not news[case].by_command and _has_a_run(news[case].snapshot)]
        if told:
            client = await connected(self._link)
            answers = await asyncio.gather(*(tell(client, each) for each in told), return_exceptions=True)
            if failed := next(filter(None, answers), None):
                raise failed


async def connected(link: TemporalLink) -> Client:
    """Return the client. Raises WorldAway while Temporal was never reachable."""
    try:
        return await link.client()
    except RuntimeError as error:  # the SDK's answer while the first connection is not made
        raise WorldAway from error


def _newest(events: Sequence[CaseEvent]) -> dict[UUID, CaseEvent]:
    return {each.snapshot.case_id: each for each in sorted(events, key=lambda each: each.snapshot.version)}


async def note_fed(tx: Tx, versions: Mapping[UUID, int]) -> Sequence[UUID]:
    """Note which version each workflow is handed; return those for which it is a newer one."""
    newer = await tx.execute(_NEWER, {"referrals": list(versions), "versions": list(versions.values())})
    return list(newer.scalars())


def _has_a_run(snapshot: CaseSnapshot) -> bool:
    """False for a draft that nobody submitted: one that came back waits for an answer and has a clock."""
    return snapshot.state is not State.DRAFT or is_awaited(snapshot)


async def tell(client: Client, snapshot: CaseSnapshot, *, fresh: bool = False) -> None:
    """Hand *snapshot* to its workflow: started where somebody is still to act, else told that nobody is.

    *fresh*: most likely nothing waits for it yet.
    """
    if not is_awaited(snapshot):
        await _signal(client, snapshot)
    elif not ((fresh or _is_fresh(snapshot)) and await _start(client, snapshot)):
        await _signal_with_start(client, snapshot)


def _is_fresh(snapshot: CaseSnapshot) -> bool:
    """True for a case that was asked for, and no unit was asked so far."""
    return snapshot.state in {State.TRIAGE, SpeakerState.SEEKING} and snapshot.attempt == 0


async def _start(client: Client, snapshot: CaseSnapshot) -> bool:
    """Start a workflow and do its first task at once, in this process, where there is room; False where one runs.

    The server answers with the task then, instead of handing it to whoever asks next: a way less for every case.
    """
    kind = KINDS[kind_of(snapshot)]
    try:
        await client.start_workflow(
            kind.run,
            snapshot,
            id=workflow_of(snapshot),
            task_queue=kind.queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            request_eager_start=True,
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def _signal_with_start(client: Client, snapshot: CaseSnapshot) -> None:
    kind = KINDS[kind_of(snapshot)]
    await client.start_workflow(
        kind.run,
        snapshot,
        id=workflow_of(snapshot),
        task_queue=kind.queue,
        start_signal="newer",
        start_signal_args=[snapshot],
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def _signal(client: Client, snapshot: CaseSnapshot) -> None:
    """Tell a run that it has nothing to wait for any more. That there is none is just as well."""
    try:
        await client.get_workflow_handle(workflow_of(snapshot)).signal("newer", snapshot)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
