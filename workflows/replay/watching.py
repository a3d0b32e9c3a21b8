"""How far a replay came: the SDK says what did not match, but not always where."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails


class Watching(UnsandboxedWorkflowRunner):
    """Runs workflows as the part does. *seen*: up to which event the history was handed to the code last."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = super().create_instance(det)
        activate = instance.activate

        def watched(act: WorkflowActivation) -> WorkflowActivationCompletion:
            self.seen = act.history_length
            return activate(act)

        instance.activate = watched  # type: ignore[method-assign]
        return instance
