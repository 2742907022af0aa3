"""One line a request: CloudWatch Embedded Metric Format, which is log and metric at once.

Standard library only, because the visitor's paths pay for every import; the workers use Powertools.
Field names are fixed by the caller, values are codes and counts: never a path, an address or an answer.
"""

import sys
import time
from functools import cache

from consentry.base.strict_json import dumps

NAMESPACE = "consentry"


def emit(function: str, metrics: dict[str, int | float], fields: dict[str, str | int | bool | None]) -> None:
    """Print one EMF line. ``metrics`` are counts unless their name ends in ``Seconds``."""
    said = dumps({"function": function, **metrics, **fields})
    aws = f'{{"Timestamp":{time.time_ns() // 1_000_000},"CloudWatchMetrics":{_declared(tuple(metrics))}}}'
    sys.stdout.write(f'{{"_aws":{aws},{said[1:]}\n')  # in one write, which print does not
    sys.stdout.flush()


@cache
def _declared(metrics: tuple[str, ...]) -> str:
    """EMF's description of metrics, as JSON, by their names; there are few sets of them."""
    units = [{"Name": name, "Unit": "Seconds" if name.endswith("Seconds") else "Count"} for name in metrics]
    return dumps([{"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": units}])
