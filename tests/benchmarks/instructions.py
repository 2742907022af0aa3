"""How many instructions a cold GET takes: the same to a thousandth on every run, however busy the machine is.

Counted by Valgrind's callgrind: start of the interpreter, import of the read function, one localized form in brotli.
Run as a program it fetches Valgrind where it is missing, or fails and prints the line to run.
"""

import json
import os
import re
import shutil
import subprocess
import sys

from benchmarks import ground
from benchmarks.report import Figure, compared, figure

BUDGET_MILLION = 120
HELP = "no Valgrind for the instruction count. Run: apt-get update && apt-get install -y valgrind"
_ONE_GET = (
    "import json, sys; from consentry.forms.definitions_handler import handler;"
    "assert handler(json.loads(sys.argv[1]), None)['statusCode'] == 200"
)


class ValgrindMissing(Exception):
    """There is no Valgrind; the message is the line to run."""


def count(program: str, *arguments: str, environment: dict[str, str]) -> float:
    """Millions of instructions of ``python -S -c program``.

    Raises:
        ValgrindMissing: it is not installed.
        RuntimeError: the program failed.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise ValgrindMissing(HELP)
    command = [sys.executable, "-S", "-c", program, *arguments]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**inherited, "PYTHONHASHSEED": "0", **environment}
    # The first run writes the bytecode that the counted one reads.
    subprocess.run(command, env=environment, capture_output=True, check=True)
    counted = [valgrind, "--tool=callgrind", f"--callgrind-out-file={os.devnull}", *command]
    done = subprocess.run(counted, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or found is None:
        raise RuntimeError(done.stderr)
    return int(found[1]) / 1e6


def one_get(content: ground.Content) -> float:
    """Millions of instructions of import and one GET."""
    function = ground.read_function(content)
    environment = {"PYTHONPATH": str(ground.SOURCES), **function.environment}
    return count(_ONE_GET, json.dumps(ground.document_event(content.path())), environment=environment)


def measure(content: ground.Content) -> list[Figure]:
    """Ours beside an interpreter that does nothing."""
    ours = one_get(content)
    return [
        figure("instructions, import + one GET", ours, "million", at_most=BUDGET_MILLION),
        compared("instructions, import + one GET", ours, "million", "python -c pass", count("pass", environment={})),
    ]


def main() -> int:
    """Make sure there is a Valgrind."""
    if shutil.which("valgrind") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-q", "valgrind"], check=False)
    if shutil.which("valgrind") is None:
        print(HELP, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
