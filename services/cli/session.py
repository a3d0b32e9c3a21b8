"""Who works at this terminal: signs in, keeps the session in the data folder (0600), and renews it when it is old."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx
import typer

from deploy.local.home import Home
from services.cli.output import Json, console, fail, print_json
from services.kit.stackfile import read_state

app = typer.Typer()

PATIENCE_SECONDS = 10.0
ANSWER_SECONDS = 20.0
SENDING_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the parts answer: NYEKRUP_REGISTRY_URL and the like, else this machine's own stack."""

    home: Home

    def of(self, part: str) -> str:
        """Return the base address of *part*; ends the command with a sentence where there is none."""
        given = os.environ.get(f"NYEKRUP_{part.upper()}_URL")
        if given:
            return given.rstrip("/")
        running = [each for each in read_state(self.home.state_file).programs if each.state != "stopped"]
        address = next((program.address for program in running if program.name == part), None)
        if address is None:
            fail(f"The part {part} is not running here.", "Start the stack with `nyekrup up`, or set NYEKRUP_*_URL.")
        return address


class Refused(Exception):
    """A part said no. *code* and *problem* are as it said it."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("title", "Refused"))
        self.code: str = problem.get("code", "unknown")
        self.problem = problem

    def detail(self) -> str:
        """Return what was said, and which fields are wrong, each on a line of its own."""
        wrong = [
            f"  {field['at'].removeprefix('body.')}: {field['problem']}" for field in self.problem.get("fields", ())
        ]
        return "\n".join([f"{self.problem.get('detail', '')} ({self.code})", *wrong])


@contextmanager
def in_words() -> Iterator[None]:
    """End the command with a sentence where a part says no."""
    try:
        yield
    except Refused as refused:
        fail(str(refused), refused.detail())


class Session:
    """The signed-in person's HTTP client."""

    def __init__(self, home: Home | None = None) -> None:
        self.home = home or Home.open()
        self.address = Address(self.home)
        self._file = self.home.folder("run") / "session.json"
        self._http = httpx.Client(timeout=ANSWER_SECONDS)  # one, kept: to make one costs more than most answers

    def sign_in(self, staff_no: str, password: str) -> dict[str, Any]:
        answer = self._http.post(
            f"{self.address.of('registry')}/sign-in", json={"staff_no": staff_no, "password": password}
        )
        with in_words():
            self._keep(_checked(answer))
        officer: dict[str, Any] = answer.json()["officer"]
        return officer

    def set_password(self, staff_no: str, code: str, password: str) -> None:
        body = {"staff_no": staff_no, "code": code, "password": password}
        answer = httpx.post(f"{self.address.of('registry')}/sign-in/password", json=body, timeout=20)
        with in_words():
            if answer.is_error:
                raise Refused(answer.json())

    def get(self, part: str, path: str, **query: Any) -> Any:
        with in_words():
            return self._send(
                "GET", part, path, params={name: each for name, each in query.items() if each is not None}
            )

    def post(self, part: str, path: str, body: dict[str, Any]) -> Any:
        with in_words():
            return self.attempt(part, path, body, key=uuid4())

    def attempt(
        self, part: str, path: str, body: dict[str, Any], *, key: UUID, timeout_seconds: float = ANSWER_SECONDS
    ) -> Any:
        """Send a command under *key*. Raises Refused, where `post` would end the program."""
        headers = {"idempotency-key": str(key)}
        return self._send("POST", part, path, json=body, headers=headers, timeout=timeout_seconds)

    def send_file(self, part: str, path: str, file: Path, **query: Any) -> Any:
        """Send *file* as it is, block by block."""
        kept = {name: value for name, value in query.items() if value}
        self.get("registry", "/me")  # renews a token that is too old: a file is sent once
        with in_words(), file.open("rb") as content:
            return self._send("POST", part, path, params=kept, content=content, timeout=SENDING_SECONDS)

    def fetch(self, part: str, path: str, to: Path) -> None:
        """Write what is found there to *to*, for nobody else to read."""
        with in_words():
            answer = self._ask("GET", part, path, {})
            if answer.is_error:
                raise Refused(answer.json())
        _write_private(to, answer.content)

    def delete(self, part: str, path: str) -> None:
        with in_words():
            answer = self._ask("DELETE", part, path, {})
            if answer.is_error:
                raise Refused(answer.json())

    def _send(self, method: str, part: str, path: str, **request: Any) -> Any:
        """Return the answer; asks again, for a while, where the part says that it will soon know."""
        headers, patience = request.pop("headers", {}), PATIENCE_SECONDS
        while True:
            answer = self._ask(method, part, path, headers, **request)
            wait = float(answer.headers.get("retry-after", "inf"))
            if answer.is_success or wait > patience:
                return _checked(answer)
            patience -= wait
            time.sleep(wait)

    def _ask(self, method: str, part: str, path: str, headers: dict[str, str], **request: Any) -> httpx.Response:
        """Return the answer to the kept token, or to a renewed one where that was too old."""
        url = self.address.of(part) + path
        token = self._kept().get("token")
        for renewed in (False, True):
            sent = {**headers, "authorization": f"Bearer {self._renewed() if renewed else token}"}
            try:
                answer = self._http.request(method, url, headers=sent, **request)
            except httpx.TransportError as error:
                fail(f"{part} does not answer at {url} ({type(error).__name__}).", "Look at `nyekrup status`.")
            if answer.status_code != 401:
                break
        return answer

    def _renewed(self) -> str:
        kept = self._kept()
        answer = self._http.post(
            f"{self.address.of('registry')}/refresh", json={"refresh_token": kept["refresh_token"]}
        )
        if answer.is_error:
            fail("Your session has ended.", "Sign in again: `nyekrup sign-in STAFF_NO`.")
        self._keep(answer.json())
        token: str = answer.json()["token"]
        return token

    def _kept(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._file.read_text())
        except FileNotFoundError:
            fail("Nobody is signed in at this terminal.", "Sign in: `nyekrup sign-in STAFF_NO`.")
        return kept

    def _keep(self, answer: dict[str, Any]) -> None:
        _write_private(self._file, json.dumps({name: answer[name] for name in ("token", "refresh_token")}).encode())


def _write_private(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)


def _checked(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise Refused(answer.json())
    return answer.json() if answer.content else None


@app.command(name="sign-in")
def sign_in(
    staff_no: Annotated[str, typer.Argument(help="Your staff number.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    as_json: Json = False,
) -> None:
    """Sign in at this terminal."""
    password = input() if password_stdin else typer.prompt("Password", hide_input=True, err=as_json)
    officer = Session().sign_in(staff_no, password)
    if as_json:
        print_json(officer)
        return
    console.print(f"Signed in as {officer['staff_no']} ({officer['role']}, {officer['unit']}).")


@app.command(name="set-password")
def set_password(
    staff_no: Annotated[str, typer.Argument(help="Your staff number.")],
    stdin: Annotated[
        bool, typer.Option(help="Read the code and the password from standard input, a line each.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Set your password by the code that you were given, for the first time or because you forgot it."""
    code = input() if stdin else typer.prompt("Code", err=as_json)
    password = input() if stdin else typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=as_json)
    Session().set_password(staff_no, code, password)
    if as_json:
        print_json({"staff_no": staff_no})
    else:
        console.print("The password is set. Sign in: `nyekrup sign-in STAFF_NO`.")
