"""`migrate init`, and everything that an application can do to make it say no."""

import json
import sys
from pathlib import Path

import pytest

from migrator.manifest.store import load
from migrator.settings import read_settings


def test_every_route_of_the_live_application_is_in_the_manifest(run, project):
    before = (project / "app.py").read_bytes()
    result = run("init", "--app", "app:app")
    assert result.exit_code == 0, result.stderr
    routes = [(blueprint, key, one.endpoint, one.state) for blueprint, key, one in load(project).routes()]
    assert routes == [
        (".", "GET /", "index", "legacy"),
        (".", "GET /static/<path:filename>", "static", "legacy"),
        ("orders", "GET /orders/", "orders.listing", "legacy"),
        ("orders", "GET /orders/<int:order_id>", "orders.show", "legacy"),
        ("orders", "POST /orders/", "orders.listing", "legacy"),
    ]
    source = load(project).blueprints["orders"].routes["GET /orders/<int:order_id>"].source
    assert (source.file, source.line) == ("app.py", 15)
    assert (project / "pyproject.toml").read_text() == '[tool.migrate]\napp = "app:app"\ntarget = "fastapi_app"\n'
    assert (project / "app.py").read_bytes() == before
    assert {path.name for path in project.iterdir()} == {"app.py", "migration.json", "pyproject.toml", ".migrate"}


def test_the_prerequisites_are_shown_and_what_to_do_next(run):
    result = run("init", "--app", "app:app")
    for name in ("Python", "flask", "fastapi", "uvicorn", "python-multipart", "itsdangerous"):
        assert name in result.stdout
    assert sys.executable in result.stdout
    assert "this runs its code" in result.stderr
    assert "migrate plan" in result.stderr


def test_the_only_application_is_found(run, project):
    assert run("init").exit_code == 0
    assert load(project).app == "app:app"


def test_a_second_run_brings_routes_up_to_date_and_keeps_states(run, project):
    run("init")
    manifest = json.loads((project / "migration.json").read_text())
    manifest["blueprints"]["."]["routes"]["GET /"] |= {"state": "kept", "kept": "too old"}
    (project / "migration.json").write_text(json.dumps(manifest))
    text = (project / "app.py").read_text().replace("/<int:order_id>", "/<uuid:order_id>")
    (project / "app.py").write_text(text)
    result = run("init")
    assert result.exit_code == 0, result.stderr
    assert "5 route(s), 1 new, 1 gone" in result.stdout
    assert load(project).blueprints["."].routes["GET /"].kept == "too old"
    assert "GET /orders/<uuid:order_id>" in load(project).blueprints["orders"].routes


def refused(run, project, *arguments):
    """Run `init`, which must fail as the user's mistake with one line that is the last, and write nothing."""
    result = run("init", *arguments)
    assert result.exit_code == 2, (result.stdout, result.stderr)
    assert not (project / "migration.json").exists()
    assert not (project / "pyproject.toml").exists()
    return result.stderr.splitlines()[-1]


def test_a_module_that_is_not_there(run, project):
    line = refused(run, project, "--app", "shop.wsgi:app")
    assert "there is no module 'shop" in line
    assert "pythonpath" in line


def test_an_import_that_fails_names_module_and_line(run, project):
    (project / "broken.py").write_text("import os\n\nimport no_such_library\n")
    (project / "wsgi.py").write_text("from broken import app\n")
    line = refused(run, project, "--app", "wsgi:app")
    assert "broken.py:3: 'wsgi:app' cannot be imported: ModuleNotFoundError: No module named 'no_such_library'" in line


def test_a_syntax_error_in_the_application_names_its_line(run, project):
    (project / "app.py").write_text("x = 1\ndef broken(:\n")
    line = refused(run, project, "--app", "app:app")
    assert "app.py:2: 'app:app' cannot be imported: SyntaxError" in line


def test_code_that_raises_at_import(run, project):
    (project / "app.py").write_text("names = {}\nx = names['NO_SUCH_VARIABLE_HERE']\n")
    line = refused(run, project, "--app", "app:app")
    assert "app.py:2: 'app:app' cannot be imported: KeyError: 'NO_SUCH_VARIABLE_HERE'" in line
    assert "--env-file" in line


def test_code_that_ends_the_process_at_import(run, project):
    (project / "app.py").write_text("raise SystemExit(4)\n")
    assert "SystemExit" in refused(run, project, "--app", "app:app")


def test_no_flask_application_under_that_name(run, project):
    (project / "app.py").write_text("app = object()\n")
    assert "no Flask application" in refused(run, project, "--app", "app:app")
    assert "has no attribute 'missing'" in refused(run, project, "--app", "app:missing")


def test_several_applications(run, project):
    (project / "app.py").write_text("from flask import Flask\none = Flask('one')\ntwo = Flask('two')\n")
    line = refused(run, project, "--app", "app")
    assert "app:one" in line
    assert "app:two" in line
    assert "app:one, app:two" in refused(run, project)


def test_none_to_be_seen(run, project):
    (project / "app.py").write_text("")
    assert "name it, `migrate init --app package.module:app`" in refused(run, project)


def test_an_import_that_does_not_end_is_ended(run, project, monkeypatch):
    monkeypatch.setattr("migrator.child.run_inside.__kwdefaults__", {"environment": None, "time_limit": 2.0})
    (project / "app.py").write_text("import time\ntime.sleep(600)\n")
    assert "took longer than 2 s" in refused(run, project, "--app", "app:app", "--python", sys.executable)


def test_a_factory_and_an_environment_file(run, project):
    (project / "app.py").write_text(
        "import os\nfrom flask import Flask\ndef make(kind):\n    app = Flask(__name__)\n"
        "    app.add_url_rule('/' + os.environ['SECRET_PLACE'] + kind, 'x', lambda: '')\n    return app\n"
    )
    (project / ".env").write_text("SECRET_PLACE=here\n")
    result = run("init", "--app", "app:make('x')", "--env-file", ".env")
    assert result.exit_code == 0, result.stderr
    assert "GET /herex" in load(project).blueprints["."].routes
    assert 'env-file = ".env"' in (project / "pyproject.toml").read_text()


@pytest.mark.parametrize("taken", ["shop.py", "shop/views.py"])
def test_a_target_that_is_the_teams_own_package_is_refused(run, project, taken):
    (project / taken).parent.mkdir(exist_ok=True)
    (project / taken).write_text("")
    assert f"{taken}: the target 'shop' is there already" in refused(
        run, project, "--app", "app:app", "--target", "shop"
    )


def test_paths_are_kept_relative_to_the_project(run, project):
    (project.parent / "vars").write_text("A=1\n")
    result = run("init", "--env-file", "../vars", "--python", sys.executable)
    assert result.exit_code == 0, result.stderr
    settings = read_settings(project)
    assert settings.env_file == "../vars"
    assert (project / settings.python).resolve() == Path(sys.executable).resolve()
    assert run("apply", "--all").exit_code == 0


def test_static_only_never_imports(run, project):
    text = (project / "app.py").read_text()
    (project / "app.py").write_text(text + "\nopen('imported', 'w')\n")
    result = run("init", "--app", "app:app", "--static-only")
    assert result.exit_code == 0, result.stderr
    assert not (project / "imported").exists()
    assert "GET /orders/<int:order_id>" in load(project).blueprints["orders"].routes
    assert "static-only = true" in (project / "pyproject.toml").read_text()
    run("apply", "--all")
    assert not (project / "imported").exists()


def test_a_broken_file_beside_the_application_ends_with_1_and_the_rest_is_done(run, project):
    text = (project / "app.py").read_text()
    (project / "app.py").write_text(text + "\ntry:\n    import broken\nexcept SyntaxError:\n    pass\n")
    (project / "broken.py").write_text("def broken(:\n")
    result = run("init", "--app", "app:app")
    assert result.exit_code == 1
    assert "broken.py:1: FM001" in result.stderr
    assert len(load(project).routes()) == 5


def test_a_file_in_an_unknown_encoding_ends_with_1(run, project):
    text = (project / "app.py").read_text()
    (project / "app.py").write_text(text + "\ntry:\n    import odd\nexcept SyntaxError:\n    pass\n")
    (project / "odd.py").write_bytes(b"# -*- coding: no-such-code -*-\nx = 1\n")
    result = run("init", "--app", "app:app")
    assert result.exit_code == 1
    assert "odd.py:1: FM002" in result.stderr


def test_another_application_is_not_started_over_the_first(run, project):
    run("init", "--app", "app:app")
    (project / "other.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    before = (project / "migration.json").read_bytes()
    result = run("init", "--app", "other:app")
    assert result.exit_code == 2
    assert "already says app = 'app:app', not 'other:app'" in result.stderr
    assert (project / "migration.json").read_bytes() == before


def test_a_second_application_gets_a_folder_of_its_own(run, project):
    run("init", "--app", "app:app")
    (project / "admin").mkdir()
    (project / "admin" / "other.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    result = run("-C", "admin", "init", "--app", "other:app")
    assert result.exit_code == 0, result.stderr
    assert load(project / "admin").app == "other:app"
    assert load(project).app == "app:app"


@pytest.mark.parametrize("content", [b'{"version": 1, "app": "a', b'{"version": 99}'])
def test_a_manifest_that_cannot_be_used_is_not_overwritten(run, project, content):
    (project / "migration.json").write_bytes(content)
    result = run("init", "--app", "app:app")
    assert result.exit_code == 2
    assert "nothing was written" in result.stderr
    assert (project / "migration.json").read_bytes() == content


def test_quiet_says_nothing_but_the_product(run):
    assert run("-q", "init").stderr == ""


def stays_on_flask(project):
    """An application with one view, which nobody can convert; its route in the manifest."""
    (project / "app.py").write_text(
        "from flask import Flask\nfrom strange import seen\napp = Flask(__name__, static_folder=None)\n\n\n"
        "@app.get('/')\n@seen\ndef index():\n    return 'hello'\n"
    )
    (project / "strange.py").write_text(
        "import functools\nfrom flask import current_app\n\n\ndef seen(view):\n    @functools.wraps(view)\n"
        "    def wrapper(*args):\n        return eval('current_app') and view(*args)\n    return wrapper\n"
    )


def test_a_later_run_keeps_what_apply_found_about_a_route_that_stays(run, project):
    stays_on_flask(project)
    run("init", "--app", "app:app")
    run("apply", "--all")
    route = load(project).blueprints["."].routes["GET /"]
    assert route.runtime == "flask"
    assert route.source.digest is not None
    found = [finding.code for finding in route.findings]
    assert found
    run("init")
    after = load(project).blueprints["."].routes["GET /"]
    assert [finding.code for finding in after.findings] == found


def test_a_route_that_another_endpoint_answers_now_gets_findings_of_its_own(run, project):
    stays_on_flask(project)
    run("init", "--app", "app:app")
    run("apply", "--all")
    text = (project / "app.py").read_text().replace("@seen\ndef index", "def other")
    (project / "app.py").write_text(text)
    run("init")
    route = load(project).blueprints["."].routes["GET /"]
    assert (route.endpoint, route.source.digest, route.findings) == ("other", None, [])
