"""Writes ``infra/template.json``: ``python -m infra.synth``; ``--check`` only compares, exit status 1 if it differs."""

import json
import sys
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.app import build
from infra.environment import load
from infra.packages import Named

SAMPLE = "prod"
FILES = {"template.json": f"consentry-{SAMPLE}", "template-firewall.json": f"consentry-{SAMPLE}-firewall"}
"""Committed files, and the stack that each is: the sample environment, and its firewall in us-east-1."""
FOLDER = Path(__file__).parent
# No staging: assets are names here. No validation: cfn-lint and cdk-nag judge the result, in a tenth of the time.
CONTEXT = {"aws:cdk:disable-asset-staging": True, "aws:cdk:bundling-stacks": []}


def app() -> App:
    """An app for synthesis in process."""
    return App(context=CONTEXT, builtin_cloud_formation_validation=False, analytics_reporting=False)


def templates() -> dict[str, dict[str, Any]]:
    """File name to template."""
    scope = app()
    build(scope, load(SAMPLE), Named())
    assembly = scope.synth()
    return {file: assembly.get_stack_by_name(stack).template for file, stack in FILES.items()}


def text(template: dict[str, Any]) -> str:
    """A template as it is committed: sorted, one space a level, for readable differences."""
    return json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or check the committed templates."""
    check = "--check" in sys.argv[1:]
    stale = 0
    for name, template in templates().items():
        path = FOLDER / name
        if path.is_file() and path.read_text("utf-8") == text(template):
            continue
        stale += 1
        if not check:
            path.write_text(text(template), "utf-8")
        print(f"{path}: {'differs from synth; run `make synth`' if check else 'written'}")  # noqa: T201
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
