"""Routes that need the Flask application, and load with Pydantic classes beside its Marshmallow schemas."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

Pairs = Callable[[str], Any]

NEEDS_FLASK = """
def version():
    return current_app.extensions.get("version", "1")
"""


def router(both: Any) -> str:
    return str(both.text("bridged/routers/root.py"))


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            """
@app.errorhandler(Exception)
def any_error(error):
    return jsonify(is_invalid=isinstance(error, ValidationError)), 500
""",
            id="a handler asks for the class",
        ),
        pytest.param(
            """
def messages(load):
    try:
        return load()
    except ValidationError as error:
        return {"given": error.kwargs}
""",
            id="something reads what only Marshmallow's error has",
        ),
        pytest.param(
            """
class Refused(ValidationError):
    pass
""",
            id="the project has an error below Marshmallow's",
        ),
    ],
)
def test_where_the_two_errors_can_be_told_apart_schemas_stay(users: Pairs, bodies: Sequence[Any], code: str) -> None:
    both = users(f"""
{NEEDS_FLASK}
{code}
@app.post("/users")
def create():
    return {{"version": version(), **UserSchema().load(request.get_json())}}
""")
    assert both.runtimes() == {"create": "bridged"}
    assert "UserSchema().load(" in router(both)
    for body in bodies:
        both.same("POST", "/users", json=body)


def test_what_a_schema_makes_is_of_flasks_own_classes(handled: Pairs) -> None:
    """Native code has these classes once more; a schema that both use has a class for each."""
    both = handled(f"""
{NEEDS_FLASK}
from dataclasses import dataclass
from enum import Enum
from webargs.flaskparser import use_args

class Side(Enum):
    LEFT = "l"
    RIGHT = "r"

@dataclass
class Pair:
    left: int

def checked(value):
    if value is Side.RIGHT:
        raise ValidationError("Not right.")

def swapped(value):
    return Side.LEFT if value is Side.RIGHT else Side.RIGHT

class SideSchema(Schema):
    side = fields.Enum(Side, required=True, validate=checked)

class PairSchema(SideSchema):
    left = fields.Int(required=True)
    other = fields.Enum(Side, by_value=True, load_default=Side.LEFT)
    sides = fields.Nested(SideSchema, many=True)

    @post_load
    def make(self, data, **kwargs):
        data["pair"] = Pair(data.pop("left"))
        data["swapped"] = swapped(data["other"])
        return data

@app.post("/pairs")
def create():
    data = PairSchema().load(request.get_json())
    known = [one["side"] is Side.LEFT for one in data.get("sides", ())]
    made = {{"known": known, "other": data["other"].name, "swapped": data["swapped"] is Side.LEFT}}
    return {{"version": version(), "is_pair": isinstance(data["pair"], Pair), **made}}

@app.post("/sides")
def shown():
    return SideSchema().dump({{"side": SideSchema().load(request.get_json())["side"], "version": version()}})

@app.post("/handed")
@use_args(SideSchema(), location="json")
def handed(data):
    return {{"version": version(), "is_left": data["side"] is Side.LEFT}}

@app.post("/natively")
def natively():
    return {{"is_left": SideSchema().load(request.get_json())["side"] is Side.LEFT}}
""")
    assert both.runtimes() == dict.fromkeys(("create", "shown", "handed"), "bridged") | {"natively": "native"}
    homes = {file: text for file, text in both.conversion.files.items() if "\nclass SideSchema(" in text}
    assert ["import Pair, Side, swapped" in homes[file] for file in sorted(homes)] == [False, True]
    for body in ({"left": 1, "side": "LEFT"}, {"left": "x"}, {}, {"left": 1, "side": "RIGHT"}, {"side": "UP"}):
        for more in ({}, {"other": "r"}, {"sides": [{"side": "LEFT"}]}, {"sides": [{"side": "RIGHT"}, {}]}):
            both.same("POST", "/pairs", json={**body, **more})
        for rule in ("/sides", "/handed", "/natively"):
            both.same("POST", rule, json=body)


def test_a_load_whose_error_flasks_code_sees_first_stays(users: Pairs) -> None:
    both = users(f"""
{NEEDS_FLASK}
from contextlib import contextmanager

@contextmanager
def told():
    try:
        yield
    except ValidationError as error:
        raise KeyError(str(sorted(error.messages))) from error

def tried(load):
    try:
        return load()
    except ValidationError as error:
        return {{"messages": error.messages, "version": version()}}

@app.errorhandler(KeyError)
def missing(error):
    return jsonify(str(error)), 418

@app.post("/called")
def called():
    data = request.get_json()
    return tried(lambda: UserSchema().load(data))

@app.post("/inside")
def inside():
    with told():
        return {{"version": version(), **UserSchema().load(request.get_json())}}
""")
    assert router(both).count("UserSchema().load(") == 2
    for body in ({"name": "Ann"}, {"name": 1}, {}):
        both.same("POST", "/called", json=body)
        both.same("POST", "/inside", json=body)


def test_a_bridged_route_loads_with_pydantic(handled: Pairs, bodies: Sequence[Any]) -> None:
    both = handled(f"""
{NEEDS_FLASK}
@app.post("/users")
def create():
    return {{"version": version(), **UserSchema().load(request.get_json())}}

@app.post("/odd")
def odd():
    UserSchema(unknown=EXCLUDE).load(request.get_json())
    return UserSchema(only=list(["name"])).load(request.get_json())
""")
    assert both.runtimes() == {"create": "bridged", "odd": "bridged"}
    assert "json_body: JsonBody[UserIn]" in router(both)
    assert "json_body.load().to_dict()" in router(both)
    for body in bodies:
        assert both.same("POST", "/users", json=body)[0] in (200, 415, 422)
        both.same("POST", "/odd", json=body)


def test_a_bridged_route_catches_both_errors(users: Pairs, bodies: Sequence[Any]) -> None:
    both = users(f"""
{NEEDS_FLASK}
def checked(data):
    if data["name"] == "Bob":
        raise ValidationError("Not Bob.", field_name="name")

@app.post("/users")
def create():
    try:
        data = UserSchema().load(request.get_json())
        checked(data)
    except ValidationError as err:
        return jsonify(err.messages, version()), 400
    return data
""")
    assert both.runtimes() == {"create": "bridged"}
    assert "except (ValidationError, InvalidError) as err:" in router(both)
    for body in (*bodies, {"name": "Bob"}):
        both.same("POST", "/users", json=body)


@pytest.mark.parametrize("location", ["json", "query"])
def test_what_a_decorator_loads_may_read_the_configuration(users: Pairs, location: str) -> None:
    both = users(f"""
{NEEDS_FLASK}
from webargs.flaskparser import use_args
app.config["LIMIT"] = 3

class WordSchema(Schema):
    word = fields.Str(required=True)

    @validates("word")
    def short(self, value, **kwargs):
        if len(value) > current_app.config["LIMIT"]:
            raise ValidationError("Too long.")

@app.post("/words")
@use_args(WordSchema(), location="{location}")
def create(data):
    return {{"version": version(), **data}}
""")
    assert both.runtimes() == {"create": "bridged"}
    assert "bridged.dependencies import word_" in router(both)
    for word in ("abc", "abcd"):
        both.same("POST", f"/words?word={word}", json={"word": word})
