"""A worker of an earlier release: `python -m workflows.earlier`. It serves the same queue and nothing else."""

import sys

import uvloop
from temporalio.worker import UnsandboxedWorkflowRunner

from services.kit.auth import Verifier
from services.kit.clock import system_clock
from services.kit.health import Health
from services.kit.http import create_api
from services.kit.logging import configure_logging
from services.kit.part import Part
from services.kit.settings import PartSettings
from services.kit.temporal import CommandWorker, TemporalLink
from workflows.daily_round_workflow import DailyRoundWorkflow
from workflows.earlier.v0_1 import TASK_QUEUE, ReferralWorkflow


async def main() -> int:
    settings = PartSettings()
    configure_logging("workflows-earlier", settings.log_format, settings.log_level)
    health, link = Health(), TemporalLink(settings)
    verifier = Verifier(settings.jwks, now=system_clock(settings.clock_offset_seconds))
    workflows = (ReferralWorkflow, DailyRoundWorkflow)
    worker = CommandWorker(link, TASK_QUEUE, workflows=workflows, workflow_runner=UnsandboxedWorkflowRunner())

    part = Part("workflows", host=settings.http_host, port=settings.http_port, health=health)
    part.serve(create_api("workflows", verifier=verifier, health=health))
    part.add("worker", worker)
    return await part.run()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
