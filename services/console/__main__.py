"""Composition root of the pages: `python -m services.console`."""

import sys

import uvloop
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from services.console import (
    route_board,
    route_books,
    route_calendar,
    route_counts,
    route_draft,
    route_events,
    route_family,
    route_joint_report,
    route_letter,
    route_live,
    route_offline,
    route_operate,
    route_operate_speakers,
    route_pipes,
    route_placement,
    route_refer,
    route_referral,
    route_repairs,
    route_rooms,
    route_sign_in,
    route_speaker_new,
    route_speakers,
    route_static,
    route_team,
    route_worklist,
)
from services.console.apis import Apis
from services.console.choosing import Choices
from services.console.errors import answer_errors
from services.console.forms import Forms
from services.console.live import Live
from services.console.pages import Pages
from services.console.places import Places
from services.console.security import Guarded
from services.console.settings import ConsoleSettings
from services.console.visit import Console, Renewed
from services.kit.clock import system_clock
from services.kit.crypto import Keyring
from services.kit.health import Health
from services.kit.http import Manners, add_probes, add_routes
from services.kit.logging import configure_logging
from services.kit.part import Part

ROUTERS = (
    route_sign_in.router, route_worklist.router, route_board.router, route_books.router, route_calendar.router,
    route_counts.router, route_draft.router, route_events.router, route_family.router, route_joint_report.router,
    route_letter.router, route_live.router, route_offline.router, route_operate.router,
    route_operate_speakers.router, route_pipes.router, route_placement.router, route_refer.router,
    route_referral.router, route_repairs.router, route_rooms.router, route_speaker_new.router,
    route_speakers.router, route_team.router, route_static.router,
)  # fmt: skip


async def main() -> int:
    settings = ConsoleSettings()
    configure_logging("console", settings.log_format, settings.log_level)
    now = system_clock(settings.clock_offset_seconds)
    apis, live, health = Apis(settings), Live(settings.redis_url), Health()
    console = Console(
        apis, Keyring.load(settings.session_key), now,
        secure=settings.public_url.startswith("https:"), public_url=settings.public_url, open_urls=settings.open_urls,
    )  # fmt: skip
    app = create_app(console, Forms(apis), live, health)
    part = Part("console", host=settings.http_host, port=settings.http_port, health=health)
    part.serve(app, live)
    part.on_close(live.close, apis.close)
    return await part.run()


def create_app(console: Console, forms: Forms, live: Live, health: Health) -> FastAPI:
    """Return the pages. They have no API of their own, so no document of one."""
    app = FastAPI(title="Nyekrup", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.console, app.state.forms, app.state.live = console, forms, live
    app.state.pages, app.state.places, app.state.choices = Pages(), Places(), Choices()
    add_routes(app, ROUTERS)
    answer_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_middleware(Renewed, console=console)
    app.add_middleware(Guarded)
    app.add_middleware(Manners, large_bodies={})

    add_probes(app, health)
    return app


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
