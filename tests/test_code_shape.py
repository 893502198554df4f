"""The shape of the code itself: small modules and functions that say what they are, and a cheap import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import workbench
from workbench.cli import _status
from workbench.cli import workbench as cli

ROOT = Path(workbench.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "_data" not in path.parts)
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())


@each_module
def test_a_module_is_short(path) -> None:
    """No module has 400 lines."""
    assert len(path.read_text("utf-8").splitlines()) < 400


@each_module
def test_a_module_begins_with_a_docstring(path) -> None:
    """The first thing in a module says what it is for."""
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@each_module
def test_a_function_is_short(path) -> None:
    """No function has more than fifty lines from its first decorator to its last line."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [each.name for each in functions if lines(each) > 50] == []


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function with its decorators."""
    first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
    return (function.end_lineno or first) - first + 1


@pytest.mark.parametrize("heavy", ["pandas", "polars"])
def test_importing_the_package_costs_nothing(heavy) -> None:
    """`import workbench` loads no engine; the names do when they are first used."""
    code = f"import sys, workbench; print({heavy!r} in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_the_public_names_are_few_and_there() -> None:
    """At most ten names are public, and each can be had."""
    assert len(workbench.__all__) <= 10
    assert all(hasattr(workbench, name) for name in workbench.__all__)


@pytest.mark.parametrize("command", [(), *((name,) for name in sorted(cli.commands))], ids=" ".join)
def test_every_command_has_help(command, capsys) -> None:
    """--help of each command is status 0 and says how it is used."""
    assert _status([*command, "--help"]) == 0
    assert "Usage: workbench" in capsys.readouterr().out
