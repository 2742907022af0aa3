"""A Chromium for the browser tests: an installed one, else Playwright's own, else Debian's package.

Its headless shell before a whole browser: the same engine for half the work. Run as a program it fetches one where
none is found, or fails and prints the line to run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from support import node

SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = """\
no Chromium for the browser tests. Run one of:
  .venv/bin/playwright install --only-shell chromium
  apt-get update && apt-get install -y chromium-headless-shell
or set CHROMIUM to the path of an installed one."""


def installed() -> str | None:
    """The path of a Chromium on this machine."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    found = [
        os.environ.get("CHROMIUM"),
        *map(shutil.which, SHELLS),
        *sorted(map(str, cache.glob("chromium_headless_shell-*/*/*headless*shell")), reverse=True),
        *map(shutil.which, BROWSERS),
        *sorted(map(str, cache.glob("chromium-*/chrome-linux*/chrome")), reverse=True),
    ]
    return next(filter(None, found), None)


def fetch() -> None:
    """Playwright's download and the libraries it misses, else Debian's package; packages where we may install any."""
    playwright = Path(sys.executable).parent / "playwright"
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if subprocess.run([playwright, "install", "--only-shell", "chromium"], check=False).returncode == 0:
        if may_install and not _starts(installed()):
            subprocess.run([playwright, "install-deps", "chromium"], check=False)
    elif may_install:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=False)
        for package in ("chromium-headless-shell", "chromium"):  # older releases lack the first
            if subprocess.run(["apt-get", "install", "-y", "-q", package], env=quiet, check=False).returncode == 0:
                break


def _starts(chromium: str | None) -> bool:
    # A bare machine lacks the libraries that every desktop has.
    return bool(chromium) and subprocess.run([str(chromium), "--version"], check=False).returncode == 0


def main() -> int:
    """Make sure there is one."""
    node.use()
    if installed() is None:
        fetch()
    if installed() is None:
        print(HELP, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
