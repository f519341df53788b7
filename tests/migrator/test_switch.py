"""The switch: single routes overridden, the others' overrides kept."""

import json

import pytest

from migrator.errors import MigrateError
from migrator.manifest.model import BlueprintEntry, Manifest, RouteEntry
from migrator.switch import Override, disagreements, drop_overrides, read_switch, set_overrides

OVER = Override(25, "2026-01-01T00:00:00Z", "test")


def test_overrides_are_added_and_dropped_one_by_one(tmp_path):
    set_overrides(tmp_path, ["GET /a", "GET /b"], OVER)
    set_overrides(tmp_path, ["GET /b"], Override(0, "later", "rollback"))
    assert {key: one.weight for key, one in read_switch(tmp_path).items()} == {"GET /a": 25, "GET /b": 0}
    drop_overrides(tmp_path, ["GET /a", "GET /unknown"])
    assert json.loads((tmp_path / "migration.switch.json").read_text()) == {
        "version": 1,
        "routes": {"GET /b": {"weight": 0, "at": "later", "reason": "rollback"}},
    }


def test_no_file_for_no_override(tmp_path):
    set_overrides(tmp_path, [], OVER)
    drop_overrides(tmp_path, ["GET /a"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', '{"version": 1, "routes": {"GET /a": 5}}'])
def test_a_damaged_switch_is_an_error_that_says_what_to_do(tmp_path, content):
    (tmp_path / "migration.switch.json").write_text(content)
    with pytest.raises(MigrateError, match="is damaged: delete it"):
        read_switch(tmp_path)


def test_a_newer_switch_is_refused(tmp_path):
    (tmp_path / "migration.switch.json").write_text('{"version": 9, "routes": {}}')
    with pytest.raises(MigrateError, match="has version 9"):
        set_overrides(tmp_path, ["GET /a"], OVER)


def test_disagreements_are_named():
    def live(rule):
        return RouteEntry(endpoint="x", rule=rule, method="GET", state="live", weight=100)

    routes = {"GET /a": live("/a"), "GET /b": live("/b")}
    manifest = Manifest(app="a:b", target="t", blueprints={".": BlueprintEntry(routes=routes)})
    overrides = {"GET /a": OVER, "GET /b": Override(100, "", ""), "GET /gone": OVER}
    assert disagreements(manifest, overrides) == [
        "GET /a: switch 25 % (test), manifest 100 %",
        "GET /gone: in the switch (25 %), unknown to the manifest",
    ]
