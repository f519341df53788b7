"""Routes that share state move together: `promote`, `rollback`, `keep`, `apply`, and what `status` and `plan` tell."""

import json

import pytest

from migrator.groups import part_groups
from migrator.manifest.store import editing, load
from migrator.states import move
from migrator.switch import read_switch

NOTES = '''"""Notes that the application keeps for itself."""

from flask import Flask, jsonify


def create_app():
    app = Flask(__name__)
    notes = []

    @app.get("/notes")
    def listed():
        return jsonify(notes)

    @app.post("/notes")
    def add():
        notes.append("one")
        return "", 204

    @app.get("/")
    def index():
        return "notes"

    return app


app = create_app()
'''
GROUP = ["GET /notes", "POST /notes"]


@pytest.fixture
def applied(run, project):
    (project / "app.py").write_text(NOTES)
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "apply", "--all").exit_code == 0
    return project


def states(project):
    return {key: route.state for _, key, route in load(project).routes() if "static" not in key}


def test_one_of_a_group_takes_the_others_along_both_ways(run, applied):
    result = run("promote", "listed", "--unverified")
    assert "POST /notes: 100 % on FastAPI (goes along: it shares app.create_app.notes)" in result.stdout
    assert states(applied) == {"GET /": "converted", "GET /notes": "live", "POST /notes": "live"}
    assert {key: one.weight for key, one in read_switch(applied).items()} == dict.fromkeys(GROUP, 100)
    result = run("rollback", "POST /notes")
    assert "GET /notes: back on Flask (goes along: it shares app.create_app.notes)" in result.stdout
    assert set(states(applied).values()) == {"converted"}


def test_evidence_is_wanted_for_all_of_a_group(run, applied):
    result = run("promote", "listed")
    assert result.exit_code == 1
    assert "2 of 2 route(s) have no evidence" in result.stderr


def test_a_group_is_not_shared_out_among_clients(run, applied):
    result = run("promote", "listed", "--unverified", "--to", "10")
    assert result.exit_code == 1
    assert "leave --to 10 out" in result.stderr
    assert run("promote", "--all", "--unverified", "--to", "10").exit_code == 0
    assert states(applied) == {"GET /": "canary", "GET /notes": "converted", "POST /notes": "converted"}


def test_a_group_stays_when_one_of_it_is_kept(run, applied):
    run("promote", "listed", "--unverified")
    assert run("keep", "add", "--reason", "for now").exit_code == 0
    assert states(applied) == {"GET /": "converted", "GET /notes": "converted", "POST /notes": "kept"}
    result = run("promote", "listed", "--unverified")
    assert result.exit_code == 1
    assert "POST /notes: no FastAPI side, and it shares state with what was named" in result.stderr
    run("promote", "--all", "--unverified")
    assert states(applied) == {"GET /": "live", "GET /notes": "converted", "POST /notes": "kept"}


def test_a_group_of_which_only_one_is_converted_is_not_promoted(run, project):
    (project / "app.py").write_text(NOTES)
    run("-q", "init", "--app", "app:app")
    run("-q", "apply", "listed")
    assert run("promote", "listed", "--unverified").exit_code == 1
    run("-q", "apply", "add")
    assert run("promote", "listed", "--unverified").exit_code == 0


def test_what_is_left_of_a_group_goes_back_too(run, applied):
    run("promote", "--all", "--unverified")
    manifest = load(applied)
    assert part_groups(manifest) == []
    route = manifest.blueprints["."].routes["POST /notes"]
    move("POST /notes", route, "converted", "its source changed")
    assert part_groups(manifest) == ["GET /notes"]


def test_an_override_is_dropped_for_the_whole_group(run, applied):
    run("promote", "--all", "--unverified")
    run("switch", "GET /notes", "--clear")
    assert not set(read_switch(applied)) & set(GROUP)


def test_a_group_of_which_a_gateway_serves_no_part_is_on_flask(run, applied):
    run("promote", "--all", "--unverified")
    switch = json.loads((applied / "migration.switch.json").read_text())
    switch["routes"]["POST /notes"]["weight"] = 0  # by hand: the commands take all of a group
    (applied / "migration.switch.json").write_text(json.dumps(switch))
    routes = json.loads(run("status", "--format", "json").stdout)["routes"]
    served = {f"{one['methods'][0]} {one['rule']}": one["served_by"] for one in routes}
    assert (served["GET /"], served["GET /notes"], served["POST /notes"]) == ("fastapi", "flask", "flask")


def test_one_of_a_group_is_verified_with_the_others(run, applied):
    (applied / "requests.json").write_text(json.dumps([{"method": "GET", "path": "/notes"}]))
    result = run("verify", "listed", "--requests", "requests.json")
    assert "verifying 2 route(s)" in result.stderr
    assert "1 served by FastAPI" in result.stdout + result.stderr


def test_groups_are_told(run, applied):
    status = json.loads(run("status", "--format", "json").stdout)
    assert status["groups"] == {"app.create_app.notes": GROUP}
    assert {one["group"] for one in status["routes"] if one["rule"] == "/notes"} == {"app.create_app.notes"}
    assert "app.create_app.notes: GET /notes, POST /notes" in run("status").stdout
    assert "- app.create_app.notes: GET /notes, POST /notes" in run("status", "--format", "markdown").stdout
    assert json.loads(run("plan", "--format", "json").stdout)["groups"] == {"app.create_app.notes": GROUP}
    assert "app.create_app.notes  GET /notes, POST /notes" in run("plan").stdout
    assert "- `app.create_app.notes`: `GET /notes`, `POST /notes`" in run("plan", "--format", "markdown").stdout


def test_the_group_is_in_the_manifest(applied):
    with editing(applied) as manifest:
        groups = {key: route.group for _, key, route in manifest.routes()}
    assert groups["GET /notes"] == groups["POST /notes"] == "app.create_app.notes"
    assert groups["GET /"] is None
