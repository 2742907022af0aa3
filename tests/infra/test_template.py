"""The committed template is what the code makes, and both linters find nothing in it that is not answered."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdk_nag
import pytest
from aws_cdk import Validations
from aws_cdk import aws_sqs as sqs
from infra.app import build
from infra.environment import load
from infra.packages import Named

from infra import synth

FOLDER = Path(synth.__file__).parent
# Said by CDK itself, of a function and its role: order that a reference already gives.
HARMLESS = ("W3005",)


def test_the_committed_templates_are_what_synth_makes(templates: Any) -> None:
    stale = [name for name, made in templates.items() if (FOLDER / name).read_text("utf-8") != synth.text(made)]
    assert stale == [], "run `make synth` and look at the difference"


def test_a_package_is_a_name_in_the_committed_template_so_that_content_does_not_change_it(templates: Any) -> None:
    keys = {
        item["Properties"].get("Code", item["Properties"].get("Content"))["S3Key"]
        for item in templates["template.json"]["Resources"].values()
        if item["Type"] in ("AWS::Lambda::Function", "AWS::Lambda::LayerVersion")
    }
    assert len(keys) == 8
    assert all(len(key) == len("0" * 64 + ".zip") for key in keys)


def test_cfn_lint_is_clean() -> None:
    files = [str(FOLDER / name) for name in ("template.json", "template-firewall.json")]
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", *HARMLESS, "--", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def nag(name: Any, add: Any = lambda _stack: None) -> Any:
    """Let cdk-nag judge an environment; raises what no acknowledgement answers."""
    scope = synth.app()
    add(build(scope, load(name), Named()))
    Validations.of(scope).add_plugins(cdk_nag.AwsSolutionsChecks(scope), cdk_nag.ServerlessChecks(scope))
    directory = Path(scope.synth().directory)
    return json.loads((directory / "validation-report.json").read_text())["pluginReports"]


@pytest.mark.parametrize("name", ["prod", "dev"])
def test_cdk_nag_is_clean(name: Any) -> None:
    assert nag(name) == []


def test_cdk_nag_does_look() -> None:
    with pytest.raises(RuntimeError, match=r"AwsSolutions-SQS4"):
        nag("dev", add=lambda stack: sqs.Queue(stack, "Careless"))
