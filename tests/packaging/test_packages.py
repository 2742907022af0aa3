"""What is deployed: complete, nothing more, the same twice, and within its budgets."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from infra.functions import FUNCTIONS
from infra.packaging import HOST, LAMBDA, PackagingError

from consentry.base.routes import HANDLERS
from infra import packaging

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "ENVIRONMENT": "test",
    "PRODUCTION": "false",
    "CAPTURED_QUEUE_URL": "http://127.0.0.1:1/000000000000/captured",
    "RECHECK_QUEUE_URL": "http://127.0.0.1:1/000000000000/recheck",
    "UPLOADS_BUCKET": "uploads",
    **{
        f"{name}_TABLE": name
        for name in ("CONSENTS", "SUBJECTS", "IDENTITIES", "KEYS", "LEADS", "REQUESTS", "CONTENT", "EDITORIAL")
    },
    **{f"{name}_SECRET": name for name in ("TOKEN", "IDENTITY", "KEK")},
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: Any, release: Any) -> Any:
    """Every package for this machine."""
    return packaging.build(HOST, tmp_path_factory.mktemp("host"), release)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: Any, release: Any) -> Any:
    """Every package for Lambda."""
    return packaging.build(LAMBDA, tmp_path_factory.mktemp("lambda"), release)


def unpacked(zips: Any, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for path in zips:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    return folder


def imported(python: Path | str, code: Path, layers: Path, module: str) -> subprocess.CompletedProcess[str]:
    """Import ``module`` as Lambda would find it, and nothing of this machine's packages."""
    program = f"import sys; sys.path[:0] = [{str(code)!r}, {str(layers / 'python')!r}]; import {module} as m; m.handler"
    environment = {**ENVIRONMENT, "CONTENT_DIR": str(layers / "consentry")}
    return subprocess.run(
        [python, "-I", "-S", "-c", program], env=environment, capture_output=True, text=True, check=False, cwd=layers
    )


def layers_of(function_id: str, without: str = "") -> list[str]:
    spec = FUNCTIONS[function_id]
    return [f"content-{spec.content}"] * bool(spec.content) + [name for name in spec.libraries if name != without]


def mounted(built: Any, layers: list[str]) -> Path:
    """Layers side by side, unpacked once for all tests, which only read them."""
    folder: Path = built["libraries"].parent / "mounted" / "+".join(["opt", *layers])
    return folder if folder.is_dir() else unpacked([built[name] for name in layers], folder)


def laid_out(built: Any, function_id: str, folder: Path, without: str = "") -> tuple[Path, Path]:
    return unpacked([built[function_id]], folder / "task"), mounted(built, layers_of(function_id, without))


@pytest.mark.parametrize("function_id", HANDLERS)
def test_a_handler_imports_from_its_own_package_and_layers_alone(function_id: Any, host: Any, tmp_path: Any) -> None:
    code, layers = laid_out(host, function_id, tmp_path)
    done = imported(sys.executable, code, layers, HANDLERS[function_id].rpartition(".")[0])
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("function_id", "without"), [(name, layer) for name, spec in FUNCTIONS.items() for layer in spec.libraries]
)
def test_without_its_layer_a_handler_does_not_import(function_id: Any, without: Any, host: Any, tmp_path: Any) -> None:
    """The control of the test above: nothing of this machine leaks in, and no layer is mounted for nothing."""
    code, layers = laid_out(host, function_id, tmp_path, without)
    done = imported(sys.executable, code, layers, HANDLERS[function_id].rpartition(".")[0])
    assert "ModuleNotFoundError" in done.stderr


def test_a_catalog_is_read_with_what_is_left_of_its_library(host: Any, tmp_path: Any) -> None:
    """The layer leaves out what CLDR knows of single locales."""
    code, layers = laid_out(host, "glossary-checks", tmp_path)
    (tmp_path / "de.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: de_CH\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\nmsgctxt "field.x.label"\nmsgid "Cat"\nmsgstr "Katze"\n',
        "utf-8",
    )
    program = (
        f"import sys; sys.path[:0] = [{str(code)!r}, {str(layers / 'python')!r}]\n"
        "from consentry.glossary.files import read_po_bytes\n"
        f"read = read_po_bytes(open({str(tmp_path / 'de.po')!r}, 'rb').read())\n"
        "print(read.locale, [(s.key, s.source, s.target) for s in read.pieces])"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("de-CH [('field.x.label', 'Cat', 'Katze')]", "")


@pytest.mark.parametrize("function_id", [name for name, spec in FUNCTIONS.items() if not spec.libraries])
def test_the_runtimes_own_python_takes_the_bytecode_and_never_the_source(
    function_id: Any, deployed: Any, tmp_path: Any
) -> None:
    """With every source broken after the fact, only bytecode that no date or hash is asked of can still import."""
    code, layers = laid_out(deployed, function_id, tmp_path)
    for source in code.rglob("*.py"):
        source.write_text("raise SystemExit('the source was compiled anew')\n")
    done = imported(packaging.interpreter(LAMBDA.python), code, layers, HANDLERS[function_id].rpartition(".")[0])
    assert (done.returncode, done.stderr) == (0, "")


def test_python_for_webassembly_compiles_what_the_runtimes_own_takes(deployed: Any, tmp_path: Any) -> None:
    """What a machine without the runtime's Python compiles with; `make runtime` fetches it."""
    assembled = packaging.SOURCES.parent / "infra" / "python" / f"python{LAMBDA.python}"
    code, layers = laid_out(deployed, "forms-definitions", tmp_path)
    for bytecode in code.rglob("*.pyc"):
        bytecode.unlink()
    packaging.compile_tree(code, assembled, "/var/task", sources=False)
    module = HANDLERS["forms-definitions"].rpartition(".")[0]
    done = imported(packaging.interpreter(LAMBDA.python), code, layers, module)
    assert (done.returncode, done.stderr) == (0, "")
    (code / "broken.py").write_text("def")
    with pytest.raises(PackagingError, match="SyntaxError"):
        packaging.compile_tree(code, assembled, "/var/task")


def test_all_bytecode_is_unchecked_and_of_the_runtimes_version(deployed: Any) -> None:
    magic = subprocess.run(
        [
            packaging.interpreter(LAMBDA.python),
            "-c",
            "import importlib.util as u, sys; sys.stdout.buffer.write(u.MAGIC_NUMBER)",
        ],
        capture_output=True,
        check=True,
    ).stdout
    seen = 0
    for name, path in deployed.items():
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            for entry in (item for item in names if item.endswith(".pyc")):
                head = archive.read(entry)[:8]
                assert head == magic + b"\x01\x00\x00\x00", (name, entry)  # hash-based, unchecked (PEP 552)
                seen += 1
            bare = [item for item in names if item.endswith(".py") and not _compiled(item) & names]
            assert bare == [], name
    assert seen > 300


def _compiled(source: str) -> set[str]:
    folder, _, file = source.rpartition("/")
    return {f"{folder}/__pycache__/{file.removesuffix('.py')}.cpython-313.pyc"}


def test_two_builds_are_the_same_bytes(deployed: Any, tmp_path: Any, release: Any) -> None:
    again = packaging.build(LAMBDA, tmp_path, release)
    assert {name: path.read_bytes() == deployed[name].read_bytes() for name, path in again.items()} == dict.fromkeys(
        deployed, True
    )


def test_zips_hold_no_dates_owners_or_folders(deployed: Any) -> None:
    for path in deployed.values():
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
        assert {(entry.date_time, entry.external_attr, entry.create_system) for entry in entries} == {
            ((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3)
        }


def test_the_dependency_layers_are_within_their_budgets(deployed: Any) -> None:
    assert deployed["libraries"].stat().st_size <= 8_000_000
    assert deployed["libraries-staff"].stat().st_size <= 4_000_000


def test_the_layer_of_staff_repeats_nothing_of_the_other(deployed: Any) -> None:
    names = []
    for name in ("libraries", "libraries-staff"):
        with zipfile.ZipFile(deployed[name]) as archive:
            names.append(set(archive.namelist()))
    assert names[0] & names[1] == set()


@pytest.mark.parametrize("function_id", [name for name, spec in FUNCTIONS.items() if spec.staff])
def test_a_staff_function_is_small_beside_its_layers(function_id: Any, deployed: Any) -> None:
    assert deployed[function_id].stat().st_size <= 600_000


def test_the_get_function_is_within_its_budget(deployed: Any, release: Any) -> None:
    written = (release / "definitions" / "documents").rglob("*.json")
    documents = sum(file.name != "messages.json" for file in written)
    size = deployed["forms-definitions"].stat().st_size + deployed["content-definitions"].stat().st_size
    assert documents > 0
    assert size <= 300_000 + 6_000 * documents * 3


@pytest.mark.parametrize("name", ["libraries", "libraries-staff"])
def test_a_layer_holds_libraries_for_the_runtimes_processor(name: str, deployed: Any) -> None:
    with zipfile.ZipFile(deployed[name]) as archive:
        machines = {archive.read(name)[18:20] for name in archive.namelist() if name.endswith(".so")}
    assert machines == {b"\xb7\x00"}  # EM_AARCH64


@pytest.mark.parametrize(("name", "distribution"), [("libraries", "botocore"), ("libraries-staff", "pydantic")])
def test_a_layer_says_which_distributions_under_which_licences(name: str, distribution: str, deployed: Any) -> None:
    with zipfile.ZipFile(deployed[name]) as archive:
        names = archive.namelist()
    assert any(f"/{distribution}-" in name and name.endswith(".dist-info/METADATA") for name in names)
    assert not [name for name in names if name.endswith(("/RECORD", "/direct_url.json", "/INSTALLER"))]


@pytest.mark.parametrize("function_id", HANDLERS)
def test_a_closure_holds_no_compiler_no_local_stack_and_no_foreign_import_without_a_layer(function_id: Any) -> None:
    files = packaging.closure(HANDLERS[function_id].rpartition(".")[0])
    assert files
    assert not [file for file in files if {"build", "local"} & set(file.parts)]
    if not FUNCTIONS[function_id].libraries:
        assert packaging.foreign(files) == set()


def test_a_closure_follows_what_runs_and_not_what_only_types_need(tmp_path: Any) -> None:
    package = tmp_path / "p"
    (package / "q").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "a.py": "from typing import TYPE_CHECKING\nimport os\nfrom p import b\n"
        "if TYPE_CHECKING:\n    from p import types_only\nelse:\n    from p import fallback\n"
        "def late():\n    import p.q.c, boto3\n",
        "b.py": "",
        "types_only.py": "",
        "fallback.py": "",
        "stray.py": "",
        "q/__init__.py": "from p.q.d import name\n",
        "q/c.py": "",
        "q/d.py": "name = 1\n",
    }.items():
        (package / name).write_text(text)
    files = packaging.closure("p.a", tmp_path)
    assert [str(file) for file in files] == [
        "p/__init__.py", "p/a.py", "p/b.py", "p/fallback.py", "p/q/__init__.py", "p/q/c.py", "p/q/d.py",
    ]  # fmt: skip
    assert packaging.foreign(files, tmp_path) == {"boto3"}


def test_a_machine_without_the_runtimes_python_is_told_so(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "python3.99").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "python3.99").chmod(0o755)
    with pytest.raises(PackagingError, match=r"Python 3\.99.*this machine has none"):
        packaging.interpreter("3.99")


def test_a_changed_hash_in_the_lock_stops_the_build(tmp_path: Any, monkeypatch: Any) -> None:
    lock = tmp_path / "functions.txt"
    lock.write_text("six==1.17.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setitem(packaging.LOCKS, "libraries", lock)
    with pytest.raises(PackagingError, match=r"(?i)hash"):
        packaging.libraries(HOST, tmp_path)
    assert not (tmp_path / "libraries.zip").exists()


@pytest.mark.parametrize("part", packaging.CONTENT_PARTS)
def test_content_that_was_not_compiled_stops_the_build(part: str, tmp_path: Any) -> None:
    (tmp_path / "emptied" / part).mkdir(parents=True)
    for source in ("nowhere", "emptied"):
        with pytest.raises(PackagingError, match=f"{part} is missing; run `consentry content build`"):
            packaging.content(part, tmp_path, tmp_path / source)


def test_the_layer_of_editors_holds_the_published_segments(deployed: Any, release: Any) -> None:
    with zipfile.ZipFile(deployed["content-editorial"]) as archive:
        segments = json.loads(archive.read("consentry/segments.json"))
    assert segments["release"] == json.loads((release / "manifest.json").read_bytes())["release"]
    assert len(segments["segments"]) > 100


def test_a_layer_is_built_again_when_the_lock_changes(tmp_path: Any, monkeypatch: Any) -> None:
    lock = tmp_path / "functions.txt"
    shutil.copyfile(packaging.LOCKS["libraries"], lock)
    monkeypatch.setitem(packaging.LOCKS, "libraries", lock)
    calls: list[Path] = []
    monkeypatch.setattr(packaging, "trim", calls.append)
    monkeypatch.setattr(packaging, "compile_tree", lambda *_, **__: None)
    monkeypatch.setattr(packaging, "write_zip", lambda _folder, path: path.write_bytes(b"zip"))
    for _ in range(2):
        packaging.libraries(HOST, tmp_path)
    assert len(calls) == 1
    lock.write_text(lock.read_text() + "# changed\n")
    packaging.libraries(HOST, tmp_path)
    assert len(calls) == 2


def test_only_elf_files_are_stripped() -> None:
    with pytest.raises(PackagingError, match="ELF"):
        packaging.without_symbols(b"MZ" + bytes(64))


def test_the_listing_names_every_package_with_its_digest(deployed: Any) -> None:
    listing = json.loads((deployed["libraries"].parent / "packages.json").read_text())
    assert listing.keys() == deployed.keys()
    assert all(entry["bytes"] == deployed[name].stat().st_size for name, entry in listing.items())
