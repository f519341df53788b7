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


def test_a_schema_that_makes_objects_of_flasks_classes_stays(users: Pairs) -> None:
    both = users(f"""
{NEEDS_FLASK}
from dataclasses import dataclass

@dataclass
class Pair:
    left: int

class PairSchema(Schema):
    left = fields.Int(required=True)

    @post_load
    def make(self, data, **kwargs):
        return Pair(**data)

@app.post("/pairs")
def create():
    pair = PairSchema().load(request.get_json())
    return {{"version": version(), "left": pair.left, "is_pair": isinstance(pair, Pair)}}
""")
    assert both.runtimes() == {"create": "bridged"}
    assert "PairSchema().load(" in router(both)
    for body in ({"left": 1}, {"left": "x"}, {}):
        both.same("POST", "/pairs", json=body)


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
