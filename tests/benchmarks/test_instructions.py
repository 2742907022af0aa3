"""The gate on cold starts that no noise moves."""

from pathlib import Path

from benchmarks import instructions
from benchmarks.ground import Content


def test_import_and_one_get_take_at_most_120_million_instructions(release: Path) -> None:
    """Fails with the line to run where Valgrind is missing; ``make test`` fetches it when it may."""
    assert instructions.one_get(Content(release, 0)) <= instructions.BUDGET_MILLION
