"""`migration.json`: written whole, sorted, and never when it cannot be understood."""

import json

import pytest

from migrator.errors import MigrateError
from migrator.manifest.model import BlueprintEntry, Manifest, RouteEntry, json_schema
from migrator.manifest.store import dump, editing, find_root, load, save


def manifest(**blueprints):
    return Manifest(
        app="shop:app",
        target="api",
        blueprints={
            name: BlueprintEntry(
                routes={key: RouteEntry(endpoint=key, rule=key.split()[1], method=key.split()[0]) for key in keys}
            )
            for name, keys in blueprints.items()
        },
    )


def test_what_is_saved_is_loaded(tmp_path):
    before = manifest(orders=["GET /b", "GET /a"], admin=["POST /x"])
    save(tmp_path, before)
    assert load(tmp_path) == before
    assert [key for _, key, _ in load(tmp_path).routes()] == ["POST /x", "GET /a", "GET /b"]


def test_keys_are_sorted_so_that_the_order_of_registration_does_not_matter():
    one = dump(manifest(orders=["GET /b", "GET /a"], admin=["POST /x"]))
    other = dump(manifest(admin=["POST /x"], orders=["GET /a", "GET /b"]))
    assert one == other
    assert one.endswith(b"}\n")


def test_branches_that_change_different_blueprints_change_different_lines():
    base = manifest(admin=["GET /x"], orders=["GET /a"])
    left, right = base.model_copy(deep=True), base.model_copy(deep=True)
    left.blueprints["admin"].routes["GET /x"].state = "converted"
    right.blueprints["orders"].routes["GET /a"].state = "converted"
    lines = [dump(one).splitlines() for one in (base, left, right)]
    changed = [{i for i, pair in enumerate(zip(lines[0], one, strict=True)) if pair[0] != pair[1]} for one in lines[1:]]
    assert [len(one) for one in changed] == [1, 1]
    assert min(abs(i - j) for i in changed[0] for j in changed[1]) > 3  # git merges hunks that are this far apart


def test_nothing_is_written_when_nothing_changed(tmp_path):
    save(tmp_path, manifest(orders=["GET /a"]))
    before = (tmp_path / "migration.json").stat()
    save(tmp_path, load(tmp_path))
    assert (tmp_path / "migration.json").stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cut short or damaged"),
        (b'{"version": 1, "app": "a', "cut short or damaged"),
        (b'{"version": 2, "app": "a"}', "has version 2, this migrate knows up to 1: upgrade migrate"),
        (b"[]", "has no version"),
        (b'{"version": "1"}', "has no version"),
        (b'{"version": 1, "app": "a"}', "at target: Field required"),
        (b'{"version": 1, "app": "a", "target": "b", "blueprnts": {}}', "at blueprnts: Extra inputs"),
        (b'{\n<<<<<<< HEAD\n"version": 1\n=======\n>>>>>>> other\n}', "unresolved merge conflicts"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_refused_and_not_touched(tmp_path, content, said):
    file = tmp_path / "migration.json"
    file.write_bytes(content)
    with pytest.raises(MigrateError) as error, editing(tmp_path):
        pytest.fail("a block must not run on a manifest that cannot be read")
    assert said in error.value.message
    assert str(file) in error.value.message
    assert file.read_bytes() == content


def test_an_error_while_editing_leaves_the_file_as_it_was(tmp_path):
    save(tmp_path, manifest(orders=["GET /a"]))
    before = (tmp_path / "migration.json").read_bytes()
    with pytest.raises(ZeroDivisionError), editing(tmp_path) as edited:
        edited.app = str(1 // 0)
    assert (tmp_path / "migration.json").read_bytes() == before


def test_the_root_is_found_from_below(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(MigrateError, match="start with `migrate init"):
        find_root(tmp_path / "a" / "b")
    save(tmp_path, manifest())
    assert find_root(tmp_path / "a" / "b") == tmp_path


def test_the_published_schema_describes_what_is_written():
    jsonschema = pytest.importorskip("jsonschema")
    full = manifest(orders=["GET /a"])
    document = json.loads(dump(full))
    jsonschema.validate(document, json_schema())
    document["blueprints"]["orders"]["routes"]["GET /a"]["state"] = "half"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json_schema())


def test_the_lock_keeps_its_folder_out_of_git(tmp_path):
    save(tmp_path, manifest())
    with editing(tmp_path):
        pass
    assert (tmp_path / ".migrate" / ".gitignore").read_text() == "*\n"
