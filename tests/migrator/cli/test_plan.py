"""`migrate plan`, as a user runs it on a project on disk."""

import json
import subprocess
import sys

import pytest

from codemods.pipeline import convert
from migrator.errors import InternalError
from migrator.manifest.model import RouteEntry, SourceEntry
from migrator.manifest.store import editing
from migrator.planning.recorded import has_outcome

BLOCKED = """

@app.get("/environment")
def environment():
    return request.remote_user or "nobody"
"""


@pytest.fixture
def started(project, run):
    """The project with a route that must stay, after `migrate init`."""
    file = project / "app.py"
    text = file.read_text().replace("import Blueprint, Flask, jsonify", "import Blueprint, Flask, jsonify, request")
    file.write_text(text + BLOCKED)
    assert run("init", "--app", "app:app").exit_code == 0
    return project


def document(result):
    return json.loads(result.stdout)


def verdicts(result):
    routes = [route for blueprint in document(result)["blueprints"] for route in blueprint["routes"]]
    return {route["key"]: (route["runtime"], route["basis"]) for route in routes}


def test_every_route_has_a_verdict(started, run):
    result = run("plan", "--format", "json")
    assert result.exit_code == 0
    assert verdicts(result) == {
        "GET /": ("native", "forecast"),
        "GET /environment": ("flask", "forecast"),
        "GET /static/<path:filename>": ("native", "forecast"),
        "GET /orders/": ("native", "forecast"),
        "POST /orders/": ("native", "forecast"),
        "GET /orders/<int:order_id>": ("native", "forecast"),
    }
    assert document(result)["order"] == ["orders", "."]
    assert document(result)["live"] is True


def test_a_finding_names_the_line(started, run):
    (finding,) = [
        finding
        for blueprint in document(run("plan", "--format", "json"))["blueprints"]
        for route in blueprint["routes"]
        if route["key"] == "GET /environment"
        for finding in route["findings"]
    ]
    assert (finding["code"], finding["file"]) == ("FM690", "app.py")
    line = (started / "app.py").read_text().splitlines()[finding["line"] - 1]
    assert line in ('@app.get("/environment")', "def environment():")


def test_without_a_running_application_the_plan_is_made_of_the_source(started, run):
    result = run("plan", "--static-only", "--format", "json")
    assert document(result)["live"] is False
    assert verdicts(result)["GET /orders/<int:order_id>"] == ("native", "forecast")


def test_selectors_name_a_part(started, run):
    assert list(verdicts(run("plan", "orders.show", "--format", "json"))) == ["GET /orders/<int:order_id>"]
    assert set(verdicts(run("plan", "GET /", "orders", "--format", "json"))) == {
        "GET /",
        "GET /orders/",
        "POST /orders/",
        "GET /orders/<int:order_id>",
    }


def test_an_unknown_selector_names_the_nearest(started, migrate):
    done = migrate("plan", "order")
    assert done.returncode == 2
    assert "did you mean 'orders'" in done.stderr


def test_text_in_a_pipe_is_plain(started, migrate):
    done = migrate("plan")
    assert done.returncode == 0
    assert done.stdout.startswith("app:app: 6 routes, 5 native, 0 bridged, 1 stay on Flask")
    assert "\x1b" not in done.stdout


def test_a_file_gets_the_plan_and_stdout_nothing(started, run):
    for form, begins in (("markdown", "# Plan: app:app"), ("json", "{\n"), ("text", "app:app: 6 routes")):
        result = run("plan", "--format", form, "-o", f"plan.{form}")
        assert result.exit_code == 0
        assert result.stdout == ""
        assert (started / f"plan.{form}").read_text().startswith(begins)


def test_check_says_no_when_something_stays(started, migrate):
    done = migrate("plan", "--check")
    assert done.returncode == 1
    assert "1 of 6 routes stay on Flask" in done.stderr


def test_check_says_yes_for_a_part_that_is_ready(started, migrate):
    assert migrate("plan", "orders", "--check").returncode == 0


def test_a_route_that_a_person_keeps_does_not_fail_the_check(started, run, migrate):
    run("keep", ".", "--reason", "served by the old stack")
    assert verdicts(run("plan", "--format", "json"))["GET /"] == ("flask", "kept")
    assert migrate("plan", ".", "--check").returncode == 0


def test_what_apply_did_is_the_verdict(started, run):
    with editing(started) as manifest:
        route = manifest.blueprints["."].routes["GET /"]
        route.source = SourceEntry(file="app.py", line=9, digest="sha256:1")
    result = run("plan", "--format", "json")
    assert verdicts(result)["GET /"] == ("flask", "applied")


def test_an_entry_without_a_digest_has_no_outcome():
    entry = RouteEntry(endpoint="a", rule="/", method="GET", source=SourceEntry(file="app.py", line=1))
    assert not has_outcome(entry)


def test_a_file_that_cannot_be_parsed_is_reported_and_the_rest_goes_on(started, migrate):
    (started / "broken.py").write_text("from flask import Flask\ndef (:\n")
    file = started / "app.py"
    file.write_text(f"{file.read_text()}\n\ndef later():\n    import broken\n\n    return broken\n")
    done = migrate("plan", "--format", "json")
    assert done.returncode == 1
    assert [finding["file"] for finding in json.loads(done.stdout)["findings"]] == ["broken.py"]


def test_without_a_manifest_it_says_what_to_do_first(project, migrate):
    done = migrate("plan")
    assert done.returncode == 2
    assert "migrate init" in done.stderr


def test_planning_loads_neither_libcst_nor_jinja2_nor_fastapi(started):
    code = (
        "import sys; from migrator.cli.entry import run; code = run(['plan', '--static-only', '-o', 'plan.txt']); "
        "print(code, *sorted({'libcst', 'jinja2', 'fastapi', 'flask'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=started, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


HOPEFUL = """

@app.post("/probe")
def probe():
    probed = request.headers
    del probed
    return "probed"
"""


def applied(started, run):
    assert run("apply", "--all").exit_code == 0
    return {key: verdict for key, (verdict, _) in verdicts(run("plan", "--format", "json")).items()}


def test_a_conversion_in_memory_says_what_apply_would_do_and_writes_nothing(started, run):
    file = started / "app.py"
    file.write_text(file.read_text() + HOPEFUL)
    before = {path: path.read_bytes() for path in started.rglob("*") if path.is_file()}
    assert verdicts(run("plan", "--format", "json"))["POST /probe"] == ("native", "forecast")
    tried = run("plan", "--convert", "--format", "json")
    assert tried.exit_code == 0
    assert {path: path.read_bytes() for path in started.rglob("*") if path.is_file()} == before
    assert {basis for _, basis in verdicts(tried).values()} == {"tried"}
    assert verdicts(tried)["POST /probe"] == ("flask", "tried")
    (route,) = [
        route for one in document(tried)["blueprints"] for route in one["routes"] if route["key"] == "POST /probe"
    ]
    assert [finding["code"] for finding in route["findings"] if finding["why"] and finding["line"]]
    assert {key: verdict for key, (verdict, _) in verdicts(tried).items()} == applied(started, run)


def test_what_a_person_keeps_is_not_converted(started, run):
    run("keep", ".", "--reason", "served by the old stack")
    assert verdicts(run("plan", "--convert", "--format", "json"))["GET /"] == ("flask", "kept")


def test_a_forecast_says_that_it_is_one(started, run):
    assert "5 verdicts are a forecast: `migrate plan --convert` tries" in run("plan").stdout
    assert "a forecast" not in run("plan", "--convert").stdout
    assert "Forecast, not tried by a conversion: 5 of 6 verdicts." in run("plan", "--format", "markdown").stdout


def test_our_mistake_is_told_after_the_plan(started, run, monkeypatch):
    def failing(project, sources, endpoints, *options):
        if "orders.listing" in endpoints:
            raise KeyError("of ours")
        return convert(project, sources, endpoints, *options)

    monkeypatch.setattr("migrator.conversion.convert", failing)
    with pytest.raises(InternalError, match=r"orders\.listing could not be converted"):
        run("plan", "--convert", "-o", "plan.txt")
    assert "stays on Flask  POST" in (started / "plan.txt").read_text()
