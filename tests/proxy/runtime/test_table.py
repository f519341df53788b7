"""Promotion and rollback under a running gateway, and files that cannot be read."""

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastapi
import flask
import pytest

from proxy.runtime.canary import client_identity, is_chosen
from proxy.runtime.table import Intentions, find_manifest

Side = Callable[..., str]
WaitUntil = Callable[[Callable[[], bool]], None]

ORDERS = "GET /orders"


@pytest.fixture
def apps() -> tuple[flask.Flask, fastapi.FastAPI]:
    """An application with one route, and its successor."""
    legacy = flask.Flask(__name__)
    legacy.add_url_rule("/orders", "orders", lambda: "orders")
    successor = fastapi.FastAPI()
    successor.add_api_route("/orders", lambda: "orders", name="orders")
    return legacy, successor


def write_in_place(path: Path, text: str) -> None:
    """Write a file so that its stat is another one."""
    path.write_text(text)
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def test_a_promotion_and_its_rollback_are_seen_without_a_restart(
    project: Any, apps: Any, side: Side, wait_until: WaitUntil
):
    gateway = project.gateway(*apps)
    assert side(gateway, "/orders") == "flask"
    project.promote({ORDERS: "orders"})
    wait_until(lambda: side(gateway, "/orders") == "fastapi")
    project.promote({ORDERS: "orders"}, weight=0)
    wait_until(lambda: side(gateway, "/orders") == "flask")


def test_the_switch_overrides_the_manifest_until_it_is_cleared(
    project: Any, apps: Any, side: Side, wait_until: WaitUntil
):
    project.promote({ORDERS: "orders"})
    gateway = project.gateway(*apps)
    assert side(gateway, "/orders") == "fastapi"
    project.override({ORDERS: 0})
    wait_until(lambda: side(gateway, "/orders") == "flask")
    project.override({})
    wait_until(lambda: side(gateway, "/orders") == "fastapi")
    project.override({ORDERS: 0})
    wait_until(lambda: side(gateway, "/orders") == "flask")
    project.switch.unlink()
    wait_until(lambda: side(gateway, "/orders") == "fastapi")


def test_the_switch_does_not_promote_what_the_manifest_has_not(project: Any, apps: Any, side: Side):
    project.promote({ORDERS: "orders"}, weight=0)
    project.override({ORDERS: 100})
    assert side(project.gateway(*apps), "/orders") == "flask"


def test_the_switch_widens_a_canary(project: Any, apps: Any, side: Side):
    project.promote({ORDERS: "orders"}, weight=1)
    project.override({ORDERS: 100})
    assert side(project.gateway(*apps), "/orders") == "fastapi"


def look_again(intentions: Intentions) -> dict[str, int]:
    """The weights of the table after another look at the files."""
    intentions._next_look = 0.0
    return {key: promotion.weight for key, promotion in intentions.table().items()}


BROKEN = {
    "half a document": '{"version": 1, "routes": {"GET /or',
    "nothing": "",
    "another version": '{"version": 2, "routes": {}, "blueprints": {}}',
    "no version": '{"routes": {}, "blueprints": {}}',
    "another type": "[]",
    "a weight that is none": '{"version": 1, "routes": {"GET /orders": {"weight": "all"}}, "blueprints": null}',
    "a weight out of bounds": '{"version": 1, "routes": {"GET /orders": {"weight": 101}}, "blueprints": [1]}',
    "bytes that are not text": "\udcff",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", ["migration.json", "migration.switch.json"])
def test_a_broken_file_changes_nothing_and_is_reported_once(
    name: str, text: str, project: Any, caplog: pytest.LogCaptureFixture
):
    project.promote({ORDERS: "orders"})
    project.override({ORDERS: 40})
    intentions = Intentions(project.package)
    assert look_again(intentions) == {ORDERS: 40}
    (project.root / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert [look_again(intentions) for _ in range(3)] == [{ORDERS: 40}] * 3
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert name in caplog.text
    project.promote({ORDERS: "orders"})
    project.override({ORDERS: 30})
    assert look_again(intentions) == {ORDERS: 30}


def test_a_manifest_that_is_gone_changes_nothing(project: Any):
    project.promote({ORDERS: "orders"})
    intentions = Intentions(project.package)
    assert look_again(intentions) == {ORDERS: 100}
    project.manifest.unlink()
    assert look_again(intentions) == {ORDERS: 100}


def test_a_switch_on_a_volume_that_is_gone_changes_nothing(project: Any, tmp_path_factory: pytest.TempPathFactory):
    volume = tmp_path_factory.mktemp("volume") / "switch.json"
    project.promote({ORDERS: "orders"})
    volume.write_text(json.dumps({"version": 1, "routes": {ORDERS: {"weight": 0}}}))
    project.switch.symlink_to(volume)
    intentions = Intentions(project.package)
    assert look_again(intentions) == {}
    volume.unlink()
    assert look_again(intentions) == {}


def test_a_file_written_in_place_is_seen(project: Any):
    project.promote({ORDERS: "orders"})
    intentions = Intentions(project.package)
    assert look_again(intentions) == {ORDERS: 100}
    write_in_place(project.manifest, project.manifest.read_text().replace('"weight": 100', '"weight": 150'))
    assert look_again(intentions) == {ORDERS: 100}
    write_in_place(project.manifest, project.manifest.read_text().replace('"weight": 150', '"weight": 170'))
    assert look_again(intentions) == {ORDERS: 100}
    write_in_place(project.manifest, project.manifest.read_text().replace('"weight": 170', '"weight": 99'))
    assert look_again(intentions) == {ORDERS: 99}


def test_the_files_are_not_looked_at_for_every_request(project: Any):
    intentions = Intentions(project.package)
    intentions.table()
    looks: list[None] = []
    intentions._manifest.look = lambda: looks.append(None)  # type: ignore[method-assign,assignment,func-returns-value]
    intentions._next_look += 1000
    for _ in range(10):
        intentions.table()
    assert looks == []


@pytest.mark.parametrize("state", ["legacy", "converted", "verified", "retired", "kept"])
def test_only_canary_and_live_routes_are_promoted(state: str, project: Any):
    project.promote({ORDERS: "orders"}, state=state)
    assert look_again(Intentions(project.package)) == {}


@pytest.mark.parametrize("changes", [{"runtime": "flask"}, {"output": None}])
def test_a_route_without_code_is_not_promoted(changes: dict[str, Any], project: Any):
    project.promote({ORDERS: "orders"}, **changes)
    assert look_again(Intentions(project.package)) == {}


def test_code_that_is_not_the_manifests_is_not_served(project: Any, caplog: pytest.LogCaptureFixture):
    project.promote({ORDERS: "orders"})
    project.output.write_text("# edited by hand\n")
    assert look_again(Intentions(project.package)) == {}
    assert f"{ORDERS} stays on Flask" in caplog.text


def test_code_that_is_replaced_while_the_server_runs_is_not_what_is_loaded(project: Any):
    project.promote({ORDERS: "orders"})
    intentions = Intentions(project.package)
    assert look_again(intentions) == {ORDERS: 100}
    project.output.write_text("# converted again\n")
    project.promote({ORDERS: "orders"})
    assert look_again(intentions) == {}


def test_the_nearest_manifest_above_the_package_counts(tmp_path: Path):
    package = tmp_path / "src" / "shop" / "fastapi_app"
    package.mkdir(parents=True)
    assert find_manifest(package) == tmp_path / "src" / "shop" / "migration.json"
    (tmp_path / "migration.json").touch()
    assert find_manifest(package) == tmp_path / "migration.json"
    (tmp_path / "src" / "migration.json").touch()
    assert find_manifest(package) == tmp_path / "src" / "migration.json"


def test_a_gateway_without_a_manifest_leaves_all_to_flask(project: Any, apps: Any, side: Side):
    project.manifest.unlink()
    assert side(project.gateway(*apps), "/orders") == "flask"


def test_a_canary_serves_about_its_share_and_always_the_same_clients():
    clients = [f"user:{number}" for number in range(2000)]
    chosen = {weight: {client for client in clients if is_chosen(client, weight)} for weight in (1, 10, 50, 99)}
    assert chosen[1] <= chosen[10] <= chosen[50] <= chosen[99]
    for weight, members in chosen.items():
        assert abs(len(members) / len(clients) - weight / 100) < 0.04


def test_a_canary_is_sticky_by_header_cookie_or_address(project: Any, apps: Any, side: Side):
    project.promote({ORDERS: "orders"}, weight=50)
    gateway = project.gateway(*apps)
    for header in (b"x-user-id: %d", b"cookie: a=b; migrate_id=%d", b"user-agent: browser/%d"):
        name, _, value = header.partition(b": ")
        sides = {}
        for number in range(40):
            headers = [(b"host", b"h"), (name, value % number)]
            sides[number] = [side(gateway, "/orders", headers=headers) for _ in range(2)]
        assert all(first == second for first, second in sides.values())
        assert {first for first, _ in sides.values()} == {"flask", "fastapi"}


def test_clients_are_told_apart_by_what_was_made_for_it_first():
    environ = {"HTTP_X_USER_ID": "7", "HTTP_COOKIE": "migrate_id=8", "REMOTE_ADDR": "10.0.0.1", "HTTP_USER_AGENT": "x"}
    assert client_identity(environ) == "user:7"
    del environ["HTTP_X_USER_ID"]
    assert client_identity(environ) == "cookie:8"
    environ["HTTP_COOKIE"] = "not_migrate_id=8"
    assert client_identity(environ) == "address:10.0.0.1:x"


def test_routes_that_share_state_are_served_together_or_not_at_all(
    project: Any, apps: Any, side: Side, wait_until: WaitUntil
):
    project.promote({ORDERS: "orders", "POST /orders": "orders"})
    document = json.loads(project.manifest.read_text())
    for route in document["blueprints"]["."]["routes"].values():
        route["group"] = "app.orders"
    write_in_place(project.manifest, json.dumps(document))
    gateway = project.gateway(*apps)
    assert side(gateway, "/orders") == "fastapi"
    project.override({"POST /orders": 0})
    wait_until(lambda: side(gateway, "/orders") == "flask")
    project.override({"POST /orders": 50})
    assert side(gateway, "/orders") == "flask"
    project.override({})
    wait_until(lambda: side(gateway, "/orders") == "fastapi")


def test_the_manifest_of_the_package_is_nearer_than_that_of_the_tree(tmp_path: Path):
    package = tmp_path / "services" / "admin_api"
    package.mkdir(parents=True)
    (tmp_path / "migration.json").write_text("{}")
    assert find_manifest(package) == tmp_path / "migration.json"
    (tmp_path / "migration.admin_api.json").write_text("{}")
    assert find_manifest(package) == tmp_path / "migration.admin_api.json"
    assert find_manifest(tmp_path / "fastapi_app") == tmp_path / "migration.json"
