"""Foreign packages named `codemods` or `proxy` are said at the start, not met later."""

import os
import subprocess
import sys

import pytest


def migrate(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "migrator", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["proxy", "codemods"])
@pytest.mark.parametrize("kind", ["package", "module"])
def test_a_foreign_package_ends_it_at_once(tmp_path, name, kind):
    if kind == "module":
        (tmp_path / f"{name}.py").write_text("")
    else:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('imported')")
    done = migrate(tmp_path, "status")
    assert done.returncode == 2
    assert f"another '{name}' package at {tmp_path}" in done.stderr
    assert "uv tool install flask-to-fastapi" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_our_own_are_fine(tmp_path):
    done = migrate(tmp_path, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("migrate, version ")
