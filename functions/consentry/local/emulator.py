"""ministack as a child process on a free loopback port; it cannot outlive its parent."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

REGION = "us-east-1"
_READY_SECONDS = 30
# The child ends when its standard input does: that is when this process is gone, however it went. Its tables live as
# long as it does: looking through them for garbage is a seventh of its time, what is then left 2.5 KB a request.
_GUARDED = """
import gc, os, sys, threading
gc.disable()
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
sys.argv = ["ministack"]
from ministack.app import main
main()
"""


class EmulatorError(Exception):
    """The emulator did not start; the message says what it printed."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Emulator:
    """``with Emulator(log) as emulator: emulator.wait()``; ``endpoint`` is known at once."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._port = free_port()
        self.endpoint = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process else None

    def __enter__(self) -> "Emulator":
        self._log.parent.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "0",
        }
        with self._log.open("wb") as log:
            # A session of its own: Ctrl-C is for this process, which lets requests finish before it ends the child.
            self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and text
                [sys.executable, "-c", _GUARDED],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        return self

    def wait(self) -> None:
        """Return when the emulator answers.

        Raises:
            EmulatorError: it ended, or does not answer in time.
        """
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2):  # noqa: S310 -- loopback
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        said = self._log.read_text("utf-8", "replace")[-2000:]
        raise EmulatorError(f"the AWS emulator did not start; it said:\n{said}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()
        self._process = None
