"""The committed template is what the code makes, and both linters find nothing in it that is not answered."""

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_sqs as sqs
from infra.packaging import CONTENT_PARTS, LOCKS

from consentry.base.routes import HANDLERS
from infra import synth
from support.synthesised import FOLDER, judged


def test_the_committed_templates_are_what_synth_makes(templates: Any) -> None:
    stale = [name for name, made in templates.items() if (FOLDER / name).read_text("utf-8") != synth.text(made)]
    assert stale == [], "run `make synth` and look at the difference"


def test_a_package_is_a_name_in_the_committed_template_so_that_content_does_not_change_it(templates: Any) -> None:
    keys = {
        item["Properties"].get("Code", item["Properties"].get("Content"))["S3Key"]
        for item in templates["template.json"]["Resources"].values()
        if item["Type"] in ("AWS::Lambda::Function", "AWS::Lambda::LayerVersion")
    }
    assert len(keys) == len(HANDLERS) + len(LOCKS) + len(CONTENT_PARTS)
    assert all(len(key) == len("0" * 64 + ".zip") for key in keys)


def test_cfn_lint_is_clean(linted: tuple[int, str]) -> None:
    assert linted == (0, "")


@pytest.mark.parametrize("name", ["prod", "dev"])
def test_cdk_nag_is_clean(name: str, judge: Any) -> None:
    assert judge(name).findings == ""


def test_cdk_nag_does_look() -> None:
    careless = judged(lambda scope: sqs.Queue(Stack(scope, "careless"), "Careless"))
    assert "AwsSolutions-SQS4" in careless.findings
