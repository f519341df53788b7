"""`migrate watch` and `promote --shadow` on what a gateway has written."""

import json

import pytest

from migrator.errors import MigrateError
from migrator.files import digest_of
from migrator.manifest.store import editing, load
from migrator.shadowing import shadow
from migrator.switch import read_switch
from migrator.traffic.reading import read_traffic, traffic_file
from proxy.runtime.store import Store

from .conftest import SHOW


def route(project):
    return next(one for _, key, one in load(project).routes() if key == SHOW)


def seen(run, *options):
    result = run("watch", "--once", "--format", "json", *options)
    return result.exit_code, json.loads(result.stdout)


def test_nothing_is_recorded_yet(run, applied):
    assert seen(run) == (0, {"window": 300, "routes": [], "rolled_back": {}})
    assert "route" in run("watch", "--once").stdout


def test_figures_by_route_and_side(run, traffic):
    traffic("flask", 90, seconds=0.0101)
    traffic("flask", 10, 503, seconds=0.2)
    traffic("fastapi", 20, seconds=0.002)
    traffic("fastapi", 5, 0, events={"fallback": 5})  # as a gateway counts failures in front of Flask
    code, document = seen(run)
    (found,) = document["routes"]
    assert (code, found["route"], found["state"]) == (0, SHOW, "flask")
    assert found["flask"] == {"requests": 100, "per_second": 0.33, "errors": 10, "p50": 0.011, "p95": 0.2}
    assert (found["fastapi"]["requests"], found["fastapi"]["errors"]) == (25, 5)
    text = run("watch", "--once").stdout
    assert "10.00 %" in text
    assert "11.0 ms" in text


def test_the_gate_rolls_back_what_is_worse(run, applied, traffic):
    run("promote", "orders.show", "--unverified", "--to", "5")
    with_history = route(applied).history
    assert len(with_history) == 2
    traffic("flask", 500)
    traffic("fastapi", 200, events={"shadow different": 1}, places=["$.id"])
    result = run("watch", "--once", "--gate")
    assert result.exit_code == 1
    assert f"back on Flask: {SHOW}: $.id differs in 1 of 1 comparisons" in result.stdout
    after = route(applied)
    assert (after.state, after.weight) == ("converted", 0)
    assert after.history[-1].reason == "gate: $.id differs in 1 of 1 comparisons"
    assert read_switch(applied)[SHOW].weight == 0
    assert run("watch", "--once", "--gate").exit_code == 0


def test_the_gate_is_in_the_settings(run, applied, traffic):
    settings = applied / "pyproject.toml"
    settings.write_text(settings.read_text() + '\n[tool.migrate.gate]\nignore = ["$.id"]\n')
    run("promote", "orders.show", "--shadow")
    traffic(events={"shadow different": 1, "shadow same": 1}, places=["$.id"])
    assert seen(run, "--gate")[0] == 0
    assert "ignored by the settings" in run("watch", "--once").stdout
    assert route(applied).shadow == "safe"


def test_differences_with_their_requests(run, traffic):
    traffic(events={"shadow different": 2}, places=["$.id", "$.id"])
    assert seen(run)[1]["routes"][0]["shadow"] == {
        "compared": 2,
        "differences": [{"place": "$.id", "count": 2, "always": True}],
    }
    assert "always: if it may, name it in ignore" in run("watch", "--once").stdout
    shown = run("watch", "--example", SHOW, "$.id").stdout
    assert shown.count('"method": "GET"') == 2
    assert '"status": 500' in shown


def test_what_is_ignored_hides_nothing(traffic_store):
    store = Store(traffic_store)
    ignored = [f"$.{number}" for number in range(60)]
    store._waiting.happened(SHOW, "shadow different")
    store.write()
    for _ in range(2):
        store.record(SHOW, ignored, "{}", "{}", "{}")
    store.record(SHOW, ["$.price"], "{}", "{}", "{}")
    assert "$.price" not in [one.place for one in read_traffic(traffic_store)[SHOW].places]
    found = read_traffic(traffic_store, ignore=ignored)[SHOW].places
    assert (found[0].place, len(found)) == ("$.price", 50)


def test_a_store_in_postgresql(run, applied, postgresql, monkeypatch):
    place = postgresql()
    monkeypatch.setenv("MIGRATE_TRAFFIC", place)
    assert seen(run) == (0, {"window": 300, "routes": [], "rolled_back": {}})
    store = Store(place)
    store._waiting.note(SHOW, "flask", 200, 0.01)
    store._waiting.happened(SHOW, "shadow different")
    store.record(SHOW, ["$.id"], '{"method": "GET"}', '{"status": 200}', '{"status": 500}')
    ((found,), (again,)) = seen(run)[1]["routes"], seen(run, "--traffic", place)[1]["routes"]
    assert found == again
    assert (found["flask"]["requests"], found["shadow"]["compared"]) == (1, 1)
    assert '"status": 500' in run("watch", "--example", SHOW, "$.id").stdout
    assert run("promote", SHOW, "--shadow", "--unverified").exit_code == 0
    assert seen(run)[1]["routes"][0]["shadow"] == {"compared": 0, "differences": []}
    result = run("watch", "--once", "--traffic", "postgresql://postgres:secret@/none?host=/nowhere")
    assert result.exit_code == 2
    assert "the store of traffic in PostgreSQL cannot be used" in result.stderr
    assert "secret" not in result.stderr


def test_a_file_that_is_no_store(run, applied):
    traffic_file(applied).write_text("no database, but long enough to be looked at as if it were one" * 20)
    result = run("watch", "--once")
    assert result.exit_code == 2
    assert "is no store of a gateway's traffic" in result.stderr


def test_shadow_there_and_back(run, applied, traffic):
    traffic(events={"shadow different": 1}, places=["$.id"])
    result = run("promote", "orders", "--shadow")
    assert result.exit_code == 0, result.stderr
    assert f"{SHOW}: shadowed: Flask answers, FastAPI is compared" in result.stdout
    assert "POST /orders/" not in result.stdout
    assert (
        read_traffic(str(traffic_file(applied)))[SHOW].places == ()
        if read_traffic(str(traffic_file(applied)))
        else True
    )
    now = route(applied)
    assert (now.state, now.weight, now.shadow) == ("converted", 0, "safe")
    assert (read_switch(applied)[SHOW].weight, read_switch(applied)[SHOW].shadow) == (0, "safe")
    assert "nothing to do" in run("promote", "orders.show", "--shadow").stdout
    documents = json.loads(run("status", "--format", "json").stdout)["routes"]
    assert {one["shadow"] for one in documents if one["endpoint"] == "orders.show"} == {"safe"}
    assert run("rollback", "orders.show").stdout.startswith(f"{SHOW}: back on Flask")
    assert route(applied).shadow is None
    assert [one.to for one in route(applied).history] == ["converted", "converted, shadow safe", "converted, no shadow"]
    assert read_switch(applied)[SHOW].shadow is None


def test_a_promotion_ends_the_shadow(run, applied):
    run("promote", "orders.show", "--shadow")
    run("promote", "orders.show", "--unverified")
    assert (route(applied).state, route(applied).shadow) == ("live", None)
    assert read_switch(applied)[SHOW].shadow is None


def test_unsafe_methods_only_when_asked(run, applied):
    key = "POST /orders/"
    assert key in run("promote", key, "--shadow").stderr
    assert "POST would be done twice: --unsafe does it nevertheless" in run("promote", key, "--shadow").stderr
    assert run("promote", key, "--shadow", "--unsafe").exit_code == 0
    assert read_switch(applied)[key].shadow == "all"


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (["promote", "orders.show", "--unverified"], "it is live: Flask answers nothing that could be compared"),
        (["keep", "orders.show", "--reason", "x"], "not converted: `migrate apply` first"),
    ],
)
def test_what_cannot_be_shadowed(before, why, run, applied):
    assert run(*before).exit_code == 0
    result = run("promote", "orders.show", "--shadow")
    assert result.exit_code == 1
    assert why in result.stderr


def test_limited_requests_are_not_counted_twice(run, applied):
    assert shadow(applied, ["orders.show"]).changed
    assert run("rollback", "orders.show").exit_code == 0
    with editing(applied) as manifest:
        manifest.files["fastapi_app/compat/rate_limits.py"] = "sha256:0"
    for options in ([], ["--unsafe"]):
        result = run("promote", "orders.show", "--shadow", *options)
        assert result.exit_code == 1
        assert "requests are limited: both sides would count each" in result.stderr
    assert route(applied).shadow is None


def test_work_after_the_answer_is_done_twice_only_when_asked(run, applied):
    with editing(applied) as manifest:
        entry = next(one for _, key, one in manifest.routes() if key == SHOW)
        file = applied / entry.output.file
        file.write_text(file.read_text() + "\n\ndef later():\n    tasks.add_task(print)\n")
        entry.output.digest = digest_of(file.read_bytes())
    result = run("promote", "orders.show", "--shadow")
    assert result.exit_code == 1
    assert f"{entry.output.file} leaves work for after the answer" in result.stderr
    assert run("promote", "orders.show", "--shadow", "--unsafe").exit_code == 0
    assert route(applied).shadow == "all"


def test_unsafe_goes_with_shadow(run, applied):
    assert run("promote", "orders", "--unsafe").exit_code == 2


def test_what_takes_longer_than_is_counted(run, traffic):
    traffic("flask", 2, seconds=11)
    result = run("watch", "--once", "--format", "json")
    document = json.loads(result.stdout, parse_constant=pytest.fail)
    assert document["routes"][0]["flask"]["p95"] is None
    assert "> 10 s" in run("watch", "--once").stdout


def test_the_gate_leaves_what_has_no_flask_side(run, applied, traffic):
    run("promote", "orders.show", "--unverified")
    with editing(applied) as manifest:
        next(one for _, key, one in manifest.routes() if key == SHOW).state = "retired"
    traffic("fastapi", 200, 500)
    result = run("watch", "--once", "--gate")
    assert (result.exit_code, route(applied).state) == (0, "retired")


def test_a_store_that_a_gateway_has_only_just_made(tmp_path):
    file = tmp_path / "traffic.sqlite"
    file.touch()
    assert read_traffic(str(file)) == {}
    file.write_bytes(b"no database" * 100)
    with pytest.raises(MigrateError, match="is no store"):
        read_traffic(str(file))
