"""What `apply` prepares in memory."""

from dataclasses import replace
from pathlib import Path

import pytest

from codemods.pipeline import convert
from migrator.apply import prepare, unified_diff
from migrator.conversion import convert_isolated
from migrator.errors import InternalError
from migrator.formatting import check_syntax, find_ruff, format_python
from migrator.interpreter import Interpreter
from migrator.journal import Write
from migrator.manifest.model import Manifest
from migrator.manifest.store import load
from migrator.project import load_project
from migrator.runtime import runtime_modules
from migrator.settings import Settings

BRIDGED = '''"""An application with a view that needs Flask's application context."""

from flask import Flask, current_app

app = Flask(__name__)


@app.get("/native")
def native():
    return "hello"


@app.get("/bridged")
def bridged():
    return str(len(current_app.extensions))
'''


@pytest.mark.parametrize(("version", "runtime"), [("3.11.4", "bridged"), ("3.9.1", "flask")])
def test_nothing_is_bridged_where_fastapi_cannot_run_beside_flask(project, version, runtime):
    (project / "app.py").write_text(BRIDGED)
    loaded = load_project(project, Settings(app="app:app"))
    loaded = replace(loaded, interpreter=Interpreter(Path("python"), "settings", version))
    prepared = prepare(loaded, Manifest(app="app:app", target="fastapi_app"), ["native", "bridged"])
    routes = prepared.manifest.blueprints["."].routes
    assert routes["GET /native"].runtime == "native"
    assert routes["GET /bridged"].runtime == runtime
    assert ("FM801" in [one.code for one in routes["GET /bridged"].findings]) == (runtime == "flask")
    assert any("bridged/" in write.path for write in prepared.writes) == (runtime == "bridged")


def test_the_manifest_that_is_given_is_left_alone(project):
    loaded = load_project(project, Settings(app="app:app"))
    manifest = Manifest(app="app:app", target="fastapi_app")
    prepare(loaded, manifest, ["index"])
    assert manifest == Manifest(app="app:app", target="fastapi_app")


def test_the_runtime_is_copied_whole_under_one_line_that_says_which_it_is():
    modules = runtime_modules()
    assert "gateway/dispatch.py" in modules
    assert "gateway/__init__.py" not in modules
    for text in modules.values():
        first, _, rest = text.partition("\n")
        assert first.startswith("# Copied by migrate 0.1.0")
        assert "sha256:" in first
        assert rest.startswith('"""')


@pytest.mark.skipif(find_ruff() is None, reason="ruff is not installed")
def test_generated_text_is_formatted_the_same_whatever_configuration_is_around(tmp_path, monkeypatch):
    (tmp_path / "ruff.toml").write_text("line-length = 20\n")
    monkeypatch.chdir(tmp_path)
    text = "from shop.models import Order\nimport sys, os\nfrom fastapi import FastAPI\n"
    text += "x = {'a':os.sep,'b':  Order, 'c': FastAPI}\n"
    done = format_python({"routers/a.py": text, "notes.txt": "x  =1"}, {"shop"})
    assert done["notes.txt"] == "x  =1"
    assert done["routers/a.py"] == (
        "import os\n\nfrom fastapi import FastAPI\n\nfrom shop.models import Order\n\n"
        'x = {"a": os.sep, "b": Order, "c": FastAPI}\n'
    )


def test_text_that_is_no_python_is_our_own_mistake():
    with pytest.raises(InternalError, match="line 2") as error:
        check_syntax({"routers/a.py": "x = 1\ny = = 2\n"})
    assert error.value.file == "routers/a.py"


def test_a_diff_of_a_file_without_a_last_newline():
    assert unified_diff(Write("a.py", b"x\ny", b"x\nz\n")) == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n"
    )
    assert unified_diff(Write("a.py", b"x\n", None)).startswith("--- a/a.py\n+++ /dev/null\n")


def failing_on(names):
    def failing(project, sources, endpoints, target, *options):
        if names & set(endpoints):
            raise KeyError("of ours")
        return convert(project, sources, endpoints, target, *options)

    return failing


def test_our_mistake_on_one_endpoint_leaves_it_on_flask_and_the_rest_goes_on(project, run, monkeypatch):
    run("init", "--app", "app:app")
    monkeypatch.setattr("migrator.conversion.convert", failing_on({"orders.listing"}))
    with pytest.raises(InternalError, match=r"orders\.listing could not be converted") as error:
        run("apply", "--all")
    assert isinstance(error.value.__cause__, KeyError)
    routes = load(project).blueprints["orders"].routes
    assert routes["GET /orders/<int:order_id>"].state == "converted"
    assert [one.code for one in routes["POST /orders/"].findings] == ["FM901"]
    assert (routes["POST /orders/"].state, routes["POST /orders/"].runtime) == ("legacy", "flask")


def test_a_mistake_on_every_endpoint_is_found_in_a_few_attempts(project, monkeypatch):
    file = project / "app.py"
    file.write_text(
        file.read_text() + "".join(f"\n@app.get('/{n}')\ndef view_{n}():\n    return ''\n" for n in range(40))
    )
    loaded = load_project(project, Settings(app="app:app"))
    names = {endpoint.name for endpoint in loaded.project.endpoints}
    attempts = []

    def failing(project, sources, endpoints, *options):
        attempts.append(endpoints)
        raise KeyError("of ours")

    monkeypatch.setattr("migrator.conversion.convert", failing)
    with pytest.raises(InternalError, match="the conversion failed: KeyError"):
        convert_isolated(loaded, names)
    assert len(attempts) < 10 < len(names)


def test_a_mistake_that_no_endpoint_is_to_blame_for_ends_it(project, monkeypatch):
    loaded = load_project(project, Settings(app="app:app"))
    monkeypatch.setattr("migrator.conversion.convert", lambda *_: [][0])
    with pytest.raises(InternalError, match="the conversion failed: IndexError"):
        prepare(loaded, Manifest(app="app:app", target="fastapi_app"), ["index"])
