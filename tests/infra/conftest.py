"""Each environment is synthesised once for all tests, and judged by cdk-nag on the way.

A synthesis costs the better part of a second, the linter of the committed templates a process of its own: it is
started first and asked last.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from infra.environment import Alarms, load

from infra import synth
from support.synthesised import FOLDER, Judged, Stack, alone, environment_judged

# Said by CDK itself, of a function and its role: order that a reference already gives.
HARMLESS = ("W3005",)
LINT_TEST = "test_cfn_lint_is_clean"


@pytest.fixture(scope="session", autouse=True)
def _linter(request: pytest.FixtureRequest) -> subprocess.Popen[str] | None:
    """Lints while others synthesise, in the one worker that has these tests: every worker collects them."""
    if all(item.name != LINT_TEST for item in request.session.items):
        return None
    files = [str(FOLDER / name) for name in ("template.json", "template-firewall.json")]
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", *HARMLESS, "--", *files]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def linted(_linter: subprocess.Popen[str]) -> tuple[int, str]:
    """The linter's exit code and what it said."""
    said, _ = _linter.communicate(timeout=120)
    return _linter.returncode, said


@pytest.fixture(scope="session")
def judge() -> Callable[[str], Judged]:
    """A shipped environment by its name."""
    return environment_judged


@pytest.fixture(scope="session")
def templates() -> Any:
    """The sample environment's, by the names of the committed files."""
    made = environment_judged(synth.SAMPLE).templates
    return {file: made[stack] for file, stack in synth.FILES.items()}


@pytest.fixture(scope="session")
def prod(templates: Any) -> Any:
    return Stack(templates["template.json"])


@pytest.fixture(scope="session")
def firewall(templates: Any) -> Any:
    return Stack(templates["template-firewall.json"])


@pytest.fixture(scope="session")
def dev() -> Any:
    """Without a domain and without staff."""
    return Stack(environment_judged("dev").templates["consentry-dev"])


TOPIC = "arn:aws:sns:us-east-1:111122223333:on-call"
CONSOLE = "https://console.example.com"


@pytest.fixture(scope="session")
def elsewhere() -> Any:
    """``prod`` in CloudFront's own region, with an alarm target of the organisation's and a console for staff."""
    environment = load("prod")
    assert environment.domain
    assert environment.staff
    domain = environment.domain.model_copy(
        update={"firewall": None, "origin_certificate": environment.domain.certificate}
    )
    staff = environment.staff.model_copy(update={"origins": [CONSOLE]})
    changes = {"region": "us-east-1", "domain": domain, "alarms": Alarms(topic=TOPIC), "staff": staff}
    return alone(environment.model_copy(update=changes))
