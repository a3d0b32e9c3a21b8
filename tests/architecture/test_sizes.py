"""Small files with one reason to exist, and functions that fit on a screen."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("services", "workflows", "deploy")
    for path in (ROOT / folder).rglob("*.py")
    if path.stat().st_size
)
MOST_FILE_LINES = 400
NEARLY_ALL_FILE_LINES = 250
NEARLY_ALL_FUNCTION_LINES = 40


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _functions() -> list[tuple[str, int]]:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                found.append((f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_read(path: Path) -> None:
    assert _lines(path) <= MOST_FILE_LINES


def test_nearly_all_files_are_short() -> None:
    lengths = [_lines(path) for path in SOURCES]
    assert quantiles(lengths, n=20)[-1] <= NEARLY_ALL_FILE_LINES
    assert median(lengths) <= 120


def test_functions_do_one_thing() -> None:
    lengths = [length for _, length in _functions()]
    assert median(lengths) <= 10
    assert quantiles(lengths, n=20)[-1] <= NEARLY_ALL_FUNCTION_LINES


def test_the_repository_names_no_package_index_and_no_folder_of_one_machine() -> None:
    hosts = ("py" + "pi.org", "python" + "hosted", "registry.npm" + "js")
    folders = ("/wo" + "rk/main", "/ro" + "ot/", "/op" + "t/pypi")
    tracked = [path for path in ROOT.rglob("*") if path.is_file() and not _ignored(path)]
    guilty = [
        str(path.relative_to(ROOT))
        for path in tracked
        if any(word in path.read_text(errors="ignore") for word in (*hosts, *folders))
    ]
    assert guilty == []


def _ignored(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any((part.startswith(".") and part != ".ci") or part in {"__pycache__", "build"} for part in parts) or any(
        part.endswith(".egg-info") for part in parts
    )
