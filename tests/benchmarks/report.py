"""A benchmark's figures: measured, beside the peer of the same run and the budget."""

import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """One line. ``value`` and ``peer_value`` are in ``unit``; ``budget`` bounds ``judged`` from above or below."""

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    budget: str = ""
    ok: bool | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The line as JSON."""
        return self._asdict()


def figure(name: str, value: float, unit: str, *, at_most: float | None = None, note: str = "") -> Figure:
    """A figure with an absolute budget, or none."""
    budget = "" if at_most is None else f"≤ {_number(at_most)} {unit}"
    return Figure(name, value, unit, budget=budget, ok=None if at_most is None else value <= at_most, note=note)


def compared(
    name: str,
    value: float,
    unit: str,
    peer: str,
    peer_value: float,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    note: str = "",
) -> Figure:
    """A figure beside a peer's; the budget bounds ``value / peer_value``."""
    ratio = value / peer_value
    budget, ok = "", None
    if at_most is not None:
        budget, ok = f"≤ {at_most:.3g} ×", ratio <= at_most
    elif at_least is not None:
        budget, ok = f"≥ {at_least:g} ×", ratio >= at_least
    return Figure(name, value, unit, peer, peer_value, ratio, budget, ok, note)


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.3g}" if value >= 100 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """Figures as text, one a line; what misses its budget says so."""
    head = ("figure", "measured", "unit", "peer", "peer's", "ratio", "budget", "")
    rows = [head] + [
        (
            each.name,
            _number(each.value),
            each.unit,
            each.peer,
            _number(each.peer_value),
            "" if each.ratio is None else f"{each.ratio:.3g}",
            each.budget,
            {True: "ok", False: "MISSED", None: ""}[each.ok],
        )
        for each in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = (1, 4, 5)
    lines = []
    for row, each in zip(rows, [None, *figures], strict=True):
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
        if each and each.note:
            lines.append(f"    {each.note}")
    return "\n".join(lines)
