"""`promote`, `rollback`, `keep` and `status`: who serves what, and what is on record."""

import json

import pytest

from migrator.evidence import current_digests
from migrator.manifest.model import EvidenceEntry
from migrator.manifest.store import editing, load
from migrator.switch import read_switch
from migrator.workspace import settings_of

SHOW = "GET /orders/<int:order_id>"
UNCONVERTED = """

@app.get("/environment")
def environment():
    from flask import request
    return request.remote_user or "nobody"
"""


@pytest.fixture
def applied(run, project):
    (project / "app.py").write_text((project / "app.py").read_text() + UNCONVERTED)
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "apply", "--all").exit_code == 0
    return project


def route(project, key=SHOW):
    return next(one for _, name, one in load(project).routes() if name == key)


def served(run):
    routes = json.loads(run("status", "--format", "json").stdout)["routes"]
    return {f"{one['methods'][0]} {one['rule']}": one["served_by"] for one in routes}


DIGESTS = ("closure", "output", "settings", "source", "tool")


def give_evidence(project, changed=(), **values):
    """Evidence for every converted route; the digests named in `changed` are of something else."""
    with editing(project) as manifest:
        settings = settings_of(project, manifest)
        for _, _, one in manifest.routes():
            if one.output:
                digests = current_digests(one, settings) | dict.fromkeys(changed, "sha256:other")
                fields = {"kind": "tests", "at": "now", "exchanges": 3, "differences": 0, "digests": digests}
                one.evidence = EvidenceEntry(**{**fields, **values})


def test_there_and_back(run, applied):
    assert run("promote", "orders", "--unverified").exit_code == 0
    assert served(run) == {
        "GET /": "flask",
        "GET /environment": "flask",
        "GET /static/<path:filename>": "flask",
        "GET /orders/": "fastapi",
        SHOW: "fastapi",
        "POST /orders/": "fastapi",
    }
    assert (route(applied).state, route(applied).weight) == ("live", 100)
    assert run("rollback", SHOW, "--reason", "timeouts").exit_code == 0
    assert served(run)[SHOW] == "flask"
    assert served(run)["POST /orders/"] == "fastapi"
    assert (route(applied).state, route(applied).weight) == ("converted", 0)
    assert [(one.from_, one.to, one.reason) for one in route(applied).history] == [
        ("legacy", "converted", "apply"),
        ("converted", "live", "promote --to 100 --unverified"),
        ("live", "converted", "timeouts"),
    ]
    assert read_switch(applied)[SHOW].weight == 0


def test_a_canary(run, applied):
    assert run("promote", SHOW, "--to", "10", "--unverified").exit_code == 0
    assert (route(applied).state, route(applied).weight) == ("canary", 10)
    assert read_switch(applied)[SHOW].weight == 10
    assert "canary 10 %" in run("status", "--routes").stdout
    assert run("promote", SHOW, "--to", "0", "--unverified").exit_code == 2


def test_without_evidence_it_is_refused_and_nothing_moves(run, applied):
    before = (applied / "migration.json").read_bytes()
    result = run("promote", "orders")
    assert result.exit_code == 1
    assert f"{SHOW}: nothing was verified" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("refused: 3 of 3 route(s) have no evidence")
    assert (applied / "migration.json").read_bytes() == before
    assert read_switch(applied) == {}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"exchanges": 0}, "no exchange reached it"),
        ({"differences": 2}, "2 difference(s) were found"),
        ({"digests": {}}, "verified with other closure, output, settings, source, tool"),
        *(({"changed": (name,)}, f"verified with other {name}") for name in DIGESTS),
    ],
)
def test_evidence_that_does_not_count(run, applied, values, said):
    give_evidence(applied, **values)
    result = run("promote", SHOW)
    assert result.exit_code == 1
    assert said in result.stderr


def test_evidence_does_not_outlive_the_settings_that_it_was_made_with(run, applied):
    give_evidence(applied)
    file = applied / "pyproject.toml"
    file.write_text(f'{file.read_text()}pythonpath = ["src"]\n')
    result = run("promote", SHOW)
    assert result.exit_code == 1
    assert f"{SHOW}: it was verified with other settings" in result.stderr


def test_evidence_opens_the_gate_and_a_rollback_rests_at_verified(run, applied):
    give_evidence(applied)
    assert run("promote", SHOW).exit_code == 0
    assert run("rollback", SHOW).exit_code == 0
    assert route(applied).state == "verified"


def test_all_takes_what_is_converted_and_names_the_rest(run, applied):
    result = run("promote", "--all", "--unverified")
    assert result.exit_code == 0
    assert "1 route(s) stay on Flask" in result.stderr
    assert served(run)["GET /environment"] == "flask"
    assert served(run)["GET /static/<path:filename>"] == "fastapi"


def test_what_is_not_converted_is_refused_by_name(run, applied):
    result = run("promote", "environment", "--unverified")
    assert result.exit_code == 1
    assert "GET /environment: not converted" in result.stderr


def test_nothing_to_do_is_no_error(run, applied):
    assert run("rollback", "--all").exit_code == 0
    run("promote", "--all", "--unverified")
    before = (applied / "migration.json").read_bytes()
    assert "nothing to do" in run("promote", "--all", "--unverified").stdout
    assert (applied / "migration.json").read_bytes() == before


@pytest.mark.parametrize("command", ["promote", "rollback"])
def test_selectors_or_all(run, applied, command):
    assert run(command).exit_code == 2
    assert run(command, "orders", "--all").exit_code == 2
    assert "'orders'" in run(command, "ordrs").stderr


def test_an_edited_file_is_not_served_and_status_says_so(run, applied):
    run("promote", "--all", "--unverified")
    file = applied / route(applied).output.file
    file.write_bytes(file.read_bytes() + b"# mine\n")
    assert served(run)[SHOW] == "flask"
    assert served(run)["GET /"] == "fastapi"
    assert route(applied).output.file in run("status").stdout
    run("rollback", SHOW)
    result = run("promote", SHOW, "--unverified")
    assert result.exit_code == 1
    assert "the generated file was edited or is gone" in result.stderr


def test_the_switch_overrides_and_status_shows_the_disagreement(run, applied):
    run("promote", SHOW, "--unverified")
    switch = json.loads((applied / "migration.switch.json").read_text())
    switch["routes"][SHOW]["weight"] = 0
    (applied / "migration.switch.json").write_text(json.dumps(switch))
    assert served(run)[SHOW] == "flask"
    assert f"{SHOW}: switch 0 %" in run("status").stdout


def override(project, weight):
    switch = {"version": 1, "routes": {SHOW: {"weight": weight, "at": "now", "reason": "pager"}}}
    (project / "migration.switch.json").write_text(json.dumps(switch))


@pytest.mark.parametrize(
    ("weight", "state", "side"), [(100, "live", "fastapi"), (20, "canary", "fastapi"), (0, "converted", "flask")]
)
def test_an_override_is_adopted_by_the_manifest(run, applied, weight, state, side):
    run("promote", SHOW, "--to", "50", "--unverified")
    override(applied, weight)
    assert f"{SHOW}: {weight} % (pager), manifest 50 %" in run("switch").stdout
    assert run("switch", "--adopt").exit_code == 0
    assert (route(applied).state, route(applied).weight) == (state, weight)
    assert route(applied).history[-1].reason == "adopted from the switch: pager"
    assert read_switch(applied) == {}
    assert served(run)[SHOW] == side


def test_an_override_is_cleared_and_the_manifest_decides_again(run, applied):
    run("promote", SHOW, "--unverified")
    override(applied, 0)
    assert served(run)[SHOW] == "flask"
    assert run("switch", "orders", "--clear").exit_code == 0
    assert served(run)[SHOW] == "fastapi"
    assert "no overrides" in run("switch").stdout


def test_an_override_of_what_has_no_fastapi_side_is_not_adopted(run, applied):
    (applied / route(applied).output.file).unlink()
    override(applied, 100)
    assert run("switch", "--adopt").exit_code == 1
    assert run("switch", "--adopt", "--clear").exit_code == 2


def test_stale_after_a_change_in_a_helper(run, applied):
    text = (applied / "app.py").read_text()
    (applied / "app.py").write_text(text.replace("jsonify(id=order_id)", "jsonify(number=order_id)"))
    status = json.loads(run("status", "--format", "json").stdout)
    assert status["stale"] == ["orders.show"]
    (applied / "app.py").write_text(f"# only a comment\n{text}")
    assert json.loads(run("status", "--format", "json").stdout)["stale"] == []


def test_status_of_an_application_that_does_not_import_any_more(run, applied):
    (applied / "app.py").write_text("import no_such_library\n")
    result = run("status", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["stale"] is None
    assert "what is stale is not known: app.py:1" in result.stderr


def test_the_document_for_scripts(run, applied):
    run("promote", SHOW, "--unverified")
    document = json.loads(run("status", "--format", "json").stdout)
    one = next(route for route in document["routes"] if route["endpoint"] == "orders.show")
    assert one == {
        "rule": "/orders/<int:order_id>",
        "methods": ["GET"],
        "endpoint": "orders.show",
        "blueprint": "orders",
        "state": "live",
        "weight": 100,
        "shadow": None,
        "served_by": "fastapi",
        "runtime": "native",
        "stale": False,
        "group": None,
        "evidence": None,
        "findings": one["findings"],
    }
    assert document["totals"]["routes"] == len(load(applied).routes()) == 6
    assert document["blueprints"]["orders"]["fastapi"] == 1


def test_debt_is_the_helpers_in_the_target(run, applied):
    (applied / "fastapi_app" / "compat").mkdir(exist_ok=True)
    (applied / "fastapi_app" / "compat" / "extra.py").write_text('"""First line.\n\nMore."""\n')
    ledger = json.loads(run("status", "--format", "json").stdout)["debt"]
    assert {one["file"]: one["summary"] for one in ledger}["fastapi_app/compat/extra.py"] == "First line."


def test_markdown(run, applied):
    lines = run("status", "--format", "markdown").stdout.splitlines()
    assert lines[0] == "# app:app → fastapi_app"
    assert "| orders | 3 | · | 3 | · | · | · | · | · | · |" in lines
    assert any(
        line.startswith("| `GET /` | `index` | converted |")
        for line in run("status", "--format", "markdown", "--routes").stdout.splitlines()
    )


def test_keep_takes_it_out_of_the_migration_and_undo_lets_it_back(run, applied):
    run("promote", "--all", "--unverified")
    assert run("keep", SHOW, "--reason", "goes away").exit_code == 0
    assert (route(applied).state, route(applied).kept) == ("kept", "goes away")
    assert served(run)[SHOW] == "flask"
    assert (
        "it is kept" in run("promote", SHOW, "--unverified").stderr
        or run("promote", SHOW, "--unverified").exit_code == 1
    )
    assert run("apply", "--all").exit_code == 0
    assert route(applied).state == "kept"
    result = run("apply", "orders.show")
    assert result.exit_code == 2
    assert "migrate keep --undo" in result.stderr
    assert run("keep", SHOW, "--undo").exit_code == 0
    assert run("apply", "orders.show").exit_code == 0
    assert route(applied).state == "converted"


def test_keep_wants_a_reason(run, applied):
    assert run("keep", SHOW).exit_code == 2
    assert run("keep", SHOW, "--reason", "x", "--undo").exit_code == 2


def test_settings_that_contradict_the_manifest(run, applied):
    (applied / "pyproject.toml").write_text('[tool.migrate]\napp = "app:app"\ntarget = "elsewhere"\n')
    result = run("status")
    assert result.exit_code == 2
    assert "says target = 'elsewhere', migration.json says 'fastapi_app'" in result.stderr


def test_it_works_from_a_folder_below(run, applied, monkeypatch):
    monkeypatch.chdir(applied / "fastapi_app")
    assert run("status").exit_code == 0


def test_the_debt_ledger_says_what_each_helper_keeps_where_and_what_its_end_changes(run, applied):
    ledger = {one["file"]: one for one in json.loads(run("status", "--format", "json").stdout)["debt"]}
    head = ledger["fastapi_app/compat/head.py"]
    assert head["used_by"] == ["fastapi_app/main.py"]
    assert head["preserves"].startswith("Flask answers HEAD by running the GET view")
    assert head["without"] == "remove the middleware. HEAD then answers 405 where no route takes it."
    assert head["switches"] == ["head-options"]
    request = ledger["fastapi_app/compat/request.py"]
    assert request["switches"] == []
    assert all(one.startswith("fastapi_app/compat/") for one in request["used_by"])
    for form, line in (("text", "  used by  fastapi_app/main.py"), ("markdown", "  - used by fastapi_app/main.py")):
        assert line in run("status", "--format", form).stdout
    assert "  switch   [tool.migrate.parity] head-options" in run("status").stdout
    (applied / "fastapi_app" / "compat" / "head.py").write_text("class HeadAsGet:\n    pass\n")
    ledger = {one["file"]: one for one in json.loads(run("status", "--format", "json").stdout)["debt"]}
    assert ledger["fastapi_app/compat/head.py"]["summary"] == ""
