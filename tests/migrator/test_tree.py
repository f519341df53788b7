"""Several applications in one tree: a manifest, a switch and a table of settings each, and commands that want to know
which is meant."""

import json
import tomllib

import pytest

from migrator.errors import MigrateError
from migrator.settings import read_settings, settings_tables
from migrator.tree import FIRST, applications, choose, choose_among, manifest_name, switch_name

ADMIN = '''"""Another application."""

from flask import Flask

app = Flask(__name__)


@app.get("/users")
def users():
    return {"users": []}
'''


@pytest.fixture(autouse=True)
def first_again():
    """The choice is the process's: other tests are about the first application."""
    yield
    choose(FIRST)


@pytest.fixture
def both(run, project):
    (project / "admin.py").write_text(ADMIN)
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "init", "--app", "admin:app", "--target", "services/admin_api").exit_code == 0
    return project


def test_each_has_a_manifest_and_a_table_of_its_own(both):
    assert applications(both) == {"fastapi_app": FIRST, "admin_api": "admin_api"}
    manifest = json.loads((both / "migration.admin_api.json").read_text())
    assert (manifest["app"], manifest["target"]) == ("admin:app", "services/admin_api")
    assert json.loads((both / "migration.json").read_text())["app"] == "app:app"
    table = tomllib.loads((both / "pyproject.toml").read_text())["tool"]["migrate"]
    assert table["applications"] == {"admin_api": {"app": "admin:app", "target": "services/admin_api"}}
    assert table["app"] == "app:app"


def test_a_command_wants_to_know_which_is_meant(run, both):
    result = run("status")
    assert result.exit_code == 2
    assert "has several applications: choose one with --application: admin_api, fastapi_app" in result.stderr
    result = run("-A", "admin", "status")
    assert result.exit_code == 2
    assert "has no application 'admin'" in result.stderr
    status = json.loads(run("-A", "admin_api", "status", "--format", "json").stdout)
    assert status["app"] == "admin:app"


def test_with_one_application_nothing_is_to_be_chosen(run, project):
    run("-q", "init", "--app", "app:app", "--target", "new_side")
    assert run("-q", "status").exit_code == 0
    assert run("-q", "-A", "new_side", "status").exit_code == 0


def test_one_is_converted_and_promoted_without_the_other(run, both):
    first = (both / "migration.json").read_bytes()
    assert run("-q", "-A", "admin_api", "apply", "--all").exit_code == 0
    assert run("-q", "-A", "admin_api", "promote", "--all", "--unverified").exit_code == 0
    assert (both / "migration.json").read_bytes() == first
    assert (both / "migration.admin_api.switch.json").exists()
    assert not (both / "migration.switch.json").exists()
    assert run("-q", "-A", "fastapi_app", "apply", "--all").exit_code == 0
    assert run("-q", "-A", "admin_api", "apply", "--check").exit_code == 0
    assert (both / "services" / "admin_api" / "main.py").exists()
    assert "users" not in "".join(one.read_text() for one in (both / "fastapi_app" / "routers").glob("*.py"))
    served = json.loads(run("-A", "admin_api", "status", "--format", "json").stdout)["totals"]
    assert served["fastapi"] == served["routes"]


def test_init_finds_the_one_that_is_there_again(run, both):
    assert run("-q", "init", "--app", "admin:app").exit_code == 0
    assert manifest_name() == "migration.admin_api.json"
    assert run("-q", "-A", "fastapi_app", "init").exit_code == 0
    assert manifest_name() == "migration.json"
    assert run("-q", "init", "--target", "services/admin_api").exit_code == 0
    assert switch_name() == "migration.admin_api.switch.json"
    result = run("-q", "init")
    assert result.exit_code == 2
    assert "choose one with --application" in result.stderr


def test_another_application_needs_a_target_of_its_own(run, project):
    (project / "admin.py").write_text(ADMIN)
    run("-q", "init", "--app", "app:app")
    result = run("-q", "init", "--app", "admin:app")
    assert result.exit_code == 2
    assert "migrate init --app admin:app --target PACKAGE" in result.stderr
    result = run("-q", "init", "--app", "admin:app", "--target", "switch")
    assert result.exit_code == 2
    assert "name the target otherwise" in result.stderr


def test_the_targets_of_the_others_are_no_source(both):
    choose("admin_api")
    settings = read_settings(both)
    assert settings.others == ("fastapi_app",)
    assert "fastapi_app/**" in settings.unread
    assert settings.package == "admin_api"


def test_tables_that_are_none(tmp_path):
    assert settings_tables(tmp_path) == {}
    (tmp_path / "pyproject.toml").write_text("[tool.migrate.applications.one]\napp = 'one:app'\n")
    choose_among(tmp_path, None)
    assert read_settings(tmp_path) is None
    choose("one")
    assert read_settings(tmp_path).target == "one"
    (tmp_path / "pyproject.toml").write_text("[tool.migrate.applications]\none = 1\n")
    with pytest.raises(MigrateError, match="a table for each application is expected"):
        settings_tables(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.migrate.applications.one]\napp = 'one:app'\nuser = 1\n")
    with pytest.raises(MigrateError, match=r"\[tool.migrate.applications.one\] has no key 'user'"):
        read_settings(tmp_path)
