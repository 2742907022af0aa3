"""One line a request: CloudWatch Embedded Metric Format, which is log and metric at once.

Standard library only, because the visitor's paths pay for every import; the workers use Powertools.
Field names are fixed by the caller, values are codes and counts: never a path, an address or an answer.
"""

import sys
import time
from functools import lru_cache

from consentry.base.strict_json import dumps

NAMESPACE = "consentry"


def emit(function: str, metrics: dict[str, int | float], fields: dict[str, str | int | bool | None]) -> None:
    """Print one EMF line. ``metrics`` are counts unless their name ends in ``Seconds``."""
    rest = _after_the_time(function, tuple(metrics.items()), tuple(fields.items()))
    sys.stdout.write(f'{{"_aws":{{"Timestamp":{time.time_ns() // 1_000_000},{rest}\n')  # one write, which print is not
    sys.stdout.flush()


@lru_cache  # most requests differ in their time alone
def _after_the_time(
    function: str, metrics: tuple[tuple[str, int | float], ...], fields: tuple[tuple[str, str | int | bool | None], ...]
) -> str:
    units = [{"Name": name, "Unit": "Seconds" if name.endswith("Seconds") else "Count"} for name, _ in metrics]
    described = dumps([{"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": units}])
    return f'"CloudWatchMetrics":{described}}},{dumps({"function": function, **dict(metrics), **dict(fields)})[1:]}'
