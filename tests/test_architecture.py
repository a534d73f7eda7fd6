"""How the package is cut into rooms, read from its source: who may know whom, and how large a thing may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "sixtyfour_async"

LAYERS: list[set[str]] = [
    {"errors", "_facade", "_homes", "_uptime", "_values"},
    {"_postgres", "models"},
    {"operations", "tables"},
    {"_wire", "_scheduling", "questions"},
    {"_client", "_journal", "webhooks"},
    {"_runner", "telemetry"},
    {"fleet", "report", "simulator"},
    {"testing"},
    {"cli"},
    {"__main__"},
]
"""From the ground up: a room may import rooms of an earlier line, and its own."""

STOREYS = ["base", "knowledge", "state", "routes", "serving"]
"""The floors of the simulator, from the ground up: a module may import its own floor and those below."""

FACADE = "__init__"
"""Re-exports; everything may be imported by it, and nothing imports it."""

EXAMPLES = "guide"
"""Programs of users: they import the package as a whole."""

HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}

NOT_IN_PURE_ROOMS = {"asyncio", "anyio", "httpx", "httpx2", "sqlite3", "time", "random", "os", "logging"}

PURE_ROOMS = {"_wire", "_scheduling", "_values", "questions"}

SENDS = {PACKAGE / "_client" / f"{name}.py" for name in ("transport", "own_client", "direct")}
"""The first sends requests, by a client that the second makes where the caller brings none, mostly the third."""

KNOWS_HTTPX = SENDS | {PACKAGE / "testing.py"}
"""The last one hands users a transport for their own tests."""

KNOWS_HTTPCORE = {PACKAGE / "_client" / name for name in ("direct.py", "network.py", "own_client.py")}

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 50

SOURCES = sorted(PACKAGE.rglob("*.py"))
ALL_PYTHON = sorted(path for folder in (PACKAGE, ROOT / "tests", ROOT / "benchmarks") for path in folder.rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, wherever the import stands; also for types only, for a type is knowledge too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            if node.module == "sixtyfour_async":
                yield from (f"sixtyfour_async.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""
        yield from imported(node)


def rooms_imported(path: Path) -> set[str]:
    parts = [name.split(".") for name in imported(ast.parse(path.read_text("utf-8")))]
    return {rest[0] if rest else FACADE for first, *rest in parts if first == "sixtyfour_async"}


def packages_imported(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(ast.parse(path.read_text("utf-8")))}


def test_imports_of_every_form_are_seen() -> None:
    text = """
import a.b
from c import d
from sixtyfour_async import errors
if TYPE_CHECKING:
    import types_only
else:
    import e
def f():
    with g():
        import h
"""
    assert list(imported(ast.parse(text))) == ["a.b", "c", "sixtyfour_async.errors", "types_only", "e", "h"]


def test_every_module_has_its_place() -> None:
    assert {room_of(path) for path in SOURCES} - {FACADE, EXAMPLES} <= set(HEIGHT), (
        "give the new module a line in LAYERS"
    )


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(path) in HEIGHT], ids=name_of)
def test_imports_point_down_only(path: Path) -> None:
    own = room_of(path)

    up = {room for room in rooms_imported(path) - {own} if HEIGHT.get(room, len(LAYERS)) >= HEIGHT[own]}

    assert up == set()


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(path) in PURE_ROOMS], ids=name_of)
def test_pure_rooms_only_decide(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))

    assert packages_imported(path) & NOT_IN_PURE_ROOMS == set()
    waiting = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, waiting)] == []
    assert "datetime.now" not in ast.unparse(tree)


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(path) == "simulator"], ids=name_of)
def test_the_simulator_knows_nothing_of_the_package(path: Path) -> None:
    assert rooms_imported(path) <= {"simulator"}


def simulator_modules_imported(path: Path) -> set[str]:
    """Every module of the simulator that *path* imports, also under TYPE_CHECKING; submodules by their own name."""
    prefix = "sixtyfour_async.simulator"
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{name}" if is_module(f"{module}.{name}") else module for name in names]
        found |= {name.removeprefix(prefix).removeprefix(".") for name in names if name.startswith(prefix)}
    return found


def is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


@pytest.mark.parametrize("floor", STOREYS)
def test_imports_between_the_floors_of_the_simulator_point_down_only(floor: str) -> None:
    modules = sorted((PACKAGE / "simulator" / floor).rglob("*.py"))
    imported_by = {name_of(path): simulator_modules_imported(path) for path in modules}
    allowed = set(STOREYS[: STOREYS.index(floor) + 1])

    assert {path: up for path, names in imported_by.items() if (up := {n.split(".")[0] for n in names} - allowed)} == {}


def test_every_module_of_the_simulator_is_on_a_floor() -> None:
    folders = {path.name for path in (PACKAGE / "simulator").iterdir() if path.is_dir()} - {"__pycache__"}

    assert folders == set(STOREYS)
    assert {path.name for path in (PACKAGE / "simulator").glob("*.py")} == {"__init__.py", "__main__.py"}


def test_imports_within_the_simulator_have_no_cycles() -> None:
    graph = {
        path.relative_to(PACKAGE / "simulator").with_suffix("").as_posix().replace("/", "."): set(
            simulator_modules_imported(path)
        )
        for floor in STOREYS
        for path in (PACKAGE / "simulator" / floor).rglob("*.py")
    }

    TopologicalSorter(graph).prepare()


def test_few_modules_send_requests() -> None:
    assert {path for path in SOURCES if {"httpx", "httpx2"} & packages_imported(path)} == KNOWS_HTTPX
    assert {path for path in SOURCES if "httpcore" in packages_imported(path)} == KNOWS_HTTPCORE


@pytest.mark.parametrize("path", ALL_PYTHON, ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text("utf-8")
    functions = {
        f"{node.name} at line {node.lineno}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert len(text.splitlines()) <= LINES_OF_A_FILE
    assert {name: lines for name, lines in functions.items() if lines > LINES_OF_A_FUNCTION} == {}


@pytest.mark.parametrize("path", ALL_PYTHON, ids=name_of)
def test_no_module_is_named_after_nothing_in_particular(path: Path) -> None:
    words = set(path.stem.strip("_").split("_")) | set(path.parent.name.strip("_").split("_"))

    assert words & {"util", "utils", "helper", "helpers", "common", "manager", "misc"} == set()


# Put together here, so that this file does not hold them.
NOT_IN_THE_REPOSITORY = ["pypi" + ".org", "files.python" + "hosted", "/wo" + "rk/"]
MADE_BY_TOOLS = {"__pycache__", "build", "dist", "node_modules"}


def files_of_the_repository() -> Iterator[Path]:
    """Every file but what tools leave behind: hidden folders other than .github, caches, builds, run journals."""
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".github", ".gitignore"} for part in parts)
        made = any(part in MADE_BY_TOOLS or part.endswith(".egg-info") for part in parts)
        if path.is_file() and not hidden and not made and not path.suffix.startswith(".db"):
            yield path


def test_no_file_names_a_registry_or_a_folder_of_this_machine() -> None:
    found: list[str] = []
    for path in files_of_the_repository():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{name_of(path)}: {word}" for word in NOT_IN_THE_REPOSITORY if word in text]

    assert found == []
