"""The order of the keys that schemas load and dump, which clients see where JSON's keys are not sorted."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import json
from flask import Flask, Response, jsonify, request
from flask.json.provider import DefaultJSONProvider
from marshmallow import Schema, ValidationError, fields
app = Flask(__name__)

@app.errorhandler(ValidationError)
def invalid(err):
    return jsonify(err.messages), 422
"""
SCHEMAS = """
class UserSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)
    secret = fields.Str(load_only=True)
    email = fields.Str(load_default="none", dump_default="nothing")
    age = fields.Int()

class FirstSchema(Schema):
    name = fields.Str(required=True)
    age = fields.Int()
    id = fields.Int(dump_only=True)
    secret = fields.Str(load_only=True)

class ListedSchema(Schema):
    class Meta:
        fields = ("x", "w", "z", "name")
    z = fields.Int()
    name = fields.Method("named", dump_only=True)
    w = fields.Int()
    x = fields.Int()

    def named(self, source):
        return "n"

class WideSchema(Schema):
    b = fields.Int()
    a = fields.Int()

class NarrowSchema(WideSchema):
    class Meta:
        fields = ("c", "a", "b")
    c = fields.Int()

class BelowSchema(NarrowSchema):
    pass

class OwnSchema(NarrowSchema):
    class Meta:
        exclude = ("b",)
    aa = fields.Nested(UserSchema)

class OtherSchema(Schema):
    y = fields.Int(load_only=True)
    b = fields.Str()

class BothSchema(OtherSchema, WideSchema):
    class Meta:
        exclude = ("y",)

class UserBelowSchema(UserSchema):
    able = fields.Bool()
    age = fields.Str()

"""
INPUTS: dict[str, Any] = {
    "User": {"age": 3, "email": "e", "secret": "s", "name": "n"},
    "First": {"secret": "s", "age": 1, "name": "n"},
    "Listed": {"z": 1, "w": 2, "x": 3},
    "Wide": {"a": 1, "b": 2},
    "Narrow": {"a": 1, "b": 2, "c": 3},
    "Below": {"a": 1, "b": 2, "c": 3},
    "Own": {"aa": {"age": 3, "secret": "s", "name": "n"}, "a": 1, "c": 3},
    "Both": {"a": 1, "b": "2"},
    "UserBelow": {"age": "3", "able": True, "email": "e", "name": "n"},
}
TEXT = """
@app.post("/User/text")
def text():
    return Response(json.dumps(UserSchema().dump(request.get_json())), mimetype="application/json")
"""
SHARED = """
class ListedBase(Schema):
    z: Int = optional()
    w: Int = optional()
    x: Int = optional()

    @staticmethod
    def named(source: Any) -> Any:
        return "n"


class ListedIn(ListedBase):
    pass


class ListedOut(ListedBase):
    name: Annotated[Any, Computed("named")]


class Wide(Schema):
    b: Int = optional()
    a: Int = optional()


class Narrow(Wide):
    c: Int = optional()
"""


def routes(*names: str) -> str:
    """Views that load with these schemas, and that dump."""
    return "".join(
        f"""
@app.post("/{name}/load")
def load_{name.lower()}():
    return jsonify({name}Schema().load(request.get_json()))

@app.post("/{name}/dump")
def dump_{name.lower()}():
    return jsonify({name}Schema().dump({{"id": 7, **request.get_json()}}))
"""
        for name in names
    )


def schemas(both: Any) -> str:
    """The text of the classes in the target."""
    return "\n".join(text for path, text in both.conversion.files.items() if path.startswith("schemas/"))


def assert_same(both: Any, *paths: str) -> None:
    """Both sides answer with the same text."""
    assert set(both.runtimes().values()) == {"native"}
    with both.clients() as (flask, fastapi):
        for path in paths:
            given = INPUTS[path.partition("/")[0]]
            theirs, mine = flask.post(f"/{path}", json=given), fastapi.post(f"/{path}", json=given)
            assert theirs.status_code == 200, (path, theirs.text)
            assert mine.text == theirs.text, path


@pytest.mark.parametrize("switch", ["", "app.json.sort_keys = True\n"])
def test_sorted_keys_leave_the_classes_as_they_are(switch: str, pair: Callable[..., Any]) -> None:
    both = pair(HEAD + switch + SCHEMAS + routes("User", "Listed", "Narrow"))
    assert "class UserBase(Schema):" in schemas(both)
    assert SHARED in schemas(both)
    assert_same(both, "User/load", "User/dump", "Listed/dump", "Narrow/load")


def test_keys_that_are_not_sorted_stand_as_marshmallow_has_them(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + "app.json.sort_keys = False\n" + SCHEMAS + routes(*INPUTS) + TEXT)
    assert "class UserBase(Schema):" not in schemas(both)
    assert "class FirstBase(Schema):" in schemas(both)  # what both sides have comes first anyway
    assert_same(both, *(f"{name}/{way}" for name in INPUTS for way in ("load", "dump")), "User/text")


def test_order_under_a_provider_of_the_projects(pair: Callable[..., Any]) -> None:
    provider = "class Own(DefaultJSONProvider):\n    sort_keys = False\napp.json = Own(app)\n"
    both = pair(HEAD + provider + SCHEMAS + routes("User", "Listed"))
    assert_same(both, "User/load", "User/dump", "Listed/load", "Listed/dump")
