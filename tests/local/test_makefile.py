"""What make itself does, apart from what it starts."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"
# These tests are run by make, too, which tells its children how it was called.
ALONE = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that is set up, with a product that only waits for its end."""
    shutil.copy(MAKEFILE, tmp_path)
    for name in ("requirements/uv.txt", "requirements/all.txt", "pyproject.toml", ".venv/ready", ".venv/bin/consentry"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    command = tmp_path / ".venv/bin/consentry"
    command.write_text("#!/bin/sh\ntrap 'echo Ended.; exit 0' INT\necho ready $PORT\nwhile :; do sleep 0.1; done\n")
    command.chmod(0o755)
    return tmp_path


def test_help_lists_every_target_that_is_told_about(checkout: Path) -> None:
    told = re.findall(r"^([^\s:]+):[^#\n]*## ", MAKEFILE.read_text("utf-8"), re.MULTILINE)
    said = subprocess.run(["make", "help"], cwd=checkout, env=ALONE, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\S+) ", said, re.MULTILINE) == [name for name in told if not name.startswith(".")]
    assert "e2e" in told


def test_ctrl_c_ends_serve_without_a_complaint(checkout: Path) -> None:
    made = subprocess.Popen(
        ["make", "serve", "PORT=9000"],
        cwd=checkout, env=ALONE, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert made.stdout
    assert made.stdout.readline() == "ready 9000\n"
    os.killpg(made.pid, signal.SIGINT)
    assert made.communicate(timeout=10)[0] == "Ended.\n"


def test_clean_leaves_nothing_that_was_built(checkout: Path) -> None:
    for name in ("functions/consentry/__pycache__/a.pyc", "tests/x/__pycache__/b.pyc", "functions/c.egg-info/PKG-INFO"):
        (checkout / name).parent.mkdir(parents=True)
        (checkout / name).touch()
    subprocess.run(["make", "clean"], cwd=checkout, env=ALONE, capture_output=True, check=True)
    left = {path.relative_to(checkout).as_posix() for path in checkout.rglob("*") if path.is_file()}
    assert left == {"Makefile", "pyproject.toml", "requirements/all.txt", "requirements/uv.txt"}
