"""The mailbox of the demo: takes every message over SMTP, delivers none, and shows them on a page.

NYEKRUP_MAIL_DIR=mail NYEKRUP_SMTP_PORT=2525 NYEKRUP_MAIL_UI_PORT=8025 python -m deploy.local.mailbox
"""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import DictLoader, Environment, StrictUndefined

from deploy.local.mail_store import MailStore
from deploy.local.ports import HOST

LONGEST_MESSAGE_BYTES = 10_000_000

HEADERS = {  # a message must not run or load anything
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

TEMPLATES = {
    "page": """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{% block title %}Mailbox{% endblock %}</title>
<meta name="viewport" content="width=device-width"><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #ddd}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f6f6;padding:1rem}dt{font-weight:600}dd{margin:0 0 .4rem}
</style></head><body>{% block body %}{% endblock %}</body></html>""",
    "list": """{% extends "page" %}{% block body %}<h1>Mailbox</h1>
{% if mails %}<table><thead><tr><th>From</th><th>To</th><th>Subject</th><th>Date</th></tr></thead><tbody>
{% for mail in mails %}<tr><td>{{ mail.sender }}</td><td>{{ mail.recipient }}</td>
<td><a href="/mail/{{ mail.name }}">{{ mail.subject or "(no subject)" }}</a></td><td>{{ mail.date }}</td></tr>
{% endfor %}</tbody></table>{% else %}<p>No messages yet.</p>{% endif %}{% endblock %}""",
    "mail": """{% extends "page" %}{% block title %}{{ mail.subject }}{% endblock %}{% block body %}
<p><a href="/">All messages</a></p><h1>{{ mail.subject or "(no subject)" }}</h1>
<dl><dt>From</dt><dd>{{ mail.sender }}</dd><dt>To</dt><dd>{{ mail.recipient }}</dd>
<dt>Date</dt><dd>{{ mail.date }}</dd></dl>
<pre>{{ mail.text }}</pre>{% endblock %}""",
}


class Receiver:
    """What aiosmtpd calls for each message."""

    def __init__(self, store: MailStore) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message; the sender hears 250 only when it is on disk."""
        content = envelope.content or b""
        name = await asyncio.to_thread(self._store.keep, content if isinstance(content, bytes) else content.encode())
        return f"250 kept as {name}"


def make_app(store: MailStore) -> FastAPI:
    """Return the page: a list, newest first, and each message as plain text, everything escaped."""
    app = FastAPI(title="Mailbox", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Environment(loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)

    def page(name: str, **facts: object) -> HTMLResponse:
        return HTMLResponse(pages.get_template(name).render(**facts), headers=HEADERS)

    @app.get("/ready")
    def ready() -> PlainTextResponse:
        return PlainTextResponse("ready")

    @app.get("/")
    def show_list() -> HTMLResponse:
        return page("list", mails=list(store.newest_first()))

    @app.get("/mail/{name}")
    def show_mail(name: str) -> HTMLResponse:
        mail = store.get(name)
        if mail is None:
            raise HTTPException(404)
        return page("mail", mail=mail)

    return app


async def serve(store: MailStore, smtp_port: int, ui_port: int) -> None:
    """Take messages and show them until SIGTERM or SIGINT. The page starts last: ready means that mail is taken."""
    loop = asyncio.get_running_loop()

    def talk() -> SMTP:
        return SMTP(Receiver(store), hostname="localhost", data_size_limit=LONGEST_MESSAGE_BYTES, loop=loop)

    smtp = await loop.create_server(talk, HOST, smtp_port)
    config = uvicorn.Config(make_app(store), host=HOST, port=ui_port, log_level="warning", timeout_graceful_shutdown=2)
    async with smtp:
        await uvicorn.Server(config).serve()


def main() -> None:
    store = MailStore(Path(os.environ["NYEKRUP_MAIL_DIR"]))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):  # uvicorn stops cleanly and then raises the signal again
        asyncio.run(serve(store, int(os.environ["NYEKRUP_SMTP_PORT"]), int(os.environ["NYEKRUP_MAIL_UI_PORT"])))


if __name__ == "__main__":
    main()
