"""A function's environment, read once while it initialises."""

import os


def required(name: str) -> str:
    """The value of an environment variable that must be set.

    Raises:
        RuntimeError: it is not; the message names it.
    """
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"environment variable {name} is not set; the function's stack or `consentry serve` sets it")
    return value


def content_dir() -> str:
    """Where this function's part of the compiled release lies."""
    return required("CONTENT_DIR")


def is_production() -> bool:
    """Whether sample content must be refused."""
    return os.environ.get("PRODUCTION", "true") != "false"


def environment() -> str:
    """The name of the deployment, such as ``dev``."""
    return os.environ.get("ENVIRONMENT", "dev")


def local_origin() -> str | None:
    """The origin of the one-machine stack's own pages; unset in every deployment."""
    return os.environ.get("LOCAL_ORIGIN") or None
