"""A small Flask project on disk, and the two ways to run the command line on it: in this process, and as users do."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

APP = '''"""A small application."""

from flask import Blueprint, Flask, jsonify

app = Flask(__name__)
orders = Blueprint("orders", __name__, url_prefix="/orders")


@app.get("/")
def index():
    return "hello"


@orders.get("/<int:order_id>")
def show(order_id):
    return jsonify(id=order_id)


@orders.route("/", methods=["GET", "POST"])
def listing():
    return jsonify([])


app.register_blueprint(orders)
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `app.py` and nothing else; the current directory of the test."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("FLASK_APP", raising=False)
    return folder


@pytest.fixture
def run(project: Path) -> Callable[..., Result]:
    """Run `migrate ARGUMENTS` in this process; its result with exit code, stdout and stderr."""
    from migrator.cli.entry import cli

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(cli, arguments, prog_name="migrate")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def migrate(project: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run `migrate ARGUMENTS` as a process, as a user does."""

    def call(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "migrator", *arguments],
            cwd=project,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call
