"""Which Python is the application's."""

import sys
from pathlib import Path

import pytest

from migrator.errors import MigrateError
from migrator.interpreter import Interpreter, find_interpreter
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
