"""Which Chromium the walks use, and getting one: `python -m tests.browser.chromium` installs it where it can."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from playwright.sync_api import sync_playwright

CHOSEN = "NYEKRUP_CHROMIUM"
REQUIRED = "NYEKRUP_BROWSER_REQUIRED"
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_DEBIAN = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
_OWN = ([sys.executable, "-m", "playwright", "install", "chromium"],)
_PATIENCE_SECONDS = 300


def chromium() -> str | None:
    """Return the program: the chosen one, else the system's, else Playwright's own; None without any."""
    chosen = os.environ.get(CHOSEN)
    return chosen or next(filter(None, map(shutil.which, _NAMES)), None) or _own()


def required() -> bool:
    """True where a missing browser is a failure, as in CI."""
    return bool(os.environ.get(REQUIRED))


def _own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def _ways() -> Sequence[Sequence[Sequence[str]]]:
    """Debian's package knows what else it needs; Playwright's download asks for nobody's rights."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return (_DEBIAN, _OWN) if as_root and shutil.which("apt-get") else (_OWN,)


def _run(commands: Sequence[Sequence[str]]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        subprocess.run(command, check=True, timeout=_PATIENCE_SECONDS, env=quiet, stdout=subprocess.DEVNULL)


def install() -> str | None:
    """Return the browser, got if need be; None where there is no way."""
    for way in _ways():
        if found := chromium():
            return found
        try:
            _run(way)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{way[-1][0]}: {error}", file=sys.stderr)
    return chromium()


def main() -> int:
    if found := install():
        print(f"The pages are walked through with {found}.")
        return 0
    print(f"There is no Chromium and none can be had: the walks through the pages are left out. Set {CHOSEN} to one.")
    return 1 if required() else 0


if __name__ == "__main__":
    sys.exit(main())
