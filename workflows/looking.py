"""What Temporal knows of one case's workflow, in codes: no failure's text, which may quote anything."""

import base64
import binascii
import json
import re
from typing import Any, Final

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, PendingActivityState, TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from services.contracts.refusals import Refused

_CODE: Final = re.compile(r"[a-z]+(\.[a-z_]+)+")


async def described(client: Client, workflow: str) -> dict[str, Any] | None:
    """Return RunView as a dict: the newest run; None where Temporal knows none."""
    try:
        found = await client.get_workflow_handle(workflow).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    return {
        "run_id": found.run_id,
        "running": found.status is not None and found.status.name == "RUNNING",
        "status": found.status.name.lower() if found.status else "unknown",
        "began_at": found.start_time,
        "ended_at": found.close_time,
        "events": found.history_length,
        "pending": [_pending(each) for each in _activities(found)],
    }


def _activities(found: WorkflowExecutionDescription) -> Any:
    return found.raw_description.pending_activities


def _pending(each: Any) -> dict[str, Any]:
    """Return PendingView as a dict."""
    started = each.HasField("last_started_time")
    return {
        "command": each.activity_type.name,
        "state": PendingActivityState.Name(each.state).removeprefix("PENDING_ACTIVITY_STATE_").lower(),
        "attempt": each.attempt,
        "since": each.scheduled_time.ToDatetime() if each.HasField("scheduled_time") else None,
        "last_tried_at": each.last_started_time.ToDatetime() if started else None,
        "last_error": error_of(each.last_failure) if each.HasField("last_failure") else None,
    }


def error_of(failure: Failure) -> str:
    """Return what kind of failure it is: an error's type, a refusal's code, or which time was over."""
    if failure.HasField("timeout_failure_info"):
        return "timeout " + TimeoutType.Name(failure.timeout_failure_info.timeout_type).removeprefix("TIMEOUT_TYPE_")
    if failure.HasField("application_failure_info"):
        kind = failure.application_failure_info.type or "error"
        return f"{kind} {failure.message}" if _CODE.fullmatch(failure.message) else kind
    return failure.WhichOneof("failure_info") or "error"


async def events(client: Client, workflow: str, *, after: str | None, limit: int) -> dict[str, Any]:
    """Return EventsView as a dict: a page of the newest run's events, newest first. Raises Refused for no cursor."""
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow),
        maximum_page_size=limit,
        next_page_token=_token(after) if after else b"",
    )
    try:
        page = await client.workflow_service.get_workflow_execution_history_reverse(request)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return {"events": [], "next": None}
        if error.status is RPCStatusCode.INVALID_ARGUMENT and after:
            raise _no_cursor() from error
        raise
    following = base64.urlsafe_b64encode(page.next_page_token).decode() if page.next_page_token else None
    return {"events": [_event(each) for each in page.history.events], "next": following}


def _event(event: HistoryEvent) -> dict[str, Any]:
    return {
        "id": event.event_id,
        "at": event.event_time.ToDatetime(),
        "type": EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower(),
        "name": _name(event),
    }


def _name(event: HistoryEvent) -> str | None:
    """Return which command, signal or timer an event is about, or how it failed."""
    which = event.WhichOneof("attributes")
    about: Any = getattr(event, which) if which else None
    match which:
        case "activity_task_scheduled_event_attributes":
            return str(about.activity_type.name)
        case "workflow_execution_signaled_event_attributes":
            return str(about.signal_name)
        case "timer_started_event_attributes":
            return _summary(event)
        case _ if about is not None and "failure" in about.DESCRIPTOR.fields_by_name:
            return error_of(about.failure)
    return None


def _summary(event: HistoryEvent) -> str | None:
    try:
        said = json.loads(event.user_metadata.summary.data)
    except ValueError:
        return None
    return str(said)


def _token(after: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(after.encode())
    except (ValueError, binascii.Error) as error:
        raise _no_cursor() from error


def _no_cursor() -> Refused:
    return Refused("request.invalid", fields=[{"at": "query.after", "problem": "not_a_cursor"}])
