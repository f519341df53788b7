"""Which Python is the application's."""

import ast
import sys
from pathlib import Path

import pytest

import codemods.compat
from migrator.errors import MigrateError
from migrator.interpreter import IMPORTED, Interpreter, find_interpreter, for_target, imported
from migrator.prerequisites import advice, requirements


def environment(folder, flask=True):
    """A folder that looks like a virtual environment, with our Python behind it; without Flask when so asked."""
    (folder / "bin").mkdir(parents=True)
    command = f'exec "{sys.executable}" "$@"' if flask else f'exec "{sys.executable}" -I -S "$@"'
    (folder / "bin" / "python").write_text(f"#!/bin/sh\n{command}\n")
    (folder / "bin" / "python").chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def found(root, **named):
    interpreter = find_interpreter(root, named.get("option"), named.get("setting"))
    return interpreter.origin, interpreter.path


def test_the_order(tmp_path, monkeypatch):
    assert found(tmp_path) == ("migrate's own", Path(sys.executable))
    plain = environment(tmp_path / "venv") / "bin/python"
    assert found(tmp_path) == ("venv", plain)
    hidden = environment(tmp_path / ".venv") / "bin/python"
    assert found(tmp_path) == (".venv", hidden)
    active = environment(tmp_path / "active") / "bin/python"
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert found(tmp_path) == ("$VIRTUAL_ENV", active)
    assert found(tmp_path, setting=".venv/bin/python") == ("settings", hidden)
    assert found(tmp_path, setting=".venv", option=str(tmp_path / "venv")) == ("--python", plain)


def test_one_that_was_found_without_flask_is_passed_over(tmp_path):
    environment(tmp_path / ".venv", flask=False)
    assert found(tmp_path) == ("migrate's own", Path(sys.executable))


def test_one_that_was_named_must_be_there_and_have_flask(tmp_path):
    environment(tmp_path / "bare", flask=False)
    with pytest.raises(MigrateError, match=r"has no Flask \(settings\)"):
        find_interpreter(tmp_path, setting="bare")
    with pytest.raises(MigrateError, match=r"nowhere: there is no interpreter \(--python\)"):
        find_interpreter(tmp_path, option="nowhere")


def test_the_path_of_a_link_is_kept(tmp_path):
    """A virtual environment's `python` is a link: resolved, it would be another Python, without the environment."""
    environment(tmp_path / "real")
    (tmp_path / ".venv").symlink_to(tmp_path / "real")
    assert found(tmp_path)[1] == tmp_path / ".venv/bin/python"


def interpreter(version="3.11.4", **distributions):
    named = {name.replace("_", "-"): number for name, number in distributions.items()}
    return Interpreter(Path("/app/python"), "settings", version, named)


FULL = {"flask": "3", "fastapi": "1", "uvicorn": "1", "python_multipart": "1", "itsdangerous": "2"}


FULL_NAMES = {name.replace("_", "-"): version for name, version in FULL.items()}


def test_what_is_missing_is_said_with_the_command_that_installs_it():
    assert advice(interpreter(**FULL)) is None
    without = interpreter(**{**FULL, "fastapi": None, "uvicorn": None})
    assert advice(without) == "to run the new side, install what is missing: /app/python -m pip install fastapi uvicorn"
    lines = {line.name: line for line in requirements(without)}
    assert (lines["fastapi"].found, lines["fastapi"].fits) == ("not installed", False)
    assert lines["flask"].fits


def test_an_old_python_gets_a_gateway_of_its_own():
    old = interpreter("3.8.10", flask="2")
    assert not old.runs_gateway
    assert "in an environment of its own" in advice(old)
    assert "the gateway needs a process of its own" in requirements(old)[0].note
    assert interpreter("3.14.0").runs_gateway


def test_what_helpers_of_the_target_import_is_named_as_well(tmp_path):
    there = Interpreter(Path(sys.executable), "settings", "3.11.4", dict(FULL_NAMES))
    assert for_target(there, tmp_path, "api") is there
    compat = tmp_path / "api" / "compat"
    compat.mkdir(parents=True)
    (compat / "dates.py").write_text(
        "import jsonschema.validators\nfrom jinja2 import Template\nfrom .a import limits\n"
    )
    found = for_target(there, tmp_path, "api")
    assert found.imported == ("jinja2", "jsonschema")
    assert all(found.distributions[name] for name in found.imported)
    without = interpreter(**FULL)
    lacking = Interpreter(without.path, "settings", "3.11.4", without.distributions, ("jsonschema",))
    assert advice(lacking) == "to run the new side, install what is missing: /app/python -m pip install jsonschema"
    assert not {line.name: line.fits for line in requirements(lacking)}["jsonschema"]


def test_what_newer_pythons_have_themselves_is_not_asked_for(tmp_path):
    compat = tmp_path / "api" / "compat"
    compat.mkdir(parents=True)
    (compat / "zipped.py").write_text("from backports import zstd\n")
    newer = Interpreter(Path(sys.executable), "settings", "3.14.0", {})
    assert for_target(newer, tmp_path, "api") is newer
    assert imported(tmp_path / "api") == ("backports.zstd",)


def test_every_import_of_a_helper_is_known():
    ours = {"fastapi", "starlette", "pydantic", "pydantic_core", "anyio", "flask", "compression", "_typeshed"}
    for file in Path(codemods.compat.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names.append(node.module)
            roots = {one.partition(".")[0] for one in names} - sys.stdlib_module_names - ours
            assert roots <= IMPORTED.keys(), file.name
