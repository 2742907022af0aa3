"""Files of the checkout as commands write them: whole, and only where something changed."""

from pathlib import Path


def differs(root: Path, path: str, data: bytes) -> bool:
    """Whether ``root/path`` is not there, or says something else."""
    target = root / path
    return not target.exists() or target.read_bytes() != data


def put(root: Path, path: str, data: bytes) -> bool:
    """Write ``root/path`` so that no reader sees half of it; false where it said so already."""
    if not differs(root, path, data):
        return False
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(data)
    beside.replace(target)
    return True
