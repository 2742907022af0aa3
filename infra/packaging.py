"""Builds what is deployed: ``python -m infra.packaging prod``, the content compiled for what ``prod`` hosts.

A function's zip is its own import closure, found in the source, so that nothing rides along. The dependency layers are
the hash-checked locks, for the runtime's Python and processor whatever this machine is, less what no function reads.
Every module comes with bytecode of the runtime's Python whose validity is not judged by a date: all entries of a zip
are dated 1980, which makes ordinary bytecode stale and every cold start compile anew. Two builds of the same inputs
are the same bytes.
"""

import argparse
import ast
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from consentry.base.routes import HANDLERS
from consentry.cli import main as consentry
from infra.deployed import LiveError, client, fetch
from infra.environment import ROOT, Environment, load

SOURCES = ROOT / "functions"
LOCKS = {
    "libraries": ROOT / "requirements" / "functions.txt",
    "libraries-staff": ROOT / "requirements" / "staff.txt",
}
"""Dependency layers and what is in each; the second lies beside the first and repeats nothing of it."""
RELEASES = ROOT / ".build" / "releases"
"""A compiled release for each environment: what it hosts, and the release that is live before it."""
OUT = ROOT / ".build" / "packages"

LAYER_BUDGETS = {"libraries": 8_000_000, "libraries-staff": 4_000_000}
"""Bytes of a zipped dependency layer. Visitors wait for the first one alone."""
CONTENT_PARTS = ("definitions", "submissions", "editorial")

# Services whose descriptions botocore keeps; the rest of its 29 MB describes the rest of AWS.
_SERVICES = frozenset({"dynamodb", "s3", "secretsmanager", "sqs"})
_ROOT_DATA = frozenset({"_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"})
# What nothing imports at run time (tests/packaging imports every handler without): of cffi only the compiled backend.
_UNUSED = (
    "bin",
    "cffi",
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
    "pycparser",
)
# Of Powertools the outbox uses logger, metrics and batches.
_UNUSED_POWERTOOLS = (
    "event_handler",
    "utilities/auth_alpha",
    "utilities/circuit_breaker",
    "utilities/data_masking",
    "utilities/feature_flags",
    "utilities/idempotency",
    "utilities/kafka",
    "utilities/parameters",
    "utilities/parser",
    "utilities/streaming",
    "utilities/validation",
)
# Catalogs are read, nothing is formatted but their own header: of CLDR what every locale has in common, and English.
_LOCALES = frozenset({"root.dat", "en.dat"})
_KEPT_METADATA = frozenset({"METADATA"})
_DROPPED_SUFFIXES = frozenset({".pyi", ".c", ".h", ".pxd", ".typed", ".so.dbg"})
_DATE = (1980, 1, 1, 0, 0, 0)


class PackagingError(Exception):
    """Nothing was packaged; the message says what to do."""


class Target(NamedTuple):
    """Where code will run."""

    name: str
    python: str
    """Minor version, ``3.13``."""
    platform: str | None
    """uv's name of the platform; None is this machine."""


LAMBDA = Target("lambda", "3.13", "aarch64-manylinux_2_28")
"""Amazon Linux 2023 on Graviton: its C library is 2.34, so wheels for 2.28 run."""
HOST = Target("host", f"{sys.version_info.major}.{sys.version_info.minor}", None)
"""What an emulator runs functions with: its own interpreter."""
TARGETS = {target.name: target for target in (LAMBDA, HOST)}


def closure(module: str, root: Path = SOURCES) -> list[Path]:
    """Every file under ``root`` that importing ``module`` can load, relative to ``root``, sorted.

    Imports inside functions count; those under ``if TYPE_CHECKING`` do not.

    Raises:
        PackagingError: there is no such module.
    """
    found: dict[str, Path] = {}
    pending = [module]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        path = _source(name, root)
        if path is None:
            raise PackagingError(f"{name} is not in {root}")
        found[name] = path
        parents = name.split(".")[:-1]
        pending.extend(".".join(parents[: count + 1]) for count in range(len(parents)))
        pending.extend(imported for imported in imports(path) if _source(imported, root) is not None)
    return sorted(path.relative_to(root) for path in found.values())


def foreign(files: list[Path], root: Path = SOURCES) -> set[str]:
    """Top-level names that ``files`` import and neither ``root`` nor the standard library has."""
    names = {name.partition(".")[0] for file in files for name in imports(root / file)}
    return {name for name in names if _source(name, root) is None and name not in sys.stdlib_module_names}


def imports(path: Path) -> frozenset[str]:
    """Every dotted name that a source file may import; names that are no modules among them."""
    return _imports(path, path.read_bytes())


@cache  # functions share most of their files
def _imports(path: Path, source: bytes) -> frozenset[str]:
    found: set[str] = set()
    for node in _executed(ast.parse(source, str(path))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise PackagingError(f"{path}:{node.lineno}: relative import; name the module in full")
            if node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            for other in child.orelse:
                yield from _executed(other)
        else:
            yield from _executed(child)


def _source(name: str, root: Path) -> Path | None:
    stem = root.joinpath(*name.split("."))
    for path in (stem / "__init__.py", stem.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def interpreter(version: str) -> Path:
    """A Python of ``version`` (3.13) to compile with: bytecode of another minor version is no use to the runtime.

    Raises:
        PackagingError: there is none on this machine.
    """
    candidates = [Path(sys.executable)]
    candidates += [Path(folder) / f"python{version}" for folder in os.environ.get("PATH", "").split(os.pathsep)]
    homes = (
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
        Path.home() / ".local/share/uv/python",
    )
    candidates += [path for home in homes for path in sorted(home.glob(f"*{version}*/bin/python{version}"))]
    candidates.append(ROOT / "infra" / "python" / f"python{version}")  # by WebAssembly: slower, the same bytecode
    for candidate in candidates:
        if candidate.is_file() and _version(candidate) == version:
            return candidate
    raise PackagingError(
        f"packages for Lambda need bytecode of Python {version}, and this machine has none: looked on PATH, "
        f"in {homes[0]} and {homes[1]}. Install python{version} (its interpreter is all that is needed), or let "
        "`make runtime` fetch one."
    )


@cache
def _version(python: Path) -> str | None:
    # A shim may exist and refuse to run.
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    asked = subprocess.run([python, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    return asked.stdout.strip() if asked.returncode == 0 else None


def compile_tree(folder: Path, python: Path, runtime_path: str, *, sources: bool = True) -> None:
    """Give every module under ``folder`` unchecked hash-based bytecode; without ``sources``, in place of its source.

    Tracebacks name files under ``runtime_path``. The hash seed is fixed: the order of a frozen set is in the bytes.

    Raises:
        PackagingError: a module does not compile.
    """
    command = [
        *(str(python), "-S", "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"),
        *([] if sources else ["-b"]),
        *("-s", str(folder), "-p", runtime_path, str(folder)),
    ]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PackagingError(f"bytecode: {done.stdout}{done.stderr}")
    if not sources:
        for source in folder.rglob("*.py"):
            source.unlink()


def write_zip(folder: Path, path: Path) -> None:
    """Zip ``folder`` so that equal contents are equal bytes: sorted, one date, one mode, no folders."""
    partial = path.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
        for name in names:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, (folder / name).read_bytes())
    partial.replace(path)


def function(function_id: str, target: Target, out: Path) -> Path:
    """Build a function's zip."""
    folder = _fresh(out / "work" / function_id)
    for file in closure(HANDLERS[function_id].rpartition(".")[0]):
        copy = folder / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCES / file, copy)
    compile_tree(folder, interpreter(target.python), "/var/task")
    write_zip(folder, out / f"{function_id}.zip")
    return out / f"{function_id}.zip"


def content(part: str, out: Path, source: Path) -> Path:
    """Zip a part of the compiled release as a layer: one of ``CONTENT_PARTS``.

    Raises:
        PackagingError: the content has not been compiled, or by a compiler that did not write this part.
    """
    if not any((source / part).glob("*")):
        raise PackagingError(f"{source / part} is missing; run `consentry content build` first")
    folder = _fresh(out / "work" / f"content-{part}")
    shutil.copytree(source / part, folder / "consentry")
    for compressed in (folder / "consentry").rglob("*.json.gz"):
        compressed.with_suffix("").unlink()  # served from the gzip file
    write_zip(folder, out / f"content-{part}.zip")
    return out / f"content-{part}.zip"


def libraries(target: Target, out: Path, name: str = "libraries") -> Path:
    """Build a dependency layer, unless the one that lies there is of the same lock, target and recipe.

    Raises:
        PackagingError: a wheel is missing, its hash differs, or the layer is over its budget.
    """
    path, mark, lock = out / f"{name}.zip", out / f"{name}.key", LOCKS[name]
    python = interpreter(target.python)
    key = _digest(lock.read_bytes(), Path(__file__).read_bytes(), repr(target).encode(), str(python).encode())
    if path.is_file() and mark.is_file() and mark.read_text("utf-8") == key:
        return path
    folder = _fresh(out / "work" / name)
    site = folder / "python"
    platform = ["--python-platform", target.platform] if target.platform else []
    command = [
        *(_uv(), "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
        *("--python-version", target.python, *platform, "--target", str(site), "--link-mode", "copy"),
        *("--requirement", str(lock)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PackagingError(f"layer {name}: {done.stderr.strip()}")
    trim(site)
    # Bytecode alone: as fast, a sixth smaller, and tracebacks through libraries keep names and line numbers.
    compile_tree(site, python, "/opt/python", sources=False)
    write_zip(folder, path)
    if target == LAMBDA and path.stat().st_size > LAYER_BUDGETS[name]:
        raise PackagingError(f"{path} has {path.stat().st_size:,} bytes; the budget is {LAYER_BUDGETS[name]:,}")
    mark.write_text(key, "utf-8")
    return path


def trim(site: Path) -> None:
    """Remove what no function reads from installed distributions."""
    for name in (*_UNUSED, *(f"aws_lambda_powertools/{part}" for part in _UNUSED_POWERTOOLS)):
        _remove(site / name)
    for entry in (site / "botocore" / "data").glob("*"):
        if entry.name not in _SERVICES | _ROOT_DATA:
            _remove(entry)
    for entry in (site / "babel" / "locale-data").glob("*"):
        if entry.name not in _LOCALES:
            _remove(entry)
    for entry in sorted(site.rglob("*"), key=lambda item: len(item.parts), reverse=True):
        if _droppable(entry, site):
            _remove(entry)
    for entry in site.rglob("*.so"):
        entry.write_bytes(without_symbols(entry.read_bytes()))


def _droppable(entry: Path, site: Path) -> bool:
    if entry.parent.suffix == ".dist-info" and entry.parent.parent == site:
        return entry.name not in _KEPT_METADATA and entry.name != "licenses"
    if entry.is_dir():
        return entry.name in ("tests", "__pycache__")
    return entry.suffix in _DROPPED_SUFFIXES or entry.name in ("py.typed", "examples-1.json", ".lock")


def without_symbols(library: bytes) -> bytes:
    """A 64-bit little-endian ELF file without what only linkers and debuggers read.

    The loader goes by program headers; everything behind the last byte they name is symbol tables and the section
    headers themselves. Works for any processor, which the host's ``strip`` does not.
    """
    if library[:6] != b"\x7fELF\x02\x01":
        raise PackagingError("a compiled library is not a 64-bit little-endian ELF file")
    (table,) = struct.unpack_from("<Q", library, 0x20)
    size, count = struct.unpack_from("<HH", library, 0x36)
    end = table + size * count
    for number in range(count):
        offset, _virtual, _physical, length = struct.unpack_from("<QQQQ", library, table + size * number + 8)
        end = max(end, offset + length)
    kept = bytearray(library[:end])
    struct.pack_into("<Q", kept, 0x28, 0)  # e_shoff
    struct.pack_into("<HHH", kept, 0x3A, 0, 0, 0)  # e_shentsize, e_shnum, e_shstrndx
    return bytes(kept)


def build(target: Target, out: Path, source: Path) -> Mapping[str, Path]:
    """Build every function and layer for ``target``: name to zip, with ``packages.json`` beside them.

    Raises:
        PackagingError: content not compiled, a wheel or the target's Python missing.
    """
    folder = out
    folder.mkdir(parents=True, exist_ok=True)
    built = {
        **{name: libraries(target, folder, name) for name in LOCKS},
        **{f"content-{part}": content(part, folder, source) for part in CONTENT_PARTS},
        **{function_id: function(function_id, target, folder) for function_id in HANDLERS},
    }
    listing = {
        name: {"bytes": path.stat().st_size, "sha256": _digest(path.read_bytes())} for name, path in built.items()
    }
    (folder / "packages.json").write_text(json.dumps(listing, indent=1, sort_keys=True) + "\n", "utf-8")
    return built


def _uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if not found:
        raise PackagingError("uv is missing; it is in the lock of the development environment (`make setup`)")
    return found


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _fresh(folder: Path) -> Path:
    _remove(folder)
    folder.mkdir(parents=True)
    return folder


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def compiled(environment: Environment, previous: Path | None) -> Path:
    """Compile the content for ``environment``; where it lies. A crash leaves none, and nothing is packaged.

    Raises:
        PackagingError: nothing would be served, or ``previous`` is no release.
    """
    out = RELEASES / environment.name
    command = ["content", "build", "--root", str(ROOT), "--out", str(out)]
    command += [word for market in environment.markets for word in ("--market", market)]
    command += ["--production"] if environment.production else []
    command += ["--previous", str(previous)] if previous else []
    _remove(out)
    if consentry(command) not in (0, 1):  # 1: what is broken was left out, and is listed
        raise PackagingError("the content was not compiled")
    index = json.loads((out / "definitions" / "index.json").read_bytes())
    if not any(market["locales"] for form in index["forms"].values() for market in form["markets"].values()):
        _remove(out)
        raise PackagingError(f"{environment.name} would serve no form at all: see the findings above")
    return out


def main() -> int:
    """Compile for an environment, build, and list sizes."""
    parser = argparse.ArgumentParser(prog="python -m infra.packaging", description="Build what is deployed.")
    parser.add_argument("environment", help="a file of infra/environments, such as prod")
    what = "folder of the release that is live, or none (default: fetched from the environment)"
    parser.add_argument("--previous", default="", metavar="FOLDER", help=what)
    options = parser.parse_args()
    try:
        environment = load(options.environment)
        fetched = RELEASES / f"{environment.name}.live"
        previous = None if options.previous == "none" else Path(options.previous) if options.previous else None
        if not options.previous:
            previous = fetch(client(environment), environment, fetched)
            print("live now:", "nothing yet" if previous is None else release_of(previous))  # noqa: T201
        target = HOST if environment.emulated else LAMBDA
        folder = OUT / environment.name
        for stale in folder.glob("content-*.zip"):
            stale.unlink()  # a package that was not made must not be deployed
        built = build(target, folder, compiled(environment, previous))
    except (PackagingError, LiveError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    for name, path in built.items():
        print(f"{path.stat().st_size:>10,}  {name}")  # noqa: T201
    return 0


def release_of(folder: Path) -> str:
    """The id of the release that a build's folder holds."""
    return str(json.loads((folder / "definitions" / "index.json").read_bytes())["release"])


if __name__ == "__main__":
    sys.exit(main())
