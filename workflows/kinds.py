"""The kinds of cases that are waited for: which workflow waits for one, on which queue, under which id."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.contracts.cases import CaseKind, CaseSnapshot, kind_of
from workflows import referral_workflow, speaker_workflow
from workflows.referral_workflow import ReferralWorkflow
from workflows.speaker_workflow import SpeakerRequestWorkflow


@dataclass(frozen=True, slots=True)
class Kind:
    workflow: type[ReferralWorkflow] | type[SpeakerRequestWorkflow]
    queue: str

    @property
    def run(self) -> Any:
        return self.workflow.run


KINDS: Final[Mapping[CaseKind, Kind]] = MappingProxyType(
    {
        CaseKind.REFERRAL: Kind(ReferralWorkflow, referral_workflow.TASK_QUEUE),
        CaseKind.SPEAKER: Kind(SpeakerRequestWorkflow, speaker_workflow.TASK_QUEUE),
    }
)


def workflow_id(kind: CaseKind, case: UUID) -> str:
    return f"{kind}/{case}"


def workflow_of(snapshot: CaseSnapshot) -> str:
    return workflow_id(kind_of(snapshot), snapshot.case_id)
