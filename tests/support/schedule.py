"""Which tests go to which worker, and what comes first."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

# What takes longest, or one worker would still be at it when the others have nothing left.
FIRST = (
    "tests/packaging/",
    "tests/journeys/",
    "tests/infra/",
    "tests/browser/test_release",
    "tests/browser/test_serve",
)
# Every worker that synthesises starts Node and reads all of the CDK.
TOGETHER = "tests/infra/"


def by_file(config: pytest.Config, log: Any) -> Any:
    """``--dist loadfile`` in the order of the tests, not by their number, a folder of ``TOGETHER`` like a file."""
    config.option.loadscopereorder = False
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = lambda test: TOGETHER if test.startswith(TOGETHER) else test.partition("::")[0]
    return scheduler


def long_ones_first(items: list[pytest.Item]) -> None:
    """Otherwise the order stays as it is."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
