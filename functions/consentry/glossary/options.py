"""What the glossary's commands have in common before one of them is chosen: nothing here loads what they need."""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, examples: str
) -> argparse.ArgumentParser:
    """The parser of one action, with examples that stay as they are written."""
    raw = argparse.RawDescriptionHelpFormatter
    return actions.add_parser(name, help=what, epilog=examples, formatter_class=raw)


def with_root(parser: argparse.ArgumentParser) -> None:
    """``--root``."""
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds glossary/ (default: .)")


def with_json(parser: argparse.ArgumentParser) -> None:
    """``--json``."""
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def later(module: str, name: str = "command") -> Callable[[argparse.Namespace], int]:
    """The command ``name`` of a module of the glossary; what it needs is loaded when it runs."""

    def run(options: argparse.Namespace) -> int:
        code: int = getattr(import_module(f"consentry.glossary.{module}"), name)(options)
        return code

    return run
