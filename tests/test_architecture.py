"""The layers and the house rules, checked on the source itself."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("migrator", "codemods", "proxy")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
MAXIMUM_LINES = 400
MAXIMUM_FUNCTION_LINES = 60
#: what touches disk, environment, clock or terminal; only `migrator` may, and the code that is copied into applications
EDGES = frozenset({"subprocess", "os", "pathlib", "shutil", "tempfile", "time", "socket", "rich", "click"})
COPIED = ("codemods/compat/", "proxy/runtime/")
FORBIDDEN_FILES = frozenset({"utils.py", "helpers.py", "common.py", "misc.py"})


def relative(file):
    return file.relative_to(ROOT).as_posix()


def imports(tree):
    """Every absolute name that a file imports, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


@pytest.fixture(scope="module")
def trees():
    return {file: ast.parse(file.read_bytes()) for file in FILES}


def test_the_layers_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_ignores_the_layers():
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text()


def test_codemods_and_proxy_do_not_touch_the_edges(trees):
    found = [
        f"{relative(file)}:{line}: {name}"
        for file, tree in trees.items()
        if not relative(file).startswith(("migrator/", *COPIED))
        for name, line in imports(tree)
        if name.partition(".")[0] in EDGES and not name.startswith("pathlib.Pure")
    ]
    assert found == []


def test_every_package_can_be_imported_first():
    """Whatever is imported before: no package waits for one that waits for it."""
    packages = [relative(file.parent).replace("/", ".") for file in FILES if file.name == "__init__.py"]
    program = (
        "import importlib, sys\n"
        "for package in sys.argv[1:]:\n"
        f"    for name in [one for one in sys.modules if one.partition('.')[0] in {PACKAGES}]:\n"
        "        del sys.modules[name]\n"
        "    importlib.import_module(package)\n"
    )
    own = [one for one in packages if not one.startswith("migrator.inside.")]
    done = subprocess.run([sys.executable, "-c", program, *own], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nodes_are_matched_and_visited_in_one_way(trees):
    """`codemods.view.patterns` and `visiting`: libcst's own cost more than all the rest of a conversion."""
    slow = ("libcst.matchers", "libcst.CSTVisitor", "libcst.CSTTransformer")
    found = [
        f"{relative(file)}:{line}: {name}"
        for file, tree in trees.items()
        for name, line in imports(tree)
        if name.startswith(slow)
    ]
    found += [
        f"{relative(file)}:{node.lineno}: {node.attr}"
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("CSTVisitor", "CSTTransformer")
    ]
    assert found == []


def test_the_gateway_needs_nothing_but_starlette(trees):
    found = {
        name.partition(".")[0]
        for file, tree in trees.items()
        if relative(file).startswith("proxy/runtime/")
        for name, _ in imports(tree)
    }
    typing_only = {"_typeshed"}  # known to type checkers, imported by nobody
    assert found - set(sys.stdlib_module_names) - typing_only <= {"starlette"}


def test_helpers_for_applications_never_import_flask_or_this_tool(trees):
    forbidden = {"werkzeug", "marshmallow", *PACKAGES}
    found = [
        f"{relative(file)}:{line}: {name}"
        for file, tree in trees.items()
        if relative(file).startswith(COPIED)
        for name, line in imports(tree)
        if name.partition(".")[0] in forbidden or (name.startswith("flask") and file.name != "bridged.py")
    ]
    assert found == []


def test_every_module_has_a_docstring(trees):
    assert [relative(file) for file, tree in trees.items() if tree.body and ast.get_docstring(tree) is None] == []


def test_files_and_functions_stay_small(trees):
    long = []
    for file, tree in trees.items():
        lines = len(file.read_text("utf-8").splitlines())
        if lines > MAXIMUM_LINES:
            long.append(f"{relative(file)}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAXIMUM_FUNCTION_LINES:
                    long.append(f"{relative(file)}:{node.lineno}: {node.name} has {length} lines")
    assert long == []


def test_no_file_is_a_drawer_for_everything():
    assert [relative(file) for file in FILES if file.name in FORBIDDEN_FILES] == []


def test_no_type_is_ignored_without_a_reason():
    bare = re.compile(r"#\s*type:\s*ignore(\[[\w, -]+\])?\s*$")
    found = [
        f"{relative(file)}:{number}"
        for file in FILES
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []


def test_architecture_names_what_is_there():
    """Every path that the page gives exists, and every package and folder of the tool is on the page."""
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = {
        name.rstrip("/")
        for name in re.findall(r"`((?:migrator|codemods|proxy|tests|examples|docs|scripts)/[\w/.]*)`", page)
    }
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    folders = {
        relative(folder)
        for package in PACKAGES
        for folder in (ROOT / package).iterdir()
        if folder.is_dir() and folder.name != "__pycache__" and any(folder.rglob("*.py"))
    }
    assert [folder for folder in sorted(folders) if folder not in named] == []
