"""What the glossary's commands print: results on standard output, everything else on standard error."""

import sys
from collections.abc import Iterable
from itertools import islice

OK, FINDINGS, USAGE = 0, 1, 2


def say(text: str = "") -> None:
    """A line of the result."""
    print(text)  # noqa: T201 -- this is the command's output


def refuse(action: str, message: object) -> int:
    """Wrong usage, or a file that cannot be read: say so, and how to go on."""
    print(f"consentry glossary {action}: {message}", file=sys.stderr)  # noqa: T201
    return USAGE


def tell(text: str) -> None:
    """A remark beside the result."""
    print(text, file=sys.stderr)  # noqa: T201


class Progress:
    """One line on a terminal that says what is being done; nothing where nobody watches."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        """Say what is being done."""
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def done(self) -> None:
        """Clear the line."""
        self("")


def first(lines: Iterable[str], most: int) -> list[str]:
    """At most so many lines, and how many there are besides."""
    every = list(lines)
    more = len(every) - most
    return [*islice(every, most), *([f"… and {more} more lines (--json has all)"] if more > 0 else [])]
